"""Two programs on one workspace: neither replaces in silence what the other said."""

from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.model.audit import Value
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.terminal.visits import prepared, visit_in


def kept(folder: Path, question: str) -> Value:
    with Workspace.open(folder) as there:
        facts = audits.open_session(there, SCHOOL).facts
    answer = facts.answer(facts.root, question)
    return answer.value if answer else None


@pytest.mark.long  # without a terminal in `tests/tui/test_visit_windows.py`
def test_the_second_to_answer_is_shown_what_the_first_one_said(tmp_path: Path) -> None:
    prepared(tmp_path, at="nb_classes")
    with visit_in(tmp_path) as one, visit_in(tmp_path) as other:
        for window in (one, other):
            window.wait_for(lambda: window.shows("Nombre de classes"), "the question")  # noqa: B023 - called at once
        one.send("12\r")
        one.wait_for(lambda: one.shows("Répondu  "), "saved")
        other.send("8\r34\r")
        other.wait_for(lambda: other.shows("répondu entre-temps"), "asked")
        other.settle()
        assert other.shows("12\u00a0classes")
        assert kept(tmp_path, "nb_classes") == 12

        other.send("\x1b")
        other.wait_for(lambda: other.shows("Rien n'est écrit"), "kept")
        other.send("9\r")
        other.wait_for(lambda: other.shows("Répondu  "), "replaced, once it was seen")
        assert kept(tmp_path, "nb_classes") == 9
        assert kept(tmp_path, "nb_eleves") is None
