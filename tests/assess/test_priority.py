"""The order of actions: danger, read law, socle, what the ministry asks, the rest."""

from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from diag.assess.judge import assess
from diag.model.checklist import Criterion, Need, Recommendation
from diag.model.enums import Kind, Nature
from tests.assess.builders import (
    SALLE,
    boolean,
    checklist,
    criterion,
    facts,
    need,
    number,
    price,
    recommendation,
    require,
)

NAMES = ("loi", "consigne", "socle", "petit", "grand")


def order(
    advice: Sequence[Recommendation],
    changed: Iterable[Criterion] = (),
    visit_date: date | None = None,
) -> list[str]:
    """Return the order of advice when everything falls short."""
    asked = Nature.CONSIGNE
    criteria = {
        one.id: one
        for one in (
            criterion("loi", {1: "loi"}, kind=Kind.COMPLIANCE),
            criterion("consigne", {1: "consigne"}, kind=Kind.COMPLIANCE, nature=asked),
            criterion("socle", {3: "socle"}, kind=Kind.BLOCKING),
            criterion("petit", {3: "petit"}, weight=1),
            criterion("grand", {3: "grand"}, weight=4),
            *changed,
        )
    }
    grid = checklist(
        [
            *(boolean(name) for name in NAMES),
            number("places"),
        ],
        criteria.values(),
        advice,
        [
            price("cher", 1, 1_000, 1_000),
            price("bon", 1, 10, 10),
            price("don", 0, 0, 0),
        ],
    )
    school = facts(dict.fromkeys(NAMES, False), visit_date=visit_date)
    return [each.recommendation.id for each in assess(school, grid).advice]


def nine(item: str) -> Need:
    return need(item, count="9")


def test_law_comes_first_then_what_blocks_then_what_the_ministry_asks() -> None:
    assert order([
        recommendation("z", "grand", 1, buys=["bon"], effect={"grand": True}),
        recommendation("a", "petit", 1, effect={"petit": True}),
        recommendation("c", "consigne", 1, buys=[nine("cher")]),
        recommendation("m", "socle", 1, buys=[nine("cher")]),
        recommendation("n", "loi", 1, buys=[nine("cher")]),
    ]) == ["n", "m", "c", "a", "z"]


def test_a_danger_comes_before_the_law() -> None:
    grid = checklist(
        [boolean("danger", SALLE, danger=True), boolean("loi")],
        [
            criterion("loi", {1: "loi"}, kind=Kind.COMPLIANCE),
            criterion("salles", {1: "not danger"}, place=SALLE, weight=0),
        ],
        [recommendation("ecrire", "loi", 1), recommendation("couper", "salles", 1)],
    )
    rooms = {"CP": {"danger": False}, "CM": {"danger": True}}

    found = assess(facts({"loi": False}, rooms), grid)

    assert [(each.place, each.question.id) for each in found.dangers] == [
        ("CM", "danger")
    ]
    assert [each.recommendation.id for each in found.advice] == ["couper", "ecrire"]


@pytest.mark.parametrize(
    ("read_on", "visited", "told"),
    [
        ("2026-09-01", None, ["loi", "socle", "consigne", "a"]),
        ("2026-09-01", date(2028, 9, 1), ["loi", "socle", "consigne", "a"]),
        ("2026-09-01", date(2028, 9, 2), ["socle", "consigne", "a", "loi"]),
        ("", None, ["socle", "consigne", "a", "loi"]),
    ],
)
def test_a_law_not_read_of_late_is_ranked_with_the_rest(
    read_on: str, visited: date | None, told: list[str]
) -> None:
    law = criterion("loi", {1: "loi"}, kind=Kind.COMPLIANCE, read_on=read_on)
    advice = [recommendation(one, one, 1) for one in ("loi", "consigne", "socle")]
    advice.append(recommendation("a", "grand", 1, effect={"grand": True}))
    assert order(advice, [law], visited) == told


@pytest.mark.parametrize("nature", [Nature.LOI, Nature.CONSIGNE])
def test_what_is_above_the_rule_is_ranked_with_the_rest(nature: Nature) -> None:
    rule = criterion(
        "loi",
        {2: "loi and grand", 1: "petit or not petit"},
        kind=Kind.COMPLIANCE,
        nature=nature,
    )
    advice = [recommendation("mieux", "loi", 2), recommendation("vite", "socle", 1)]
    advice.append(recommendation("a", "grand", 1, effect={"grand": True}))
    assert order(advice, [rule]) == ["vite", "a", "mieux"]


def test_what_is_free_is_ordered_by_gain_and_ties_by_id() -> None:
    assert order([
        recommendation("b", "petit", 1),
        recommendation("a", "petit", 1, buys=["don"]),
        recommendation("c", "petit", 1, effect={"petit": True}),
        recommendation("d", "grand", 1, effect={"grand": True}),
    ]) == ["d", "c", "a", "b"]


def test_what_costs_is_ordered_by_gain_over_cost_unbounded_last() -> None:
    asked = need("bon", count="places")
    assert order([
        recommendation("a", "grand", 1, buys=[asked], effect={"grand": True}),
        recommendation("b", "grand", 1, buys=["cher"], effect={"grand": True}),
        recommendation("c", "petit", 1, buys=["bon"], effect={"petit": True}),
    ]) == ["c", "b", "a"]


def test_what_waits_stands_under_what_it_waits_for() -> None:
    first = (require("grand", 3),)
    assert order([
        recommendation("a", "loi", 1, requires=first),
        recommendation("b", "loi", 1),
        recommendation("y", "petit", 1),
        recommendation("z", "grand", 3, effect={"grand": True}),
    ]) == ["b", "z", "a", "y"]


def test_what_waits_in_a_circle_is_read_all_the_same() -> None:
    other = criterion("grand", {3: "grand"}, kind=Kind.COMPLIANCE, conforms_at=3)
    assert order(
        [
            recommendation(
                "a", "loi", 1, requires=(require("grand", 3),), effect={"loi": True}
            ),
            recommendation(
                "b", "grand", 3, requires=(require("loi", 1),), effect={"grand": True}
            ),
        ],
        [other],
    ) == ["a", "b"]


def test_what_waits_for_two_stands_under_the_last() -> None:
    both = (require("grand", 3), require("petit", 1))
    assert order([
        recommendation("a", "loi", 1, requires=both),
        recommendation("m", "petit", 1, effect={"petit": True}),
        recommendation("y", "consigne", 1, effect={"consigne": True}),
        recommendation("z", "grand", 3, effect={"grand": True}),
    ]) == ["y", "z", "m", "a"]


def test_what_waits_for_a_cure_that_is_covered_stands_under_what_covers_it() -> None:
    first = (require("grand", 3),)
    assert order([
        recommendation("a", "loi", 1, requires=first),
        recommendation("b", "grand", 3, effect={"grand": True}),
        recommendation("c", "grand", 3, effect={"grand": True}, covers=("b",)),
    ]) == ["c", "a"]


def test_what_waits_for_what_stands_behind_a_gate_stands_under_what_opens_it() -> None:
    gated = criterion("petit", {3: "petit"}, given="grand")
    assert order(
        [
            recommendation("a", "consigne", 1, requires=(require("petit", 3),)),
            recommendation("b", "petit", 3, effect={"petit": True}),
            recommendation("y", "loi", 1),
            recommendation("z", "grand", 1, effect={"grand": True}),
        ],
        [gated],
    ) == ["y", "z", "a"]
