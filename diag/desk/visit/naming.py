"""Several names of places typed in one line: a list, a range, lines pasted."""

import re
from typing import NamedTuple

from diag.desk.session import Session
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.folding import fold
from diag.model.text import clean_line
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES

BETWEEN = ";"
"""What stands between two names on one line."""

MOST = 60
"""Places that one line may name: more is a slip of the finger."""

_SHOWN = 8
"""Names that are read; of more, the first ones and the last."""

_RANGE = re.compile(r"(?P<what>.*\S)\s+(?P<first>\d{1,4})\s+à\s+(?P<last>\d{1,4})")


class Named(NamedTuple):
    """The names that a line gives."""

    new: tuple[str, ...]
    """Those that no place bears yet, in order, each once."""
    known: tuple[str, ...]
    """Those that a place bears already, or that are typed twice."""


def names_in(typed: str) -> tuple[str, ...]:
    """Return the names that a text gives: « Classe 1 à 3 ; Direction » gives four.

    Raises:
        DiagError: when there are more than anybody means.
    """
    pieces = map(_cleaned, re.split(rf"[{BETWEEN}\n\t]", typed))
    names = tuple(name for piece in pieces if piece for name in _counted(piece))
    if len(names) > MOST:
        raise DiagError(
            f"{len(names)} lieux d'un coup : {MOST} au plus. Vérifiez les numéros, ou "
            "ajoutez-les en plusieurs fois."
        )
    return names


def named(session: Session, names: tuple[str, ...]) -> Named:
    """Tell the names that may be given from those that a place bears already."""
    taken = {fold(place.name) for place in session.facts.places.values()}
    new: dict[str, str] = {}
    known: dict[str, str] = {}
    for name in names:
        key = fold(name)
        (known if key in taken or key in new else new)[key] = name
    return Named(tuple(new.values()), tuple(known.values()))


def told_names(kind: PlaceKind, found: Named) -> str:
    """Return what is to be added, and what is there: « 2 salles : CP, CE1. »."""
    said = []
    if found.new:
        said.append(f"{counted(len(found.new), *PLACES[kind])} : {_listed(found.new)}.")
    if found.known:
        verb = "existent" if len(found.known) > 1 else "existe"
        quoted = tuple(f"« {name} »" for name in found.known)
        said.append(f"{_listed(quoted)} {verb} déjà.")
    return " ".join(said)


def _listed(names: tuple[str, ...]) -> str:
    shown = names if len(names) <= _SHOWN else (*names[: _SHOWN - 2], "…", names[-1])
    return ", ".join(shown)


def _cleaned(piece: str) -> str:
    try:
        return clean_line(piece)
    except ValueError as error:
        raise DiagError(f"Nom de lieu refusé : {error}.") from error


def _counted(piece: str) -> tuple[str, ...]:
    """Return the names of a range, numbers as wide as the first; else the name."""
    found = _RANGE.fullmatch(piece)
    if not found or int(found["first"]) >= int(found["last"]):
        return (piece,)
    width = len(found["first"])
    numbers = range(int(found["first"]), int(found["last"]) + 1)
    return tuple(f"{found['what']} {number:0{width}}" for number in numbers)
