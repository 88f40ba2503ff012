"""Drafts that people finish: what is pre-filled, from what date, what is theirs."""
