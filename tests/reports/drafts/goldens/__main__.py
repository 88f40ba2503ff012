"""Writes the goldens anew."""

from tests.reports.drafts.goldens import write

write()
