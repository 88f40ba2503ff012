"""What an import did: counts, and every line refused, repaired or remarked upon."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from diag.journal.upsert import Difference

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


class Refusal(NamedTuple):
    """A line that was not imported, or a remark on one that was."""

    line: int
    item: str
    """What the line is about: a UAI, a commune."""
    reason: str


class Repair(NamedTuple):
    """A cell that did not come in as it was written."""

    line: int
    item: str
    column: str
    before: str
    after: str
    """Empty when nothing could be made of it."""


@dataclass(frozen=True)
class ImportReport:
    """The account of one import."""

    kind: str
    """`annuaire`, `effectifs`, `ips`, `communes` or `mairies`."""
    file: str
    encoding: str
    sha256: str
    unit: str
    """What line numbers count: `ligne` or `enregistrement`."""
    rows: int
    added: int
    changed: int
    unchanged: int
    vanished: int
    """Schools flagged as missing by this import."""
    changes: tuple[Difference, ...] = ()
    vanished_items: tuple[str, ...] = ()
    returned_items: tuple[str, ...] = ()
    """Schools that had vanished and are there again."""
    refused: tuple[Refusal, ...] = ()
    repaired: tuple[Repair, ...] = ()
    remarks: tuple[Refusal, ...] = ()
    """Lines that came in, and deserve a word: duplicates, shared addresses…"""
    unknown_items: tuple[str, ...] = ()
    """UAI of the file that the territory does not hold."""
    skipped: tuple[tuple[str, int], ...] = ()
    """Reason → lines left aside because they are none of our business."""
    ignored_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences about the whole file."""

    @property
    def changed_nothing(self) -> bool:
        """Whether the territory already was what the file says."""
        return not (self.added or self.changed or self.vanished)

    @property
    def found_nothing(self) -> bool:
        """Whether no line of the file told anything of this territory."""
        return self.changed_nothing and not self.unchanged


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass
class Findings:
    """What is noticed while a file is read, gathered for its report."""

    refused: list[Refusal] = field(default_factory=list)
    repaired: list[Repair] = field(default_factory=list)
    remarks: list[Refusal] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, line: int, item: str, reason: str) -> None:
        """Note a line that does not come in."""
        self.refused.append(Refusal(line, item[:60], reason))

    def remark(self, line: int, item: str, reason: str) -> None:
        """Note something worth a word about a line that comes in."""
        self.remarks.append(Refusal(line, item[:60], reason))
