"""The formats of a document: each writes the same blocks."""
