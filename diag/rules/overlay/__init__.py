"""The syndicat's own changes, laid over the shipped files before anything is read."""

CHARTER = "charte.yaml"
"""A file of the overlay that is about documents: no checklist reads it."""
