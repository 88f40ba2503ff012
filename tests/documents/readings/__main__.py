"""Writes the readings anew."""

from tests.documents.readings import kept, reading
from tests.goldens.golden import NAMES

for each in NAMES:
    kept(each).write_text(reading(each), encoding="utf-8")
