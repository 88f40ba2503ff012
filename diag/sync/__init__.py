"""Journals meet: the office's hub, a laptop's side of a sync; nothing is decided."""
