"""Questionnaires: what a director or the team can declare, nobody knows, on a page."""

import io
from pathlib import Path

import pypdf
import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.history import changes_of
from diag.audit.session import AuditSession, start
from diag.documents.formats import Format
from diag.documents.questionnaire import compose, keep, printed_for, printed_in
from diag.model.checklist import Question
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from diag.words.sentences import typeset
from diag.workspace.subjects import commune_auditee
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY, SCHOOL, started, workspace


def asked(session: AuditSession, whom: str) -> list[Question]:
    """Return what the page of somebody asks, in order."""
    _, printed = compose(session, whom)
    return [session.checklist.questions[each] for each in printed.questions]


@pytest.mark.parametrize("whom", ["direction", "equipe"])
def test_the_page_of_a_school_is_one_page_in_every_form(
    tmp_path: Path, whom: str
) -> None:
    with workspace(tmp_path) as made:
        paper, printed = compose(started(made), whom)
        pdf, warning = paper.document.write(Format.PDF)
        assert not warning
        assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
        assert printed.on == DAY.isoformat()
        assert f"code {printed.id}*" in paper.document.markdown
        for word in (SCHOOL, "2026-2027", "Vallombre Numérique", "N’écrivez aucun nom"):
            assert word in paper.document.markdown
        for form in (Format.HTML, Format.ODT, Format.MARKDOWN):
            assert paper.document.write(form)[0]


def test_only_what_he_can_declare_and_nobody_knows_is_asked(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        director = asked(session, "direction")
        assert "type_ecole" not in {one.id for one in director}  # the directory knows
        for one in (*director, *asked(session, "equipe")):
            assert Provenance.DECLARED in one.provenance
            assert not session.facts.answers.get((session.facts.root, one.id))
            assert not one.sensitive
        first = director[0].id
        record_answer(session, NewAnswer(first, state=State.REFUSED))
        assert first not in {one.id for one in asked(session, "direction")}
        record_answer(session, NewAnswer(first, state=State.UNKNOWN))
        assert first in {one.id for one in asked(session, "direction")}


def test_the_order_is_that_of_the_checklists_whatever_mattered_most(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        order = list(session.checklist.questions)
        ranks = [order.index(one.id) for one in asked(session, "direction")]
        assert ranks == sorted(ranks)


def test_a_page_is_said_once_and_its_numbers_outlive_the_answers(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        _, printed = compose(session, "direction")
        keep(session, printed)
        said = session.digest
        keep(session, printed)
        assert session.digest == said
        record_answer(session, NewAnswer(printed.questions[0], state=State.REFUSED))
        _, later = compose(session, "direction")
        assert later.id != printed.id
        keep(session, later)
        keep(session, printed)  # printed again: the last one now
        assert printed_for(session, "direction") == printed
        assert printed_for(session, "direction", f" {later.id.upper()} ") == later
        assert [one.id for one in printed_in(session)] == [later.id, printed.id]
        change = changes_of(session)[-1]
        assert change.about == "questionnaire imprimé"
        assert change.said == "la direction, 05/10/2026"


def test_what_cannot_be_is_told_with_what_to_do(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        with pytest.raises(DiagError, match="Aucun questionnaire n'a été imprimé"):
            printed_for(session, "equipe")
        keep(session, compose(session, "equipe")[1])
        with pytest.raises(DiagError, match="« zz » inconnu : il est au pied"):
            printed_for(session, "equipe", "zz")
        session.about = commune_auditee(made, session.about.insee)
        with pytest.raises(DiagError, match="celui d'une école"):
            compose(session, "direction")


def test_nothing_left_to_ask_is_said_instead_of_an_empty_page(tmp_path: Path) -> None:
    with audited_workspace(tmp_path / "two") as made:
        session = audited(made)
        with pytest.raises(DiagError, match="rien à demander"):
            compose(session, "equipe")


@pytest.mark.parametrize(
    ("whom", "form"), [("commune", "mairie"), ("prestataire", "prestataire")]
)
def test_a_form_prints_its_lines_and_its_table(
    tmp_path: Path, whom: str, form: str
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        paper, printed = compose(session, whom)
        wanted = session.checklist.forms[form]
        order = [wanted.questions.index(each) for each in printed.questions]
        assert order == sorted(order)
        told = {"acces_internet", "reformes_plus_10_ans", "registre_commune"}
        assert set(wanted.questions) - set(printed.questions) <= told
        markdown = paper.document.markdown
        assert markdown.startswith(f"# {wanted.title}")
        assert "| Modèle |" in markdown
        for name in wanted.columns:
            assert typeset(session.checklist.questions[name].label) in markdown
        record_answer(session, NewAnswer(printed.questions[0], state=State.REFUSED))
        assert printed.questions[0] not in {one.id for one in asked(session, whom)}


def test_what_a_form_leaves_for_its_second_page_is_questions(tmp_path: Path) -> None:
    """The end of its blank table was all that a page held."""
    with workspace(tmp_path) as made:
        session = started(made)
        for one in asked(session, "commune")[14:]:
            record_answer(session, NewAnswer(one.id, state=State.REFUSED))
        for whom in ("commune", "prestataire"):
            pdf, _ = compose(session, whom)[0].document.write(Format.PDF)
            for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
                assert "?" in page.extract_text()


def test_what_belongs_to_the_commune_is_asked_in_its_own_audit(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        about = commune_auditee(made, started(made).about.insee)
        session = start(made, about.ref)
        paper, printed = compose(session, "commune")
        assert printed.questions == ("registre_commune",)
        assert "| Modèle |" not in paper.document.markdown
