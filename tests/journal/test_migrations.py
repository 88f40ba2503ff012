import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from diag.journal import file as opening
from diag.journal import schema
from diag.journal import schema as migrations
from diag.journal.connection import connect
from diag.journal.journal import FILE, Journal
from diag.model.audit import Commune, School, TownHall
from diag.model.base import Noun
from tests.journal.past import ROWS

pytestmark = pytest.mark.durable

RELEASED: dict[str, str] = {}
"""Migration → SHA-256 of the schema that it leaves; a released one never changes."""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def fill(connection: sqlite3.Connection, name: str) -> None:
    for table, row in ROWS[name].items():
        info = connection.execute(f"pragma table_info({table})").fetchall()
        names = ", ".join(column[1] for column in info[: len(row)])
        marks = ", ".join("?" * len(row))
        connection.execute(f"insert into {table}({names}) values ({marks})", row)


def texts(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "select sql from sqlite_schema where sql is not null order by type, name"
    )
    return [sql for (sql,) in rows]


def test_every_past_schema_has_rows_to_be_tried_with() -> None:
    assert tuple(ROWS) == migrations.NAMES


@pytest.mark.parametrize("name", migrations.NAMES)
def test_rows_of_a_past_schema_are_all_there_after_the_upgrade(
    connection: sqlite3.Connection, name: str
) -> None:
    migrations.upgrade(connection, until=name)
    fill(connection, name)
    migrations.upgrade(connection)
    assert migrations.applied(connection) == migrations.NAMES
    for table, row in ROWS[name].items():
        found = connection.execute(f"select * from {table}").fetchall()
        assert row in [each[: len(row)] for each in found]


@pytest.mark.parametrize("name", migrations.NAMES)
def test_a_past_schema_upgraded_is_the_schema_made_at_once(
    connection: sqlite3.Connection, name: str
) -> None:
    migrations.upgrade(connection, until=name)
    migrations.upgrade(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrations.upgrade(fresh)
        assert texts(connection) == texts(fresh)


@pytest.mark.parametrize("name", migrations.NAMES)
def test_a_released_migration_is_never_edited(
    connection: sqlite3.Connection, name: str
) -> None:
    migrations.upgrade(connection, until=name)
    digest = sha256("\n".join(texts(connection)).encode()).hexdigest()
    assert RELEASED.get(name, digest) == digest


def test_applying_twice_changes_nothing(connection: sqlite3.Connection) -> None:
    migrations.upgrade(connection)
    before = list(connection.iterdump())
    migrations.upgrade(connection)
    assert list(connection.iterdump()) == before


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m999_broken(opened: sqlite3.Connection) -> None:
        opened.execute("create table half(x)")
        opened.execute("nonsense")

    migrations.upgrade(connection)
    before = list(connection.iterdump())
    extend(monkeypatch, m999_broken)
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        migrations.upgrade(connection, until="m999_broken")
    assert list(connection.iterdump()) == before


def test_the_file_is_copied_before_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m999_more(opened: sqlite3.Connection) -> None:
        opened.execute("create table more(x)")

    names = migrations.NAMES
    with Journal.open(tmp_path) as journal:
        fill(journal.connection, "m001_journal")
    extend(monkeypatch, m999_more)
    opened = opening.open_file(tmp_path / FILE, readonly=False)
    assert migrations.applied(opened.connection)[-1] == "m999_more"
    opened.connection.close()
    (copied,) = (tmp_path / "backups").iterdir()
    assert copied.name == "diag-avant-m999_more.db"
    with closing(connect(copied, readonly=True)) as before:
        assert migrations.applied(before) == names
        assert before.execute("select count(*) from rev").fetchone() == (1,)


def test_every_field_of_the_territory_has_its_column(
    connection: sqlite3.Connection,
) -> None:
    migrations.upgrade(connection)
    nouns: dict[str, type[Noun]] = {
        "school": School,
        "commune": Commune,
        "town_hall": TownHall,
    }
    for table, noun in nouns.items():
        info = connection.execute(f"pragma table_info({table})").fetchall()
        columns = {name for _, name, *_ in info}
        assert columns - {"search"} == set(noun.model_fields)


def test_every_table_is_strict(connection: sqlite3.Connection) -> None:
    migrations.upgrade(connection)
    rows = connection.execute("select name, strict from pragma_table_list")
    loose = {name for name, strict in rows.fetchall() if not strict}
    views = {name for name in loose if name.startswith(("v_", "sqlite_"))}
    assert loose - views == {"_sqlite_migrations"}


def test_the_log_is_made_of_tables_without_triggers() -> None:
    assert "trigger" not in schema.LOG + schema.PROJECTIONS


def extend(monkeypatch: pytest.MonkeyPatch, step: migrations.Step) -> None:
    steps = (*migrations.STEPS, step)
    monkeypatch.setattr(migrations, "STEPS", steps)
    monkeypatch.setattr(migrations, "NAMES", tuple(each.__name__ for each in steps))
