"""One YAML file read into nodes that know their line: scalars of YAML 1.2's core only.

`no` is a text, `1:30` is a text, `2026-09-01` is a text, `0.1` is a Decimal. Anchors,
tags, duplicate keys and whatever is deep or heavy are refused. Knows nothing of what a
checklist is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from diag.checklist import Problem, Spot, problem_at

MAX_BYTES = 2 * 1024 * 1024
"""Heaviest file read."""

MAX_DEPTH = 24
"""Deepest nesting read; a checklist needs eight."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})")
_UNSEEN = re.compile(r"[^\t\n\r\x85\x20-\x7e\xa0-\U0010ffff]")
"""What the YAML parser refuses to read."""

_QUOTE = "Mettez tout le texte entre guillemets doubles"
_EACH = "Mettez chaque règle et chaque texte entre guillemets doubles"
_INDENT = "Vérifiez les retraits, et mettez les textes entre guillemets doubles"
_TAB = ("une tabulation sert de retrait", "Remplacez-la par des espaces")

_SYNTAX: dict[str, tuple[str, str]] = {
    "tab character": _TAB,
    "mapping values are not allowed": (
        "« : » inattendu : texte sans guillemets, ou retrait qui ne s'aligne pas",
        f"{_QUOTE}, ou alignez la clé sur ses voisines",
    ),
    "did not find expected ',' or '}'": (
        "« { » n'est pas fermée, ou une règle sans guillemets y est coupée",
        f"{_EACH}, puis fermez par « }} »",
    ),
    "did not find expected ',' or ']'": (
        "« [ » n'est pas fermé, ou un texte sans guillemets y est coupé",
        f"{_EACH}, puis fermez par « ] »",
    ),
    "did not find expected key": (
        "une clé était attendue ici : guillemet fermé trop tôt, ou mauvais retrait",
        f"{_QUOTE} (« ' » est permis dedans), et alignez les clés",
    ),
    "did not find expected '-'": (
        "un élément de liste était attendu ici",
        "Commencez par « - », aligné sur les éléments précédents",
    ),
    "could not find expected ':'": (
        "il manque « : » après une clé",
        "Écrivez « clé: valeur », avec une espace après le deux-points",
    ),
    "found unexpected end of stream": (
        "un guillemet ouvert n'est jamais fermé",
        "Fermez le guillemet",
    ),
    "unknown escape character": (
        "« \\ » est suivi d'un caractère qu'il ne peut pas précéder",
        "Doublez la barre oblique inverse (« \\\\ ») ou supprimez-la",
    ),
    "comment or line break": (
        "un texte suit « | » ou « > » sur la même ligne",
        "Passez à la ligne après « | » ou « > »",
    ),
}
"""Part of a complaint of the YAML parser → what is wrong, what to do."""

_OPENED = frozenset({
    "while parsing a flow mapping",
    "while parsing a flow sequence",
    "while scanning a quoted scalar",
})
"""What was opened and never closed: the fault is where it opens."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value: text, whole number, decimal, boolean or nothing."""

    spot: Spot
    value: str | int | Decimal | bool | None
    text: str
    """As written, without its quotes."""
    plain: bool = False
    """Written without quotes, hence cut by `#`, `: `, and by `,` between braces."""
    braced: bool = False
    """Written between braces or brackets."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    spot: Spot
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys and their values; keys are texts, whatever they look like."""

    spot: Spot
    nodes: Mapping[str, "Node"]
    spots: Mapping[str, Spot]
    """Where each key stands."""
    braced: bool = False
    """Written between braces."""


Node = Scalar | Items | Entries
"""Any node."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file that was read: its root when it has one, and what is wrong with it."""

    file: str
    root: Entries | None
    problems: tuple[Problem, ...]


def read_source(file: str, raw: bytes) -> YamlFile:
    """Return the nodes of a YAML file given as bytes; never raises."""
    builder = _Builder(file)
    if len(raw) > MAX_BYTES:
        remedy = "Répartissez-le en plusieurs fichiers."
        builder.refuse(Spot(file), "le fichier dépasse 2 Mio", remedy)
        return YamlFile(file, None, tuple(builder.problems))
    root = None
    try:
        root = builder.build(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        builder.refuse(
            Spot(file, raw.count(b"\n", 0, error.start) + 1),
            "le fichier n'est pas encodé en UTF-8",
            "Enregistrez-le à nouveau en choisissant l'encodage UTF-8.",
        )
    except _UnreadableError as fault:
        builder.problems.append(fault.problem)
    else:
        if not isinstance(root, Entries):
            builder.refuse(
                root.spot if root else Spot(file),
                "le fichier est vide ou ne commence pas par une clé",
                "Commencez par une clé suivie de « : », par exemple « questions: ».",
            )
    entries = root if isinstance(root, Entries) else None
    return YamlFile(file, entries, tuple(builder.problems))


def spot_of(node: Node, *path: str) -> Spot:
    """Return where the deepest existing key or rank of `path` stands under a node."""
    spot = node.spot
    for step in path:
        if isinstance(node, Entries) and step in node.nodes:
            spot, node = node.spots[step], node.nodes[step]
        elif isinstance(node, Items) and step.isdigit() and int(step) < len(node.nodes):
            node = node.nodes[int(step)]
            spot = node.spot
        else:
            break
    return spot


def ident_of(node: Node) -> str:
    """Return the id that a node gives itself, or an empty text."""
    return text_of(node.nodes.get("id")) if isinstance(node, Entries) else ""


def text_of(node: Node | None) -> str:
    """Return the text of a scalar; empty for anything else."""
    return node.text if isinstance(node, Scalar) else ""


def items_of(node: Entries | None, key: str) -> tuple[Node, ...]:
    """Return the nodes of the list under a key; none where there is no list."""
    held = node.nodes.get(key) if node else None
    return held.nodes if isinstance(held, Items) else ()


class _UnreadableError(Exception):
    """A fault that keeps the rest of a file from being read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class _Frame:
    """A list or a mapping being read."""

    spot: Spot
    mapping: bool
    braced: bool
    nodes: list[Node] = field(default_factory=list)


class _Builder:
    """Turns the events of the parser into nodes, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        """What is wrong, and does not keep the rest from being read."""
        self._frames: list[_Frame] = []
        self._root: Node | None = None
        self._documents = 0

    def refuse(self, spot: Spot, message: str, remedy: str, key: str = "") -> None:
        self.problems.append(problem_at(spot, key, message, remedy))

    def build(self, text: str) -> Node | None:
        for event in self._events(text):
            match type(event).__name__:
                case "ScalarEvent":
                    self._refuse_decoration(event)
                    plain, written = not event.style, event.value
                    value = _plain_value(written) if plain else written
                    braced = bool(self._frames) and self._frames[-1].braced
                    self._add(Scalar(self._spot(event), value, written, plain, braced))
                case "SequenceStartEvent" | "MappingStartEvent":
                    self._refuse_decoration(event)
                    spot = self._spot(event)
                    if len(self._frames) >= MAX_DEPTH:
                        raise _unreadable(
                            spot,
                            f"plus de {MAX_DEPTH} niveaux emboîtés",
                            "Une grille n'en demande pas tant : vérifiez les retraits.",
                        )
                    mapping = type(event).__name__ == "MappingStartEvent"
                    self._frames.append(_Frame(spot, mapping, bool(event.flow_style)))
                case "SequenceEndEvent" | "MappingEndEvent":
                    frame = self._frames.pop()
                    if frame.mapping:
                        self._add(self._entries(frame))
                    else:
                        self._add(Items(frame.spot, tuple(frame.nodes)))
                case "AliasEvent":
                    self.refuse(
                        self._spot(event),
                        f"renvoi « *{event.anchor} » : les renvois ne sont pas admis",
                        "Recopiez la valeur, ou mettez le texte entre guillemets.",
                    )
                    self._add(Scalar(self._spot(event), None, ""))
                case "DocumentStartEvent":
                    self._documents += 1
                    if self._documents > 1:
                        raise _unreadable(
                            self._spot(event),
                            "« --- » ouvre un second document",
                            "Un fichier n'en contient qu'un : supprimez cette ligne.",
                        )
        return self._root

    def _events(self, text: str) -> Iterator[Any]:
        # 8 ms to import: only checking or compiling checklists pays for it.
        import yaml  # noqa: PLC0415

        loader = getattr(yaml, "CLoader", yaml.Loader)
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            opened = error.context in _OPENED
            mark = error.context_mark if opened else error.problem_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            complaint = error.problem or ""
            message, remedy = next(
                (found for part, found in _SYNTAX.items() if part in complaint),
                ("la mise en forme YAML est incorrecte ici", _INDENT),
            )
            if "cannot start any token" in complaint:
                row = text.split("\n")[line : line + 1] or [""]
                start = row[0][column : column + 1]
                refused = f"un texte ne peut pas commencer par « {start} »"
                message, remedy = _TAB if start == "\t" else (refused, _QUOTE)
            raise _UnreadableError(
                Problem(self.file, line + 1, "", message, f"{remedy}.")
            ) from error
        except yaml.YAMLError as error:
            found = _UNSEEN.search(text)
            line = text.count("\n", 0, found.start() if found else 0) + 1
            raise _unreadable(
                Spot(self.file, line),
                "le fichier contient un caractère de contrôle invisible",
                "Supprimez-le, ou retapez la ligne.",
            ) from error

    def _spot(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.file, mark.line + 1, mark.column + 1)

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
        if self._frames:
            self._frames[-1].nodes.append(node)
        else:
            self._root = node

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


def _plain_value(text: str) -> str | int | Decimal | bool | None:
    """Return what an unquoted text means: no octal, no exponent, never a float."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _unreadable(spot: Spot, message: str, remedy: str) -> _UnreadableError:
    return _UnreadableError(problem_at(spot, "", message, remedy))
