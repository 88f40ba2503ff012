"""The attachments of a sync: named by their content, moved by parts, both ways.

The system knows whether the line is paid by volume: large ones wait for another.
"""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from diag.journal import attachments
from diag.journal.attachments import AttachmentStore, NamedAttachment
from diag.journal.encryption import is_encrypted
from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.exchange import BYTES, ExchangeEvent, Pace, T, UnsureLine
from diag.sync.protocol import (
    FILES_AT_ONCE,
    FilePart,
    FilesGiven,
    FilesQuestion,
    FilesTaken,
    FileWant,
    HubLimits,
    Piece,
    ProblemError,
    Transport,
)

LIGHT: Final = 64 * 1024
"""Bytes of the largest attachment that passes there unasked: a thumbnail is smaller."""

_PATIENCE = 5.0
"""Seconds that the system is waited for."""

_POWERSHELL: Final = (
    "[Windows.Networking.Connectivity.NetworkInformation,Windows,"
    "ContentType=WindowsRuntime]::GetInternetConnectionProfile()"
    ".GetConnectionCost().NetworkCostType"
)

_COMMANDS: Final = {
    "linux": (
        *("busctl", "get-property", "org.freedesktop.NetworkManager"),
        *("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager"),
        "Metered",
    ),
    "win32": (
        *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
        _POWERSHELL,
    ),
}
"""What asks each system; macOS has no command that tells."""

_METERED: Final = frozenset({"u 1", "u 3", "Fixed", "Variable"})
"""Answers: NetworkManager's « yes » and « guessed yes », Windows' kinds of cost."""

_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows, a command would open a console over the screens."""


def is_metered() -> bool:
    """Say whether the line is paid by volume; no where the system does not know."""
    command = _COMMANDS.get(sys.platform)
    if command is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - the system's own, no word of anybody's
            command,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.decode("ascii", "replace").strip() in _METERED


_INCOMING = "incoming"
"""Folder of the workspace where parts of attachments wait for their end."""

_NAME_BYTES = 1024
"""A request names at most one attachment for so many bytes that it may move: on a line
that is cut soon, names alone would never pass."""

_REFUSALS: Final = frozenset({"too-large", "hash", "not-found", "right", "offset"})
"""Problems of one attachment: the others go on."""

_Lacking = tuple[NamedAttachment, int]
"""An attachment, and from which byte it is lacking."""


class _Named(NamedTuple):
    """The attachments that revisions name."""

    held: dict[str, NamedAttachment]
    wanted: list[NamedAttachment]


@dataclass
class Transfer:
    """The attachments of one sync: editions, thumbnails, then photos, smallest first.

    Small ones share a request; each goes on from where it was cut, both ways. On a line
    that is paid by volume, what is heavy waits for another.
    """

    journal: Journal
    limits: HubLimits
    event: ExchangeEvent = field(default_factory=ExchangeEvent)
    line: UnsureLine | None = None
    """Asks again after a cut; None: the first cut ends it."""
    several: bool = False
    """Whether the office gives and takes several at once."""
    light: bool = False
    """Whether the line is paid by volume: what is heavy waits."""
    deferred: list[NamedAttachment] = field(default_factory=list)
    """What waits for another line, both ways."""
    sent: int = 0
    """How many went whole."""
    received: int = 0
    """How many came whole."""
    awaited: int = 0
    """How many are named here and nowhere yet: « pas encore reçue »."""
    refused: list[str] = field(default_factory=list)
    """What the office or this laptop refused, in French."""
    there: set[str] = field(default_factory=set)
    """What is here and that the office holds, or took whole."""
    _done: int = 0
    _total: int = 0

    def run(self, office: Transport) -> None:
        """Give what the office lacks, take what this laptop lacks.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        held, most = self._named.held, self.limits.shas
        shas, starts = list(held), dict[str, int]()
        for at in range(0, len(shas), most):
            some = shas[at : at + most]
            starts |= self._ask(partial(office.missing, some))
        self.there = set(held) - set(starts)
        found = [(held[sha], start) for sha, start in starts.items() if sha in held]
        ordered = sorted(found, key=lambda pair: pair[0].order)
        lacking = deque(one for one in ordered if not self._defers(one[0]))
        wanted = [one for one in self._named.wanted if not self._defers(one)]
        self._total = sum(named.size - start for named, start in lacking)
        self._total += sum(named.size for named in wanted)
        while lacking:
            if self.several and len(self._find_next(lacking)) > 1:
                self._give_several(office, lacking)
            else:
                named, start = lacking.popleft()
                self._give(office, named, [start])
        self.take(office, wanted)
        awaited = {named.sha for named in self._named.wanted}
        folder = self.journal.path.parent / _INCOMING
        for path in folder.glob("*"):  # what was left of others
            if path.name not in awaited:
                path.unlink(missing_ok=True)
        with suppress(OSError):  # not there, or parts wait
            folder.rmdir()

    def _defers(self, named: NamedAttachment) -> bool:
        """Note what waits for a line that is not paid by volume; an edition never."""
        waits = self.light and bool(named.mime) and named.size > LIGHT
        if waits:
            self.deferred.append(named)
        return waits

    def mark_names(self) -> str:
        """Return a mark of what is here and named, and of what is waited for."""
        held, wanted = self._named
        names = repr((sorted(held), sorted(one.sha for one in wanted)))
        return sha256(names.encode()).hexdigest()[:32]

    def holds_closed(self) -> bool:
        """Whether photos of closed audits are here: they may leave."""
        here = AttachmentStore(self.journal.path.parent).sizes()
        return bool(here) and not here.keys().isdisjoint(
            attachments.of_closed_audits(self.journal)
        )

    def take(self, office: Transport, wanted: Iterable[NamedAttachment]) -> None:
        """Ask for attachments, in turn; those that are nowhere are counted.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what came is kept.
            CancelledError: when the user stops.
        """
        left = {named.sha: named for named in wanted}
        while some := [*islice(left, self._most_names)]:
            found = self._ask(partial(self._fetch, office, some))
            if found.keys().isdisjoint(some):
                break  # it answers something else: not for ever
            for sha in filter(found.__contains__, some):
                piece = found[sha]
                if piece is None:
                    self.awaited += 1
                    del left[sha]
                    continue
                if piece.content and piece.total <= self.limits.blob_bytes:
                    self._incoming.add(sha, piece.content)
                    self._step(len(piece.content))
                    if self._incoming.size(sha) < piece.total:
                        continue
                self._keep(left.pop(sha), self._incoming.take(sha))

    def _find_next(self, lacking: Iterable[_Lacking]) -> list[_Lacking]:
        """Return the first ones, as many as are best given at once."""
        found: list[_Lacking] = []
        room = self._pace.bytes
        for named, held in islice(lacking, self._most_names):
            # One that is as long as the whole is wrong, or was not checked.
            start = held if held < named.size else 0
            room -= named.size - start
            if found and room < 0:
                break
            found.append((named, start))
        return found

    def _give_several(self, office: Transport, lacking: deque[_Lacking]) -> None:
        """Give the first ones in one request; fewer after a cut."""
        given: list[_Lacking] = []

        def give() -> FilesTaken:
            if given:
                self._look_again(office, lacking)
            given[:] = self._find_next(lacking)
            contents = {
                named.sha: content[start:]
                for named, start in given
                if (content := attachments.content(self.journal, named.sha)) is not None
            }
            parts = tuple(
                FilePart(sha=named.sha, start=start, total=named.size)
                for named, start in given
                if named.sha in contents
            )
            return office.give_files(FilesGiven(parts=parts), [*contents.values()])

        taken = self._ask(give)
        for named, start in given:
            lacking.popleft()
            kind, detail = taken.refused.get(named.sha, ("", ""))
            if kind == "offset":
                self._give(office, named, [])
            elif kind:
                self._refuse(named, ProblemError(kind, detail))
            elif taken.held.get(named.sha, 0) >= named.size:
                self._count_sent(named)
            self._step(named.size - start)

    def _look_again(self, office: Transport, lacking: deque[_Lacking]) -> None:
        """Learn how much of each had come before a cut."""
        asked = [named for named, _ in islice(lacking, self.limits.shas)]
        held = office.missing([named.sha for named in asked])
        for _ in asked:
            lacking.popleft()
        for named in reversed(asked):
            if named.sha in held:
                lacking.appendleft((named, held[named.sha]))
            else:
                self._count_sent(named)

    def _give(
        self, office: Transport, named: NamedAttachment, known: list[int]
    ) -> None:
        """Give one, piece by piece; `known`: from which byte, if it is known."""
        content = attachments.content(self.journal, named.sha)
        if content is None:
            return

        def give() -> None:
            at = known.pop() if known else office.missing([named.sha]).get(named.sha)
            if at is not None:
                put = partial(office.put_piece, named.sha)
                give_pieces(put, content, at, limits=self.limits, step=self._step)

        try:
            self._ask(give)
        except ProblemError as problem:
            if problem.kind not in _REFUSALS:
                raise
            self._refuse(named, problem)
        else:
            self._count_sent(named)

    def _refuse(self, named: NamedAttachment, problem: ProblemError) -> None:
        self.refused.append(f"{named.title} : {problem}")

    def _count_sent(self, named: NamedAttachment) -> None:
        self.sent += 1
        self.there.add(named.sha)

    def _fetch(self, office: Transport, shas: Sequence[str]) -> dict[str, Piece | None]:
        """Ask for what follows of some attachments; None for one that is nowhere."""
        starts = {sha: self._incoming.size(sha) for sha in shas}
        if self.several:
            wants = (FileWant(sha=sha, start=start) for sha, start in starts.items())
            asked = FilesQuestion(wants=tuple(wants), bytes=self._pace.bytes)
            head, contents = office.take_files(asked)
            found: dict[str, Piece | None] = dict.fromkeys(head.absent)
            for part, size, content in zip(
                head.parts, head.sizes, contents, strict=True
            ):
                if content or not size:  # else the line was cut before it
                    found[part.sha] = Piece(content, part.total)
            return found
        sha = shas[0]
        try:
            return {sha: office.get_piece(sha, starts[sha])}
        except ProblemError as problem:
            if problem.kind == "not-found":
                return {sha: None}
            if problem.kind == "offset":  # all of it was here already
                return {sha: Piece(b"", starts[sha])}
            raise

    def _keep(self, named: NamedAttachment, content: bytes) -> None:
        if sha256(content).hexdigest() != named.sha:
            if named.sha not in attachments.held(self.journal):  # by another window
                told = f"{named.title} : reçue altérée, elle sera redemandée."
                self.refused.append(told)
            return
        try:
            attachments.keep(self.journal, named, content)
        except DiagError as error:
            self.refused.append(f"{named.title} : {error}")
        else:
            self.received += 1
            self.__dict__.pop("_named", None)

    @cached_property
    def _named(self) -> _Named:
        """What is here and named, and what is waited for: until something comes."""
        return _Named(attachments.held(self.journal), attachments.wanted(self.journal))

    def _ask(self, question: Callable[[], T]) -> T:
        return self.line.ask(question) if self.line else question()

    def _step(self, size: int) -> None:
        self._done += size
        self.event.step(BYTES, self._done, self._total)

    @cached_property
    def _pace(self) -> Pace:
        return self.line.pace if self.line else Pace()

    @property
    def _most_names(self) -> int:
        return min(FILES_AT_ONCE, max(1, self._pace.bytes // _NAME_BYTES))

    @cached_property
    def _incoming(self) -> "_Incoming":
        folder = self.journal.path.parent
        return _Incoming(None if is_encrypted(folder) else folder / _INCOMING)


@dataclass(slots=True)
class _Incoming:
    """What came of attachments that are not whole yet.

    Another window may be taking the same ones: a file may leave at any time.
    """

    folder: Path | None
    """None where nothing may touch the disk in clear: a part then starts again."""
    _parts: dict[str, bytearray] = field(default_factory=dict)

    def size(self, sha: str) -> int:
        """Return how many bytes came."""
        if self.folder is None:
            return len(self._parts.get(sha, b""))
        with suppress(FileNotFoundError):
            return (self.folder / sha).stat().st_size
        return 0

    def add(self, sha: str, piece: bytes) -> None:
        """Keep what came.

        Raises:
            DiagError: when it cannot be written.
        """
        if self.folder is None:
            self._parts.setdefault(sha, bytearray()).extend(piece)
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / sha).open("ab") as file:
                file.write(piece)
        except OSError as error:
            raise DiagError(
                f"{self.folder} : une pièce jointe n'a pas pu être écrite "
                f"({error.strerror}). Les réponses sont passées ; libérez de la place, "
                "puis recommencez."
            ) from error

    def take(self, sha: str) -> bytes:
        """Return all that came, and let go of it."""
        if self.folder is None:
            return bytes(self._parts.pop(sha, b""))
        path, content = self.folder / sha, b""
        with suppress(FileNotFoundError):  # another window took it
            content = path.read_bytes()
            path.unlink()
        return content


def give_pieces(
    put: Callable[[int, bytes, int], int],
    content: bytes,
    start: int,
    *,
    limits: HubLimits,
    step: Callable[[int], None] = lambda _size: None,
) -> None:
    """Give an attachment from a byte on, by pieces; go on where the office answers.

    `put` takes a byte's number, what follows it, the size of the whole; it returns how
    many bytes are there now. A part as long as the whole was cut before it was checked,
    or is wrong: the office looks at it again when a piece comes.

    Raises:
        ProblemError: when the office refuses it.
        OfflineError: when the line is cut; what is done is done.
    """
    whole = len(content)
    start = start if start < whole else 0
    while start < whole:
        piece = content[start : start + limits.piece_bytes]
        try:
            start = put(start, piece, whole)
        except ProblemError as problem:
            held = problem.offset
            if held is None or held == start or held >= whole:
                raise
            start = held
        step(len(piece))
