"""The only SQL of a laptop: revisions, what stands, territory, migrations, backup."""
