"""The flat sum for what is reserved: so much a class, whatever a sensitive fact is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.documents.drafts import DraftKind, drafted
from diag.documents.sheet import sheet_of
from diag.documents.templates import build_document
from diag.model.enums import Aside, Audience, AuditStatus, State
from diag.model.votes import YearSpent
from diag.words.sentences import NBSP, NNBSP
from diag.workspace.settings import changed_settings
from tests.audit.audited import audited, audited_workspace


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path / "desk") as made:
        yield audited(made)


def settle(session: AuditSession, per_class: int) -> None:
    made = session.workspace
    made.keep_settings(changed_settings(made.settings, reserved_per_class=per_class))


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ").replace("**", "")


def mairie(session: AuditSession) -> str:
    return plain(build_document(report_of(session), Audience.MAIRIE).markdown)


def test_unset_it_has_no_row_and_set_it_is_in_every_total(
    session: AuditSession,
) -> None:
    bare = votes_of(report_of(session))
    assert "Forfait" not in mairie(session)

    settle(session, 300)
    found = votes_of(report_of(session))

    (line,) = [one for one in found.aside if one.why is Aside.RESERVE]
    assert plain(line.title) == "Forfait réservé : 300 € par classe"
    assert (line.where, line.actions) == ("6 classes", ())
    assert line.spent.years == (YearSpent(year=2027, fon=1800),)
    assert (found.gross, found.net) == (bare.gross + 1800, bare.net + 1800)
    assert found.paid_in(2027).fon == bare.paid_in(2027).fon + 1800
    assert found.votes == bare.votes
    page = mairie(session)
    assert "Forfait réservé : 300 € par classe, 6 classes (1 800 € TTC" in page
    assert "| Forfait réservé, à inscrire au budget | 1 800 | – | 1 800 |" in page
    sheet = sheet_of(report_of(session).public)
    assert sheet is not None
    rows = sheet["unvoted"]
    assert isinstance(rows, list)
    last = rows[-1]
    assert isinstance(last, dict)
    assert (last["gross"], last["who"]) == (1800, "à inscrire au budget")
    note = drafted(session.workspace, DraftKind.NOTE, session.about.ref)
    assert "| 1 800 | – | 1 800 |" in plain(note.paper.document.markdown)
    paper = drafted(session.workspace, DraftKind.DELIBERATION, session.about.ref)
    said = "Forfait réservé : 300 € par classe, 6 classes : inscrire 1 800 € TTC"
    assert said in plain(paper.paper.document.markdown)


def test_it_is_the_same_whatever_is_sensitive_and_its_use_is_reserved(
    session: AuditSession,
) -> None:
    settle(session, 300)
    before = mairie(session)
    for name in ("mots_de_passe", "materiel_adapte"):
        assert session.checklist.questions[name].sensitive
        record_answer(session, NewAnswer(name, state=State.UNKNOWN, reason="vérifié"))
    assert mairie(session) == before

    sheet = plain(build_document(report_of(session), Audience.RESERVE).markdown)
    assert "Emploi du forfait." in sheet
    assert "Forfait réservé : 300 € par classe (6 classes), soit 1 800 €" in sheet
    for text in (sheet, before):
        assert "provision " not in text.replace("provisionner", "")
    for audience in (Audience.EQUIPE, Audience.ACADEMIE, Audience.TECHNIQUE):
        other = plain(build_document(report_of(session), audience).markdown)
        assert "Emploi du forfait" not in other


def test_a_closing_keeps_it_whatever_the_setting_becomes(
    session: AuditSession,
) -> None:
    settle(session, 300)
    move(session, AuditStatus.CLOS)
    before = mairie(session)
    settle(session, 0)
    assert mairie(session) == before
