"""Checklists: files read, checked, merged with an overlay, compiled into an edition."""
