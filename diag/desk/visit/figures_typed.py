"""Figures as a French keyboard gives them: twins read as digits, the unit kept."""

from diag.desk.visit.azerty import as_digits
from diag.desk.visit.measures import apart
from diag.model.checklist import Question
from diag.model.number import exact

_MINUS = ("-", "−")


_BETWEEN = "-/."
"""What parts a day from its month: never a twin there."""


def number_meant(question: Question, text: str) -> str:
    """Return the figures meant, then the unit as typed.

    Where no value is negative `-` is the key of a 6; where all are, the sign may be
    left out.
    """
    low, high = question.range or (None, None)
    sign, rest = "", text.strip()
    if (low is None or exact(low) < 0) and rest.startswith(_MINUS):
        sign, rest = "-", rest[1:]
    figures, unit = apart(rest, question.unit)
    figures = as_digits(figures)
    if high is not None and exact(high) < 0 and figures:
        sign = "-"
    return f"{sign}{figures}{unit}"


def day_meant(text: str) -> str:
    """Return a day with its digits, its separators kept."""
    return as_digits(text.strip(), kept=_BETWEEN)
