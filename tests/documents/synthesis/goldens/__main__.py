"""Writes the goldens anew."""

from tests.documents.synthesis.goldens import write

write()
