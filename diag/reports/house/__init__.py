"""What a syndicat makes its own in the documents: templates, look, closing words."""
