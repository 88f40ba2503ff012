"""Files read: official ones, own tables, grids, what other tools measured or listed."""
