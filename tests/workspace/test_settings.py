"""Who works here, as typed: what cannot be read is refused in French."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.journal.changes import flagged
from diag.model.errors import DiagError
from diag.workspace.settings import first_settings
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, started, workspace
from tests.cli.running import diag


@pytest.mark.parametrize(
    ("author", "told"),
    [
        (" ", "nom est vide"),
        ("Jos\udce9", "caractère illisible"),
        ("x" * 20_001, "texte trop long"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_in_a_sentence(
    author: str, told: str
) -> None:
    with pytest.raises(DiagError, match=told):
        first_settings(author, syndicat="V", campaign="2026-2027")


def test_other_settings_are_refused_in_the_same_words() -> None:
    with pytest.raises(DiagError, match="caractère illisible"):
        first_settings("A B", syndicat="V\udcff", campaign="2026-2027")


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (DAY, ""),
        (DAY.replace(year=DAY.year + 1), ""),
        (date(2019, 1, 1), "fausse de plusieurs années"),
        (date(2051, 1, 1), "fausse de plusieurs années"),
        (DAY.replace(year=DAY.year + 3), "l'une des deux dates est fausse"),
    ],
)
def test_a_clock_years_off_is_told_before_anything_is_typed(
    tmp_path: Path, day: date, told: str
) -> None:
    with workspace(tmp_path) as made:
        started(made)

    with Workspace.open(tmp_path, fixed_world(day, 2)) as here:
        assert told in here.clock_notice
        assert bool(told) == bool(here.clock_notice)


def test_a_clock_weeks_behind_the_shipped_checklists_is_told(tmp_path: Path) -> None:
    """It was the checklists that were refused."""
    with workspace(tmp_path) as made:
        started(made)
    late = replace(fixed_world(DAY, 2), earliest=DAY + timedelta(days=20))

    with Workspace.open(tmp_path, late) as here:
        assert "elle retarde" in here.clock_notice
        assert "Réglez-la" in here.clock_notice


def test_what_a_clock_that_was_ahead_dated_does_not_accuse_the_right_one(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        started(made)
    with Workspace.open(tmp_path, fixed_world(DAY.replace(year=2031), 2)) as ahead:
        session = started(ahead)
        root = session.facts.root
        session.record(flagged(session.audit.id, root, "nb_classes"))

    with Workspace.open(tmp_path, fixed_world(DAY, 3)) as back:
        assert "l'une des deux dates est fausse" in back.clock_notice


def test_a_clock_beyond_every_calendar_stops_no_command(tmp_path: Path) -> None:
    """One line of a colleague had every command end in an unexpected error."""
    with workspace(tmp_path) as made:
        ref = started(made).about.ref
    beyond = replace(fixed_world(DAY, 2), clock=lambda: 2**53 - 1)
    with Workspace.open(tmp_path, beyond) as far:
        session = started(far)
        answered = NewAnswer("debit_descendant", given="4")
        record_answer(session, answered)
        session.record(flagged(session.audit.id, session.facts.root, "nb_classes"))

    printed = ("report", ref, "--format", "md")
    for words in (("audit", "history", ref), ("score", ref), printed):
        done = diag(tmp_path, *words)
        assert done.code == 0, (words, done.err)
    assert "01/01/9000" in diag(tmp_path, "doctor").out
