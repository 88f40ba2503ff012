import json
from datetime import date

import pytest

from diag.assess.why import (
    LevelRead,
    RuleRead,
    advice_explanation_json,
    explanation_json,
    why,
    why_recommended,
)
from diag.model.checklist import Requirement
from diag.model.enums import Direction, Gate, Standing
from diag.rules.expressions import ABSENT, Span, point
from tests.assess.builders import (
    ROOT,
    SALLE,
    SANS_OBJET,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    known,
    need,
    number,
    price,
    recommendation,
)

GRID = checklist(
    [
        boolean("acces"),
        number("debit", relevant="acces or count(salle, prises >= 1) > 0"),
        choice("type_salle", "classe", "bureau", place=SALLE),
        number("prises", SALLE, void=True, better=Direction.UP),
        boolean("projet"),
    ],
    [
        criterion(
            "salles",
            {3: "prises >= 3 and acces", 2: "prises >= 2", 1: "prises >= 1"},
            place=SALLE,
            applicable="type_salle == 'classe'",
        ),
        criterion(
            "debit",
            {2: "debit >= 8 and months_between(visit_date, visit_date) < 1"},
        ),
        criterion("projet", {1: "projet"}),
    ],
    [
        recommendation(
            "cabler",
            "salles",
            2,
            requires=(Requirement(criterion="projet", at_least=1),),
            quantity="2 - prises",
            buys=[need("prise", count="2 * quantite")],
            effort="quantite / 4",
        ),
        recommendation("parler", "projet", 1),
    ],
    [price("prise", 1, 2, 3)],
)
SCHOOL = facts(
    {"acces": True, "debit": [known(5), known(9)]},
    {
        "CP": {"type_salle": "classe", "prises": 2},
        "CE1": {"type_salle": "bureau"},
        "CE2": {"type_salle": "classe", "prises": SANS_OBJET},
        "CM1": {"type_salle": "classe", "prises": 0},
    },
    visit_date=date(2026, 10, 1),
)


def test_each_place_tells_its_rules_and_the_one_that_fired() -> None:
    explanation = why(SCHOOL, GRID, "salles")
    first = explanation.places[0]
    assert (first.name, first.verdict.low, first.verdict.high) == ("CP", 2, 2)
    assert first.applicable == RuleRead("type_salle == 'classe'", truth=True)
    assert first.levels == (
        LevelRead(3, "prises >= 3 and acces", truth=False, fired=False),
        LevelRead(2, "prises >= 2", truth=True, fired=True),
        LevelRead(1, "prises >= 1", truth=True, fired=False),
    )


def test_each_place_tells_its_facts_and_who_said_them() -> None:
    first = why(SCHOOL, GRID, "salles").places[0]
    read = {each.question.id: each for each in first.facts}
    assert list(read) == ["type_salle", "acces", "prises"]
    assert (read["acces"].place, read["prises"].place_name) == (ROOT, "CP")
    assert read["prises"].heads[0].author == "Léa"
    assert read["prises"].value == point(2)


def test_what_was_declared_sans_objet_is_named() -> None:
    by_name = {each.name: each for each in why(SCHOOL, GRID, "salles").places}
    assert by_name["CE2"].declared_out == ("prises",)
    assert by_name["CE2"].verdict.declared_out
    assert by_name["CE1"].verdict.standing is Standing.OUT
    assert by_name["CE1"].declared_out == ()


def test_what_must_be_there_first_is_told() -> None:
    grid = checklist(
        [boolean("acces"), number("debit")],
        [criterion("debit", {1: "debit >= 8"}, given="acces")],
    )
    (shut,) = why(facts({"acces": False, "debit": 9}), grid, "debit").places
    assert shut.given == RuleRead("acces", truth=False)
    assert shut.levels[0].truth is True
    assert (shut.verdict.low, shut.verdict.high) == (0, 0)
    assert why(SCHOOL, GRID, "debit").places[0].given is None


def test_facts_that_decide_relevance_are_told_aggregates_included() -> None:
    (only,) = why(SCHOOL, GRID, "debit").places
    told = [(each.place, each.question.id) for each in only.facts]
    assert told[:2] == [(ROOT, "debit"), (ROOT, "acces")]
    assert told[2:] == [(room, "prises") for room in ("CP", "CE1", "CE2", "CM1")]
    assert only.facts[0].value == Span(5, 9)
    assert only.facts[4].value is ABSENT
    assert only.levels[0].truth is None


def test_sources_and_the_visit_come_along() -> None:
    explanation = why(SCHOOL, GRID, "salles")
    assert [each.id for each in explanation.sources] == ["S1"]
    assert explanation.visit_date == date(2026, 10, 1)


def test_a_recommendation_tells_its_counts_and_what_comes_first() -> None:
    explanation = why_recommended(SCHOOL, GRID, "cabler")
    assert explanation.advice is not None
    assert explanation.advice.gate is Gate.CHECK_FIRST
    (target,) = explanation.targets
    assert target.name == "CM1"
    assert [each.truth for each in target.requires] == [None]
    assert target.quantity.text == "2 - prises"
    assert target.quantity.quantity.high == 2
    assert [(each.text, each.quantity.high) for each in target.buys] == [
        ("2 * quantite", 4)
    ]
    assert {each.question.id for each in target.facts} == {"prises"}
    assert explanation.criterion.criterion.id == "salles"


def test_a_recommendation_that_is_not_made_tells_why_all_the_same() -> None:
    explanation = why_recommended(facts({"projet": True}), GRID, "parler")
    assert explanation.advice is None
    verdict = explanation.criterion.result.alone
    assert verdict is not None
    assert verdict.low == 1


@pytest.mark.parametrize("explain", [why, why_recommended])
def test_an_unknown_id_is_refused(explain: object) -> None:
    assert callable(explain)
    with pytest.raises(KeyError):
        explain(SCHOOL, GRID, "inconnu")


def test_explanations_are_json_with_exact_fractions() -> None:
    told = json.loads(json.dumps(explanation_json(why(SCHOOL, GRID, "salles"), GRID)))
    assert told["result"]["bounds"] == {"low": "1/3", "high": "1/3"}
    assert told["places"][0]["facts"][2]["value"] == {
        "low": 2,
        "high": 2,
        "maybe_absent": False,
    }
    assert told["places"][0]["facts"][0]["value"]["ids"] == ["classe"]
    advice = advice_explanation_json(why_recommended(SCHOOL, GRID, "cabler"), GRID)
    told = json.loads(json.dumps(advice))
    assert told["advice"]["quantity"] == {"low": 2, "high": 2}
    assert told["advice"]["effort_days"] == {"low": "1/2", "high": "1/2"}
    quiet = advice_explanation_json(why_recommended(facts(), GRID, "parler"), GRID)
    assert json.loads(json.dumps(quiet))["advice"]["trigger"] == "to_confirm"
