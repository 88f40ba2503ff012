from pathlib import Path

from diag.audit import session as audits
from diag.audit.places import add_place
from diag.audit.proposals import propose
from diag.audit.session import AuditSession
from diag.model.audit import Answer
from diag.model.enums import PlaceKind, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, workspace
from tests.audit.test_proposals import offered
from tests.cli.running import diag


def prepared(folder: Path) -> None:
    with workspace(folder) as made:
        add_place(started(made), PlaceKind.SALLE, "CP [/x]")


def said(folder: Path, question: str) -> Answer | None:
    with Workspace.open(folder) as there:
        session: AuditSession = audits.open_session(there, SCHOOL)
        return session.facts.answer(session.facts.root, question)


def test_a_visit_goes_line_by_line_and_each_answer_is_kept(tmp_path: Path) -> None:
    prepared(tmp_path)
    run = diag(
        tmp_path,
        *("visit", SCHOOL, "--text"),
        stdin=":lieu fichiers\nvite\n2\n* local fermé\n:fin\n",
    )
    assert run.code == 0, run.err
    assert "Refusé. « vite » n'est pas un nombre" in run.out
    assert "Enregistré. Nombre de classes\u00a0: 2\u00a0classes" in run.out
    assert "Tout est enregistré." in run.out
    answer = said(tmp_path, "nb_classes")
    assert answer is not None
    assert answer.value == 2
    unknown = said(tmp_path, "nb_eleves")
    assert unknown is not None
    assert (unknown.state, unknown.reason) == (State.UNKNOWN, "local fermé")


def test_a_visit_in_lines_says_that_answers_wait_and_what_shows_them(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    assert "votre accord" not in diag(tmp_path, "visit", SCHOOL, "--text").out
    with Workspace.open(tmp_path) as there:
        session = audits.open_session(there, SCHOOL)
        count = propose(session, offered(session))
    run = diag(tmp_path, "visit", SCHOOL, "--text", stdin=":fin\n")
    told = f"{count} réponses proposées attendent votre accord"
    assert f"{told} : diag questionnaire {SCHOOL}" in run.out


def test_a_doubtful_value_is_confirmed_by_enter_alone(tmp_path: Path) -> None:
    prepared(tmp_path)
    run = diag(
        tmp_path, *("visit", SCHOOL, "--text"), stdin=":lieu fichiers\n70\n\n:fin\n"
    )
    assert "paraît élevé" in run.out
    answer = said(tmp_path, "nb_classes")
    assert answer is not None
    assert answer.value == 70


def test_every_command_says_something_and_the_end_of_input_ends(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    commands = (
        *("aide", "relire", *["retour"] * 9, "utile", "pourquoi", "note vu [/]"),
        *("arevoir", "vrai", "comment", "reste", "partir", "lieu", "lieu cp"),
        *("salle CE1", "salle CE1", "materiel Chariot", "annuler", "x", "a", ""),
    )
    typed = "".join(f":{each}\n" for each in commands)
    run = diag(tmp_path, *("visit", SCHOOL, "--text"), stdin=typed)
    assert run.code == 0, run.err
    for expected in (
        "Entrée seule : question suivante",
        "C'est la première question.",
        "Enregistré. Noté sur «",
        "Enregistré. À revoir.",
        "Ce n'est pas possible. Pas de réponse à reprendre",
        "La réponse suivante sera",
        "CP [/x], question 1",
        "Enregistré. CE1 ajoutée.",
        "s'appelle déjà « CE1 »",
        "Annulé. lot de matériel « Chariot »",
        "n'est pas une commande",
    ):
        assert expected in run.out, expected


def test_without_text_it_says_how_to_open_the_screens(tmp_path: Path) -> None:
    prepared(tmp_path)
    run = diag(tmp_path, "visit", SCHOOL)
    assert run.code == 2
    assert "--text" in run.err


def test_the_visit_is_made_shorter_in_its_midst(tmp_path: Path) -> None:
    prepared(tmp_path)
    run = diag(
        tmp_path,
        *("visit", SCHOOL, "--text"),
        stdin=":minutes\n:minutes 20\n:parcours court\n:minutes\n:minutes x\n:fin\n",
    )
    assert run.code == 0, run.err
    assert "45 min : " in run.out
    assert "Enregistré. 20\u00a0min\u00a0: " in run.out
    assert "Enregistré. 30\u00a0min\u00a0: " in run.out
    assert "30 min, choisi : " in run.out
    assert "Durée « x » inconnue" in run.out


def test_a_question_mark_is_help_and_answers_nothing(tmp_path: Path) -> None:
    prepared(tmp_path)
    run = diag(
        tmp_path, *("visit", SCHOOL, "--text"), stdin=":lieu fichiers\n?\n:fin\n"
    )
    assert "* et un motif : inconnu." in run.out
    assert said(tmp_path, "nb_classes") is None


def test_it_resumes_at_a_question_that_is_left(tmp_path: Path) -> None:
    prepared(tmp_path)
    walked = ":lieu fichiers\n2\n:retour\n:fin\n"
    first = diag(tmp_path, *("visit", SCHOOL, "--text"), stdin=walked)
    assert "Réponse actuelle : 2\u00a0classes" in first.out
    again = diag(tmp_path, *("visit", SCHOOL, "--text"), stdin=":fin\n")
    assert "Réponse actuelle" not in again.out
    assert "Nombre d'élèves" in again.out


def test_an_audit_is_opened_only_once_that_is_wanted(tmp_path: Path) -> None:
    with workspace(tmp_path):
        pass
    for typed in ("", "n\n", "\n"):
        run = diag(tmp_path, *("visit", SCHOOL, "--text"), stdin=typed)
        assert run.code == 0, run.err
        assert "pas d'audit dans la campagne 2026-2027" in run.out
        assert "Rien n'est ouvert." in run.out
        with Workspace.open(tmp_path) as there:
            assert not audits.listed(there)

    run = diag(tmp_path, *("visit", SCHOOL, "--text"), stdin="?\no\n:fin\n")
    assert run.out.count("L'ouvrir ? Tapez o ou n.") == 2
    assert "Audit ouvert dans la campagne 2026-2027." in run.out
    with Workspace.open(tmp_path) as there:
        assert len(audits.listed(there)) == 1


def test_an_audit_is_opened_without_asking_for_a_script(tmp_path: Path) -> None:
    with workspace(tmp_path):
        pass
    run = diag(tmp_path, *("visit", SCHOOL, "--text", "--start"), stdin=":fin\n")
    assert "Audit ouvert dans la campagne 2026-2027." in run.out
    again = diag(tmp_path, *("visit", SCHOOL, "--text", "--start"), stdin=":fin\n")
    assert "Audit ouvert" not in again.out
