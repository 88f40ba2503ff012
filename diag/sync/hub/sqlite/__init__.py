"""The embedded store of a hub: one SQLite file, one writer, as many readers."""
