"""The schools as a list shows them, read without the nouns of the territory."""

from typing import NamedTuple

from diag.journal.journal import Journal
from diag.model.text import readings


class SchoolLine(NamedTuple):
    """What a list of schools shows: a name alone never identifies one."""

    uai: str
    name: str
    insee: str
    commune: str
    department: str
    sector: str
    nursery: int | None
    elementary: int | None
    classes: int | None
    pupils: int | None
    priority_education: str
    state: str
    vanished: str


def query_of(
    words: str, commune: str | None = None, limit: int | None = None
) -> tuple[str, tuple[str | int, ...]]:
    """Return the query of the schools that match every word typed, and its values.

    A word matches the start of a word of the commune, the name, the UAI or the
    postcode; accents, apostrophes and « St » for « Saint » do not count.
    """
    conditions, values = _matching(words, "search")
    if commune is not None:
        conditions.append("insee = ?")
        values.append(commune)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    names = ", ".join(SchoolLine._fields)
    values.append(-1 if limit is None else limit)
    return (
        f"select {names} from school {where} order by search limit ?",  # noqa: S608 -- our own names
        tuple(values),
    )


def communes_query(words: str, limit: int) -> tuple[str, tuple[str | int, ...]]:
    """Return the query of the official communes that match every word typed.

    It gives a code and a name; the code may be typed too.
    """
    conditions, values = _matching(words, "search || ' ' || insee")
    where = f"where {' and '.join(conditions)}" if conditions else ""
    return (
        f"select insee, name from commune {where} order by search limit ?",  # noqa: S608 -- our own names
        (*values, limit),
    )


def _matching(words: str, text: str) -> tuple[list[str], list[str | int]]:
    conditions: list[str] = []
    values: list[str | int] = []
    for either in readings(words):
        found = " or ".join(f"instr(' ' || {text}, ' ' || ?)" for _ in either)
        conditions.append(f"({found})")
        values.extend(either)
    return conditions, values


def school_lines(
    journal: Journal, words: str = "", limit: int | None = None
) -> list[SchoolLine]:
    """Return the schools that match every word typed, by commune and name."""
    return list(map(SchoolLine._make, journal.select(*query_of(words, limit=limit))))
