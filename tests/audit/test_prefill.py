from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import start
from diag.model.enums import Provenance
from diag.office.imports import import_file
from diag.office.supervision import list_audits_of
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, territory, workspace


def said(made: Workspace, uai: str = SCHOOL) -> dict[str, object]:
    session = start(made, uai)
    return {
        question: heads[0].value
        for (_, question), heads in session.facts.answers.items()
    }


def test_what_the_official_lists_know_is_not_asked_again(tmp_path: Path) -> None:
    with workspace(tmp_path / "desk") as made:
        import_file(made, "effectifs", territory().effectifs)

        assert said(made) == {
            "type_ecole": "primaire",
            "nb_classes": 6,
            "nb_eleves": 133,
        }
        session = start(made, SCHOOL)
        answer = session.facts.answer(session.facts.root, "nb_eleves")
        assert answer is not None
        assert answer.provenance is Provenance.IMPORTED
        assert "effectifs, 20" in answer.reason


def test_what_the_lists_gave_is_no_answer_in_the_file_of_the_school(
    desk: Workspace,
) -> None:
    session = start(desk, SCHOOL)
    record_answer(session, NewAnswer("acces_internet", "oui"))
    (told,) = list_audits_of(desk, session.about)
    assert len(session.facts.answers) > told.answers == 1


def test_a_school_whose_size_is_not_known_is_asked(desk: Workspace) -> None:
    assert said(desk) == {"type_ecole": "primaire"}


def test_opening_again_never_answers_over_a_person(desk: Workspace) -> None:
    session = start(desk, SCHOOL)
    record_answer(session, NewAnswer("type_ecole", "elementaire"))

    assert said(desk) == {"type_ecole": "elementaire"}
