"""Commands: thin; the rooms under them do the work, `shared` opens and prints."""
