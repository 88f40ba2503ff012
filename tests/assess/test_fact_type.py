from fractions import Fraction

import pytest

from diag.answers.boolean import EITHER, NO, YES
from diag.assess.facts import fact_type
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.fact import Value
from diag.rules.values import ABSENT, OneOf, RuleValue, Several, Span, point
from tests.assess.builders import (
    REFUSED,
    SANS_OBJET,
    UNKNOWN,
    boolean,
    choice,
    day,
    known,
    number,
    text,
)

ORDERED = choice("offre", "adsl", "fibre", ordered=True)
SEVERAL = choice("usages", "ent", "mail", several=True)
DECIMAL = number("debit", range=("0.5", None), type=QuestionType.NUMBER)


@pytest.mark.parametrize(
    ("question", "value", "read"),
    [
        (boolean("wifi"), True, YES),
        (boolean("wifi"), False, NO),
        (number("prises"), 3, point(3)),
        (DECIMAL, "8.5", point(Fraction(17, 2))),
        (day("pose"), "2026-10-01", point(739_890)),
        (ORDERED, "fibre", OneOf(frozenset({"fibre"}), order=("adsl", "fibre"))),
        (SEVERAL, ("ent",), Several(frozenset({"ent"}), frozenset({"ent"}))),
        (SEVERAL, (), Several(frozenset(), frozenset())),
        (text("remarque"), "vu", ABSENT),
    ],
)
def test_a_known_answer_is_one_value(
    question: Question, value: Value, read: RuleValue
) -> None:
    assert fact_type(question).value((known(value),), relevant=True) == read


@pytest.mark.parametrize(
    ("question", "everything"),
    [
        (boolean("wifi"), EITHER),
        (number("prises", range=(0, 4)), Span(0, 4)),
        (number("prises", range=None), Span(None, None)),
        (DECIMAL, Span(Fraction(1, 2), None)),
        (ORDERED, OneOf(frozenset({"adsl", "fibre"}), order=("adsl", "fibre"))),
        (SEVERAL, Several(frozenset(), frozenset({"ent", "mail"}))),
    ],
)
def test_an_unknown_or_refused_answer_may_be_anything(
    question: Question, everything: RuleValue
) -> None:
    fact = fact_type(question)
    for heads in ((), (UNKNOWN,), (REFUSED,)):
        assert fact.value(heads, relevant=True) == everything


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (boolean("wifi"), "oui"),
        (number("prises"), True),
        (number("prises"), "beaucoup"),
        (number("prises"), ("3",)),
        (day("pose"), "hier"),
        (day("pose"), 3),
        (ORDERED, "cable"),
        (SEVERAL, "ent"),
        (SEVERAL, ("fax",)),
    ],
)
def test_what_does_not_fit_the_question_is_unknown(
    question: Question, value: Value
) -> None:
    fact = fact_type(question)
    assert fact.value((known(value),), relevant=True) == fact.unknown


def test_the_bounds_of_a_date_are_those_of_its_question() -> None:
    bounded = day("pose").model_copy(update={"date_range": ("2020-01-01", None)})
    assert fact_type(bounded).unknown == Span(737_425, None)


def test_an_irrelevant_answer_is_absent_whatever_it_says() -> None:
    fact = fact_type(number("prises"))
    assert fact.value((known(3),), relevant=False) is ABSENT
    assert fact.value((known(3),), relevant=None) == Span(3, 3, maybe_absent=True)
    assert fact.value((), relevant=None) == Span(0, 10, maybe_absent=True)


def test_a_conflict_is_the_hull_of_its_heads() -> None:
    fact = fact_type(number("prises"))
    assert fact.value((known(3), known(5)), relevant=True) == Span(3, 5)
    assert fact.value((known(3), UNKNOWN), relevant=True) == Span(0, 10)
    maybe = fact.value((known(3), SANS_OBJET), relevant=True)
    assert maybe == Span(3, 3, maybe_absent=True)
    assert fact.value((SANS_OBJET,), relevant=True) is ABSENT
