from dataclasses import replace

from diag.journal import changes, subjects
from diag.journal.journal import Journal
from diag.journal.records import visits_of
from diag.journal.revision import Json, NewRevision, Origin
from diag.model.audit import Visit
from tests.journal.builders import AUDIT, room

FIRST = Visit(
    id=room(1).id,
    date="2026-09-14",
    present=("Camille Roy",),
    met=("Mme Durand, directrice",),
    authorisation="Maire, par courriel du 2 septembre",
)
SECOND = Visit(id=room(2).id, date="2026-10-02")


def test_visits_come_back_whole_in_order_of_date(
    journal: Journal, author: Origin
) -> None:
    for visit in (SECOND, FIRST):
        journal.write(changes.visited(AUDIT.id, visit), author)
    assert visits_of(journal, AUDIT.id) == (FIRST, SECOND)


def test_a_visit_taken_away_is_gone(journal: Journal, author: Origin) -> None:
    journal.write(changes.visited(AUDIT.id, FIRST), author)
    journal.write(NewRevision(AUDIT.id, subjects.visit(FIRST.id), op="del"), author)
    assert visits_of(journal, AUDIT.id) == ()


def test_a_visit_without_a_date_that_can_be_read_is_none(
    journal: Journal, author: Origin
) -> None:
    values: list[Json] = ["hier", {"date": "14 septembre"}, {"date": 3}, {"met": []}]
    for value in values:
        draft = replace(changes.visited(AUDIT.id, FIRST), value=value)
        journal.write(draft, author)
        assert visits_of(journal, AUDIT.id) == ()


def test_what_a_newer_version_adds_to_a_visit_does_not_hide_it(
    journal: Journal, author: Origin
) -> None:
    value = {"date": "2026-10-02", "meteo": "pluie"}
    journal.write(replace(changes.visited(AUDIT.id, SECOND), value=value), author)
    assert visits_of(journal, AUDIT.id) == (SECOND,)
