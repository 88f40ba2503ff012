"""Suppositions kept under a name: they come back, and stay out of the facts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit import hypotheses
from diag.audit.hypotheses import (
    forget_scenario,
    keep_scenario,
    scenario_named,
    scenarios,
    suppositions_of,
)
from diag.audit.places import remove_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.suppose import Supposition, outcome, supposed
from diag.audit.undo import undo
from diag.journal import changes
from diag.model.audit import Scenario
from diag.model.enums import READERS, Audience, PlaceKind
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import workspace
from tests.documents.reading import markdown


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def imagined(session: AuditSession) -> tuple[Supposition, ...]:
    """Suppose one of everything, in an order that matters."""
    facts = session.facts
    room, other = hypotheses.classrooms(facts)[:2]
    made: list[Supposition] = [*hypotheses.fibre(session)]
    made += [
        hypotheses.added(facts, "Classe CM1 bis", like=room.name),
        hypotheses.split(session, facts, room.name, reusing=other.name),
        hypotheses.suppose_answer(session, facts, "debit_montant", "?", ""),
    ]
    return (*made, hypotheses.closed(supposed(facts, made), "Classe CM1 bis"))


def test_a_scenario_comes_back_as_it_was_made(session: AuditSession) -> None:
    made = imagined(session)
    keep_scenario(session, "Fibre et dédoublement", made)

    kept = scenario_named(session, "fibre et dedoublement")

    assert suppositions_of(session, kept) == (made, ())


def test_a_scenario_changes_no_fact_and_no_score(session: AuditSession) -> None:
    facts, before = session.facts, session.assessment
    keep_scenario(session, "Essai", imagined(session))

    assert session.facts.answers == facts.answers
    assert session.facts.places == facts.places
    assert session.assessment == before


def test_the_same_name_replaces_and_undo_takes_back(session: AuditSession) -> None:
    first, *_, last = imagined(session)
    keep_scenario(session, "Essai", [first])
    keep_scenario(session, "ESSAI", [last])
    assert [one.name for one in scenarios(session)] == ["ESSAI"]

    undo(session)
    assert suppositions_of(session, scenario_named(session, "essai"))[0] == (first,)
    forget_scenario(session, "Essai")
    assert scenarios(session) == ()


def test_what_no_longer_stands_is_left_out_and_told(session: AuditSession) -> None:
    room = session.facts.places_of(PlaceKind.SALLE)[0]
    keep_scenario(
        session,
        "Fermer",
        [*hypotheses.fibre(session), hypotheses.closed(session.facts, room.name)],
    )
    remove_place(session, room.name)

    kept, lost = suppositions_of(session, scenario_named(session, "Fermer"))

    assert kept == hypotheses.fibre(session)
    assert lost == ("un lieu retiré depuis",)
    assert outcome(session.facts, session.checklist, kept)


@pytest.mark.parametrize(
    "written",
    [
        {"what": "teleported"},
        {"what": "said"},
        {"what": "added", "kind": "lune", "name": "x"},
        {"what": "closed", "place": 12},
        {},
    ],
)
def test_what_another_version_supposed_is_told_not_run(
    session: AuditSession, written: dict[str, object]
) -> None:
    ident = "00000000-0000-4000-8000-000000000001"
    scenario = Scenario(id=ident, name="Autre", suppositions=(written,))
    session.record(changes.imagined(session.audit.id, scenario))

    kept, lost = suppositions_of(session, scenario_named(session, "Autre"))

    assert (kept, len(lost)) == ((), 1)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "\ud800"])
def test_a_name_that_cannot_be_is_refused(session: AuditSession, name: str) -> None:
    with pytest.raises(DiagError):
        keep_scenario(session, name, hypotheses.fibre(session))


def test_a_scenario_travels_with_its_audit(
    session: AuditSession, tmp_path: Path
) -> None:
    keep_scenario(session, "Fibre", hypotheses.fibre(session))
    path = tmp_path / "audit.jsonl"
    export_audit(session, path)

    with workspace(tmp_path / "other") as other:
        import_audit(other, path)
        there = audited(other)
        assert [one.name for one in scenarios(there)] == ["Fibre"]


def test_a_scenario_is_printed_as_a_hypothesis_for_two_readers(
    session: AuditSession,
) -> None:
    keep_scenario(session, "Fibre [/ et dédoublement", imagined(session))
    plain, told = (
        report_of(session),
        report_of(session, scenario="Fibre [/ et dédoublement"),
    )
    for audience in READERS:
        facts, printed = markdown(plain, audience), markdown(told, audience)
        if audience in {Audience.MAIRIE, Audience.TECHNIQUE}:
            section = printed[printed.index("## Option") :]
            assert "(hypothèse)" in section.splitlines()[0]
            assert "Classe CM1 bis" in section
            assert "Avec l'option" in section or "Avec l’option" in section
            assert len(facts) < len(printed)
        else:
            assert printed == facts


def test_a_scenario_that_nobody_kept_is_not_printed(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="inconnu"):
        report_of(session, scenario="jamais gardé")
