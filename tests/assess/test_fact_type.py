from dataclasses import replace
from fractions import Fraction

import pytest

from diag.answers.choice import EITHER, NO, YES
from diag.assess.facts import FactsReading, Limits, vocabulary_of
from diag.model.audit import Answer, Value
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.rules.expressions import ABSENT, OneOf, RuleValue, Several, Span, Truth, point
from tests.assess.builders import (
    REFUSED,
    ROOT,
    SANS_OBJET,
    UNKNOWN,
    boolean,
    choice,
    day,
    facts,
    known,
    number,
    text,
)

ORDERED = choice("offre", "adsl", "fibre", ordered=True)
SEVERAL = choice("usages", "ent", "mail", several=True)
DECIMAL = number("debit", range=("0.5", None), type=QuestionType.NUMBER)
VOID = number("prises", void=True)


def read(
    question: Question,
    *heads: Answer,
    relevant: Truth = True,
    limits: Limits = Limits.RANGE,
    whole: int | None = None,
) -> RuleValue:
    """Return what rules read of a fact, its relevance and its whole as told."""
    asked = question.model_copy(update={"relevant": "ouverte"})
    vocabulary = vocabulary_of({
        asked.id: asked,
        "ouverte": boolean("ouverte"),
        "tout": number("tout", range=(0, 30)),
    })
    told = {} if relevant is None else {"ouverte": relevant}
    school = facts({**told, **({} if whole is None else {"tout": whole})})
    answers = {**school.answers, **({(ROOT, asked.id): heads} if heads else {})}
    reading = FactsReading(vocabulary, replace(school, answers=answers), limits=limits)
    return reading.scope(ROOT).value(asked.id)


@pytest.mark.parametrize(
    ("question", "value", "expected"),
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
    question: Question, value: Value, expected: RuleValue
) -> None:
    assert read(question, known(value)) == expected


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
    for heads in ((), (UNKNOWN,), (REFUSED,), (SANS_OBJET,)):
        assert read(question, *heads) == everything


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
    assert read(question, known(value)) == read(question)


def test_the_bounds_of_a_date_are_those_of_its_question() -> None:
    bounded = day("pose").model_copy(update={"date_range": ("2020-01-01", None)})
    assert read(bounded) == Span(737_425, None)


def test_an_irrelevant_answer_is_absent_whatever_it_says() -> None:
    question = number("prises")
    assert read(question, known(3), relevant=False) is ABSENT
    assert read(question, known(3), relevant=None) == Span(3, 3, maybe_absent=True)
    assert read(question, relevant=None) == Span(0, 10, maybe_absent=True)


def test_a_conflict_is_the_hull_of_its_heads() -> None:
    question = number("prises")
    assert read(question, known(3), known(5)) == Span(3, 5)
    assert read(question, known(3), UNKNOWN) == Span(0, 10)


def test_sans_objet_is_absent_where_the_question_has_it() -> None:
    assert read(VOID, SANS_OBJET) is ABSENT
    assert read(VOID, known(3), SANS_OBJET) == Span(3, 3, maybe_absent=True)
    assert read(VOID, known(3)) == point(3)
    for heads in ((), (UNKNOWN,), (REFUSED,)):
        assert read(VOID, *heads) == Span(0, 10, maybe_absent=True)


def test_a_quantity_is_bounded_by_no_range_but_by_what_is_usual() -> None:
    question = number("prises", range=(1, 60), likely=(2, 8))
    assert read(question, limits=Limits.NONE) == Span(1, None)
    assert read(question, limits=Limits.LIKELY) == Span(2, 8)
    assert read(number("prises"), limits=Limits.LIKELY) == Span(0, None)
    assert read(question, known(3), limits=Limits.NONE) == point(3)


@pytest.mark.parametrize(
    ("whole", "heads", "expected"),
    [
        (6, (known(5),), point(5)),
        (6, (), Span(0, 6)),
        (6, (known(30),), Span(0, 6)),
        (6, (known(30), known(2)), Span(0, 6)),
        (None, (), Span(0, 30)),
        (None, (known(30),), point(30)),
    ],
)
def test_a_part_is_within_its_whole_and_unknown_above_it(
    whole: int | None, heads: tuple[Answer, ...], expected: RuleValue
) -> None:
    part = number("formes", range=(0, 60), at_most="tout")
    assert read(part, *heads, whole=whole) == expected


def test_a_part_that_is_counted_is_bounded_by_a_known_whole_alone() -> None:
    part = number("formes", range=(0, 60), at_most="tout")
    assert read(part, limits=Limits.NONE, whole=6) == Span(0, 6)
    assert read(part, limits=Limits.NONE) == Span(0, None)
