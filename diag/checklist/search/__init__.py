"""Searches small made-up schools for what the rules of a checklist cannot do."""
