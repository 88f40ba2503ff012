"""Keys sent in one go, faster than the program draws: each reaches what it is for."""

from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.model.enums import State
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.terminal.visits import prepared, visit_in

F4, F6 = "\x1bOS", "\x1b[17~"

pytestmark = pytest.mark.long  # without a terminal in `tests/tui/test_keyboard.py`


def test_reasons_notes_and_answers_sent_in_one_go_are_each_in_place(
    tmp_path: Path,
) -> None:
    prepared(tmp_path, at="nb_classes")
    with visit_in(tmp_path) as terminal:
        terminal.wait_for(lambda: terminal.shows("Nombre de classes"), "the question")
        note = "on a tout noté ici : " + "o12n/* " * 40
        terminal.send(f"*non 8\r133\r{F4}{note}\r")
        terminal.wait_for(lambda: terminal.shows("Enregistré · noté"), "the last key")

    with Workspace.open(tmp_path) as there:
        session = audits.open_session(there, SCHOOL)
        facts = session.facts
        noted = [one.text for one in session.observations]
    classes = facts.answer(facts.root, "nb_classes")
    assert classes is not None
    assert (classes.state, classes.reason) == (State.UNKNOWN, "non 8")
    pupils = facts.answer(facts.root, "nb_eleves")
    assert pupils is not None
    assert pupils.value == 133
    assert noted == [note.strip()]


def test_letters_sent_with_the_key_of_the_rooms_close_no_list(tmp_path: Path) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        terminal.send(f"{F6}toxolo")
        terminal.send("s")
        terminal.wait_for(lambda: terminal.shows("Nom de la salle"), "the last key")
        terminal.wait_for(lambda: terminal.shows("Salles : liste ouverte"), "open")

    with Workspace.open(tmp_path) as there:
        facts = audits.open_session(there, SCHOOL).facts
    assert not facts.closed
    assert len(facts.places) == 9
