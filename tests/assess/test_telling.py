import json
from datetime import date
from fractions import Fraction

import pytest

from diag.assess.judge import assess
from diag.assess.results import assessment_json, plain
from diag.model.enums import Direction, Standing
from diag.model.text import Bounds
from tests.assess.builders import (
    SALLE,
    boolean,
    checklist,
    criterion,
    facts,
    number,
    price,
    recommendation,
)

GRID = checklist(
    [boolean("wifi", better=Direction.UP), number("prises", SALLE)],
    [
        criterion("wifi", {2: "wifi"}, weight=2),
        criterion("salles", {1: "prises >= 1"}, place=SALLE),
    ],
    [recommendation("poser", "wifi", 1, buys=["borne"], effect={"wifi": True})],
    [price("borne", 10, 20, 30)],
)


def test_values_become_plain_and_stay_exact() -> None:
    assert plain(Fraction(1, 3)) == "1/3"
    assert plain(Standing.MAYBE) == "maybe"
    assert plain(date(2026, 10, 1)) == "2026-10-01"
    assert plain(Bounds(Fraction(0), Fraction(1))) == {"low": 0, "high": 1}
    assert plain(frozenset({"b", "a"})) == ["a", "b"]
    assert plain({Standing.IN: (1, None, True)}) == {"in": [1, None, True]}


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError):
        plain(object())


def test_an_assessment_is_json_from_which_the_score_can_be_recomputed() -> None:
    school = facts({"wifi": False}, {"CP": {"prises": 1}})
    told = json.loads(json.dumps(assessment_json(assess(school, GRID), GRID)))
    assert told["overall"] == {
        "standing": "in",
        "bounds": {"low": "1/9", "high": "1/9"},
        "completeness": 1,
    }
    averaged = sum(
        Fraction(each["bounds"]["low"]) * each["weight"]
        for each in told["criteria"].values()
    )
    assert averaged / 3 == Fraction(told["overall"]["bounds"]["low"])
    assert told["domains"][0]["criteria"] == ["wifi", "salles"]
    assert told["criteria"]["salles"]["verdicts"] == [
        {
            "place": "CP",
            "standing": "in",
            "low": 1,
            "high": 1,
            "declared_out": False,
            "given": True,
            "weight": {"least": 1, "most": 1},
        }
    ]
    (advice,) = told["advice"]
    assert advice["targets"] == [
        {
            "place": "ecole",
            "trigger": "fires",
            "prerequisite": "open",
            "waits_for": [],
            "quantity": {"low": 1, "high": 1},
            "usual": None,
        }
    ]
    assert advice["cost"]["once_ttc"] == {
        "minimum": 12,
        "low": 24,
        "high": 24,
        "maximum": 36,
    }
    assert advice["gain"] == "4/9"
    assert told["basket"]["by_vat"][0]["once_vat"]["low"] == 4
