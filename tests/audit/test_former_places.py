"""An audit that has no place takes again those of the audit before, as they were."""

from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.memory import former_places, memory_of, still_true, take_places_again
from diag.audit.places import add_place, remove_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo_last
from diag.model.enums import PlaceKind, Provenance
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, workspace

OLD = "2025-2026"


def listed(session: AuditSession) -> list[tuple[str, PlaceKind, str]]:
    """Return each place but the school: its name, its kind, what holds it."""
    places = session.facts.places
    return [
        (place.name, place.kind, places[place.parent].name)
        for place in places.values()
        if place.parent
    ]


def furnished(made: Workspace, campaign: str = OLD) -> AuditSession:
    """Return an audit with a building, a room in it, its equipment, and another."""
    session = audits.start(made, SCHOOL, campaign)
    building, _ = add_place(session, PlaceKind.BATIMENT, "Préfabriqué")
    room, _ = add_place(session, PlaceKind.SALLE, "Classe [/ CP", building.id)
    add_place(session, PlaceKind.LOT, "Chariot", room.id)
    add_place(session, PlaceKind.SALLE, "BCD")
    gone, _ = add_place(session, PlaceKind.SALLE, "Salle démolie")
    remove_place(session, gone.id)
    record_answer(session, NewAnswer("type_salle", "classe", place=room.id))
    return session


def test_places_come_back_as_they_were_and_nothing_is_answered(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        before = furnished(made)
        session = audits.start(made, SCHOOL)
        said = len(session.facts.answers)
        former = former_places(session)
        assert former is not None
        assert former.words == "les 4 lieux de 2025-2026"
        take_places_again(session)
        assert listed(session) == listed(before)
        assert len(session.facts.answers) == said
        room = next(one for one in session.facts.places.values() if "CP" in one.name)
        question = session.checklist.questions["type_salle"]
        still_true(session, memory_of(session), room.id, question)
        answer = session.facts.answer(room.id, "type_salle")
        assert answer is not None
        assert (answer.value, answer.provenance) == ("classe", Provenance.CARRIED)


def test_one_undo_takes_all_of_them_back_and_they_may_be_taken_again(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        before = furnished(made)
        session = audits.start(made, SCHOOL)
        for _ in range(2):
            take_places_again(session)
            undo_last(session)
            assert listed(session) == []
        take_places_again(session)
        assert listed(session) == listed(before)


def test_it_is_offered_only_to_an_audit_without_a_place(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        first = audits.start(made, SCHOOL, OLD)
        assert former_places(first) is None
        session = audits.start(made, SCHOOL)
        assert former_places(session) is None
        with pytest.raises(DiagError, match="Rien à reprendre"):
            take_places_again(session)
        room, _ = add_place(first, PlaceKind.SALLE, "CP")
        former = former_places(session)
        assert former is not None
        assert former.words == "le lieu de 2025-2026"
        remove_place(first, room.id)
        add_place(session, PlaceKind.SALLE, "CE1")
        furnished(made)
        assert former_places(session) is None


def test_an_audit_between_that_has_no_place_is_passed_over(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        furnished(made, "2024-2025")
        audits.start(made, SCHOOL, OLD)
        former = former_places(audits.start(made, SCHOOL))
        assert former is not None
        assert former.campaign == "2024-2025"


def carried(session: AuditSession, to: Workspace, file: Path) -> AuditSession:
    """Return an audit as it is in another workspace, once it was sent there."""
    export_audit(session, file)
    return import_audit(to, file)[0]


def test_two_who_take_them_apart_have_one_list(tmp_path: Path) -> None:
    with (
        workspace(tmp_path / "a") as one,
        workspace(tmp_path / "b", author="u-2", seed=2) as other,
    ):
        before = furnished(one)
        carried(before, other, tmp_path / "old.json")
        mine, yours = audits.start(one, SCHOOL), audits.start(other, SCHOOL)
        take_places_again(mine)
        take_places_again(yours)
        again = carried(yours, one, tmp_path / "new.json")
        assert listed(again) == listed(before)
        assert again.conflicts == ()
