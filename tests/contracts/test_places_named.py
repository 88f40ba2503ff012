"""Pages for those who change the code name files, tests and pages that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("CONTRIBUTING.md", "README.md", "LISEZMOI.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
ROOMS = sorted(one.name for one in (ROOT / "diag").iterdir() if one.is_dir())
_PATH = re.compile(r"`((?:diag|docs|tests|benches|checklists)/[\w./-]+)(?:::(\w+))?`")
_LINK = re.compile(r"\]\(([\w./-]+\.md)\)")
_MODULE = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w/]+)`")
_NAME = re.compile(r"`(\w+)` (?:in|of) `([\w/]+)(?:\.py)?`")
_RUN = re.compile(r"python -m\s+((?:tests|docs|benches|diag)[\w.]*\w)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path, test in _PATH.findall(text):
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), test
    for run in _RUN.findall(text):
        place = ROOT / run.replace(".", "/")
        begun = place.with_suffix(".py"), place / "__main__.py"
        assert any(file.is_file() for file in begun), run
    for link in _LINK.findall(text):
        assert (page.parent / link).exists(), link


def test_the_table_of_places_leads_to_modules() -> None:
    named = _MODULE.findall(PAGES[0].read_text(encoding="utf-8"))
    assert len(named) > 20
    for one in named:
        place = ROOT / "diag" / one
        assert place.is_dir() or place.with_suffix(".py").is_file(), one


def test_the_names_of_that_table_stand_in_their_modules() -> None:
    named = _NAME.findall(PAGES[0].read_text(encoding="utf-8"))
    assert len(named) > 10
    for name, one in named:
        place = ROOT / (one if one.startswith("tests/") else f"diag/{one}")
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        defined = rf"^(?:class |def )?{name}\b"
        assert re.search(defined, file.read_text("utf-8"), re.MULTILINE), (name, one)
