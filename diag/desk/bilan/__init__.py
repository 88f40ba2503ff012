"""The bilan: what was found, what is advised, what became of it and what changed."""
