"""One YAML file read into nodes that know their line: scalars of YAML 1.2's core only.

`no` is a text, `1:30` is a text, `2026-09-01` is a text, `0.1` is a Decimal. Anchors,
tags, duplicate keys and whatever is deep or heavy are refused. Knows nothing of what a
checklist is.
"""

from dataclasses import dataclass

from diag.rules.problem import Problem, Spot
from diag.rules.reading.events import Builder, Unreadable
from diag.rules.reading.nodes import Entries

MAX_BYTES = 2 * 1024 * 1024
"""Heaviest file read."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file that was read: its root when it has one, and what is wrong with it."""

    file: str
    root: Entries | None
    problems: tuple[Problem, ...]


def read_source(file: str, raw: bytes) -> YamlFile:
    """Return the nodes of a YAML file given as bytes; never raises."""
    builder = Builder(file)
    try:
        root = builder.build(_decoded(file, raw))
    except Unreadable as fault:
        return YamlFile(file, None, (*builder.problems, fault.problem))
    if isinstance(root, Entries):
        return YamlFile(file, root, tuple(builder.problems))
    builder.refuse(
        root.spot if root else Spot(file),
        "le fichier est vide ou ne commence pas par une clé",
        "Commencez par une clé suivie de « : », par exemple « questions: ».",
    )
    return YamlFile(file, None, tuple(builder.problems))


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        remedy = "Répartissez-le en plusieurs fichiers."
        raise Unreadable(Problem(file, 1, "", "le fichier dépasse 2 Mio", remedy))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "le fichier n'est pas encodé en UTF-8"
        remedy = "Enregistrez-le à nouveau en choisissant l'encodage UTF-8."
        raise Unreadable(Problem(file, line, "", message, remedy)) from error
