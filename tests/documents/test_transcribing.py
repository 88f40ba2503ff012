"""A filled page typed in: by its numbers, declared, never half written."""

from pathlib import Path

import pytest

from diag.answers.answer_type import Refused
from diag.audit.answer import UnlikelyAnswer
from diag.audit.forms import Transcription
from diag.audit.session import AuditSession
from diag.model.audit import Questionnaire
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from tests.audit.builders import DAY, started, workspace


def typing(session: AuditSession, *questions: str) -> Transcription:
    """Return a page that asks these questions, its first number at hand."""
    page = Questionnaire(
        id="0123abcd", whom="direction", questions=questions, on=DAY.isoformat()
    )
    return Transcription(session, page)


def test_a_line_is_an_answer_and_the_next_number_follows(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        page = typing(session, "acces_internet", "acces_secours", "wifi_present")
        assert page.give("n") == "Accès à Internet en service\u00a0: non"
        assert page.give("") == ""
        page.give("!  ne veut pas le dire # en son absence")
        assert (page.is_done, page.recorded) == (True, 2)
        facts = session.facts
        told = facts.answer(facts.root, "acces_internet")
        kept = facts.answer(facts.root, "wifi_present")
        assert told is not None
        assert kept is not None
        assert (told.value, told.provenance) == (False, Provenance.DECLARED)
        assert (kept.state, kept.reason) == (State.REFUSED, "ne veut pas le dire")
        assert facts.notes[facts.root, "wifi_present"] == ("en son absence",)


def test_a_note_alone_stands_after_those_before(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        page = typing(session, "acces_internet")
        page.give("# deux fiches disent non")
        page.go(1)
        assert page.give("o # trois disent oui") != ""
        (note,) = session.facts.notes[session.facts.root, "acces_internet"]
        assert note == "deux fiches disent non ; trois disent oui"


def test_a_doubt_is_confirmed_by_an_empty_line_and_keeps_its_number(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        page = typing(session, "nb_classes", "acces_internet")
        with pytest.raises(UnlikelyAnswer, match="paraît élevé"):
            page.give("70 # comptées deux fois")
        assert page.number == 1
        assert page.give("") == "Nombre de classes\u00a0: 70\u00a0classes"
        assert page.known == ""
        page.go(1)
        assert page.known == "70\u00a0classes, déclaré"


def test_what_cannot_be_is_refused_and_the_number_stays(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        page = typing(started(made), "acces_internet", "plus_posee", "wifi_classes")
        with pytest.raises(Refused, match="« bof » n'est ni oui ni non"):
            page.give("bof")
        with pytest.raises(DiagError, match="numéros 1 à 3"):
            page.go(0)
        assert page.number == 1
        page.go(2)
        assert page.question is None
        with pytest.raises(DiagError, match="ne se pose plus"):
            page.give("o")
        assert page.give("") == ""
        assert page.number == 3
