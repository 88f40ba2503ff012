"""Colleagues who exchange bundles: a journal each, and keys of one another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from diag.journal.bundles import Rules
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from diag.sync.bundle import FORM, LIMITS, BundleLimits
from diag.sync.bundle.read import BundleReader, Entered, bring_in, preview
from diag.sync.bundle.write import Bundle, BundleSummary, WrittenBundle, write_bundle
from diag.sync.keys import DeviceKeys, KeyCard, load_age
from tests.journal.builders import NOON, person


def keys_of(seed: int) -> DeviceKeys:
    """Return keys: those that sign are countable, those that open are drawn."""
    opening = str(load_age().x25519.Identity.generate())
    return DeviceKeys(sign=f"{seed:064x}", age=opening)


@dataclass
class Colleague:
    """Someone with a journal."""

    name: str
    journal: Journal
    keys: DeviceKeys
    known: dict[str, KeyCard] = field(default_factory=dict)
    form: int = FORM
    """The form of what this person writes."""
    rules: Rules = field(default_factory=partial(Rules, NOON))
    """What is asked of what this person reads: first, that of who has no hub."""

    @property
    def origin(self) -> Origin:
        return person(self.name)

    @property
    def folder(self) -> Path:
        return self.journal.path.parent

    def reader(self, limits: BundleLimits = LIMITS) -> BundleReader:
        signers = {card.sign: name for name, card in self.known.items()}
        return BundleReader(self.journal, self.keys, signers, limits, self.rules)

    def write(
        self, path: Path, to: "Colleague", audits: Iterable[str] | None = None
    ) -> WrittenBundle:
        which = [one.audit for one in self.journal.manifest()]
        whole = Bundle(
            audits=list(which if audits is None else audits),
            keys=self.keys,
            recipients=[to.keys.card],
            at=NOON,
            summary=BundleSummary({}, {}, self.name),
            form=self.form,
        )
        return write_bundle(self.journal, whole, path)

    def read(
        self, path: Path, limits: BundleLimits = LIMITS, at: int = NOON
    ) -> Entered:
        return bring_in(self.reader(limits), path, at)

    def look(self, path: Path) -> Entered:
        return preview(self.reader(), path, NOON)


def meet(*people: Colleague) -> None:
    """Have everybody know everybody's keys."""
    for one in people:
        for other in people:
            if other is not one:
                one.known[other.name] = other.keys.card


class Deaf:
    """Takes what a bundle holds, and keeps nothing of it."""

    def header(self, header: object) -> None: ...
    def line(self, line: bytes) -> None: ...
    def lines_done(self) -> None: ...
    def blob(self, sha: str, content: bytes) -> None: ...
