"""Where each page and document stands in the atlas: names that any system takes."""

import re

from diag.model.enums import Audience
from diag.model.folding import fold

INDEX = "index.html"
"""The map and the list."""
OVERVIEW = "ensemble.html"
"""The territory as a whole."""

_LONGEST = 48
_UNSAFE = re.compile(r"[^a-z0-9]+")
_NAMES = {
    Audience.MAIRIE: "rapport-commune",
    Audience.EQUIPE: "rapport-equipe",
    Audience.ACADEMIE: "note-academie",
    Audience.TECHNIQUE: "annexe-technique",
}


def slug(*parts: str) -> str:
    """Return texts as one name of small letters, digits and hyphens."""
    return "-".join(filter(None, map(_slugged, parts))) or "sans-nom"


def school_path(name: str, uai: str) -> str:
    """Return where a school's page stands; its number makes it unique."""
    return f"ecoles/{slug(name, uai)}.html"


def commune_path(name: str, insee: str) -> str:
    """Return where a commune's page stands."""
    return f"communes/{slug(name, insee)}.html"


def document_path(ref: str, audience: Audience, form: str) -> str:
    """Return where a document of an audit stands: its name tells what it is once sent.

    `ref` is how commands name whom the audit is about.
    """
    about = slug(ref)
    return f"documents/{about}/{_NAMES[audience]}-{about}.{form}"


def to_root(path: str) -> str:
    """Return what leads from a page back to the root of the atlas."""
    return "../" * path.count("/")


def _slugged(text: str) -> str:
    return _UNSAFE.sub("-", fold(text))[:_LONGEST].strip("-")
