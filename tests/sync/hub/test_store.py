"""What every store must do: one suite, run on each.

A new engine adds one maker to `STORES`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from diag.journal import changes
from diag.journal.errors import DamagedError, NotAJournalError, ReadOnlyError
from diag.journal.journal import Journal
from diag.journal.people import retire
from diag.journal.revision import (
    MAX_LAM_JUMP,
    MAX_LINE,
    MAX_PARENTS,
    Json,
    NewRevision,
    Revision,
    compose,
    dumps,
    loads,
    parse,
    skeleton_of,
)
from diag.model.audit import Photo, Subject, audit_id
from diag.model.enums import PlaceKind
from diag.sync.hub import sqlite
from diag.sync.hub.door import SPENT
from diag.sync.hub.intake import Push
from diag.sync.hub.postgres import PostgresEngine
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from diag.sync.hub.tables import Device, Invitation, Location, Token, Transaction
from diag.sync.protocol import Pushed
from tests.journal.builders import CAMPAIGN, NOON, known, person
from tests.journal.newer import newer
from tests.journal.worlds import fields_of
from tests.sync.databases import Server, versions
from tests.sync.offices import AUDITS, COAST, ROOTS, SCHOOLS, journal_in, started

VALLEY, _, COAST_SCHOOL = AUDITS
ANNE = person("anne")


def sqlite_store(folder: Path, _: pytest.FixtureRequest) -> Store:
    return Store(SqliteEngine(folder / "hub.db"))


def postgres_store(_: Path, request: pytest.FixtureRequest) -> Store:
    server: Server = request.getfixturevalue("postgresql")
    return Store(PostgresEngine(server.hub_database()))


def older_postgres_store(_: Path, request: pytest.FixtureRequest) -> Store:
    if len(versions()) < 2:
        pytest.skip("one PostgreSQL only is installed here")
    server = request.getfixturevalue("postgresql_of")(versions()[-1])
    return Store(PostgresEngine(server.hub_database()))


STORES: dict[str, Callable[[Path, pytest.FixtureRequest], Store]] = {
    "sqlite": sqlite_store,
    "postgresql": postgres_store,
    "older postgresql": older_postgres_store,
}
OLDER = pytest.param("older postgresql", marks=pytest.mark.long)


@pytest.fixture(params=["sqlite", "postgresql", OLDER])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path, request)
    made.put_directory(SCHOOLS.items())
    yield made
    made.close()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Journal]:
    with journal_in(tmp_path / "laptop") as journal:
        started(journal, VALLEY, ANNE)
        yield journal


def push(store: Store, *lines: bytes, scopes: str = "*", at: int = NOON) -> Pushed:
    return Push(7, frozenset(scopes.split()), at).take(store, lines)


def held(store: Store, audit: str = VALLEY.id, after: int = 0) -> list[bytes]:
    found = store.lines(audit, after, 1_000, 2**30)
    assert found is not None
    return found[1]


def note(text: str) -> NewRevision:
    return changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", text)


def answers(laptop: Journal, number: int) -> list[bytes]:
    for value in range(number):
        draft = changes.answered(
            VALLEY.id, ROOTS[VALLEY.id], "nb_classes", known(value)
        )
        laptop.write(draft, ANNE)
    return list(laptop.lines(VALLEY.id))


def test_lines_come_out_as_they_came_in_and_in_order(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 3)

    pushed = push(store, *lines)

    (sum_,) = laptop.manifest()
    assert (pushed.received, pushed.new, pushed.rejected) == (4, 4, ())
    assert pushed.sums == {VALLEY.id: (sum_.revisions, sum_.digest)}
    assert store.manifest({"*"}) == (sum_,)
    assert held(store) == lines
    assert held(store, after=3) == lines[3:]
    for limit, most_bytes, given in ((2, 2**30, 2), (9, 1, 1)):
        found = store.lines(VALLEY.id, 0, limit, most_bytes)
        assert found is not None
        assert (found[0].sum, found[1]) == (sum_, lines[:given])


def test_the_same_lines_again_change_nothing(store: Store, laptop: Journal) -> None:
    lines = answers(laptop, 3)
    push(store, *lines)
    before = store.lines(VALLEY.id, 0, 9, 2**30)

    assert push(store, *lines, *lines).new == 0
    assert store.lines(VALLEY.id, 0, 9, 2**30) == before


def test_a_line_twice_in_one_push_is_one(store: Store, laptop: Journal) -> None:
    lines = answers(laptop, 1)

    assert push(store, *lines, *lines).new == 2


def with_parents(number: int) -> bytes:
    fields = {**fields_of(VALLEY.id, "place/x/q/y", "set", 0), "at": 0, "lam": 1}
    parents: list[Json] = [f"{parent:064x}" for parent in range(number)]
    return dumps({
        **fields,
        "nonce": "x",
        "parents": parents,
        "v": 1,
        "value": 1,
    }).encode()


def test_as_many_parents_as_announced_are_taken(store: Store, laptop: Journal) -> None:
    lines = [*laptop.lines(VALLEY.id), with_parents(MAX_PARENTS)]

    assert push(store, *lines).new == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"not json", "JSON"),
        (b'{"a": 1}', "canonique"),
        (b"x" * (MAX_LINE + 1), "octets"),
        (b"{}", "absent"),
        (with_parents(MAX_PARENTS + 1), "parents"),
    ],
)
def test_one_bad_line_in_many_is_refused_alone(
    store: Store, laptop: Journal, bad: bytes, why: str
) -> None:
    lines = answers(laptop, 4)

    pushed = push(store, *lines[:2], bad, *lines[2:])

    (refused,) = pushed.rejected
    assert (refused.line, refused.kind) == (3, "bad-revision")
    assert refused.id == sha256(bad).hexdigest()
    assert why in refused.problem
    assert pushed.new == 5


def test_a_poisoned_order_number_is_refused_and_the_batch_goes_on(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 1)
    poison = line_of(lam=2**53 - 1)
    last = line_of(lam=MAX_LAM_JUMP)

    pushed = push(store, *lines, poison.line, last.line)

    assert [refused.line for refused in pushed.rejected] == [3]
    assert pushed.new == 3


def test_a_line_whose_place_another_forges_enters(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 1)
    left = loads(skeleton_of(parse(lines[-1])).decode())
    assert isinstance(left, dict)
    forged = dumps({**left, "lam": 2**53 - 1}).encode()

    pushed = push(store, *lines, forged)

    assert [refused.line for refused in pushed.rejected] == [3]
    assert held(store) == lines


def line_of(lam: int) -> Revision:
    fields: dict[str, Json] = {
        "audit": VALLEY.id,
        "author": "u",
        "device": "d",
        "at": 0,
        "lam": lam,
        "op": "set",
        "parents": [],
        "subject": "place/x/q/y",
        "value": lam % 7,
    }
    return compose(fields, bytes(8))


def test_an_audit_that_nobody_named_is_refused_by_line(store: Store) -> None:
    pushed = push(store, line_of(1).line)

    assert [refused.kind for refused in pushed.rejected] == ["unknown-audit"]
    assert store.manifest({"*"}) == ()


def test_an_audit_named_by_another_id_is_refused(store: Store, laptop: Journal) -> None:
    lie = changes.opened(COAST_SCHOOL.id, CAMPAIGN, VALLEY.subject)
    laptop.write(lie, ANNE)

    pushed = push(store, *laptop.lines(COAST_SCHOOL.id))

    assert [refused.kind for refused in pushed.rejected] == ["unknown-audit"]


def test_a_push_out_of_territory_is_refused_new_audit_or_not(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 1)

    new = push(store, *lines, scopes="998").rejected
    assert {one.kind for one in new} == {"scope"}
    assert all(one.problem.startswith(str(VALLEY.subject)) for one in new)
    assert store.lines(VALLEY.id, 0, 1, 1) is None
    push(store, *lines[:1], scopes="99901")
    known = push(store, *lines, scopes="998").rejected
    assert {one.kind for one in known} == {"scope"}
    assert all(VALLEY.id in one.problem for one in known)


def test_a_school_out_of_the_directory_is_for_those_who_see_everything(
    store: Store, laptop: Journal
) -> None:
    subject = Subject(kind=PlaceKind.ECOLE, code="9970001Z")
    audit = audit_id(CAMPAIGN, subject)
    laptop.write(changes.opened(audit, CAMPAIGN, subject), ANNE)
    line = list(laptop.lines(audit))

    (refused,) = push(store, *line, scopes="999").rejected
    assert refused.kind == "unknown-audit"
    assert "annuaire" in refused.problem
    assert push(store, *line).new == 1
    assert store.manifest({"997"}) == ()
    store.put_directory([(subject, Location("997", "99701"))])
    assert [one.audit for one in store.manifest({"997"})] == [audit]


def test_the_directory_is_counted_by_territory(store: Store) -> None:
    assert store.places({"*"}) == len(SCHOOLS)
    there = [one for one in SCHOOLS.values() if one.department == "999"]
    assert store.places({"999"}) == len(there) > 0
    assert store.places({"95"}) == 0


def test_territories_are_departments_communes_or_everything(store: Store) -> None:
    inside = Location("999", "99901")

    assert inside.is_in({"999"})
    assert inside.is_in({"99901"})
    assert inside.is_in({"*"})
    assert not inside.is_in({"998", "99801"})
    assert not Location().is_in({""})
    assert not COAST.is_in(())


def test_an_erasure_strips_what_is_there(store: Store, laptop: Journal) -> None:
    said = laptop.write(note("Mme Zzyzx"), ANNE)
    push(store, *laptop.lines(VALLEY.id))
    erasure = laptop.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)

    push(store, erasure.line)

    assert skeleton_of(said) in held(store)
    assert not any(b"Zzyzx" in line for line in held(store))
    assert store.manifest({"*"}) == laptop.manifest()


def test_an_erased_line_that_arrives_late_enters_without_its_value(
    store: Store, laptop: Journal
) -> None:
    opening = list(laptop.lines(VALLEY.id))
    said = laptop.write(note("Mme Zzyzx"), ANNE)
    erasure = laptop.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
    push(store, *opening, erasure.line)

    assert push(store, said.line).new == 1
    assert push(store, said.line).new == 0
    assert held(store)[-1] == skeleton_of(said)


def test_a_retired_audit_keeps_nothing_of_what_it_held_or_gets_later(
    store: Store, laptop: Journal, tmp_path: Path
) -> None:
    lines = list(laptop.lines(VALLEY.id))
    held_before = laptop.write(note("Mme Zzyzx"), ANNE)
    late = laptop.write(note("M. Zzyzx"), ANNE)
    push(store, *lines, held_before.line)
    with journal_in(tmp_path / "other") as other:
        other.ingest(lines)
        retired = retire(other, VALLEY.id, "terme", ANNE)

    push(store, *(one.line for one in retired.erasures))
    push(store, late.line)

    kept = {parse(line).id for line in held(store) if parse(line).op != "erase"}
    assert {held_before.id, late.id} <= kept
    assert not any(b"Zzyzx" in line for line in held(store))


def test_a_skeleton_enters_only_with_the_erasure_that_names_it(
    store: Store, laptop: Journal
) -> None:
    said = laptop.write(note("Mme Zzyzx"), ANNE)
    erasure = laptop.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
    lines = list(laptop.lines(VALLEY.id))
    assert erasure.line in lines

    alone = push(store, *[line for line in lines if line != erasure.line])
    assert [refused.kind for refused in alone.rejected] == ["bad-revision"]
    assert push(store, *lines).new == 2


def test_attachments_are_named_by_territory_until_erased(
    store: Store, laptop: Journal
) -> None:
    photo = Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha="ab" * 32,
        place=ROOTS[VALLEY.id],
        original="cd" * 32,
        mime="image/jpeg",
        size=3,
    )
    sha = bytes.fromhex(photo.sha)
    said = laptop.write(changes.photographed(VALLEY.id, photo), ANNE)
    laptop.write(changes.pinned(VALLEY.id, "ef" * 32), ANNE)
    push(store, *laptop.lines(VALLEY.id))

    edition = bytes.fromhex("ef" * 32)
    assert store.find_named({sha, edition, bytes(32)}, {"999"}) == {sha, edition}
    assert store.find_named({sha}, {"998"}) == set()
    erasure = laptop.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
    intake = Push(7, {"*"}, NOON)
    intake.take(store, [erasure.line])
    assert intake.unnamed == {sha}
    assert store.find_named({sha}, {"*"}) == set()


def begun(number: int) -> list[bytes]:
    """Return the first two lines of an audit."""
    about = Subject(kind=PlaceKind.ECOLE, code=f"{9_991_000 + number}A")
    audit = audit_id(CAMPAIGN, about)
    fields: dict[str, Json] = {
        "at": NOON,
        "audit": audit,
        "author": f"u-{number}",
        "device": "d-1",
        "lam": 1,
        "op": "set",
        "parents": [],
        "subject": "audit/subject",
        "value": {"campaign": CAMPAIGN, "kind": "ecole", "code": about.code},
    }
    said = {**fields, "lam": 2, "subject": f"place/{audit}/q/x/note", "value": "vu"}
    return [compose(one, bytes(8)).line for one in (fields, said)]


def test_many_new_audits_are_few_journeys_to_the_database(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There were sixteen for each: 159 s of processor for 50,000 in PostgreSQL."""
    asked = list[str]()
    ask = Transaction.rows

    def count(self: Transaction, sql: str, **values: object) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return ask(self, sql, **values)

    def lines(numbers: range) -> list[bytes]:
        return [line for number in numbers for line in begun(number)]

    monkeypatch.setattr(Transaction, "rows", count)
    monkeypatch.setattr(Transaction, "run", lambda *_args, **_values: 1 / 0)
    done = push(store, *lines(range(30)))
    first = len(asked)
    again = push(store, *lines(range(30)))

    assert done.new == len(done.sums) * 2 == 60
    assert first < 30 + 10
    assert again.new == 0
    assert again.sums == done.sums
    for number in range(30):
        (audit,) = {parse(line).audit for line in begun(number)}
        assert held(store, audit) == begun(number)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.writing() as writing:
            writing.add_audit(VALLEY.id, VALLEY.subject, Location("999", "99901"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    assert store.lines(VALLEY.id, 0, 1, 1) is None


def test_many_writers_at_once_leave_no_gap(store: Store, laptop: Journal) -> None:
    lines = answers(laptop, 40)
    push(store, lines[0])
    threads = [Thread(target=push, args=(store, *lines[at::4])) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(held(store)) == sorted(lines)
    assert store.manifest({"*"}) == laptop.manifest()


def test_an_invitation_serves_once_and_dies_of_age_or_of_its_own_wrong_tries(
    store: Store,
) -> None:
    """Wrong codes once closed every invitation that had been given."""

    def invited(public: str) -> Invitation:
        scopes = ("999", "99801")
        made = Invitation(public, b"secret", "Anne", scopes, "write", NOON)
        assert store.invite(made)
        return made

    once, tried, other = invited("A"), invited("C"), invited("D")

    assert not store.invite(once)
    assert store.accept("A", b"secret", NOON - 1) == once
    assert store.accept("A", b"secret", NOON - 1) is None
    for public in ("C", "?"):
        for _ in range(5):
            assert store.accept(public, b"wrong", NOON - 1) is None
    assert store.accept("C", b"secret", NOON - 1) is None
    assert tried != other
    assert store.accept("D", b"secret", NOON - 1) == other
    invited("B")
    assert store.accept("B", b"secret", NOON) is None


def test_a_revoked_device_has_no_token_left(store: Store) -> None:
    number = store.add_device(Device(0, "p", "Anne", ("999",), "read", "", NOON, 0, 0))
    store.add_token(Token(b"t", number, NOON + 1, b""))

    assert store.token(b"t") == Token(b"t", number, NOON + 1, b"")
    assert store.revoke(number, NOON)
    assert not store.revoke(number, NOON)
    assert store.token(b"t") is None
    (device,) = store.devices()
    assert device == store.device(number)
    assert device.revoked_at == NOON
    assert store.device(number + 1) is None


def test_whose_a_device_was_is_forgotten_and_what_it_sent_stays_its(
    store: Store,
) -> None:
    names = (("poste d'Anne", "Anne"), ("poste de Bruno", "Bruno"))
    anne, bruno = (
        store.add_device(Device(0, *who, ("999",), "read", "", NOON, 0, 0, "u-1"))
        for who in names
    )

    assert store.forget_person(anne)
    assert not store.forget_person(anne)
    assert not store.forget_person(bruno + 1)

    gone, kept = store.devices()
    assert (gone.id, gone.person, gone.name, gone.author) == (anne, "", "", "u-1")
    assert (kept.person, kept.name) == ("Bruno", "poste de Bruno")


def test_a_new_token_ends_the_old_one_when_it_is_used(store: Store) -> None:
    number = store.add_device(Device(0, "p", "Anne", ("*",), "read", "", NOON, 0, 0))
    store.add_token(Token(b"old", number, NOON, b""))
    renewed = Token(b"new", number, NOON, b"old")
    store.add_token(renewed)

    assert store.token(b"old") is not None
    store.record_use(renewed, NOON + 5)
    assert store.token(b"old") == Token(b"old", number, -NOON - 5, b"")
    assert store.token(b"new") == renewed._replace(replaces=b"")
    assert store.devices()[0].seen_at == NOON + 5
    store.add_token(Token(b"last", number, NOON, b"new"))
    store.record_use(Token(b"last", number, NOON, b"new"), NOON + SPENT + 6)
    assert store.token(b"old") is None
    store.stop_cloned(number, NOON + 7)
    assert store.token(b"last") == Token(b"last", number, -NOON - 7, b"")
    assert store.cloned() == {number}


def test_counts_tell_how_much_there_is(store: Store, laptop: Journal) -> None:
    push(store, *answers(laptop, 2))

    assert store.counts() == (1, 3, 0)


# What is SQLite's alone.


def test_a_hub_keeps_its_id_and_its_lines_when_opened_again(
    tmp_path: Path, laptop: Journal
) -> None:
    with closing(Store(SqliteEngine(tmp_path / "hub.db"))) as first:
        push(first, *laptop.lines(VALLEY.id))
        name = first.hub
    with closing(Store(SqliteEngine(tmp_path / "hub.db"))) as again:
        assert again.hub == name
        assert held(again) == list(laptop.lines(VALLEY.id))


def test_a_copy_is_checked_to_the_last_byte(tmp_path: Path, laptop: Journal) -> None:
    with closing(Store(SqliteEngine(tmp_path / "hub.db"))) as store:
        push(store, *answers(laptop, 3))
        store.engine.back_up(tmp_path / "copy.db")
    sqlite.verify(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as raw:
        raw.execute("update rev set body = replace(body, 'anne', 'anna') where seq = 2")
        raw.commit()

    with pytest.raises(DamagedError, match="n'est plus ce qui avait été reçu"):
        sqlite.verify(tmp_path / "copy.db")


def test_a_copy_that_lacks_its_last_line_is_refused(
    tmp_path: Path, laptop: Journal
) -> None:
    with closing(Store(SqliteEngine(tmp_path / "hub.db"))) as store:
        push(store, *answers(laptop, 3))
    with closing(sqlite3.connect(tmp_path / "hub.db")) as raw:
        raw.execute("delete from rev where seq = 4")
        raw.commit()

    with pytest.raises(DamagedError):
        sqlite.verify(tmp_path / "hub.db")


def test_a_foreign_or_newer_file_is_left_alone(tmp_path: Path) -> None:
    for version, error in ((0, NotAJournalError), (99, ReadOnlyError)):
        path = tmp_path / f"{version}.db"
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("create table theirs(x)")
            raw.execute(f"pragma user_version = {version}")
            raw.commit()
        with pytest.raises(error):
            Store(SqliteEngine(path))
    with pytest.raises(NotAJournalError):
        sqlite.verify(tmp_path / "0.db")


def test_a_duplicate_is_found_by_its_key_whatever_the_size(tmp_path: Path) -> None:
    """The planner once put `rev` outside: 95 s for 600,000 duplicates."""
    with (
        closing(Store(SqliteEngine(tmp_path / "hub.db"))),
        closing(sqlite3.connect(tmp_path / "hub.db")) as raw,
    ):
        plan = raw.execute(
            "explain query plan select 1 from rev where audit = ? and id = ?", (1, b"")
        ).fetchall()

    assert "audit=? AND id=?" in plan[0][3]


def test_what_it_cannot_read_is_numbered_and_summed_apart(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 3)
    others = [newer(parse(line)) for line in lines[1:]]
    push(store, *lines)
    before = store.manifest({"*"})

    first = push(store, *others, others[0], b"poison")
    again = push(store, *others)

    assert (first.new, again.new) == (3, 0)
    assert [one.kind for one in first.rejected] == ["bad-revision"]
    assert store.manifest({"*"}) == before
    assert held(store) == lines
    (total,) = store.unread_sums({"999"})
    assert (total.audit, total.revisions) == (VALLEY.id, 3)
    assert store.unread_sums({"998"}) == ()
    found = store.unread_lines(VALLEY.id, 1, 10)
    assert found is not None
    assert (found[1], found[2]) == (others[1:], 3)
    assert store.holds_unread()


def test_what_it_cannot_read_is_erased_before_and_after_it_comes(
    store: Store, laptop: Journal
) -> None:
    lines = answers(laptop, 2)
    early, late = (newer(parse(line), value="Madame Untelle") for line in lines[1:])
    push(store, *lines, early)
    for each in (early, late):
        target = sha256(each).hexdigest()
        said = laptop.write(changes.erased(VALLEY.id, target, "demande"), ANNE)
        push(store, said.line)
    push(store, late)

    found = store.unread_lines(VALLEY.id, 0, 10)
    assert found is not None
    assert len(found[1]) == 2
    assert not [line for line in found[1] if b"Untelle" in line]


def test_a_file_of_the_first_version_is_brought_to_this_one(
    tmp_path: Path, laptop: Journal
) -> None:
    path = tmp_path / "hub.db"
    lines = answers(laptop, 2)
    store = Store(SqliteEngine(path))
    push(store, *lines)
    store.close()
    with closing(sqlite3.connect(path)) as older:
        for table in (
            *("opaque", "author", "unproven", "old_sealed", "cutover"),
            "heard",
        ):
            older.execute(f"drop table {table}")
        older.execute("drop index audit_by_tick")
        for column in ("unread", "whole", "tick"):
            older.execute(f"alter table audit drop column {column}")
        older.execute("pragma user_version = 1")
    sqlite.verify(path)
    with pytest.raises(ReadOnlyError, match="plus ancienne"):
        SqliteEngine(path, readonly=True)

    store = Store(SqliteEngine(path))
    owner = ("p", "Anne", ("999",), "write", "", NOON, 0, 0, ANNE.author)
    store.add_device(Device(0, *owner))

    assert held(store) == lines
    assert store.people({"*"}) == {ANNE.author: "Anne"}
    assert push(store, newer(parse(lines[1]))).new == 1
    store.close()
    sqlite.verify(path)
