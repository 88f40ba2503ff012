"""Journals that meet: in a hub, in a folder that they share, in a file."""
