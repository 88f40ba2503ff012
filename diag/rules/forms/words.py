"""Words that the files of a checklist have in common: ids, durations, dates."""

from enum import StrEnum

from diag.model.enums import PlaceKind
from diag.rules.reading.shapes import OneOf, Word


def one_of(words: type[StrEnum]) -> OneOf:
    """Return the shape of the words of an enumeration."""
    return OneOf(tuple(map(str, words)))


NAME = Word(
    r"[a-z][a-z0-9_]*",
    "un identifiant",
    "Minuscules sans accent, chiffres et « _ », par exemple nb_classes.",
)
"""Id of a question, a price: what rules read, hence no hyphen."""


SLUG = Word(
    r"[a-z][a-z0-9-]*",
    "un identifiant",
    "Minuscules sans accent, chiffres et « - », par exemple debit-suffisant.",
)
"""Id of a domain, a criterion, a recommendation, a step."""


CHOICE = Word(
    r"[a-z0-9][a-z0-9_-]*",
    "un identifiant",
    "Minuscules sans accent, chiffres, « _ » ou « - », par exemple fibre.",
)
"""Id of a choice: a text of rules, between quotes."""


SOURCE = Word(
    r"[A-Za-z][A-Za-z0-9-]*",
    "un identifiant de source",
    "Écrivez un identifiant de sources.yaml (S31) ou metier.",
)
"""Id of a source."""


DURATION = Word(
    r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?",
    "une durée",
    "Écrivez P7D (jours), P6M (mois) ou P15Y (ans).",
)
"""An ISO 8601 duration, in whole days or more."""


DATE = Word(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
    "une date",
    "Écrivez par exemple 2026-09-01 ou 2026.",
)
"""A date, a month or a year."""


DEPARTMENT = Word(
    r"[0-9]{3}|02[AB]",
    "un département sur trois caractères",
    'Écrivez par exemple "033" ou "02A", entre guillemets.',
)
"""A département, as the ministry's files write it."""


REF = Word(
    "[A-Z][A-Z0-9]{2}-[0-9]{2}[a-z]?", "un numéro", "Écrivez par exemple ACC-02."
)
"""Number of a criterion in the domain dossier."""


LEVEL = Word("[123]", "un niveau", "Écrivez 1, 2 ou 3.")
"""A level, as a key."""


PLACE = one_of(PlaceKind)
"""A place kind."""
