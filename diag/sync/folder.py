"""A shared folder instead of a server: each device writes its own bundles, reads all.

A device writes in its own folder only, and takes absence for nothing: a bundle of its
own that is gone is simply written again. It removes nothing of others; a bundle of its
own goes a month after later ones hold all of it, so that nothing erased stays for ever.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from diag.journal import attachments, bundles, exchange
from diag.journal.attachments import hash_file
from diag.journal.journal import get_setting, put_setting
from diag.model.errors import DiagError
from diag.sync.bundle import BundleError, Fault
from diag.sync.bundle.read import BundleReader, Entered, bring_in
from diag.sync.bundle.write import Bundle, BundleSummary, WrittenBundle, write_bundle
from diag.sync.keys import KeyCard

_DEVICE = re.compile(r"[0-9a-f]{32}")
_BUNDLE = re.compile(r"([0-9a-f]{64})\.diag")
_PART = "nouveau.diag"
_KEY = "sync.folder:"

KEPT = 30 * 24 * 3600 * 1000
"""Milliseconds for which a bundle stays once a later one holds a part of it."""

MOST_FILES = 64
"""Bundles of a device from which it gives every audit anew, in one."""


@dataclass(slots=True)
class FolderResult:
    """What a sync with a folder did."""

    read: list[Entered] = field(default_factory=list)
    """Bundles that were read in."""
    known: int = 0
    """Bundles that had been read before."""
    refused: list[str] = field(default_factory=list)
    """Bundles that were not read, each with why; they are tried again next time."""
    written: WrittenBundle | None = None
    """What this device gave; None when all it has is there."""
    path: Path | None = None
    """Where."""


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """A workspace and a folder that several devices share."""

    reader: BundleReader
    folder: Path
    recipients: Mapping[str, KeyCard]
    """The keys that are to open what this device writes."""
    summarise: Callable[[Sequence[str]], BundleSummary]
    """Names to send with audits."""
    learn: Callable[[Entered], None]
    """What is done with the names that came."""
    form: int = 1
    """The newest form of bundle that all of them read."""

    def run(self, at: int) -> FolderResult:
        """Read what others wrote, then write what is not there.

        Raises:
            DiagError: when the folder is not there, or nothing can be written.
        """
        if not self.folder.is_dir():
            raise DiagError(
                f"{self.folder} n'est pas un dossier accessible. Rien n'a changé ici. "
                "Vérifiez que le partage ou la clé est branché, puis recommencez."
            )
        result = FolderResult()
        mine = _Given(**get_setting(self.reader.journal, self._key, {}))
        whom = sorted(card.age for card in self.recipients.values())
        if mine.whom != whom:  # others are to open it too: nothing counts as given
            mine = replace(mine, whom=whom, audits={}, blobs={})
        for path, sha in self._bundles():
            before = bundles.find_bundle(self.reader.journal, sha)
            if sha in mine.bundles or (before and before.is_settled):
                result.known += 1
                continue
            try:
                _check_name(path, sha)
                entered = bring_in(self.reader, path, at)
            except (BundleError, OSError) as error:
                why = error.sentence if isinstance(error, BundleError) else str(error)
                where = f"{path.parent.name[:8]}…/{path.name[:8]}…"
                result.refused.append(f"{where} : {why}")
            else:
                self.learn(entered)
                result.read.append(entered)
        self._write(mine, at, result)
        return result

    def _bundles(self) -> Iterator[tuple[Path, str]]:
        """Give the bundles of all devices; any other file is none of ours."""
        for device in sorted(self.folder.iterdir()):
            if _DEVICE.fullmatch(device.name) and device.is_dir():
                for path in sorted(device.iterdir()):
                    match = _BUNDLE.fullmatch(path.name)
                    if match and path.is_file():  # a pipe would never end
                        yield path, match[1]

    def _write(self, given: "_Given", at: int, result: FolderResult) -> None:
        """Give the audits that changed since they were last given, whole."""
        journal = self.reader.journal
        given.let_go(at)
        photos = given.present(self._mine)
        lacking = attachments.held(journal).keys() - photos
        due = [
            audit
            for audit in exchange.proven_sums(journal)
            if not given.holds(
                audit, exchange.whole_sum(journal, audit).digest, self._mine
            )
            or (lacking and lacking & attachments.attachments_in(journal, [audit]))
        ]
        if due:
            self._mine.mkdir(exist_ok=True)
            bundle = Bundle(
                audits=due,
                keys=self.reader.keys,
                recipients=list(self.recipients.values()),
                at=at,
                summary=self.summarise(due),
                without=photos,
                form=self.form,
            )
            part = self._mine / _PART
            written = write_bundle(journal, bundle, part)
            result.written, result.path = written, self._mine / f"{written.sha}.diag"
            part.replace(result.path)
            given.add(written)
            put_setting(journal, self._key, asdict(given))
        before = dict(given.stale)
        for sha in given.superseded(at):  # later ones hold all of it, for a month
            with suppress(OSError):  # somebody reads it: next time
                (self._mine / f"{sha}.diag").unlink(missing_ok=True)
                given.forget(sha)
        if given.stale != before:
            put_setting(journal, self._key, asdict(given))

    @property
    def _mine(self) -> Path:
        """Return this device's own folder."""
        return self.folder / self.reader.keys.card.device

    @property
    def _key(self) -> str:
        return f"{_KEY}{self.folder.resolve()}"


@dataclass(slots=True)
class _Given:
    """What this device gave to a folder: a hint, checked against what is there."""

    whom: list[str] = field(default_factory=list)
    """The keys that it was sealed for."""
    audits: dict[str, list[str]] = field(default_factory=dict)
    """Audit → digest, and the bundle that holds it so."""
    blobs: dict[str, str] = field(default_factory=dict)
    """Attachment → the bundle that holds it."""
    bundles: list[str] = field(default_factory=list)
    """Those that this device wrote."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bundle → how many audits and attachments it holds; 0 once it is gone."""
    stale: dict[str, int] = field(default_factory=dict)
    """Bundle → since when a later one holds a part of it."""

    def let_go(self, at: int) -> None:
        """Have what is left of old bundles given again, and all when they are many."""
        old = {sha for sha, since in self.stale.items() if at - since >= KEPT}
        if len({sha for _, sha in self.audits.values()}) >= MOST_FILES:
            self.audits.clear()
        self.audits = {a: kept for a, kept in self.audits.items() if kept[1] not in old}
        self.blobs = {b: sha for b, sha in self.blobs.items() if sha not in old}

    def superseded(self, at: int) -> list[str]:
        """Return the bundles that later ones have held for a month."""
        named = Counter([
            *(sha for _, sha in self.audits.values()),
            *self.blobs.values(),
        ])
        for sha in self.bundles:
            if named[sha] < self.sizes.get(sha, 1):
                self.stale.setdefault(sha, at)
        return [
            sha
            for sha, since in self.stale.items()
            if not named[sha] and at - since >= KEPT
        ]

    def forget(self, sha: str) -> None:
        """Forget a bundle that is gone; that it was this device's is still known."""
        del self.stale[sha]
        self.sizes[sha] = 0

    def holds(self, audit: str, digest: str, folder: Path) -> bool:
        """Whether an audit is there as it is now."""
        kept, sha = self.audits.get(audit, ["", ""])
        return kept == digest and (folder / f"{sha}.diag").is_file()

    def present(self, folder: Path) -> set[str]:
        """Return the attachments that are there."""
        named = set(self.blobs.values())
        there = {sha for sha in named if (folder / f"{sha}.diag").is_file()}
        return {blob for blob, sha in self.blobs.items() if sha in there}

    def add(self, written: WrittenBundle) -> None:
        """Count a bundle that is there now."""
        self.audits |= {
            audit: [digest, written.sha] for audit, digest in written.sums.items()
        }
        self.blobs |= dict.fromkeys(written.blobs, written.sha)
        self.sizes[written.sha] = len(written.sums) + len(written.blobs)
        self.bundles.append(written.sha)


def _check_name(path: Path, sha: str) -> None:
    """Refuse a file that is not what its name promises: a part may have come."""
    if hash_file(path) != sha:
        raise BundleError(Fault.DAMAGED, "copie en cours ?")
