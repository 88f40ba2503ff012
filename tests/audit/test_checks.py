"""What makes an answer doubtful: told at entry, kept with a reason, listed as such."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.answers.answer_type import Refused
from diag.audit.answer import DoubtfulAnswer, NewAnswer, failed_checks, record_answer
from diag.audit.departure import departure_lines
from diag.audit.follow import add_visit
from diag.audit.places import add_place, close_places
from diag.audit.session import AuditSession
from diag.audit.visit import VisitSession
from diag.model.enums import PlaceKind
from diag.office.imports import import_file
from tests.audit.builders import started, territory, workspace


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    """The audit of a school of six classes, as the directory counts them."""
    with workspace(tmp_path / "desk") as made:
        import_file(made, "effectifs", territory().effectifs)
        yield started(made)


def doubts(session: AuditSession) -> dict[str, str]:
    failed = failed_checks(session.facts, session.checklist)
    return {question: words for (_, question), words in failed.items()}


def at(session: AuditSession, question: str) -> VisitSession:
    return VisitSession(session, (session.facts.root, question))


def test_twenty_two_classes_in_a_school_of_six_want_a_reason(
    session: AuditSession,
) -> None:
    assert session.facts.directory["annuaire_nb_classes"] == 6
    visiting, before = at(session, "nb_classes"), session.digest
    for again in (False, True):
        with pytest.raises(DoubtfulAnswer, match="l'annuaire en dit 6") as told:
            visiting.answer("22")
        assert told.value.again is again
    assert session.digest == before, "nothing is written yet"
    visiting.answer("22", "une fusion")
    head = session.facts.answer(session.facts.root, "nb_classes")
    assert head is not None
    assert (head.value, head.reason) == (22, "une fusion")
    lines = [one for one in departure_lines(session) if "Douteux" in one]
    assert lines == [
        "Douteux : Fichiers, Nombre de classes : l'annuaire en dit 6 (une fusion)"
    ]
    visiting.answer("6")
    assert not [one for one in departure_lines(session) if "Douteux" in one]


def test_another_answer_forgets_the_doubt(session: AuditSession) -> None:
    visiting = at(session, "nb_classes")
    with pytest.raises(DoubtfulAnswer):
        visiting.answer("22")
    with pytest.raises(DoubtfulAnswer) as told:
        visiting.answer("12")
    assert not told.value.again


def test_a_program_is_not_asked_again_and_what_it_wrote_is_listed(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 22))
    record_answer(session, NewAnswer("nb_eleves", 60))
    assert doubts(session)["nb_classes"] == "l'annuaire en dit 6"
    assert "pour 22 classes" in doubts(session)["nb_eleves"]
    assert "l'annuaire en dit" in doubts(session)["nb_eleves"]


def test_rooms_of_kind_classe_are_counted_against_the_classes(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 6))
    for number in range(1, 8):
        name = f"Classe {number}"
        add_place(session, PlaceKind.SALLE, name)
        assert not doubts(session)
        record_answer(session, NewAnswer("type_salle", "classe", place=name))
    assert doubts(session) == {"nb_classes": "vous avez 7 salles de classe"}
    for number in (6, 7):
        kind = NewAnswer("type_salle", "bcd", place=f"Classe {number}")
        record_answer(session, kind)
    assert not doubts(session), "one more may still be added"
    close_places(session, PlaceKind.SALLE)
    assert doubts(session) == {"nb_classes": "vous n'avez que 5 salles de classe"}


def test_what_is_past_and_said_after_the_visit_is_doubted(
    session: AuditSession,
) -> None:
    place, _ = add_place(session, PlaceKind.LOT, "Tablettes")
    lot = VisitSession(session, (place.id, "lot_date_achat"))
    lot.answer("12/11/2035")
    assert not doubts(session), "no visit has a day yet"
    add_visit(session, session.workspace.world.today())
    assert doubts(session) == {"lot_date_achat": "c'est après la visite"}
    with pytest.raises(DoubtfulAnswer, match="après la visite"):
        lot.answer("12/11/2036")
    lot.answer("12/11/2025")
    assert not doubts(session)


def test_a_danger_reported_on_a_day_to_come_or_years_ago_is_doubted(
    session: AuditSession,
) -> None:
    """« demain » and 2019 were taken: the council's page would have printed them."""
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    record_answer(session, NewAnswer("danger_electrique", True, place=room.id))
    add_visit(session, session.workspace.world.today())
    reported = VisitSession(session, (room.id, "danger_signale_le"))
    with pytest.raises(DoubtfulAnswer, match="après la visite"):
        reported.answer("demain")
    with pytest.raises(DoubtfulAnswer, match="un an ou plus avant la visite"):
        reported.answer("12/11/2019")
    reported.answer("aujourd'hui")
    assert not doubts(session)


def test_a_part_above_its_whole_is_still_refused(session: AuditSession) -> None:
    record_answer(session, NewAnswer("nb_eleves", 140))
    with pytest.raises(Refused, match="dépasse"):
        at(session, "nb_eleves_elementaire").answer("150", "certain")


def test_the_public_reading_has_no_check_of_what_it_does_not_hold(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 22))
    public = session.public()
    assert public.checklist.checks.keys() <= session.checklist.checks.keys()
    assert failed_checks(public.facts, public.checklist)
    for check in session.checklist.checks.values():
        assert check.ask in session.checklist.questions
