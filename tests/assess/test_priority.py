from collections.abc import Sequence

from diag.assess.judge import assess
from diag.model.checklist import Recommendation
from diag.model.enums import Kind
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


def order(advice: Sequence[Recommendation]) -> list[str]:
    """Return the order of advice when everything falls short."""
    names = ("loi", "socle", "petit", "grand")
    grid = checklist(
        [*(boolean(name) for name in names), number("places", range=(0, None))],
        [
            criterion("loi", {1: "loi"}, kind=Kind.COMPLIANCE, conforms_at=1),
            criterion("socle", {3: "socle"}, kind=Kind.BLOCKING),
            criterion("petit", {3: "petit"}, weight=1),
            criterion("grand", {3: "grand"}, weight=4),
        ],
        advice,
        [
            price("cher", 1, 1_000, 1_000),
            price("bon", 1, 10, 10),
            price("don", 0, 0, 0),
        ],
    )
    school = facts(dict.fromkeys(names, False))
    return [each.recommendation.id for each in assess(school, grid).advice]


def test_the_law_comes_first_then_what_blocks_then_what_is_free() -> None:
    assert order([
        recommendation("z", "grand", 1, buys=[need("bon")], effect={"grand": True}),
        recommendation("a", "petit", 1, effect={"petit": True}),
        recommendation("m", "socle", 1, buys=[need("cher", count="9")]),
        recommendation("n", "loi", 1, buys=[need("cher", count="9")]),
    ]) == ["n", "m", "a", "z"]


def test_what_is_conforme_already_comes_after_what_blocks() -> None:
    grid = checklist(
        [boolean("socle"), number("loi", range=(0, 9))],
        [
            criterion(
                "loi",
                {2: "loi >= 5", 1: "loi >= 1"},
                kind=Kind.COMPLIANCE,
                conforms_at=1,
            ),
            criterion("socle", {3: "socle"}, kind=Kind.BLOCKING),
        ],
        [recommendation("mieux", "loi", 2), recommendation("vite", "socle", 1)],
    )
    school = facts({"loi": 3, "socle": False})

    advised = [each.recommendation.id for each in assess(school, grid).advice]

    assert advised == ["vite", "mieux"]


def test_what_is_free_is_ordered_by_gain_and_ties_by_id() -> None:
    assert order([
        recommendation("b", "petit", 1),
        recommendation("a", "petit", 1, buys=[need("don")]),
        recommendation("c", "petit", 1, effect={"petit": True}),
        recommendation("d", "grand", 1, effect={"grand": True}),
    ]) == ["d", "c", "a", "b"]


def test_what_costs_is_ordered_by_gain_over_cost_unbounded_last() -> None:
    assert order([
        recommendation(
            "a", "grand", 1, buys=[need("bon", count="places")], effect={"grand": True}
        ),
        recommendation("b", "grand", 1, buys=[need("cher")], effect={"grand": True}),
        recommendation("c", "petit", 1, buys=[need("bon")], effect={"petit": True}),
    ]) == ["c", "b", "a"]


def test_what_waits_stands_under_what_it_waits_for() -> None:
    assert order([
        recommendation("a", "loi", 1, requires=(require("grand", 1),)),
        recommendation("b", "loi", 1),
        recommendation("y", "petit", 1),
        recommendation("z", "grand", 1, effect={"grand": True}),
    ]) == ["b", "z", "a", "y"]


def test_a_danger_comes_before_the_law() -> None:
    grid = checklist(
        [boolean("danger", SALLE, danger=True), boolean("loi")],
        [
            criterion("loi", {1: "loi"}, kind=Kind.COMPLIANCE, conforms_at=1),
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


def test_what_waits_in_a_circle_is_read_all_the_same() -> None:
    assert order([
        recommendation("a", "petit", 1, requires=(require("grand", 1),)),
        recommendation("b", "grand", 1, requires=(require("petit", 1),)),
    ]) == ["a", "b"]
