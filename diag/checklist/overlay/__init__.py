"""What a syndicat changes: its own files over the shipped ones."""
