"""Writes the goldens anew."""

from tests.reports.synthesis.goldens import write

write()
