"""A case in French: « avec debit_descendant = 30 »."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from diag.answers.types import TYPES
from diag.checklist.search.school import Fact
from diag.model.checklist import Question
from diag.rules.values import Flag, OneOf, RuleValue, Several, Span

_SHOWN = 4
"""Most facts shown with a case."""


def case_words(facts: Iterable[Fact]) -> str:
    """Return the facts that decide a case, or an empty text: « avec a = 1 »."""
    shown = [f"{fact_name(fact)} = {fact_words(fact)}" for fact in facts]
    if not shown:
        return "toujours"
    more = ["…"] * (len(shown) > _SHOWN)
    return "avec " + ", ".join([*shown[:_SHOWN], *more])


def fact_name(fact: Fact) -> str:
    """Return the name of a fact, and which place inside it is about."""
    where = f" ({fact.question.place} {fact.rank})" if fact.rank else ""
    return fact.name + where


def fact_words(fact: Fact) -> str:
    """Return what a fact is in a case."""
    return value_words(fact.question, fact.current)


def value_words(question: Question, value: RuleValue) -> str:
    """Return a value as an author would type it."""
    match value:
        case Span(low=Fraction() | int() as found):
            if TYPES[question.type].is_day:
                return date.fromordinal(int(found)).isoformat()
            return number_words(found)
        case OneOf(ids) | Several(ids):
            return ", ".join(sorted(ids)) or "rien"
        case Flag(can_be_true):
            return "oui" if can_be_true else "non"
    return "absent"


def number_words(value: Fraction | int) -> str:
    """Return a number in a few figures."""
    if value == int(value):
        return str(int(value))
    return f"{float(value):.4g}".replace(".", ",")
