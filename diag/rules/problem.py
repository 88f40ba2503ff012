"""What is wrong in a checklist, in French so that its author can mend it.

A problem is a value: loading and linting collect them all and never stop at the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
"""An error keeps the checklist from being used; a warning does not."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file, lines and columns counted from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where, what is wrong, what to do."""

    file: str
    line: int
    key: str
    """Path of the faulty key in the file: `criteria.debit-suffisant.levels.3`."""
    message: str
    remedy: str
    severity: Severity = "error"
    about: tuple[str, ...] = ()
    """Ids of the other items that the message names."""

    @property
    def place(self) -> tuple[str, int]:
        """File and line, to sort by."""
        return self.file, self.line

    def __str__(self) -> str:
        """Return the one line that an author reads."""
        notice = "avertissement : " if self.severity == "warning" else ""
        stop = "" if self.message.endswith((".", "!", "?")) else "."
        return f"{self.file}:{self.line} : {notice}{self.message}{stop} {self.remedy}"


def problem_at(
    spot: Spot,
    key: str,
    message: str,
    remedy: str,
    severity: Severity = "error",
    *,
    about: Iterable[str] = (),
) -> Problem:
    """Return a problem found at a spot."""
    named = tuple(about)
    return Problem(spot.file, spot.line, key, message, remedy, severity, named)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known name that most resembles `name`, if one does."""
    close = get_close_matches(name, sorted(names), n=1, cutoff=0.72)
    return close[0] if close else None


def write_instead(name: str, names: Iterable[str], otherwise: str) -> str:
    """Return a remedy: the nearest name, or what to do when none is near."""
    near = nearest(name, names)
    return f"Vouliez-vous écrire « {near} » ?" if near else otherwise


def listed(names: Iterable[str]) -> str:
    """Return names as a French enumeration: « a », « b » ou « c »."""
    quoted = [f"« {name} »" for name in names]
    return " ou ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)
