"""Attachments after answers: compiled editions first, then photos, smallest first.

Named by their content, moved by pieces, resumed at any byte on both sides.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from diag.journal import exchange as holdings
from diag.journal.encryption import is_encrypted
from diag.journal.exchange import NamedAttachment
from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.laptop import Told
from diag.sync.problems import ProblemError
from diag.sync.protocol import Limits, Office

BYTES: Final = "bytes"
"""The second phase, counted in bytes."""


INCOMING = "incoming"
"""Folder of the workspace where parts of attachments wait for their end."""


@dataclass
class AttachmentExchange:
    """The attachments of one sync: what went, what came, what was refused."""

    journal: Journal
    office: Office
    limits: Limits
    told: Told = field(default_factory=Told)
    sent: int = 0
    """How many went whole."""
    received: int = 0
    """How many came whole."""
    awaited: int = 0
    """How many are named here and nowhere yet: « pas encore reçue »."""
    refused: list[str] = field(default_factory=list)
    """What the office or this laptop refused, in French."""
    there: set[str] = field(default_factory=set)
    """What is here and that the office said it holds, or took whole."""
    _done: int = 0
    _total: int = 0

    def run(self) -> None:
        """Give what the office lacks, take what this laptop lacks.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        given, wanted = self._lacking_there(), holdings.wanted(self.journal)
        sizes = [one.size - start for one, start in given]
        self._total = sum(sizes) + sum(one.size for one in wanted)
        for one, start in given:
            self._give(one, start)
        self.take(wanted)

    def take(self, wanted: Iterable[NamedAttachment]) -> None:
        """Ask for attachments, one after the other; those that are nowhere are counted.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what came is kept.
            CancelledError: when the user stops.
        """
        for one in wanted:
            self._take(one)

    def _lacking_there(self) -> list[tuple[NamedAttachment, int]]:
        """Return what this laptop holds and the office lacks, and from which byte."""
        held = holdings.held(self.journal)
        lacking: dict[str, int] = {}
        for some in _parts(list(held), self.limits.shas):
            lacking |= self.office.missing(some)
        self.there = set(held) - set(lacking)
        found = [(held[sha], start) for sha, start in lacking.items() if sha in held]
        return sorted(found, key=lambda pair: pair[0].order)

    def _give(self, one: NamedAttachment, start: int) -> None:
        content = holdings.content(self.journal, one.sha)
        if content is None:
            return
        whole = len(content)
        try:
            # A part as long as the whole was cut before it was found right, or is
            # wrong: the office looks at it again when a piece comes.
            start = start if start < whole else 0
            while start < whole:
                piece = content[start : start + self.limits.piece_bytes]
                start = self._give_piece(one.sha, start, piece, whole)
                self._step(len(piece))
        except ProblemError as problem:
            if problem.kind not in {
                "too-large",
                "hash",
                "not-found",
                "right",
                "offset",
            }:
                raise
            self.refused.append(f"{one.title} : {problem}")
        else:
            self.sent += 1
            self.there.add(one.sha)

    def _give_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Give a piece; return where the next one starts, as the office says."""
        try:
            return self.office.put_piece(sha, start, piece, total)
        except ProblemError as problem:
            told = problem.offset
            if told is None or told == start or told >= total:
                raise
            return told

    def _take(self, one: NamedAttachment) -> None:
        path = self.journal.path.parent / INCOMING / one.sha
        try:
            content = self._taken(one, path)
        except ProblemError as problem:
            if problem.kind != "not-found":
                raise
            self.awaited += 1
            return
        path.unlink(missing_ok=True)
        if sha256(content).hexdigest() != one.sha:
            self.refused.append(f"{one.title} : reçue altérée, elle sera redemandée.")
            return
        try:
            holdings.keep(self.journal, one, content)
        except DiagError as error:
            self.refused.append(f"{one.title} : {error}")
        else:
            self.received += 1

    def _taken(self, one: NamedAttachment, path: Path) -> bytes:
        """Return the whole; its parts are kept on disk as they come, where they may."""
        content = bytearray(path.read_bytes() if path.exists() else b"")
        total = len(content) + 1
        while len(content) < total:
            try:
                piece = self.office.get_piece(one.sha, len(content))
            except ProblemError as problem:
                if problem.kind != "offset":
                    raise
                break  # all of it was here already
            total = piece.total
            if not piece.content or total > self.limits.blob_bytes:
                break
            if not self._is_encrypted:
                _add(path, piece.content)
            content += piece.content
            self._step(len(piece.content))
        return bytes(content)

    @cached_property
    def _is_encrypted(self) -> bool:
        """Whether nothing may touch the disk in clear: a part then starts again."""
        return is_encrypted(self.journal.path.parent)

    def _step(self, size: int) -> None:
        self._done += size
        self.told.step(BYTES, self._done, self._total)


def _add(path: Path, piece: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise DiagError(
            f"{path.parent} : une pièce jointe n'a pas pu être écrite "
            f"({error.strerror}). Les réponses sont passées ; libérez de la place, "
            "puis recommencez."
        ) from error


def tidy(journal: Journal) -> None:
    """Remove what was left of attachments that nobody waits for any more."""
    wanted = {one.sha for one in holdings.wanted(journal)}
    folder = journal.path.parent / INCOMING
    for path in folder.glob("*"):
        if path.name not in wanted:
            path.unlink()
    with suppress(OSError):  # not there, or parts wait
        folder.rmdir()


def _parts(shas: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for at in range(0, len(shas), size):
        yield shas[at : at + size]
