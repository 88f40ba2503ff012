"""Several laptops and two hubs, drawn by Hypothesis: writes, cuts, clones, restores.

In one process and in memory; the journal, the exchange, the intake and the store are
the real ones. `Meetings` is run by `test_properties` and, changed, by `test_mutants`.
"""

import sqlite3
from collections.abc import Callable, Iterable
from itertools import count, product
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from diag.journal import changes
from diag.journal.exchange import unread_lines
from diag.journal.journal import Journal
from diag.journal.revision import Origin, read
from diag.model.audit import Audit
from diag.sync.exchange import Exchange, ExchangeEvent, Pace
from diag.sync.hub.door import Caller
from diag.sync.hub.files import ErasureLog
from diag.sync.hub.hub import Hub
from diag.sync.hub.tables import Token
from diag.sync.protocol import HubLimits, OfflineError
from tests.journal.builders import CAMPAIGN, known
from tests.journal.newer import newer
from tests.journal.worlds import content, heads_by_definition, heads_in, memory
from tests.sync.disks import Disk, MemoryDisk, bodies, ids
from tests.sync.offices import AUDITS, ROOTS, NearOffice, exchanged

T = TypeVar("T")

LAPTOPS = st.integers(0, 3)
HUBS = st.integers(0, 1)
CLOCKS = st.sampled_from([0, 1_790_000_000_000, 4_102_444_800_000])
CUTS = st.none() | st.tuples(st.integers(0, 6), st.sampled_from(["before", "after"]))
SMALL = HubLimits(push_lines=3, batch_lines=2)
"""Little at a time, so that little is enough to be cut in the middle."""


class Way(NamedTuple):
    """How a laptop syncs: by which protocol, again after a cut or not, on which day."""

    newest: int
    is_patient: bool = False
    day: int = 0


OLD, NEW = Way(1), Way(2)
WAYS = st.builds(Way, st.sampled_from([2, 2, 1]), st.booleans(), st.integers(0, 2))
"""A laptop of the first version beside one of the second, on the same hubs."""

ALL = frozenset({"*"})
ANYONE = Caller(1, ALL, ALL, "write", Token(b"", 1, 0, b""))


def copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def journal_on(connection: sqlite3.Connection) -> Journal:
    return Journal(connection, Path("diag.db"), readonly=False, notice="")


def new_journal() -> Journal:
    with memory() as made:
        return journal_on(copied(made))


IDS = "select id from rev union select id from opaque"


def ids_of(journal: Journal) -> set[bytes]:
    return {key for (key,) in journal.select(IDS)}


WAITING = "select awaits from quarantine where awaits is not null"
"""A skeleton that came before its erasure is none of the log until that comes too."""

WAITING_IN_VAIN = "select 1 from quarantine where awaits in (select id from erased)"
"""A skeleton waits for ever only if the sole disk of its erasure was lost."""


def log_of(journal: Journal) -> dict[str, list[tuple[object, ...]]]:
    return {**content(journal.connection), "quarantine": []}


class NoLog(ErasureLog):
    """The machine loses disks whole: what is kept beside them has tests of its own."""

    def content(self) -> bytes:
        return b""

    def add(self, lines: Iterable[bytes]) -> None:
        pass


class FreeOffice(NearOffice):
    """An office where everyone may come in: the machine is about lines, not doors."""

    def _ask(self, question: Callable[[Caller], T]) -> T:
        cut = self.fault()
        if cut == "before":
            raise OfflineError("coupé à l'aller")
        answer = question(ANYONE)
        if cut == "after":
            raise OfflineError("coupé au retour")
        return answer


class Meetings(RuleBasedStateMachine):
    """What may happen to laptops and hubs, and what must hold all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces = count(1)
        self.laptops: list[Journal] = []
        self.disks: list[Disk] = []
        self.laptop_copies: dict[int, sqlite3.Connection] = {}
        self.hub_copies: dict[int, object] = {}
        self.acknowledged: set[bytes] = set()
        """Revisions said to be saved, whose only disk was not lost."""

    @initialize()
    def begin(self) -> None:
        self.laptops = [new_journal(), new_journal()]
        self.disks = self.new_disks()

    def new_disks(self) -> list[Disk]:
        """Return the disks of two hubs that know nothing yet."""
        return [MemoryDisk("a"), MemoryDisk("b")]

    # What people do.

    def laptop(self, number: int) -> Journal:
        return self.laptops[number % len(self.laptops)]

    def origin(self, number: int, clock: int) -> Origin:
        label = f"u{number % len(self.laptops)}"
        return Origin(
            label, label, lambda: clock, lambda: next(self.nonces).to_bytes(8)
        )

    @rule(
        number=LAPTOPS,
        audit=st.sampled_from(AUDITS[:2]),
        question=st.sampled_from(["q", "r"]),
        value=st.integers(0, 3),
        clock=CLOCKS,
    )
    def answer(
        self, number: int, audit: Audit, question: str, value: int, clock: int
    ) -> None:
        journal, origin = self.laptop(number), self.origin(number, clock)
        if not journal.current(audit.id, "audit/subject"):
            opening = changes.opened(audit.id, CAMPAIGN, audit.subject)
            self.acknowledged.add(journal.write(opening, origin).key)
        draft = changes.answered(audit.id, ROOTS[audit.id], question, known(value))
        said = journal.write(draft, origin)
        self.acknowledged.add(said.key)
        assert [head.key for head in journal.current(audit.id, said.subject)] == [
            said.key
        ], "P14: a write supersedes exactly what its author saw"

    @rule(number=LAPTOPS, choice=st.integers(0, 1_000), clock=CLOCKS)
    def erase(self, number: int, choice: int, clock: int) -> None:
        journal = self.laptop(number)
        rows = journal.select(
            "select a.id, r.id from rev r join audit a on a.n = r.audit "
            "where r.subject like 'place/%' "
            "union select audit, id from opaque order by 2"
        )
        if rows:
            audit, key = rows[choice % len(rows)]
            draft = changes.erased(audit, key.hex(), "demande")
            said = journal.write(draft, self.origin(number, clock))
            self.acknowledged.add(said.key)

    @rule(number=LAPTOPS, choice=st.integers(0, 1_000), value=st.integers(0, 3))
    def upgrade(self, number: int, choice: int, value: int) -> None:
        """Have a newer build write what none of these reads."""
        journal = self.laptop(number)
        rows = journal.select("select body from rev where erased = 0 order by id")
        if rows:
            body = rows[choice % len(rows)][0]
            taken = journal.ingest([newer(read(body), value=value)])
            self.acknowledged |= {one.key for one in taken.unread if not one.erased}

    # What lines do.

    @rule(number=LAPTOPS, hub=HUBS, cut=CUTS, way=WAYS)
    def sync(
        self, number: int, hub: int, cut: tuple[int, str] | None, way: Way
    ) -> None:
        journal, disk = self.laptop(number), self.disks[hub]
        before = ids_of(journal) | ids(disk)
        waiting = {key for (key,) in journal.select(WAITING)}
        done = self.exchange(journal, hub, cut, way)
        after = ids_of(journal) | ids(disk)
        assert before <= after, "P5: a sync loses nothing"
        assert after <= before | waiting, "P13: a sync writes no revision"
        if done is not None:
            assert done.unequal == []
            assert not done.refused
            assert ids_of(journal) == ids(disk)

    @rule(number=LAPTOPS, hub=HUBS)
    def sync_by_both(self, number: int, hub: int) -> None:
        """Have twins of both sides meet by the first protocol: the same comes of it."""
        journal, disk = self.laptop(number), self.disks[hub]
        if not isinstance(disk, MemoryDisk):
            return
        twin = journal_on(copied(journal.connection))
        self.disks.append(disk.twin())
        try:
            old = self.exchange(twin, -1, way=OLD)
            new = self.exchange(journal, hub, way=NEW)
            assert old is not None
            assert new is not None
            assert (old.pulled, old.pushed) == (new.pulled, new.pushed)
            assert (old.unread, old.unequal) == (new.unread, new.unequal)
            assert log_of(twin) == log_of(journal)
            assert unread_lines(twin) == unread_lines(journal)
            assert ids(self.disks[-1]) == ids(disk)
        finally:
            self.disks.pop().close()
            twin.close()

    def exchange(
        self,
        journal: Journal,
        hub: int,
        cut: tuple[int, str] | None = None,
        way: Way = NEW,
    ) -> Exchange | None:
        """Sync; None when the line was cut."""
        asked = count()
        at, side = cut or (-1, "")

        def fault() -> str:
            return side if next(asked) == at else ""

        served = Hub(
            self.disks[hub].store,
            Path("blobs"),
            name="",
            limits=SMALL,
            clock=lambda: 0,
            erasures=NoLog(Path("none")),
        )
        office = FreeOffice(served, "", fault)
        pauses = (1, 1) if way.is_patient else ()
        event = ExchangeEvent(pauses=pauses, wait=lambda _seconds: None)
        pace = Pace(2, 2**20, most_lines=3)
        try:
            return exchanged(
                journal, office, newest=way.newest, pace=pace, event=event, day=way.day
            )
        except OfflineError:
            return None

    @rule(giver=LAPTOPS, taker=LAPTOPS, seed=st.integers(0, 1_000))
    def stick(self, giver: int, taker: int, seed: int) -> None:
        """Carry some lines, in any order: less than any bundle promises."""
        chance = Random(seed)
        for audit, *_ in self.laptop(giver).manifest():
            lines = list(self.laptop(giver).lines(audit))
            some = [
                line
                for line in lines
                if b'"audit/subject"' in line or chance.random() < 0.5
            ]
            chance.shuffle(some)
            self.laptop(taker).ingest(some)

    # What disks do.

    @precondition(lambda self: 0 < len(self.laptops) < 4)
    @rule(number=LAPTOPS)
    def clone(self, number: int) -> None:
        self.laptops.append(journal_on(copied(self.laptop(number).connection)))

    @rule(number=LAPTOPS)
    def copy_laptop(self, number: int) -> None:
        at = number % len(self.laptops)
        self.laptop_copies[at] = copied(self.laptops[at].connection)

    @rule(hub=HUBS)
    def copy_hub(self, hub: int) -> None:
        self.hub_copies[hub] = self.disks[hub].copy()

    @rule(number=LAPTOPS)
    def restore_laptop(self, number: int) -> None:
        at = number % len(self.laptops)
        if kept := self.laptop_copies.get(at):
            lost = ids_of(self.laptops[at])
            self.laptops[at].close()
            self.laptops[at] = journal_on(copied(kept))
            self.forget(lost)

    @rule(hub=HUBS)
    def restore_hub(self, hub: int) -> None:
        if kept := self.hub_copies.get(hub):
            lost = ids(self.disks[hub])
            self.disks[hub].put_back(kept)
            self.forget(lost)

    def forget(self, lost: set[bytes]) -> None:
        """Forget what was on the lost disk alone."""
        for journal in self.laptops:
            lost -= ids_of(journal)
        for disk in self.disks:
            lost -= ids(disk)
        self.acknowledged -= lost

    # What must hold once faults stop.

    def teardown(self) -> None:
        try:
            if self.laptops:
                self.settle()
                self.check_same()
                self.check_silence()
                self.check_a_restored_hub_is_seen()
                self.check_a_cut_pull_goes_on()
        finally:
            for journal in self.laptops:
                journal.close()
            for disk in self.disks:
                disk.close()
            for copy in self.laptop_copies.values():
                copy.close()

    def settle(self) -> None:
        for way in (OLD, NEW):
            for journal, hub in product(self.laptops, range(2)):
                assert self.exchange(journal, hub, way=way) is not None

    def check_same(self) -> None:
        first = self.laptops[0]
        there = log_of(first)
        for journal in self.laptops:
            assert log_of(journal) == there, "P1, P7, P8"
            assert unread_lines(journal) == unread_lines(first), "P11"
            assert not journal.select(WAITING_IN_VAIN), "an erasure frees its skeleton"
        lines = [body.encode() for (body,) in first.select("select body from rev")]
        for disk in self.disks:
            assert bodies(disk) == set(lines), "P12"
            assert disk.store.manifest({"*"}) == first.manifest()
        assert self.acknowledged <= ids_of(first), "P5: nothing is lost"
        assert heads_in(first.connection) == heads_by_definition(lines), "P3"
        erased = "select 1 from rev r join erased e using(audit, id) where r.erased = 0"
        assert not first.select(erased), "P10: what is erased is gone"
        assert first.ingest(lines).new == 0, "P2"
        first.rebuild()
        assert log_of(first) == there, "P4"

    def check_silence(self) -> None:
        for at, (journal, hub) in enumerate(product(self.laptops, range(2))):
            way = (OLD, NEW)[(at + at // 2) % 2]
            done = self.exchange(journal, hub, way=way)
            assert done is not None
            assert (done.differed, done.pulled, done.pushed) == (0, 0, 0), "P13"

    def check_a_restored_hub_is_seen(self) -> None:
        """What it said before its disk was put back is believed no more: S6."""
        journal, disk = self.laptop(0), self.disks[0]
        for way in (OLD, NEW):
            before = disk.copy()
            self.answer(0, AUDITS[0], "q", 0, 0)
            assert self.exchange(journal, 0, way=way) is not None
            disk.put_back(before)
            done = self.exchange(journal, 0, way=way)
            assert done is not None
            assert done.unequal == []
            assert ids_of(journal) == ids(disk), "told equal, it is"

    def check_a_cut_pull_goes_on(self) -> None:
        """Nothing is read again from its beginning: cursors lose no line."""
        for way, cut in ((OLD, 3), (NEW, 2)):
            for value in range(7):
                self.answer(0, AUDITS[0], "q", value, 0)
            assert self.exchange(self.laptop(0), 0) is not None
            assert self.exchange(self.laptop(1), 0, (cut, "before"), way) is None
            done = self.exchange(self.laptop(1), 0, way=way)
            assert done is not None
            assert done.reread == 0
            assert 0 < done.pulled < 7
