"""Reading nodes into plain values, with every problem met on the way.

A shape is what an author may write at one place. It reads a node, and describes itself
as JSON Schema: the loader and the editor's completion come from one declaration.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from typing import Protocol

from diag.rules.problem import Problem, Severity, Spot, problem_at
from diag.rules.reading.nodes import Entries, Items, Node

Schema = dict[str, object]
"""A JSON Schema, or a part of one."""


class Reader:
    """Where reading stands, and the problems met so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        """In the order in which they were met."""
        self.item = ""
        """What is being read: « critère « debit-suffisant » »."""
        self.path: list[str] = []
        """Keys that lead to the node being read."""
        self.errors = 0
        """How many of the problems are errors."""
        self._outside = 0

    @property
    def key(self) -> str:
        """Path of the key being read, within its item."""
        return ".".join(self.path[self._outside :])

    @contextmanager
    def under(self, key: str) -> Iterator[None]:
        """Read what stands under a key."""
        self.path.append(key)
        yield
        self.path.pop()

    @contextmanager
    def about(self, noun: str, ident: str) -> Iterator[None]:
        """Read an item: a noun such as « critère », and its id when it has one."""
        outer, outside = self.item, self._outside
        name = f"{noun} « {short(ident)} »" if ident else noun
        self.item = ", ".join(filter(None, (outer, name)))
        with self.under(ident) if ident else nullcontext():
            self._outside = len(self.path) if noun else outside
            yield
        self.item, self._outside = outer, outside

    def refuse(
        self, spot: Spot, message: str, remedy: str, severity: Severity = "error"
    ) -> None:
        """Report what is wrong at a spot of the item being read."""
        prefix = f"{self.item} : " if self.item else ""
        key = ".".join(self.path)
        self.errors += severity == "error"
        self.problems.append(problem_at(spot, key, prefix + message, remedy, severity))

    def refuse_value(self, node: Node, expected: str, remedy: str) -> None:
        """Report that a value is not what its key expects."""
        self.refuse(
            node.spot,
            f"« {self.key} » : il faut {expected}, pas {found(node)}",
            remedy,
        )


class Shape(Protocol):
    """What may be written at one place."""

    def read(self, node: Node, reader: Reader) -> object:
        """Return the value of a node; report and return None when it is wrong."""

    def schema(self) -> Schema:
        """Return the JSON Schema of what may be written."""


def found(node: Node) -> str:
    """Return what a node is, in a few French words."""
    if isinstance(node, Items):
        return f"une liste de {len(node.nodes)}"
    if isinstance(node, Entries):
        return "un groupe de clés"
    match node.value:
        case None:
            return "une valeur vide"
        case bool():
            return f"le booléen {node.text}"
        case int() | Decimal():
            return f"le nombre {node.text}"
        case _:
            return f"le texte « {short(node.text)} »"


def short(text: str) -> str:
    """Return the beginning of a text, for a message."""
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004
