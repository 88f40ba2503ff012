"""What a mayor reads at length: what he must decide, and little of it."""

from diag.audit.findings import OTHERS, detailed, for_the_council, needs, pressing
from diag.model.enums import Owner
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    facts,
    recommendation,
    report,
)


def test_what_breaks_the_law_or_lacks_the_indispensable_presses() -> None:
    told = report()
    found = {one.id for one in pressing(told, told.plan.actions)}
    assert found == {"filtrer", "fibre", "cabler"}


def test_what_waits_or_asks_nothing_of_the_commune_is_not_detailed() -> None:
    told = report()
    found = {one.id for one in detailed(told)}
    assert "equiper" not in found  # waits for the cables
    assert "ecrire" not in found  # the school's own
    assert {"filtrer", "fibre", "cabler"} <= found


def test_few_improvements_are_detailed_in_the_order_of_the_plan() -> None:
    more = {
        f"plus{rank}": recommendation(f"plus{rank}", "projet", 2, f"Améliorer {rank}")
        for rank in range(6)
    }
    every = {**CHECKLIST.recommendations, **more}
    checklist = CHECKLIST.model_copy(update={"recommendations": every})
    told = report(ORDINARY, checklist).public
    found = detailed(told)
    others = [one for one in found if one not in pressing(told, found)]
    assert len(others) == OTHERS
    ranks = [int(one.ref.removeprefix("n°")) for one in found]
    assert ranks == sorted(ranks)


def test_what_is_missing_comes_before_what_is_short() -> None:
    short = facts(
        {
            ("ecole", "debit"): 1,
            ("CP", "type_salle"): "classe",
            ("CP", "prises"): 1,
            ("CE1", "type_salle"): "classe",
            ("CE1", "prises"): 3,
        },
        ("CP", "CE1"),
    )
    told = report(short)
    both = [one for one in told.plan.actions if one.id in {"fibre", "cabler"}]
    for actions in (both, both[::-1]):
        assert [one.id for one in needs(told, actions)] == ["fibre", "cabler"]


def test_a_school_s_own_action_is_no_matter_for_the_council() -> None:
    told = report(facts({("ecole", "projet_ecrit"): False}))
    own = told.plan.action("ecrire")
    assert own is not None
    assert own.advice.recommendation.owner is Owner.ECOLE
    assert not for_the_council(told, own)
