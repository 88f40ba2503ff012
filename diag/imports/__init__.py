"""Files that people already have, read into the territory and the facts."""
