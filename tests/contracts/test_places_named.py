"""Pages for those who change the code name files, tests and pages that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/decisions").glob("*.md"))]
ROOMS = sorted(one.name for one in (ROOT / "diag").iterdir() if one.is_dir())
_PATH = re.compile(r"`((?:diag|docs|tests|benches|checklists)/[\w./-]+)(?:::(\w+))?`")
_LINK = re.compile(r"\]\(([\w./-]+\.md)\)")
_MODULE = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w/]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path, test in _PATH.findall(text):
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), test
    for link in _LINK.findall(text):
        assert (page.parent / link).exists(), link


def test_the_table_of_places_leads_to_modules() -> None:
    named = _MODULE.findall(PAGES[0].read_text(encoding="utf-8"))
    assert len(named) > 20
    for one in named:
        place = ROOT / "diag" / one
        assert place.is_dir() or place.with_suffix(".py").is_file(), one
