"""What to ask next: each class and stake against the oracle, then their order."""

import pytest
from hypothesis import given

from diag.assess import questions
from diag.assess.judge import Judge
from diag.assess.questions import next_questions
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Kind
from tests.assess.builders import (
    DOWN,
    SALLE,
    UP,
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    number,
)
from tests.assess.strategies import Audit, audits
from tests.assess.test_properties import quick
from tests.oracle_questions import left_to_ask

ALL = 1_000


def unlike(school: Facts, grid: Checklist) -> list[str]:
    """Return where the engine and the oracle differ on what is left to ask."""
    found = {
        (each.question.id, each.place): (each.urgency, each.stake)
        for each in next_questions(school, grid, ALL)
    }
    expected = left_to_ask(school, grid)
    return [
        f"{slot}: {found.get(slot)} where the oracle finds {expected.get(slot)}"
        for slot in {**found, **expected}
        if found.get(slot) != expected.get(slot)
    ]


@quick(200)
@given(audits())
def test_each_question_left_has_the_class_and_the_stake_that_the_oracle_finds(
    audit: Audit,
) -> None:
    assert unlike(audit.facts, audit.checklist) == []


@quick(100)
@given(audits())
def test_what_is_asked_next_is_urgent_then_at_stake_then_costs_then_is_near(
    audit: Audit,
) -> None:
    found = next_questions(audit.facts, audit.checklist, ALL)
    walk = {place: rank for rank, place in enumerate(audit.facts.places)}
    asked = {ident: rank for rank, ident in enumerate(audit.checklist.questions)}
    keys = [
        (
            each.urgency,
            -each.stake / each.seconds,
            each.cents is not None,
            -(each.cents or 0),
            walk[each.place],
            asked[each.question.id],
        )
        for each in found
    ]
    assert keys == sorted(keys)
    assert next_questions(audit.facts, audit.checklist, 3) == found[:3]


GRID = checklist(
    [
        boolean("wifi", better=UP),
        number("barres", SALLE, better=UP),
        number("prises", SALLE, better=UP),
        boolean("nus", SALLE, better=DOWN, danger=True),
        boolean("registre", better=UP),
        number("ecrans", better=UP),
    ],
    [
        criterion("wifi", {2: "wifi"}, weight=1),
        criterion("barres", {3: "barres >= 3"}, place=SALLE, given="wifi", weight=1),
        criterion("prises", {3: "prises >= 2"}, place=SALLE, kind=Kind.BLOCKING),
        criterion("nus", {3: "not nus"}, place=SALLE, weight=0),
        criterion("loi", {1: "registre"}, kind=Kind.COMPLIANCE),
        criterion("ecrans", {3: "ecrans >= 5"}, weight=9),
    ],
)


def asked(rooms: dict[str, dict[str, Said]], **answers: Said) -> list[tuple[str, str]]:
    found = next_questions(facts(answers, rooms), GRID, ALL)
    return [(each.question.id, each.place) for each in found]


def test_dangers_then_the_law_then_gates_then_what_blocks_then_the_rest() -> None:
    assert asked({"CP": {}}) == [
        ("nus", "CP"),
        ("registre", "ecole"),
        ("wifi", "ecole"),
        ("prises", "CP"),
        ("ecrans", "ecole"),
        ("barres", "CP"),
    ]


def test_what_is_quick_to_ask_comes_before_what_moves_a_little_more() -> None:
    slow = number("lent", better=UP).model_copy(update={"seconds": 300})
    quick_one = number("vite", better=UP).model_copy(update={"seconds": 5})
    grid = checklist(
        [slow, quick_one],
        [
            criterion("lent", {3: "lent >= 3"}, weight=3),
            criterion("vite", {3: "vite >= 3"}, weight=2),
        ],
    )
    found = next_questions(facts({}), grid, ALL)
    assert [(each.question.id, each.seconds) for each in found] == [
        ("vite", 5),
        ("lent", 300),
    ]


def test_the_engine_agrees_with_the_oracle_on_them() -> None:
    assert unlike(facts({}, {"CP": {}}), GRID) == []


def test_a_gate_carries_all_that_is_behind_it() -> None:
    rooms: dict[str, dict[str, Said]] = {"CP": {}, "CM2": {"barres": 3}}
    found = next_questions(facts({}, rooms), GRID, ALL)
    stakes = {(each.question.id, each.place): each.stake for each in found}
    assert stakes["wifi", "ecole"] > stakes["barres", "CP"] > 0


def test_gates_that_never_come_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    school, grid = facts({}, {"CP": {}}), GRID.model_copy()
    monkeypatch.setattr(Judge, "gates", frozenset())
    assert unlike(school, grid)


def test_a_stake_of_one_verdict_alone_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = questions._Leads._led_to

    def first(self: questions._Leads, asked: questions.Asked) -> object:
        return [*honest(self, asked)][:1]

    monkeypatch.setattr(questions._Leads, "_led_to", first)
    assert unlike(facts({}, {"CP": {}}), GRID)
