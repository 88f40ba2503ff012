"""The nouns of the field, immutable: no I/O, and nothing else of diag."""
