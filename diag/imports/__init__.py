"""Files that people already have, read into the territory: one module per file."""
