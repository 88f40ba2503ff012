"""The parser's events turned into nodes, one after the other, without recursion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from diag.rules.problem import Problem, Spot, problem_at
from diag.rules.reading.nodes import Entries, Items, Node, Scalar
from diag.rules.reading.scalars import plain_value
from diag.rules.reading.syntax import control_character_problem, syntax_problem

MAX_DEPTH = 24
"""Deepest nesting read; a checklist needs eight."""


_OPENED = frozenset({
    "while parsing a flow mapping",
    "while parsing a flow sequence",
    "while scanning a quoted scalar",
})
"""What was opened and never closed: the fault is where it opens."""


class Unreadable(Exception):  # told to the author, as every problem is
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


class Builder:
    """Turns parser events into nodes, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        """What is wrong, and does not keep the rest from being read."""
        self._frames: list[_Frame] = []
        self._root: Node | None = None
        self._documents = 0
        self._handlers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "SequenceStartEvent": self._open,
            "MappingStartEvent": self._open,
            "SequenceEndEvent": self._close,
            "MappingEndEvent": self._close,
            "DocumentStartEvent": self._document,
        }

    def refuse(self, spot: Spot, message: str, remedy: str, key: str = "") -> None:
        """Report a fault and go on."""
        self.problems.append(problem_at(spot, key, message, remedy))

    def build(self, text: str) -> Node | None:
        """Return the root of a text, None when it is empty.

        Raises:
            Unreadable: when the parser cannot go on.
        """
        for event in self._events(text):
            handler = self._handlers.get(type(event).__name__)
            if handler:
                handler(event)
        return self._root

    def _events(self, text: str) -> Iterator[Any]:
        # 8 ms to import: only those who check or compile checklists pay for it.
        import yaml  # noqa: PLC0415

        loader = getattr(yaml, "CLoader", yaml.Loader)
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            opened = error.context in _OPENED
            mark = error.context_mark if opened else error.problem_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            complaint = error.problem or ""
            raise Unreadable(
                syntax_problem(self.file, text, complaint, line, column)
            ) from error
        except yaml.YAMLError as error:
            raise Unreadable(control_character_problem(self.file, text)) from error

    def _spot(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.file, mark.line + 1, mark.column + 1)

    def _scalar(self, event: Any) -> None:
        self._refuse_decoration(event)
        plain = event.style is None or event.style == ""
        text = event.value
        value = plain_value(text) if plain else text
        braced = bool(self._frames) and self._frames[-1].braced
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
        if len(self._frames) >= MAX_DEPTH:
            raise Unreadable(
                problem_at(
                    spot,
                    "",
                    f"plus de {MAX_DEPTH} niveaux emboîtés",
                    "Une grille n'en demande pas tant : vérifiez les retraits.",
                )
            )
        mapping = type(event).__name__ == "MappingStartEvent"
        self._frames.append(_Frame(spot, mapping, bool(event.flow_style)))

    def _close(self, _event: Any) -> None:
        frame = self._frames.pop()
        if frame.mapping:
            self._add(self._entries(frame))
        else:
            self._add(Items(frame.spot, tuple(frame.nodes)))

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Unreadable(
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
