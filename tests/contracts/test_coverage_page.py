"""The page that an expert reviews is the one that the checklists give."""

import re

from tests.contracts.coverage_page import PAGE, page
from tests.shipped import shipped

ENGLISH = PAGE.with_name("normes-anglaises.md")


def test_the_coverage_page_is_fresh() -> None:
    remedy = "écrivez-la : python -m tests.contracts.coverage_page"
    assert PAGE.read_text(encoding="utf-8") == page(), remedy


def test_it_is_read_in_an_hour() -> None:
    """Two hundred words a minute, tables included."""
    assert len(re.findall(r"\w+", page())) < 60 * 200


def test_the_english_points_name_criteria_that_exist() -> None:
    checklist = shipped()
    refs = {each.ref: each.id for each in checklist.criteria.values() if each.ref}
    rows = [
        line.split("|")
        for line in ENGLISH.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| Point")
    ]
    named = [
        (ref, ident)
        for row in rows
        for ref, ident in re.findall(r"([A-Z0-9]{3}-\d\d) `([\w-]+)`", row[3])
    ]
    assert len(named) >= 15
    assert [one for one in named if refs.get(one[0]) != one[1]] == []


def test_every_english_source_of_the_dossier_is_on_the_page() -> None:
    text = ENGLISH.read_text(encoding="utf-8")
    cited = ("S20", "S21", "S22", "S23", "S24", "S25", "S123", "S124", "S125", "S147")
    assert [each for each in cited if not re.search(rf"\b{each}\b", text)] == []
