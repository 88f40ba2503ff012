"""What is PostgreSQL's alone: its address, its copies, several hubs on one database."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from diag.journal import changes
from diag.journal.errors import DamagedError, LockedError, ReadOnlyError
from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.hub import copies
from diag.sync.hub.files import forget_set_aside
from diag.sync.hub.home import HubHome, HubSettings
from diag.sync.hub.intake import Push
from diag.sync.hub.postgres import (
    DatabaseDownError,
    DatabaseRefusedError,
    PostgresEngine,
)
from diag.sync.hub.store import Store
from diag.sync.hub.tables import check_address, describe_address
from tests.cli.running import diag
from tests.journal.builders import NOON, person
from tests.sync.databases import Server
from tests.sync.offices import AUDITS, ROOTS, SCHOOLS, journal_in, say, started
from tests.sync.serving import free_port

VALLEY, ANNE = AUDITS[0], person("anne")
URL = "https://hub.vallombre.example:8443"
needs_pg_dump = pytest.mark.skipif(
    not shutil.which("pg_dump"), reason="pg_dump is not here (postgresql-client)"
)


@pytest.fixture
def address(postgresql: Server) -> str:
    return postgresql.new_database()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Journal]:
    with journal_in(tmp_path / "laptop") as journal:
        for audit in AUDITS:
            started(journal, audit, ANNE)
            for value in range(8):
                say(journal, audit, value, ANNE)
        yield journal


def lines_of(laptop: Journal) -> list[bytes]:
    return [line for audit in AUDITS for line in laptop.lines(audit.id)]


def push(store: Store, lines: list[bytes]) -> int:
    return Push(7, {"*"}, NOON).take(store, lines).new


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://diag:s3cret@db/hub",
        "postgresql://diag@db/hub?sslmode=require&password=s3cret",
    ],
)
def test_an_address_with_its_password_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(DiagError, match="PGPASSWORD") as refused:
        check_address(address)

    assert "s3cret" not in str(refused.value)


def test_an_address_is_shown_without_its_user() -> None:
    assert (
        describe_address("postgresql://diag@db:5433/hub?x=1")
        == "postgresql://db:5433/hub"
    )
    with pytest.raises(DiagError, match="postgresql://"):
        check_address("mysql://db/hub")


def test_a_database_that_is_not_there_is_told_as_one() -> None:
    with pytest.raises(DatabaseDownError, match="ne s'ouvre pas"):
        Store(PostgresEngine(f"postgresql://diag@127.0.0.1:{free_port()}/hub"))


def test_a_database_that_the_server_does_not_know_is_told_as_one(
    postgresql: Server,
) -> None:
    with pytest.raises(DatabaseDownError, match="nothing_here"):
        Store(PostgresEngine(postgresql.address("nothing_here")))


def test_a_user_without_rights_is_told_as_one(postgresql: Server, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("create role guest login")

    with pytest.raises(DatabaseRefusedError, match="propriétaire"):
        Store(PostgresEngine(address.replace("diag@", "guest@")))


def test_hubs_that_start_together_are_one_hub(address: str) -> None:
    found: list[str] = []

    def start() -> None:
        with closing(Store(PostgresEngine(address))) as store:
            found.append(store.hub)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_newer_database_is_left_alone(address: str) -> None:
    Store(PostgresEngine(address)).close()
    with psycopg.connect(address) as raw:
        raw.execute("insert into diag_hub.migration values (9999, 'later.sql')")

    with pytest.raises(ReadOnlyError, match="plus récente"):
        Store(PostgresEngine(address))


def test_several_hubs_take_the_same_lines_in_any_order_once(
    address: str, laptop: Journal
) -> None:
    """New audits, audits that are known, lines that overlap, four writers."""
    lines = lines_of(laptop)
    stores = [Store(PostgresEngine(address)) for _ in range(2)]
    news: list[int] = []

    def work(number: int) -> None:
        turned = lines if number % 2 else lines[::-1]
        news.append(push(stores[number % 2], turned))
        news.append(push(stores[number % 2], lines[number:]))

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(news) == 8
    assert sum(news) == len(lines)
    assert stores[0].manifest({"*"}) == stores[1].manifest({"*"}) == laptop.manifest()
    for audit in AUDITS:
        found = stores[0].lines(audit.id, 0, 1_000, 2**30)
        assert found is not None
        assert sorted(found[1]) == sorted(laptop.lines(audit.id))
    for store in stores:
        store.close()


def test_connections_that_the_server_cut_are_replaced(
    address: str, laptop: Journal
) -> None:
    with closing(Store(PostgresEngine(address))) as store:
        push(store, lines_of(laptop))
        with psycopg.connect(address, autocommit=True) as raw:
            raw.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'diag-hub' and datname = current_database()"
            )

        assert store.manifest({"*"}) == laptop.manifest()
        assert push(store, lines_of(laptop)) == 0


def test_a_transaction_cut_in_the_middle_leaves_nothing(address: str) -> None:
    engine = PostgresEngine(address)

    def cut() -> None:
        with engine.writing() as transaction:
            transaction.run("insert into access_log values (1, 1, 'x', '', 0)")
            with psycopg.connect(address, autocommit=True) as raw:
                pid = transaction.connection.info.backend_pid
                raw.execute("select pg_terminate_backend(%s, 5000)", (pid,))
            transaction.rows("select 1")

    with pytest.raises(DatabaseDownError):
        cut()
    with engine.reading() as transaction:
        found = transaction.rows("select count(*) from access_log")
    engine.close()
    assert found == [(0,)]


def test_a_duplicate_is_found_by_its_key_whatever_the_size(address: str) -> None:
    with closing(Store(PostgresEngine(address))), psycopg.connect(address) as raw:
        plan = raw.execute(
            "explain select id from diag_hub.rev where audit = 1 and id = any(%s)",
            ([bytes([number]) * 32 for number in range(200)],),
        ).fetchall()

    assert "rev_audit_id_key" in " ".join(line for (line,) in plan)


def made_home(folder: Path, address: str) -> HubHome:
    settings = HubSettings(name="Vallombre", url=URL, database=address)
    return HubHome.create(folder, settings)


@needs_pg_dump
def test_a_hub_comes_back_from_its_copy_on_a_new_machine(
    tmp_path: Path, postgresql: Server, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", postgresql.new_database())
    with closing(home.store()) as store:
        store.put_directory(SCHOOLS.items())
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))
        name = store.hub
        with pytest.raises(LockedError, match="Arrêtez-le"):
            copies.restore(home.folder, copies.back_up(home))
    copied = copies.back_up(home)

    new = postgresql.new_database()
    assert copies.restore(tmp_path / "new", copied, new) is None
    again = HubHome.open(tmp_path / "new")
    assert again.settings.database == new
    with closing(again.store()) as store:
        assert store.hub == name
        assert store.manifest({"*"}) == laptop.manifest()
        assert Push(7, {"*"}, NOON).take(store, lines_of(laptop)).new == 0


@needs_pg_dump
def test_the_database_that_a_copy_replaces_is_kept(
    tmp_path: Path, address: str, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", address)
    copied = copies.back_up(home)
    with closing(home.store()) as store:
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))

    kept = copies.restore(home.folder, copied)

    with closing(home.store()) as store:
        assert store.manifest({"*"}) == ()
    with psycopg.connect(address) as raw:
        found = raw.execute(f"select count(*) from {kept}.rev").fetchone()
    assert found == (len(lines_of(laptop)),)


@needs_pg_dump
def test_what_was_erased_since_a_copy_is_erased_again_and_set_aside_for_a_month(
    tmp_path: Path, address: str, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", address)
    said = laptop.write(
        changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", "Mme Untelle"), ANNE
    )
    with closing(home.store()) as store:
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))
        copied = copies.back_up(home)
        laptop.write(changes.erased(VALLEY.id, said.id, "x"), ANNE)
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))  # on another host

    kept = copies.restore(home.folder, copied)

    def schemas() -> set[str]:
        with psycopg.connect(address) as raw:
            found = raw.execute("select nspname::text from pg_namespace").fetchall()
        return {name for (name,) in found}

    with closing(home.store()) as store:
        assert store.manifest({"*"}) == laptop.manifest()
        held = store.lines(VALLEY.id, 0, 100, 10**6)
        assert held
        assert not [line for line in held[1] if b"Untelle" in line]
        assert forget_set_aside(store) == 0
        assert kept in schemas()
        assert forget_set_aside(store, at_once=True) == 1
    assert kept not in schemas()
    assert "diag_hub" in schemas()


@needs_pg_dump
def test_no_copy_is_made_of_a_damaged_database(
    tmp_path: Path, address: str, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", address)
    with closing(home.store()) as store:
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))
    with psycopg.connect(address) as raw:
        raw.execute("update diag_hub.rev set body = body || 'x' where seq = 2")

    with pytest.raises(DamagedError, match="n'est plus ce qui avait été reçu"):
        copies.back_up(home)
    assert list((home.folder / copies.FOLDER).iterdir()) == []


@needs_pg_dump
def test_a_restoration_killed_in_the_middle_is_no_empty_hub(
    tmp_path: Path, address: str, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", address)
    with closing(home.store()) as store:
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))
    copied = copies.back_up(home)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute(
            "alter schema diag_hub rename to avant_restauration_2026_01_02_030405"
        )

    with pytest.raises(DiagError, match="diag hub restore"):
        home.store()
    with pytest.raises(DiagError, match="n'a pas les tables"):
        home.store(readonly=True)
    copies.restore(home.folder, copied)

    with closing(home.store()) as store:
        assert store.manifest({"*"}) == laptop.manifest()


@needs_pg_dump
def test_a_truncated_copy_changes_nothing(
    tmp_path: Path, address: str, laptop: Journal
) -> None:
    home = made_home(tmp_path / "hub", address)
    copied = copies.back_up(home)
    copied.write_bytes(copied.read_bytes()[:-200])
    with closing(home.store()) as store:
        Push(7, {"*"}, NOON).take(store, lines_of(laptop))

    with pytest.raises(DiagError, match="pg_restore"):
        copies.restore(home.folder, copied)
    with closing(home.store()) as store:
        assert store.manifest({"*"}) == laptop.manifest()


def test_the_commands_take_an_address_and_never_print_a_password(
    tmp_path: Path, address: str
) -> None:
    words = ("hub", "--folder", str(tmp_path / "hub"))
    named = ("--name", "Vallombre", "--url", URL)
    refused = diag(
        tmp_path, *words, "init", *named, "--database", "postgresql://d:s3cret@h/x"
    )
    done = diag(tmp_path, *words, "init", *named, "--database", address)
    told = diag(tmp_path, *words, "devices")

    assert (refused.code, done.code, told.code) == (1, 0, 0)
    assert "s3cret" not in refused.out + refused.err
    assert HubHome.open(tmp_path / "hub").settings.database == address
