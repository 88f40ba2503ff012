"""One YAML file read into nodes that know their line: scalars of YAML 1.2's core only.

`no` is a text, `1:30` is a text, `2026-09-01` is a text, `0.1` is a Decimal. Anchors,
tags, duplicate keys and whatever is deep or heavy are refused. Knows nothing of what a
checklist is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from diag.rules.nodes import Entries, Items, Node, Scalar
from diag.rules.problem import Problem, Spot, problem_at
from diag.rules.syntax import control_character_problem, syntax_problem

MAX_BYTES = 2 * 1024 * 1024
"""Heaviest file read."""

MAX_DEPTH = 24
"""Deepest nesting read; a checklist needs eight."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its root when it has one, and what is wrong with it."""

    file: str
    root: Entries | None
    problems: tuple[Problem, ...]


class _Stop(Exception):  # noqa: N818 # not an error: reading ends here
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_source(file: str, raw: bytes) -> Source:
    """Return the nodes of a YAML file given as bytes; never raises."""
    builder = _Builder(file)
    try:
        text = _decoded(file, raw)
        root = builder.build(text)
    except _Stop as stop:
        return Source(file, None, (*builder.problems, stop.problem))
    if not isinstance(root, Entries):
        builder.refuse(
            Spot(file),
            "le fichier est vide ou ne commence pas par une clé",
            "Commencez par une clé suivie de « : », par exemple « questions: ».",
        )
        return Source(file, None, tuple(builder.problems))
    return Source(file, root, tuple(builder.problems))


def plain_value(text: str) -> str | int | Decimal | bool | None:
    """Return what an unquoted text means in YAML 1.2's core schema, without octal."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise _Stop(
            Problem(
                file, 1, "", "le fichier dépasse 2 Mio", "Répartissez-le en plusieurs."
            )
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Stop(
            Problem(
                file,
                line,
                "",
                "le fichier n'est pas encodé en UTF-8",
                "Enregistrez-le à nouveau en choisissant l'encodage UTF-8.",
            )
        ) from error


@dataclass(slots=True)
class _Frame:
    """A list or a mapping being read."""

    spot: Spot
    mapping: bool
    braced: bool
    nodes: list[Node] = field(default_factory=list)


class _Builder:
    """Turns parser events into nodes, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.root: Node | None = None
        self.documents = 0
        self.handlers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "SequenceStartEvent": self._open,
            "MappingStartEvent": self._open,
            "SequenceEndEvent": self._close,
            "MappingEndEvent": self._close,
            "DocumentStartEvent": self._document,
        }

    def refuse(self, spot: Spot, message: str, remedy: str, key: str = "") -> None:
        self.problems.append(problem_at(spot, key, message, remedy))

    def build(self, text: str) -> Node | None:
        for event in self._events(text):
            handler = self.handlers.get(type(event).__name__)
            if handler:
                handler(event)
        return self.root

    def _events(self, text: str) -> Iterator[Any]:
        # 8 ms to import: only those who check or compile checklists pay for it.
        import yaml  # noqa: PLC0415

        loader = getattr(yaml, "CLoader", yaml.Loader)
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            complaint = error.problem or ""
            raise _Stop(
                syntax_problem(self.file, text, complaint, line, column)
            ) from error
        except yaml.YAMLError as error:
            raise _Stop(control_character_problem(self.file, text)) from error

    def _spot(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.file, mark.line + 1, mark.column + 1)

    def _scalar(self, event: Any) -> None:
        self._refuse_decoration(event)
        plain = event.style is None or event.style == ""
        text = event.value
        value = plain_value(text) if plain else text
        braced = bool(self.frames) and self.frames[-1].braced
        self._add(Scalar(self._spot(event), value, text, plain, braced))

    def _alias(self, event: Any) -> None:
        self.refuse(
            self._spot(event),
            f"renvoi « *{event.anchor} » : les renvois ne sont pas admis",
            "Recopiez la valeur, ou mettez le texte entre guillemets.",
        )
        self._add(Scalar(self._spot(event), None, ""))

    def _open(self, event: Any) -> None:
        self._refuse_decoration(event)
        spot = self._spot(event)
        if len(self.frames) >= MAX_DEPTH:
            raise _Stop(
                problem_at(
                    spot,
                    "",
                    f"plus de {MAX_DEPTH} niveaux emboîtés",
                    "Une grille n'en demande pas tant : vérifiez les retraits.",
                )
            )
        mapping = type(event).__name__ == "MappingStartEvent"
        self.frames.append(_Frame(spot, mapping, bool(event.flow_style)))

    def _close(self, _event: Any) -> None:
        frame = self.frames.pop()
        if frame.mapping:
            self._add(self._entries(frame))
        else:
            self._add(Items(frame.spot, tuple(frame.nodes)))

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Stop(
                problem_at(
                    self._spot(event),
                    "",
                    "« --- » ouvre un second document",
                    "Un fichier n'en contient qu'un : supprimez cette ligne.",
                )
            )

    def _entries(self, frame: _Frame) -> Entries:
        nodes: dict[str, Node] = {}
        spots: dict[str, Spot] = {}
        for key, node in zip(frame.nodes[::2], frame.nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.refuse(
                    key.spot,
                    "une clé ne peut pas être une liste",
                    "Écrivez un mot, puis « : ».",
                )
            elif key.text in nodes:
                self.refuse(
                    key.spot,
                    f"clé « {key.text} » en double, déjà ligne {spots[key.text].line}",
                    "Gardez une seule des deux.",
                    key.text,
                )
            else:
                nodes[key.text], spots[key.text] = node, key.spot
        return Entries(frame.spot, nodes, spots, frame.braced)

    def _add(self, node: Node) -> None:
        if self.frames:
            self.frames[-1].nodes.append(node)
        else:
            self.root = node

    def _refuse_decoration(self, event: Any) -> None:
        if event.anchor is not None:
            self.refuse(
                self._spot(event),
                f"ancre « &{event.anchor} » : les ancres ne sont pas admises",
                "Recopiez la valeur, ou mettez le texte entre guillemets.",
            )
        if event.tag is not None:
            self.refuse(
                self._spot(event),
                "étiquette « ! » : les étiquettes de type ne sont pas admises",
                "Supprimez-la, ou mettez le texte entre guillemets.",
            )
