"""A name is found as people write it, and leaves the other words alone."""

import pytest

from diag.journal import changes
from diag.journal.journal import Journal
from diag.journal.people import GONE, PersonName, drop_from_quarantine, mentions
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, quarantined


@pytest.mark.parametrize(
    "text",
    [
        "Vu Hélène Mortier en salle 2",
        "HELENE MORTIER",
        "Mortier, Hélène : absente",
        "helene.mortier@ecole.example",
    ],
)
def test_a_name_is_found_as_people_write_it(text: str) -> None:
    assert PersonName("Hélène Mortier").is_in({"a": [text]})


@pytest.mark.parametrize("text", ["Mortiers", "Hélène", "Hélène et Mortier", ""])
def test_other_words_are_not_the_name(text: str) -> None:
    assert not PersonName("Hélène Mortier").is_in(text)


def test_an_empty_name_is_nowhere() -> None:
    assert not PersonName(" - ").is_in("tout")


def test_only_the_name_is_taken_away() -> None:
    name = PersonName("Mortier")
    assert name.taken_from({"met": ["Mme Mortier, direction"], "n": 1}) == {
        "met": [f"Mme {GONE}, direction"],
        "n": 1,
    }


def test_history_is_searched_too(journal: Journal, author: Origin) -> None:
    before = journal.write(changes.noted(AUDIT.id, ROOT, "q", "Mme Mortier"), author)
    journal.write(changes.noted(AUDIT.id, ROOT, "q", "la directrice"), author)
    after = journal.write(changes.noted(AUDIT.id, ROOT, "r", "MORTIER"), author)

    found = mentions(journal, PersonName("Mortier"))

    assert [(one.revision.id, one.is_current) for one in found] == [
        (before.id, False),
        (after.id, True),
    ]


def test_refused_lines_that_hold_it_go(journal: Journal) -> None:
    journal.ingest([b'{"x": "Mme Mortier"}', b'{"x": "rien"}'])

    assert drop_from_quarantine(journal, PersonName("Mortier")) == 1
    assert len(quarantined(journal)) == 1
