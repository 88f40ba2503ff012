"""From the YAML files of a checklist to its nouns, with every problem of the files."""

from datetime import date

LAST_READ = date(2026, 11, 27)
"""The latest day that the shipped files name: a clock that is right is not before."""
