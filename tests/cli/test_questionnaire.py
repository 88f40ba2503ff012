from pathlib import Path

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import AuditSession
from diag.documents.questionnaire import printed_for
from diag.model.audit import Answer, Questionnaire
from diag.model.enums import Provenance, QuestionType, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, workspace
from tests.cli.running import Run, diag

PAGE = ("questionnaire", SCHOOL, "--for", "direction")


def printed(folder: Path, *words: str) -> Run:
    with workspace(folder):
        pass
    return diag(folder, *PAGE, *words)


def opened(made: Workspace) -> tuple[AuditSession, Questionnaire]:
    session = audits.open_session(made, SCHOOL)
    return session, printed_for(session, "direction")


def answers(folder: Path) -> dict[str, Answer]:
    """Return what is known of the page's questions."""
    with Workspace.open(folder) as made:
        session, page = opened(made)
        heads = {
            each: session.facts.answer(session.facts.root, each)
            for each in page.questions
        }
        return {each: head for each, head in heads.items() if head}


def test_the_page_is_written_in_the_forms_asked_and_says_what_comes_next(
    tmp_path: Path,
) -> None:
    run = printed(
        tmp_path, "--format", "md", "--format", "html", "--out", f"{tmp_path}/ici"
    )
    assert run.code == 0, run.err
    (inside,) = (tmp_path / "ici").iterdir()
    names = sorted(each.name for each in inside.glob("questionnaire*"))
    assert names == ["questionnaire-direction.html", "questionnaire-direction.md"]
    assert f"diag questionnaire {SCHOOL} --for direction --enter" in run.err


def test_a_filled_page_is_typed_in_by_its_numbers_whatever_came_meanwhile(
    tmp_path: Path,
) -> None:
    assert printed(tmp_path, "--format", "md").code == 0
    with Workspace.open(tmp_path) as made:
        session, page = opened(made)
        known = session.checklist.questions
        box = next(
            at
            for at, each in enumerate(page.questions, 1)
            if known[each].type is QuestionType.CHOICE and at > 1
        )
        first = page.questions[0]
        record_answer(
            session, NewAnswer(first, state=State.REFUSED, reason="plus tard")
        )
        asked = page.questions[box - 1]
        ticked = known[asked].choices[0].id
    stdin = f"\n:{box}\nquarante\n1 # 3 fiches sur 4\n? pas vu\n:retour\n\n:fin\n"
    run = diag(tmp_path, *PAGE, "--enter", stdin=stdin)
    assert run.code == 0, run.err
    assert "Déjà : non communiqué (plus tard). Entrée pour le garder." in run.out
    assert "Refusé. « quarante » n'est pas un choix" in run.out
    assert "2 réponses sur le disque." in run.out
    found = answers(tmp_path)
    assert found[first].state is State.REFUSED
    assert (found[asked].value, found[asked].provenance) == (
        ticked,
        Provenance.DECLARED,
    )
    after = found[page.questions[box]]
    assert (after.state, after.provenance) == (State.UNKNOWN, Provenance.DECLARED)
    with Workspace.open(tmp_path) as made:
        session, _ = opened(made)
        notes = session.facts.notes[session.facts.root, asked]
        assert notes == ("3 fiches sur 4",)


def test_the_whole_page_left_empty_records_nothing(tmp_path: Path) -> None:
    assert printed(tmp_path, "--format", "md").code == 0
    run = diag(tmp_path, *PAGE, "--enter", stdin="\n" * 60)
    assert run.code == 0, run.err
    assert run.out.rstrip().endswith("0 réponse sur le disque.")
    assert answers(tmp_path) == {}


def test_a_code_without_a_page_to_type_in_is_a_wrong_command(tmp_path: Path) -> None:
    run = printed(tmp_path, "--code", "0123abcd")
    assert run.code == 2
    run = diag(tmp_path, *PAGE, "--enter")
    assert run.code == 1
    assert "Aucun questionnaire n'a été imprimé" in run.err
