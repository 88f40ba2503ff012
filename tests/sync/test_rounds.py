"""The second protocol from a laptop: how few requests, cuts, hubs that change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.journal.exchange import own_holdings
from diag.journal.journal import Journal, put_setting
from diag.journal.revision import NewRevision
from diag.model.audit import Subject, audit_id
from diag.model.enums import AuditStatus, PlaceKind
from diag.sync.exchange import (
    PAUSE,
    CancelledError,
    ExchangeEvent,
    Pace,
    SyncResult,
    UnsureLine,
)
from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.hub.tables import Heard
from diag.sync.meeting import synchronise
from diag.sync.protocol import (
    FILES,
    FilesAnswer,
    FilesQuestion,
    Hello,
    HubLimits,
    OfflineError,
    ProblemError,
    PulledPage,
    PullQuestion,
    SyncAnswer,
    SyncQuestion,
)
from tests.journal.builders import CAMPAIGN, NOON, person
from tests.journal.worlds import content
from tests.sync.offices import (
    AUDITS,
    ROOTS,
    NearOffice,
    hub_in,
    journal_in,
    let_in,
    photographed,
    say,
    started,
)

VALLEY, VALLEY_TOO, _ = AUDITS
ANNE, BRUNO = person("anne"), person("bruno")
DAY = 24 * 3600 * 1000


@dataclass
class Colleague:
    """A laptop, and how it reaches a hub: requests are counted, some are cut."""

    journal: Journal
    hub: Hub
    token: str
    asked: int = 0
    cuts: set[int] = field(default_factory=set)
    """Numbers of the requests that are cut."""
    waits: list[float] = field(default_factory=list)
    speaks: int = 2

    def sync(self, event: ExchangeEvent | None = None, *, at: int = NOON) -> SyncResult:
        self.asked = 0
        office = CountedOffice(self)
        result = SyncResult(self.hub.store.hub, "Hub", at)
        event = event or ExchangeEvent(wait=self.waits.append)
        return synchronise(self.journal, office, result, event)


class CountedOffice(NearOffice):
    def __init__(self, who: Colleague) -> None:
        super().__init__(who.hub, who.token, self.count)
        self.who = who

    def count(self) -> str:
        self.who.asked += 1
        return "before" if self.who.asked in self.who.cuts else ""

    def hello(self) -> Hello:
        if self.count():
            raise OfflineError("coupé")
        return super().hello().model_copy(update={"newest": self.who.speaks})

    def sync(self, question: SyncQuestion, lines: object) -> SyncAnswer:
        if self.who.speaks < 2:
            raise ProblemError("not-found")
        return super().sync(question, lines)  # type: ignore[arg-type]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_in(tmp_path / "hub", clock=lambda: NOON) as made:
        yield made


@pytest.fixture
def joined(hub: Hub, tmp_path: Path) -> Iterator[Callable[[str], Colleague]]:
    opened = []

    def join(name: str, *territories: str) -> Colleague:
        journal = journal_in(tmp_path / name)
        opened.append(journal)
        return Colleague(journal.__enter__(), hub, let_in(hub, *territories))

    yield join
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture
def anne(joined: Callable[[str], Colleague]) -> Colleague:
    who = joined("anne")
    started(who.journal, VALLEY, ANNE)
    say(who.journal, VALLEY, 3, ANNE)
    return who


@pytest.fixture
def bruno(joined: Callable[[str], Colleague]) -> Colleague:
    return joined("bruno")


def test_each_sync_is_as_few_requests_as_announced(
    anne: Colleague, bruno: Colleague
) -> None:
    assert (anne.sync().pushed, anne.asked) == (2, 3), "hello, question, lines"
    assert (bruno.sync().pulled, bruno.asked) == (2, 3), "hello, question, page"
    for who in (anne, bruno):
        result = who.sync()
        assert (result.pulled, result.pushed, who.asked) == (0, 0, 1)
        assert result.is_whole
    say(anne.journal, VALLEY, 4, ANNE)
    first = anne.sync()
    assert (first.pushed, first.clock_gap, anne.asked) == (1, 0, 1)
    assert (bruno.sync().pulled, bruno.asked) == (1, 2)
    assert content(anne.journal.connection) == content(bruno.journal.connection)


def test_a_laptop_says_its_version_and_how_much_waits_there(anne: Colleague) -> None:
    def said() -> Heard:
        (only,) = anne.hub.store.heard().values()
        return only

    assert anne.sync().problem == ""
    assert (said().app, said().pending) == (version("diag"), 0)
    changed = [
        changes.noted(VALLEY.id, ROOTS[VALLEY.id], f"q{n}", "x" * 9_000)
        for n in range(40)
    ]
    anne.journal.write_many(changed, ANNE)
    anne.asked, anne.cuts = 0, {2, 3, 4, 5}
    assert anne.sync(ExchangeEvent(pauses=())).code == 10
    assert 0 < said().pending < 40
    anne.cuts = set()
    assert anne.sync().is_whole
    assert said().pending == 0


def test_three_hundred_audits_come_in_few_requests(
    anne: Colleague, bruno: Colleague
) -> None:
    for number in range(300):
        subject = Subject(kind=PlaceKind.ECOLE, code=f"{9000000 + number}A")
        audit = audit_id(CAMPAIGN, subject)
        anne.journal.write(changes.opened(audit, CAMPAIGN, subject), ANNE)
        anne.journal.write_many(
            [changes.noted(audit, audit, f"q{n}", "note") for n in range(7)], ANNE
        )

    assert (anne.sync().is_whole, anne.asked <= 10) == (True, True)
    assert (bruno.sync().pulled, bruno.asked <= 10) == (2_402, True)
    assert own_holdings(anne.journal) == own_holdings(bruno.journal)
    assert (bruno.sync().is_whole, bruno.asked) == (True, 1)


def test_a_hub_that_gives_the_same_page_for_ever_is_asked_no_more(
    anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne.sync()
    given = Hub.pull

    def pull(self: Hub, caller: Caller, question: PullQuestion) -> PulledPage:
        assert bruno.asked < 20
        page = given(self, caller, question)
        stuck = [(audit, 0, 0, row) for audit, _, _, row in page.reached]
        return replace(page, reached=stuck, done=0)

    monkeypatch.setattr(Hub, "pull", pull)

    bruno.sync()

    assert bruno.journal.history(VALLEY.id, "audit/subject"), "what came is kept"


def test_a_lost_memory_costs_a_request_and_nothing_else(
    anne: Colleague, bruno: Colleague
) -> None:
    for who in (anne, bruno, anne):
        who.sync()
    anne.journal.connection.execute("delete from hub_row")
    assert (anne.sync().is_whole, anne.asked) == (True, 2), "the tree too"
    put_setting(bruno.journal, "sync.rounds", {})
    assert (bruno.sync().is_whole, bruno.asked) == (True, 2), "hello too"
    for who in (anne, bruno):
        who.journal.connection.execute("update own_sum set digest = zeroblob(16)")
    for day in range(8):
        assert anne.sync(at=NOON + day * DAY).unequal == []
    assert own_holdings(anne.journal)[VALLEY.id].digest != bytes(16)


def test_a_hub_that_goes_back_to_the_first_protocol_is_met_by_it(
    anne: Colleague, bruno: Colleague
) -> None:
    anne.sync()
    say(anne.journal, VALLEY, 5, ANNE)
    anne.speaks = bruno.speaks = 1

    assert (anne.sync().pushed, bruno.sync().pulled) == (1, 3)
    say(bruno.journal, VALLEY, 6, BRUNO)
    anne.speaks = bruno.speaks = 2
    assert (bruno.sync().pushed, anne.sync().pulled) == (1, 1)
    assert anne.sync().is_whole
    assert anne.asked == 1


def test_limits_that_were_lowered_since_are_asked_anew(anne: Colleague) -> None:
    anne.sync()
    anne.hub.limits = HubLimits(push_lines=2)
    for value in range(5):
        say(anne.journal, VALLEY, value, ANNE)

    result = anne.sync()

    assert (result.problem, result.pushed) == ("", 5)


def test_a_cut_request_is_put_again_after_a_longer_pause_each_time(
    anne: Colleague, bruno: Colleague
) -> None:
    anne.sync()
    bruno.cuts = {3, 4, 5}
    seen: list[tuple[str, int, int]] = []

    def watch(phase: str, done: int, total: int) -> None:
        seen.append((phase, done, total))

    result = bruno.sync(ExchangeEvent(watch, wait=bruno.waits.append))

    assert (result.problem, result.pulled) == ("", 2)
    assert 10.5 <= sum(bruno.waits) <= 31.5
    pauses = [total for phase, _, total in seen if phase == PAUSE]
    assert len(pauses) == 3
    assert pauses == sorted(pauses)
    bruno.cuts, before = {2, 3, 4, 5}, len(bruno.waits)
    say(anne.journal, VALLEY, 4, ANNE)
    anne.sync()
    assert (bruno.sync().code, len(bruno.waits) > before) == (10, True)


def test_where_there_is_no_network_nobody_waits(anne: Colleague) -> None:
    anne.cuts = {1}
    assert (anne.sync().code, anne.waits) == (10, [])
    anne.cuts = set()
    anne.sync()
    anne.cuts = {1}
    assert (anne.sync().code, anne.waits) == (10, [])


def test_who_stops_during_a_pause_stops_at_once() -> None:
    waits: list[float] = []
    event = ExchangeEvent(cancelled=lambda: len(waits) > 2, wait=waits.append)

    def cut() -> None:
        raise OfflineError("coupé")

    with pytest.raises(CancelledError):
        UnsureLine(event, is_up=True).ask(cut)
    assert len(waits) == 3


def test_what_moves_at_once_grows_while_it_goes_well_and_shrinks_after_a_cut() -> None:
    pace = Pace()
    for _ in range(9):
        pace.follow(1)
    assert (pace.lines, pace.bytes) == (10_000, 4 * 2**20)
    pace.follow(9)
    pace.slow_down()
    assert (pace.lines, pace.bytes) == (2_500, 2**20)
    for _ in range(9):
        pace.slow_down()
    assert (pace.lines, pace.bytes) == (1, 16 * 1024)


def test_lines_are_given_again_fewer_after_a_cut(anne: Colleague) -> None:
    sizes: list[int] = []
    push = anne.hub.push

    def slow(caller: object, lines: list[bytes]) -> object:
        sizes.append(len(lines))
        if len(lines) > 3:
            raise OfflineError("trop long pour cette liaison")
        return push(caller, lines)  # type: ignore[arg-type]

    anne.hub.push = slow  # type: ignore[method-assign, assignment]
    for value in range(9):
        say(anne.journal, VALLEY, value, ANNE)

    result = anne.sync(ExchangeEvent(pauses=(1,) * 9, wait=lambda _seconds: None))

    assert (result.problem, result.pushed) == ("", 11)
    assert min(sizes) <= 3 < max(sizes)


def test_who_types_waits_for_no_long_commit(anne: Colleague, bruno: Colleague) -> None:
    for value in range(9):
        say(anne.journal, VALLEY, value, ANNE)
    anne.sync()
    journal = bruno.journal
    journal.connection.execute("create table seen(n integer)")
    journal.connection.execute(
        "create trigger seen after insert on tally begin "
        "insert into seen values (new.revisions); end"
    )
    whole = bruno.sync(ExchangeEvent(commit_lines=2))

    assert (whole.problem, whole.pulled) == ("", 11)
    commits = [n for (n,) in journal.select("select n from seen order by rowid")]
    assert commits == [2, 4, 6, 8, 10, 11]
    assert content(journal.connection) == content(anne.journal.connection)


def test_attachments_cost_no_request_once_all_passed(
    anne: Colleague, bruno: Colleague
) -> None:
    sha = photographed(anne.journal, bytes(range(256)) * 4, 1, ANNE)
    anne.cuts = {5, 6, 7, 8}
    assert anne.sync(ExchangeEvent(pauses=())).code == 10
    assert bruno.sync().awaited == 1
    assert (bruno.sync().awaited, bruno.asked) == (1, 1), "nothing came to the hub"
    anne.cuts = set()
    assert anne.sync().sent == 1
    assert (anne.sync().there, anne.asked) == ([sha], 2)
    assert (anne.sync().there, anne.asked) == ([], 1)

    assert bruno.sync().received == 1

    assert AttachmentStore(bruno.journal.path.parent).get(sha)
    bruno.sync()
    assert bruno.asked == 1
    anne.hub.sweep()
    assert (bruno.sync().problem, bruno.asked) == ("", 2), "the hub was started anew"


def test_small_photos_share_a_request_each_way(
    anne: Colleague, bruno: Colleague
) -> None:
    shas = [photographed(anne.journal, bytes([n]) * 900, n, ANNE) for n in range(60)]

    assert (anne.sync().sent, anne.asked) == (60, 5), "with the lines: 1 for 60 photos"
    assert (bruno.sync().received, bruno.asked) == (60, 4)

    held = AttachmentStore(bruno.journal.path.parent)
    assert all(held.get(sha) == bytes([n]) * 900 for n, sha in enumerate(shas))


def test_two_windows_that_take_a_photo_at_once_have_it_and_refuse_nothing(
    anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each keeps the parts in one file, which the first to end takes away."""
    sha = photographed(anne.journal, bytes(range(256)) * 4_096, 1, ANNE)
    assert anne.sync().sent == 1
    whole, asked = NearOffice.take_files, list[int]()

    def take(office: NearOffice, question: FilesQuestion) -> FilesAnswer:
        answer = whole(office, question.model_copy(update={"bytes": 300_000}))
        asked.append(question.wants[0].start)
        if len(asked) == 2:
            with Journal.open(bruno.journal.path.parent) as window:
                assert replace(bruno, journal=window).sync().refused == []
        return answer

    monkeypatch.setattr(NearOffice, "take_files", take)
    done = bruno.sync()

    assert max(asked) > 0, "it came by parts"
    assert (done.refused, done.problem) == ([], "")
    assert AttachmentStore(bruno.journal.path.parent).get(sha)
    assert not (bruno.journal.path.parent / "incoming").exists()


def test_a_hub_that_takes_photos_one_by_one_is_met_so(
    anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Hub.hello

    def hello(hub: Hub) -> Hello:
        told = whole(hub)
        kept = tuple(one for one in told.features if one != FILES)
        return told.model_copy(update={"features": kept})

    monkeypatch.setattr(Hub, "hello", hello)
    monkeypatch.delattr(Hub, "give_files")
    for number in range(3):
        photographed(anne.journal, bytes([number]) * 900, number, ANNE)

    assert anne.sync().sent == 3
    assert bruno.sync().received == 3


def test_photos_that_may_leave_are_asked_about_each_time(anne: Colleague) -> None:
    sha = photographed(anne.journal, bytes(range(256)), 1, ANNE)
    status = NewRevision(
        VALLEY.id,
        "audit/status",
        {"status": str(AuditStatus.CLOS), "digest": "ab" * 32},
    )
    anne.journal.write(status, ANNE)

    for _ in range(3):
        assert anne.sync().there == [sha]
