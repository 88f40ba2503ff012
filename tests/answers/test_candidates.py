from datetime import date

import pytest

from diag.answers.types import TYPES
from diag.model.audit import Value
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.rules.language import parse_rule
from tests.assess.builders import boolean, choice, day, number, text

VISIT = date(2026, 10, 31)


def tried(question: Question, *rules: str, visit: date | None = VISIT) -> list[Value]:
    return list(
        TYPES[question.type].candidates(question, map(parse_rule, rules), visit)
    )


def test_yes_no_and_every_choice_are_tried() -> None:
    assert tried(boolean("wifi")) == [True, False]
    assert tried(choice("offre", "adsl", "fibre")) == ["adsl", "fibre"]
    several = choice("usages", "mail", "ent", several=True)
    assert tried(several) == [(), ("ent",), ("mail",), ("ent", "mail")]
    assert tried(text("remarque")) == []


def test_a_number_is_tried_at_its_thresholds_and_one_step_either_side() -> None:
    rules = ("prises >= 3", "wifi and 5 < prises", "count(salle, prises >= 10) > 1")
    assert tried(number("prises"), *rules) == [2, 3, 4, 5, 6, 9, 10]


def test_the_step_of_a_decimal_is_its_threshold_s_last_one() -> None:
    debit = number("debit", range=(0, None), type=QuestionType.NUMBER)
    assert tried(debit, "debit >= 0.5", "debit < 30") == [
        "0.4",
        "0.5",
        "0.6",
        29,
        30,
        31,
    ]


def test_a_whole_number_is_tried_whole() -> None:
    assert tried(number("prises"), "prises >= 2.5") == [2, 3]


@pytest.mark.parametrize(
    ("bounds", "values"), [((0, 4), [0, 4]), ((None, 4), [4]), (None, [])]
)
def test_without_a_threshold_the_ends_of_the_range_are_tried(
    bounds: tuple[int | None, int | None] | None, values: list[Value]
) -> None:
    assert tried(number("prises", range=bounds), "2 * prises > postes") == values


def test_a_date_is_tried_where_the_months_of_its_rules_turn() -> None:
    found = tried(day("pose"), "months_between(pose, visit_date) <= 8")
    assert {"2026-02-27", "2026-02-28", "2026-03-01"} <= set(found)
    assert {"2026-10-30", "2026-10-31", "2026-11-01"} <= set(found)


def test_a_date_without_a_visit_is_tried_at_its_bounds() -> None:
    assert tried(day("pose"), visit=None) == []
    bounded = day("pose").model_copy(
        update={"date_range": ("2026-10-31", "2030-01-01")}
    )
    assert tried(bounded, visit=None) == ["2026-10-31", "2030-01-01"]
    assert tried(bounded) == ["2026-10-31", "2026-11-01", "2030-01-01"]


def test_months_beyond_the_calendar_stay_in_it() -> None:
    assert tried(day("pose"), "24000 < months_between(pose, visit_date)")
