"""Audits compared: with the one before, with those of other schools."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from diag.assess.words import Move
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.compare import (
    Comparables,
    between,
    compared_with,
    describe_comparables,
    since_last,
)
from diag.audit.session import AuditSession
from diag.checklist.edition import compiled
from diag.journal import changes
from diag.model.enums import Audience, State
from diag.model.errors import DiagError
from diag.model.text import Bounds
from diag.words.sentences import NBSP, NNBSP
from diag.workspace.workspace import Workspace
from tests.audit.audited import (
    audited,
    audited_again,
    audited_twice,
    audited_workspace,
)
from tests.documents.builders import changed, report
from tests.documents.reading import markdown


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def again(tmp_path: Path) -> Iterator[AuditSession]:
    """Next year's audit, where everything is as it was."""
    with audited_twice(tmp_path / "twice") as made:
        yield audited_again(made)


def fraction(text: str) -> Bounds:
    low, high = text.split()
    return Bounds(Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("old", "new", "move"),
    [
        ("1/3 1/3", "1/3 1/3", Move.SAME),
        ("1/3 1/3", "2/3 1", Move.BETTER),
        ("2/3 1", "0 1/3", Move.WORSE),
        ("0 1", "1 1", Move.LEARNT),
        ("1/3 1/3", "1/3 1", Move.UNSURE),
        ("0 2/3", "1/3 1", Move.UNSURE),
    ],
)
def test_only_what_is_sure_is_told_to_be_better_or_worse(
    old: str, new: str, move: Move
) -> None:
    assert between(fraction(old), fraction(new)) is move


def test_a_first_audit_has_nothing_to_be_compared_with(desk: Workspace) -> None:
    assert since_last(audited(desk)) is None
    with pytest.raises(DiagError, match="rien à comparer"):
        compared_with(audited(desk), "")


def test_the_same_facts_change_nothing(again: AuditSession) -> None:
    found = since_last(again)

    assert found is not None
    assert not found.edition_changed
    assert not (found.criteria)
    assert not (found.resolved)
    assert not (found.new)


def test_a_better_fact_is_told_with_what_it_resolves(again: AuditSession) -> None:
    for question, raw in (("technologie_acces", "ftth_pro"), ("debit_descendant", 300)):
        record_answer(again, NewAnswer(question, raw))

    found = compared_with(again, "2026-2027")

    better = [one.criterion.id for one in found.moved(Move.BETTER)]
    assert "debit-descendant" in better
    assert "passer-a-la-fibre" in found.resolved
    assert not any(one.method_changed for one in found.criteria)


def test_what_is_not_known_again_is_not_resolved(again: AuditSession) -> None:
    """A second audit just begun told the mayor that nothing was needed any more."""
    record_answer(
        again, NewAnswer("technologie_acces", state=State.UNKNOWN, reason="à revoir")
    )

    found = compared_with(again, "2026-2027")

    assert "passer-a-la-fibre" in found.to_confirm
    assert "passer-a-la-fibre" not in found.resolved


def test_a_changed_checklist_is_not_progress(again: AuditSession) -> None:
    checklist = again.checklist
    criterion = checklist.criteria["debit-descendant"]
    harder = criterion.model_copy(update={"levels": {3: "debit_descendant >= 1"}})
    edition = checklist.model_copy(
        update={"criteria": {**checklist.criteria, criterion.id: harder}}
    )
    digest = again.workspace.editions.keep(compiled(edition))
    again.record(changes.pinned(again.audit.id, digest))

    found = since_last(again)

    assert found is not None
    assert found.edition_changed
    (moved,) = found.criteria
    assert (moved.criterion.id, moved.move) == ("debit-descendant", Move.SAME)
    assert moved.method_changed
    assert found.overall.method_changed
    assert found.overall.again == found.overall.now


WORDS = "écoles primaires de 4 à 6 classes"
HALF = Bounds(Fraction(3, 10), Fraction(11, 20))
KNOWN = Comparables(WORDS, 7, HALF, {"reseau": HALF})


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_enough_schools_are_told_as_an_interval() -> None:
    assert describe_comparables(KNOWN) == (
        "La moitié au moins des 7 autres écoles primaires de 4 à 6 classes "
        "auditées dans le territoire se situe entre 30 et 55."
    )
    one = Comparables(WORDS, 5, Bounds(HALF.low, HALF.low))
    assert describe_comparables(one).endswith("se situe à 30.")


def test_too_few_are_counted_and_not_told() -> None:
    assert "2 autres auditées parmi les écoles" in describe_comparables(
        Comparables(WORDS, 2)
    )
    assert "aucune autre auditée" in describe_comparables(Comparables(WORDS, 0))
    assert "il en faut 5" in describe_comparables(Comparables(WORDS, 4))


def test_the_academy_reads_each_domain_beside_its_like() -> None:
    told = plain(
        markdown(changed(report(), look_around=lambda: KNOWN), Audience.ACADEMIE)
    )
    assert "Écoles comparables, la moitié" in told
    assert "| 30 à 55 |" in told
    assert "| trop peu d’écoles |" in told
    assert "ce n’est pas un classement" in told
    few = changed(report(), look_around=lambda: Comparables(WORDS, 2))
    said = plain(markdown(few, Audience.ACADEMIE))
    assert "2 autres auditées" in said
    assert "classement" not in said


def test_the_mayor_is_compared_only_when_it_can_be_told() -> None:
    known = changed(report(), look_around=lambda: KNOWN)
    few = changed(report(), look_around=lambda: Comparables(WORDS, 2))
    decision, *rest = plain(markdown(known, Audience.MAIRIE)).split("***")
    assert "entre 30 et 55" in "".join(rest)
    assert "entre 30 et 55" not in decision
    assert "comparaison" not in markdown(few, Audience.MAIRIE)
    assert "comparaison" not in markdown(known, Audience.EQUIPE)
    assert "entre 30 et 55" not in plain(markdown(known, Audience.EQUIPE))
