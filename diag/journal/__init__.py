"""The only SQL: revisions, current answers, territory, migrations, backup."""
