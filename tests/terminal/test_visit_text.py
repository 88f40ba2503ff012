"""The visit line by line, in a real terminal: typed, interrupted, resumed."""

import sys
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, workspace
from tests.terminal.terminal import Terminal

COMMAND = (sys.executable, "-m", "diag", "visit", SCHOOL, "--text")


@pytest.mark.long  # the gate types such a visit in `tests/cli/test_visit.py`
def test_a_visit_in_forty_columns_survives_a_kill_and_resumes(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        started(made)
    with Terminal(COMMAND, tmp_path, size=(40, 24)) as terminal:
        terminal.wait_for(lambda: terminal.shows("La réponse sera"), "a question")
        terminal.send(":lieu fichiers\r")
        terminal.wait_for(lambda: terminal.shows("Nombre de classes"), "classes")
        terminal.send("6\r")
        terminal.wait_for(lambda: terminal.shows("Enregistré."), "saved")
        terminal.kill()
    with Workspace.open(tmp_path) as there:
        session = audits.open_session(there, SCHOOL)
        answer = session.facts.answer(session.facts.root, "nb_classes")
        assert answer is not None
        assert answer.value == 6
    with Terminal(COMMAND, tmp_path, size=(40, 24)) as terminal:
        terminal.wait_for(lambda: terminal.shows("La réponse sera"), "resumed")
        assert not terminal.shows("Nombre de classes")
        terminal.send(":retour\r")
        terminal.wait_for(lambda: terminal.shows("Nombre de classes"), "the one before")
        assert not any("\x1b" in line for line in terminal.lines)
        terminal.send(":fin\r")
        terminal.wait_for(lambda: terminal.shows("Tout est enregistré."), "the end")
        assert terminal.wait_for_end() == 0
