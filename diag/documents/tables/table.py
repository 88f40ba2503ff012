"""A table before it is written: typed cells under columns, for any writer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.audit.report import Report
from diag.words.figures import half_up

MAX_DIGITS = 15
"""A spreadsheet keeps so many digits of a number: longer ones are written as text."""


@dataclass(frozen=True, slots=True)
class Coded:
    """What a program reads, and the words that people read instead."""

    code: str | tuple[str, ...]
    words: str


Cell = str | bool | int | Fraction | date | Coded | None
"""One cell; None is a blank."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, named for programs and for people; released names never change."""

    key: str
    """Name in JSON."""
    heading: str
    """Name in CSV and in a workbook."""
    width: int = 14
    """Of the column in a workbook, in characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as many in each as there are columns."""

    name: str
    """Title of its sheet in a workbook."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(
    name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> Table:
    """Return a table of these rows."""
    return Table(name, tuple(columns), tuple(map(tuple, rows)))


def decimals(value: Fraction) -> str:
    """Return an exact number in digits, `-0.5`; one without end keeps two decimals."""
    places = _places(value.denominator)
    if places is None:
        rounded = half_up(abs(value) * 100)
        value, places = Fraction(-rounded if value < 0 else rounded, 100), 2
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    shown = f"{whole}.{part}".rstrip("0").rstrip(".") if places else whole
    return f"-{shown}" if value < 0 else shown


def is_long(value: int | Fraction) -> bool:
    """Return whether a number has more digits than a spreadsheet keeps."""
    digits = decimals(Fraction(value)).lstrip("-").replace(".", "").lstrip("0")
    return len(digits) > MAX_DIGITS


def _places(denominator: int) -> int | None:
    """Return how many decimals write a fraction exactly; None when none do."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


IDENTITY = (
    Column("campaign", "Campagne", 11),
    Column("status", "Statut", 18),
    Column("subject", "Sujet", 12),
    Column("name", "Nom", 30),
    Column("commune", "Commune", 18),
    Column("insee", "Code INSEE", 8),
)
"""Columns of an audit; `subject` is a UAI, `commune:INSEE` or `syndicat:SIREN`."""


def identity(report: Report) -> tuple[Cell, ...]:
    """Return the cells under those columns; an audit not closed is « provisoire »."""
    about = report.about
    return (
        report.audit.campaign,
        Coded(str(report.status), report.status_words),
        about.ref,
        about.name,
        about.commune,
        about.insee,
    )
