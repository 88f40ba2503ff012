"""Days as people type them: 31/01/2027 or 2027-01-31, in a span that makes sense."""

import re
from datetime import date

from diag.model.errors import DiagError

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Far from any audit outside."""

_CENTURY, _SHORT_YEAR = 100, 2

_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)")


def read_day(text: str) -> date:
    """Return the day that a text writes, the French way or the ISO one.

    Raises:
        ValueError: when it is no day.
    """
    typed = text.strip()
    if french := _FRENCH.fullmatch(typed):
        day, month, year = french.groups()
        typed = f"{_whole(year)}-{month:0>2}-{day:0>2}"
    return date.fromisoformat(typed)


def _whole(year: str) -> str:
    """Return a year of two digits as the only one of the span: 27 is 2027, 98 1998."""
    if len(year) > _SHORT_YEAR:
        return year
    past = FIRST_YEAR - FIRST_YEAR % _CENTURY
    short = int(year)
    return str(past + short + (0 if past + short >= FIRST_YEAR else _CENTURY))


def day_typed(text: str) -> date:
    """Return the day that a person typed.

    Raises:
        DiagError: when it is no day, or far from any audit.
    """
    try:
        day = read_day(text)
    except ValueError as error:
        raise DiagError(
            f"« {text.strip()[:40]} » n'est pas une date. "
            "Écrivez par exemple 31/01/2027 ou 2027-01-31.",
            about="on",
        ) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DiagError(
            f"{day:%d/%m/%Y} est hors limites : de {FIRST_YEAR} à {LAST_YEAR}. "
            "Vérifiez l'année.",
            about="on",
        )
    return day


def written_day(iso: str) -> str:
    """Return an ISO day as people type it, 31/01/2027; other texts as they stand."""
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso
