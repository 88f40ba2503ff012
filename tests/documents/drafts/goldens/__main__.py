"""Writes the goldens anew."""

from tests.documents.drafts.goldens import write

write()
