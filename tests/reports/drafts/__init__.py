"""Drafts that people finish."""
