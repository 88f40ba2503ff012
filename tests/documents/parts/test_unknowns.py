"""What is still open is asked of who can answer, in the words to say."""

from diag.documents.parts.places import asked_of, unknowns
from diag.model.enums import Audience
from tests.documents.builders import CHECKLIST, facts, report
from tests.documents.reading import markdown

OPEN = facts({("CP", "type_salle"): "classe"}, ("CP", "CE1"))


def test_each_reader_is_asked_what_he_can_answer() -> None:
    audit = report(OPEN)
    asked, more = asked_of(audit, "direction", limit=8)
    assert "Quelle offre avez-vous" in asked
    assert more == 0
    assert asked_of(audit, "commune", limit=8) == ("", 0)
    assert asked_of(audit, "direction", limit=0) == ("", 1)


def test_what_is_asked_of_rooms_names_them() -> None:
    sockets = CHECKLIST.questions["prises"].model_copy(
        update={"whom": "commune", "ask": "Combien de prises ici ?"}
    )
    every = {**CHECKLIST.questions, "prises": sockets}
    audit = report(OPEN, CHECKLIST.model_copy(update={"questions": every}))
    asked, _ = asked_of(audit, "commune", limit=8)
    assert asked.replace("\u202f", " ").endswith("Combien de prises ici ? (CP et CE1)")


def test_what_was_answered_is_not_asked_again() -> None:
    answered = facts({("ecole", "debit"): 12})
    assert asked_of(report(answered), "direction", limit=8) == ("", 0)


def test_a_sensitive_matter_is_never_asked_in_writing() -> None:
    debit = CHECKLIST.questions["debit"].model_copy(update={"sensitive": True})
    every = {**CHECKLIST.questions, "debit": debit}
    audit = report(OPEN, CHECKLIST.model_copy(update={"questions": every}))
    assert asked_of(audit, "direction", limit=8) == ("", 0)
    assert "Quelle offre" in unknowns(audit)


def test_the_team_is_asked_and_the_technician_reads_of_whom() -> None:
    audit = report(OPEN)
    team = markdown(audit, Audience.EQUIPE)
    assert "Ce que nous devons encore vérifier avec vous" in team
    assert "Quelle offre avez-vous" in team
    table = unknowns(audit)
    assert "| la direction |" in table
    assert "| à voir dans la salle |" in table
