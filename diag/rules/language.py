"""A rule: a small subset of Python expressions, read once, never evaluated by Python.

`lexicon` says which characters enter, `grammar` which constructions; types and units
are `typecheck`'s business, values `evaluate`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain

from diag.model.enums import PlaceKind
from diag.rules.grammar import read_tree
from diag.rules.lexicon import one_line
from diag.rules.tree import (
    Aggregate,
    Comparison,
    Constant,
    Name,
    Node,
    RuleError,
    names_in,
    walk,
    walk_outside,
)

__all__ = ["Rule", "RuleError", "parse_rule", "thresholds"]


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule that was read; equal to itself alone."""

    text: str
    """As its author wrote it."""
    root: Node
    """Its tree."""

    @cached_property
    def names(self) -> frozenset[str]:
        """Names read outside aggregates, `visit_date` and the like included."""
        return frozenset(
            node.id for node in walk_outside(self.root) if isinstance(node, Name)
        )

    @cached_property
    def inner_names(self) -> Mapping[PlaceKind, frozenset[str]]:
        """Names read inside aggregates, by the kind of place aggregated."""
        inner: dict[PlaceKind, frozenset[str]] = {}
        for node in walk(self.root):
            if isinstance(node, Aggregate):
                known = inner.get(node.kind, frozenset())
                inner[node.kind] = known | names_in(node)
        return inner

    @property
    def kinds(self) -> frozenset[PlaceKind]:
        """Kinds of places that the rule aggregates over."""
        return frozenset(self.inner_names)


def parse_rule(text: str) -> Rule:
    """Read a rule, written on one line or several.

    Raises:
        RuleError: when the text is no rule; says where and what to do, in French.
    """
    line = one_line(text)
    body = line.strip()
    if not body:
        raise RuleError("règle vide : retirez la clé ou écrivez une condition", 1)
    first_column = len(line) - len(line.lstrip()) + 1
    return Rule(text, _tree(body, first_column))


@lru_cache(maxsize=8192)  # a check reads each rule ten times over; trees never change
def _tree(body: str, first_column: int) -> Node:
    return read_tree(body, first_column)


def thresholds(rule: Rule) -> Mapping[str, frozenset[Fraction]]:
    """Return the numbers that each name is compared with, aggregates included."""
    return thresholds_in([rule.root])


def thresholds_in(nodes: Iterable[Node]) -> Mapping[str, frozenset[Fraction]]:
    """Return the numbers that each name is compared with in some trees."""
    found: dict[str, frozenset[Fraction]] = {}
    for node in chain.from_iterable(map(walk, nodes)):
        match node:
            case Comparison(_, Name(name), Constant(value)) | Comparison(
                _, Constant(value), Name(name)
            ):
                found[name] = found.get(name, frozenset()) | {Fraction(value)}
    return found
