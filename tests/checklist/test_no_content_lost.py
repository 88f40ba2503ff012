"""What the first edition asked, judged and advised is still there, or says what became.

Its ids are kept in a list: a domain, a question, a criterion, an action, a price or a
source is still declared, or the edition retires it and names what takes its place.
"""

from csv import DictReader
from pathlib import Path
from typing import NamedTuple

import pytest

from diag.model.checklist import Checklist
from tests.shipped import shipped

_KEPT = Path(__file__).parents[1] / "fixtures" / "landed" / "checklists-2026.1.tsv"


class Once(NamedTuple):
    """Something that edition 2026.1 declared."""

    kind: str
    id: str
    successor: str
    """What takes its place today; empty: it is still there, or nothing does."""


def _first_edition() -> tuple[Once, ...]:
    with _KEPT.open(encoding="utf-8") as lines:
        return tuple(Once(**row) for row in DictReader(lines, delimiter="\t"))


ONCE = _first_edition()


def _declared(checklist: Checklist, kind: str) -> set[str]:
    if kind == "domains":
        return {each.id for each in checklist.domains}
    found: dict[str, object] = getattr(checklist, kind)
    return set(found)


@pytest.mark.parametrize(
    ("kind", "count"),
    [("questions", 282), ("criteria", 207), ("recommendations", 208)],
)
def test_the_list_holds_the_whole_first_edition(kind: str, count: int) -> None:
    assert len({each.id for each in ONCE if each.kind == kind}) == count


def test_all_of_it_is_still_there_or_retired() -> None:
    checklist = shipped()
    retired = {each.id for each in checklist.retired}
    lost = [
        f"{each.kind} {each.id}"
        for each in ONCE
        if each.id not in _declared(checklist, each.kind) | retired
    ]
    assert lost == []


def test_what_was_replaced_names_its_successor() -> None:
    found = {each.id: each.by for each in shipped().retired}
    expected = {each.id: each.successor for each in ONCE if each.successor}
    assert {ident: found.get(ident) for ident in expected} == expected


def test_a_successor_is_declared_and_of_the_same_kind() -> None:
    checklist = shipped()
    astray = [
        f"{each.kind} {each.id} -> {each.successor}"
        for each in ONCE
        if each.successor and each.successor not in _declared(checklist, each.kind)
    ]
    assert astray == []
