"""The territory and colleagues: imports, syncs, conflicts, messages, privacy."""
