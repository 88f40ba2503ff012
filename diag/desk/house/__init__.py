"""What a syndicat makes its own in the documents, read from its overlay."""
