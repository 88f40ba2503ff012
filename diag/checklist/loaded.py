"""What loading a folder gives: a checklist, its problems, where each item stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from diag.checklist.forms import NOUNS
from diag.checklist.source import Entries, spot_of
from diag.model.checklist import Checklist
from diag.rules.problem import Problem, Severity, Spot, problem_at


@dataclass(frozen=True, slots=True)
class Example:
    """A golden audit, as written: `diag.assess` runs it."""

    file: str
    line: int
    raw: Mapping[str, object]
    """Plain values; numbers are canonical, keys are texts."""


@dataclass(frozen=True)
class Loaded:
    """What a folder holds."""

    draft: Checklist
    """What could be read; faulty items are missing from it."""
    problems: tuple[Problem, ...]
    examples: tuple[Example, ...]
    nodes: Mapping[tuple[str, str], Entries]
    """Item of each section and id, faulty ones included: `("criteria", "x")`."""
    edition: Entries | None = None
    """What `edition.yaml` holds."""
    is_whole: bool = True
    """False when a file or a list could not be read: items may be missing from it."""
    overlaid: Mapping[tuple[str, str], Spot] = field(default_factory=dict)
    """Items that the syndicat changed, added or switched off, and where."""

    @property
    def checklist(self) -> Checklist | None:
        """The checklist, when nothing wrong keeps it from being used."""
        faulty = any(problem.severity == "error" for problem in self.problems)
        return None if faulty else self.draft

    def names(self, section: str) -> frozenset[str]:
        """Return the ids that a section declares, faulty items included."""
        return self._idents.get(section, frozenset())

    @cached_property
    def _idents(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for section, ident in self.nodes:
            found.setdefault(section, set()).add(ident)
        return {section: frozenset(idents) for section, idents in found.items()}

    def item(self, section: str, ident: str) -> "Item":
        """Return an item, to describe what is wrong with it."""
        return Item(section, ident, self.nodes[section, ident])


@dataclass(frozen=True, slots=True)
class Item:
    """One written item: knows its name in a message, and the line of its keys."""

    section: str
    ident: str
    node: Entries

    def problem(
        self,
        path: tuple[str, ...],
        message: str,
        remedy: str,
        severity: Severity = "error",
        *,
        about: Iterable[str] = (),
    ) -> Problem:
        """Return what is wrong at a key of the item; `about` are others it names."""
        return problem_at(
            self.spot(*path),
            ".".join((self.section, self.ident, *path)),
            f"{NOUNS[self.section]} « {self.ident} » : {message}",
            remedy,
            severity,
            about=about,
        )

    def spot(self, *path: str) -> Spot:
        """Return where a key stands, or the nearest that exists."""
        return spot_of(self.node, *path)
