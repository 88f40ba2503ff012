"""Hubs in this process, people who work apart, and lines that are cut."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TypeVar

from diag.journal import changes
from diag.journal.attachments import THUMBNAIL, AttachmentStore
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import Origin
from diag.journal.seals import Card
from diag.model.audit import Audit, Photo, Subject, audit_id, root_place_id
from diag.model.enums import PlaceKind
from diag.sync.exchange import Exchange, ExchangeEvent, Pace, UnsureLine
from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from diag.sync.hub.tables import Location
from diag.sync.meeting import Rounds
from diag.sync.protocol import (
    NEWEST,
    Enrolling,
    FilesAnswer,
    FilesGiven,
    FilesQuestion,
    FilesTaken,
    GivenAnswer,
    Hello,
    HubLimits,
    LogPage,
    OfflineError,
    Piece,
    PulledPage,
    PullQuestion,
    Pushed,
    SyncAnswer,
    SyncQuestion,
    TreeAnswer,
    TreeQuestion,
    Unproven,
)
from tests.journal.builders import CAMPAIGN, NOON, known

T = TypeVar("T")

SPOKEN = [NEWEST]
"""By which protocol laptops sync where a test names none: the last."""

VALLEY = Location("999", "99901")
COAST = Location("998", "99801")
SCHOOLS = {
    Subject(kind=PlaceKind.ECOLE, code="9990001A"): VALLEY,
    Subject(kind=PlaceKind.ECOLE, code="9990002B"): VALLEY,
    Subject(kind=PlaceKind.ECOLE, code="9980001C"): COAST,
}
AUDITS = tuple(
    Audit(id=audit_id(CAMPAIGN, subject), campaign=CAMPAIGN, subject=subject)
    for subject in SCHOOLS
)
ROOTS = {audit.id: root_place_id(audit.id, PlaceKind.ECOLE) for audit in AUDITS}


@contextmanager
def hub_in(
    folder: Path,
    *,
    limits: HubLimits | None = None,
    clock: Callable[[], int] | None = None,
) -> Iterator[Hub]:
    """Give a hub that knows the invented schools."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(SqliteEngine(folder / "hub.db"))
    store.put_directory(SCHOOLS.items())
    ticks = count(NOON, 1000)
    try:
        yield Hub(
            store,
            folder / "blobs",
            name="Vallombre Numérique",
            limits=limits,
            clock=clock or (lambda: next(ticks)),
        )
    finally:
        store.close()


def let_in(hub: Hub, *territories: str, right: str = "write") -> str:
    """Return the token of a device that has just been let in."""
    code = hub.door.invite("Camille Perrin", territories or ("*",), right)
    return hub.door.enrol(Enrolling(code=code, device="portable")).token


class NearOffice:
    """A hub in the same process; `fault` may cut before or after each request."""

    def __init__(
        self, hub: Hub, token: str, fault: Callable[[], str] = lambda: ""
    ) -> None:
        self.hub = hub
        self.token = token
        self.fault = fault

    def _ask(self, question: Callable[[Caller], T]) -> T:
        cut = self.fault()
        if cut == "before":
            raise OfflineError("coupé à l'aller")
        answer = question(self.hub.door.caller(self.token))
        if cut == "after":
            raise OfflineError("coupé au retour")
        return answer

    def hello(self) -> Hello:
        return self.hub.hello()

    def manifest(self) -> dict[str, AuditSum]:
        sums = self._ask(self.hub.manifest)
        return {one.audit: one for one in sums}

    def unread_sums(self) -> dict[str, AuditSum]:
        sums = self._ask(self.hub.unread_sums)
        return {one.audit: one for one in sums}

    def unread_page(self, audit: str, after: int) -> LogPage:
        return self._ask(lambda caller: self.hub.unread_page(caller, audit, after))

    def people(self) -> dict[str, str]:
        return self._ask(self.hub.people)

    def cards(self) -> list[Card]:
        return [*self._ask(self.hub.cards)]

    def unproven(self, after: int) -> Unproven:
        return self._ask(lambda caller: self.hub.unproven(caller, after))

    def page(self, audit: str, after: int) -> LogPage:
        return self._ask(lambda caller: self.hub.page(caller, audit, after))

    def push(self, lines: Sequence[bytes]) -> Pushed:
        return self._ask(lambda caller: self.hub.push(caller, lines))

    def sync(self, question: SyncQuestion, lines: Sequence[bytes]) -> SyncAnswer:
        return self._ask(lambda caller: self.hub.sync(caller, question, lines))

    def tree(self, question: TreeQuestion) -> TreeAnswer:
        return self._ask(lambda caller: self.hub.tree(caller, question))

    def pull(self, question: PullQuestion) -> PulledPage:
        return self._ask(lambda caller: self.hub.pull(caller, question))

    def give(self, lines: Sequence[bytes]) -> GivenAnswer:
        return self._ask(lambda caller: self.hub.give(caller, lines))

    def missing(self, shas: Sequence[str]) -> dict[str, int]:
        return self._ask(lambda caller: self.hub.missing(caller, shas))

    def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        return self._ask(
            lambda caller: self.hub.put_piece(caller, sha, start, piece, total)
        )

    def get_piece(self, sha: str, start: int) -> Piece:
        most = self.hub.limits.piece_bytes
        return self._ask(lambda caller: self.hub.piece(caller, sha, start, most))

    def give_files(self, given: FilesGiven, contents: Sequence[bytes]) -> FilesTaken:
        def give(caller: Caller) -> FilesTaken:
            held = {
                part.sha: self.hub.put_piece(
                    caller, part.sha, part.start, content, part.total
                )
                for part, content in zip(given.parts, contents, strict=True)
            }
            return FilesTaken(held=held)

        return self._ask(give)

    def take_files(self, question: FilesQuestion) -> FilesAnswer:
        return self._ask(lambda caller: self.hub.give_files(caller, question))


def started(journal: Journal, audit: Audit, origin: Origin) -> None:
    """Open an audit, as the engineer does."""
    journal.write(changes.opened(audit.id, CAMPAIGN, audit.subject), origin)


def say(journal: Journal, audit: Audit, value: int, origin: Origin) -> None:
    """Answer a question."""
    draft = changes.answered(audit.id, ROOTS[audit.id], "nb_classes", known(value))
    journal.write(draft, origin)


def photographed(
    journal: Journal, data: bytes, number: int, origin: Origin, thumbnail: bytes = b""
) -> str:
    """Add a photo of the first school, thumbnail included; return its SHA-256."""
    blobs = AttachmentStore(journal.path.parent)
    sha = blobs.put(data, "image/jpeg")
    photo = Photo(
        id=f"00000000-0000-4000-8000-{number:012d}",
        sha=sha,
        place=ROOTS[AUDITS[0].id],
        original=sha,
        mime="image/jpeg",
        size=len(data),
        files=(blobs.put(thumbnail, THUMBNAIL),) if thumbnail else (),
    )
    journal.write(changes.photographed(AUDITS[0].id, photo), origin)
    return sha


def exchanged(
    journal: Journal,
    office: NearOffice,
    *,
    newest: int = 0,
    pace: Pace | None = None,
    event: ExchangeEvent | None = None,
    day: int = 0,
) -> Exchange:
    """Sync to the end or to the first cut, by a protocol; return what happened."""
    done = Exchange(journal, office, event or ExchangeEvent(pauses=()))
    hello = office.hello()
    if (newest or SPOKEN[-1]) > 1 and hello.newest > 1:
        line = UnsureLine(done.event, pace or Pace(), is_up=True)
        Rounds(done, office, line, day=day).run(hello)
    else:
        done.run(hello)
    return done


@contextmanager
def journal_in(folder: Path) -> Iterator[Journal]:
    """Give a laptop's journal."""
    folder.mkdir(parents=True, exist_ok=True)
    with Journal.open(folder) as journal:
        yield journal
