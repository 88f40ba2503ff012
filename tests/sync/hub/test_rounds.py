"""The second protocol at the hub: on each store, then by its routes."""

import gzip
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from diag.journal import changes
from diag.journal.exchange import (
    Holding,
    count_bits,
    find_part,
    find_root,
    own_holdings,
    sum_parts,
    unpack,
)
from diag.journal.journal import Journal
from diag.journal.revision import parse
from diag.model.audit import Photo
from diag.sync.hub.app import build_app
from diag.sync.hub.hub import Hub
from diag.sync.hub.intake import Push
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from diag.sync.protocol import (
    ProblemError,
    PulledPage,
    PullQuestion,
    Room,
    SyncAnswer,
    SyncQuestion,
    TreeQuestion,
    Want,
    read_page,
    read_rows,
    write_page,
)
from tests.journal.builders import NOON, person
from tests.journal.newer import newer
from tests.sync.disks import MemoryDisk
from tests.sync.hub.asking import Counter
from tests.sync.hub.test_store import OLDER, STORES
from tests.sync.offices import (
    AUDITS,
    ROOTS,
    SCHOOLS,
    hub_in,
    journal_in,
    let_in,
    say,
    started,
)

VALLEY, VALLEY_TOO, COAST = AUDITS
ANNE = person("anne")


@pytest.fixture(params=["sqlite", "postgresql", OLDER])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path, request)
    made.put_directory(SCHOOLS.items())
    yield made
    made.close()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Journal]:
    """Give a journal of three audits; one has a line that nobody reads."""
    with journal_in(tmp_path / "laptop") as journal:
        for audit in AUDITS:
            started(journal, audit, ANNE)
            for value in range(4):
                say(journal, audit, value, ANNE)
        note = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "un portail")
        journal.ingest([newer(journal.write(note, ANNE))])
        yield journal


def lines_of(journal: Journal) -> list[bytes]:
    unread = journal.select("select body from opaque")
    return [
        *(line for audit in AUDITS for line in journal.lines(audit.id)),
        *(body.encode() for (body,) in unread),
    ]


def push(store: Store, lines: list[bytes], step: int = 100) -> None:
    for at in range(0, len(lines), step):
        Push(7, frozenset("*"), NOON).take(store, lines[at : at + step])


@pytest.mark.parametrize("step", [1, 5, 100])
def test_a_hub_sums_all_that_it_holds_as_a_laptop_does(
    store: Store, laptop: Journal, step: int
) -> None:
    push(store, lines_of(laptop), step)

    held = store.holdings({"*"})

    rows = {audit: row for audit, (row, _) in held.items()}
    assert rows == own_holdings(laptop)
    assert rows[VALLEY.id][:2] == (6, 1)
    assert {tick for _, tick in held.values()} <= set(range(1, 20))
    assert set(store.holdings({"999"})) == {VALLEY.id, VALLEY_TOO.id}
    before = held[COAST.id]
    push(store, lines_of(laptop))
    assert store.holdings({"*"})[COAST.id] == before, "nothing new, nothing changed"
    say(laptop, COAST, 9, ANNE)
    push(store, lines_of(laptop))
    assert store.holdings({"*"})[COAST.id][1] > max(tick for _, tick in held.values())


@pytest.mark.parametrize("room", [(1, 2**20), (3, 2**20), (100, 700), (100, 2**20)])
def test_pages_of_any_size_bring_everything_once(
    store: Store, laptop: Journal, room: tuple[int, int]
) -> None:
    push(store, lines_of(laptop))
    elsewhere = Want(audit="00000000-0000-4000-8000-000000000000")
    wants = [elsewhere, *(Want(audit=audit.id) for audit in AUDITS)]
    got: list[bytes] = []
    pages = 0

    while wants:
        page = store.pull({"*"}, wants, Room(lines=room[0], bytes=room[1]))
        assert page.done or page.lines, "every page is a step"
        assert len(page.lines) <= room[0]
        got += page.lines
        wants = wants[page.done :]
        for audit, after, unread, row in page.reached:
            assert row == store.holdings({"*"})[audit][0]
            if wants and wants[0].audit == audit:
                wants[0] = Want(audit=audit, after=after, unread=unread)
        pages += 1

    assert sorted(got) == sorted(lines_of(laptop))
    assert pages >= len(got) // room[0]
    nothing = store.pull({"998"}, [Want(audit=VALLEY.id)], Room())
    assert (nothing.lines, nothing.reached, nothing.done) == ([], [], 1)


def test_small_audits_are_read_by_one_question(laptop: Journal) -> None:
    disk, asked = MemoryDisk("a"), list[str]()
    push(disk.store, lines_of(laptop))
    with closing(disk), disk.asked(asked):
        page = disk.store.pull({"*"}, [Want(audit=one.id) for one in AUDITS], Room())

    assert sorted(page.lines) == sorted(lines_of(laptop))
    assert sum("from rev" in sql for sql in asked) == 1


def test_a_sum_that_a_disk_changed_is_counted_again_within_a_week(
    store: Store, laptop: Journal
) -> None:
    push(store, lines_of(laptop))
    whole = store.holdings({"*"})[VALLEY.id][0]
    with store.engine.writing() as transaction:
        sql = "update audit set whole = :whole where id = :id"
        transaction.run(sql, id=VALLEY.id, whole=bytes(16))

    assert sum(store.recount(day, 7) for day in range(7)) == 1

    assert store.holdings({"*"})[VALLEY.id][0] == whole


def test_a_file_that_kept_no_such_sum_is_brought_to_this_version(
    tmp_path: Path, laptop: Journal
) -> None:
    path = tmp_path / "hub.db"
    store = Store(SqliteEngine(path))
    push(store, lines_of(laptop))
    before = {audit: row for audit, (row, _) in store.holdings({"*"}).items()}
    store.close()
    with closing(sqlite3.connect(path)) as older:
        older.execute("drop index audit_by_tick")
        for column in ("unread", "whole", "tick"):
            older.execute(f"alter table audit drop column {column}")
        older.execute("drop table heard")
        older.execute("pragma user_version = 5")

    store = Store(SqliteEngine(path))

    after = store.holdings({"*"})
    assert {audit: row for audit, (row, _) in after.items()} == before
    assert all(tick for _, tick in after.values())
    store.close()


@pytest.fixture
def hub(tmp_path: Path, laptop: Journal) -> Iterator[Hub]:
    with hub_in(tmp_path / "hub") as made:
        push(made.store, lines_of(laptop))
        yield made


def test_one_question_tells_that_nothing_is_new(hub: Hub) -> None:
    caller = hub.door.caller(let_in(hub))
    first = hub.sync(caller, SyncQuestion(), [])
    rows = read_rows(first.rows)
    assert first.root == find_root(rows)
    assert set(rows) == {audit.id for audit in AUDITS}

    known = SyncQuestion(
        tick=first.tick,
        root=first.root,
        cards=first.cards,
        people=first.people,
        unproven=first.unproven.after,
    )
    again = hub.sync(caller, known, [])

    assert (again.root, again.rows) == (first.root, "")
    assert (again.cards_changed, again.people_changed) == (None, None)
    assert again.unproven.lines == ()
    assert (again.hello.oldest, again.hello.newest) == (1, 2)


def test_a_reader_is_answered_and_its_lines_are_not_taken(
    hub: Hub, laptop: Journal
) -> None:
    caller = hub.door.caller(let_in(hub, "999", right="read"))
    say(laptop, VALLEY, 9, ANNE)

    answer = hub.sync(caller, SyncQuestion(), lines_of(laptop))

    assert "Il a « read », il faut « write »" in answer.barred
    assert set(read_rows(answer.rows)) == {VALLEY.id, VALLEY_TOO.id}
    assert read_rows(answer.rows)[VALLEY.id] != own_holdings(laptop)[VALLEY.id]


def test_a_tree_finds_the_rows_that_are_not_as_remembered(hub: Hub) -> None:
    caller = hub.door.caller(let_in(hub))
    rows = read_rows(hub.sync(caller, SyncQuestion(), []).rows)
    wrong = {**rows, VALLEY.id: Holding(1, 0, bytes(16))}
    del wrong[COAST.id]
    wrong["ffffffff-0000-4000-8000-000000000000"] = Holding(1, 0, bytes(16))
    for bits in (0, 3, 16):
        sums = b64encode(sum_parts(wrong, bits)).decode()
        found = hub.tree(caller, TreeQuestion(bits=bits, sums=sums))
        mended = {
            audit: row
            for audit, row in wrong.items()
            if find_part(audit, bits) not in found.parts
        } | read_rows(found.rows)
        assert mended == rows
    for sums in ("x", "", b64encode(bytes(4)).decode()):
        with pytest.raises(ProblemError, match="Sommes"):
            hub.tree(caller, TreeQuestion(bits=3, sums=sums))


def test_parts_hold_about_a_dozen_audits_each() -> None:
    sizes = {size: count_bits(range(size)) for size in (0, 11, 300, 50_000, 10**8)}

    assert sizes == {0: 0, 11: 0, 300: 5, 50_000: 13, 10**8: 16}


def test_a_page_that_was_cut_anywhere_is_none(hub: Hub) -> None:
    page = hub.store.pull({"*"}, [Want(audit=VALLEY.id)], Room())
    content = write_page(page)

    assert read_page(content) == PulledPage(
        page.lines, page.reached, page.done, page.size
    )
    assert read_page(write_page(PulledPage())) == PulledPage()
    for cut in range(0, len(content), 17):
        with pytest.raises((ValueError, KeyError)):
            read_page(content[:cut])
    with pytest.raises(ValueError, match=r"\d"):
        read_page(content.replace(b"nb_classes", b"nb_class3s", 1))
    with pytest.raises(ValueError, match="7"):
        unpack(bytes(7))


def test_the_routes_carry_what_the_hub_answers(hub: Hub, laptop: Journal) -> None:
    token = let_in(hub)
    client, headers = Counter(build_app(hub)), {"authorization": f"Bearer {token}"}
    say(laptop, VALLEY, 9, ANNE)
    lines = lines_of(laptop)
    head = SyncQuestion(tick=1).model_dump_json().encode()
    body = gzip.compress(b"\n".join([head, *lines]))
    zipped = {**headers, "content-encoding": "gzip"}

    given = client.post("/v2/sync", content=body, headers=zipped)

    answer = SyncAnswer.model_validate_json(given.content)
    assert answer.pushed.new == 1
    assert read_rows(answer.rows)[VALLEY.id] == own_holdings(laptop)[VALLEY.id]
    asked = PullQuestion(wants=(Want(audit=VALLEY.id),)).model_dump_json()
    pulled = client.post("/v2/pull", content=asked, headers=headers)
    assert set(read_page(pulled.content).lines) <= set(lines)
    pushed = client.post("/v2/push", content=b"\n".join(lines), headers=headers)
    assert (pushed.json()["pushed"]["new"], pushed.status_code) == (0, 200)
    for path in ("sync", "tree", "pull"):
        wrong = client.post(f"/v2/{path}", content=b"{]", headers=headers)
        assert wrong.json()["type"] == "urn:diag:problem:bad-request"
        closed = client.post(f"/v2/{path}", content=asked)
        assert closed.status_code == 401


def test_each_part_of_an_attachment_is_kept_as_it_arrives(
    hub: Hub, laptop: Journal
) -> None:
    data = bytes(range(256)) * 1_000
    sha = sha256(data).hexdigest()
    photo = Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha=sha,
        place=ROOTS[VALLEY.id],
        original=sha,
        mime="image/jpeg",
        size=len(data),
    )
    line = laptop.write(changes.photographed(VALLEY.id, photo), ANNE).line
    push(hub.store, [line])
    assert parse(line).subject.startswith("photo/")
    client, stamp = Counter(build_app(hub)), hub.files.stamp
    headers = {"authorization": f"Bearer {let_in(hub)}"}

    def put(start: int, content: bytes, last: int) -> httpx.Response:
        ranged = {"content-range": f"bytes {start}-{last}/{len(data)}"}
        path = f"/v2/blobs/{sha}"
        return client.request("PUT", path, content=content, headers=headers | ranged)

    put(0, data[:150_000], len(data) - 1)
    assert hub.files.held(sha) == 150_000
    assert put(1, data[1:], len(data) - 1).json()["offset"] == 150_000
    assert put(0, data, 9).json()["type"] == "urn:diag:problem:bad-request"
    assert hub.files.stamp == stamp
    done = put(150_000, data[150_000:], len(data) - 1)
    assert (done.status_code, hub.files.held(sha)) == (201, None)
    assert hub.files.stamp != stamp
    assert put(0, data, len(data) - 1).status_code == 201
