"""Migrations: by name, additive, each tried from every past schema in the tests.

sqlite_utils (50 ms to import) is loaded only when one is due.
"""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from diag.journal import schema, views

if TYPE_CHECKING:
    from sqlite_utils import Migrations

Step = Callable[[sqlite3.Connection], None]
"""A migration: additive, inside a transaction that is already open."""

SET = "diag"
"""Name of the set in `_sqlite_migrations`."""


def m001_journal(connection: sqlite3.Connection) -> None:
    """Create the log, its projections, the workspace, the territory, the views."""
    for script in (
        schema.LOG,
        schema.PROJECTIONS,
        schema.SYNC,
        schema.WORKSPACE,
        schema.JUDGED,
        schema.TERRITORY,
        *views.ALL,
    ):
        run(connection, script)


def m002_outbox(connection: sqlite3.Connection) -> None:
    """Create the messages to send, and the view of what was sent."""
    for script in (schema.OUTBOX, views.DISPATCHES):
        run(connection, script)


def m003_sync_mark(connection: sqlite3.Connection) -> None:
    """Add, to how far one went with a hub, where both sides were last equal."""
    run(connection, schema.SYNC_MARK)


def m004_bundles(connection: sqlite3.Connection) -> None:
    """Create what is known of bundles that were read in."""
    run(connection, schema.BUNDLES)


def m005_named_subjects(connection: sqlite3.Connection) -> None:
    """Name communes and syndicats, as schools, in what a person reads."""
    run(connection, views.NAMED_SUBJECTS)


STEPS: tuple[Step, ...] = (
    m001_journal,
    m002_outbox,
    m003_sync_mark,
    m004_bundles,
    m005_named_subjects,
)
"""In order; a released one is never edited, and touches the log by addition only."""

NAMES = tuple(step.__name__ for step in STEPS)
"""Their names, as the file records them."""


def applied(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of the migrations that made this file; none for a new one."""
    exists = connection.execute(
        "select 1 from sqlite_schema where name = '_sqlite_migrations'"
    ).fetchone()
    if not exists:
        return ()
    rows = connection.execute(
        "select name from _sqlite_migrations where migration_set = ? order by rowid",
        (SET,),
    )
    return tuple(name for (name,) in rows)


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Say whether the file holds tables but was never made by diag."""
    if applied(connection):
        return False
    return bool(connection.execute("select 1 from sqlite_schema limit 1").fetchone())


def upgrade(connection: sqlite3.Connection, *, until: str = "") -> None:
    """Apply what is due, up to a named migration, in one transaction or not at all."""
    from sqlite_utils import Database  # noqa: PLC0415 -- 50 ms, only when due

    connection.execute("begin immediate")
    try:
        _registered(until or NAMES[-1]).apply(
            Database(connection, recursive_triggers=False, execute_plugins=False)
        )
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    connection.execute("commit")


def run(connection: sqlite3.Connection, script: str) -> None:
    """Run each statement of a script inside the open transaction.

    `executescript` would commit it first.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _registered(until: str) -> "Migrations":
    from sqlite_utils import Migrations  # noqa: PLC0415 -- 50 ms, only when due

    migrations = Migrations(SET)
    for step in STEPS[: NAMES.index(until) + 1]:
        migrations(name=step.__name__)(_on_database(step))
    return migrations


def _on_database(step: Step) -> Callable[..., None]:
    def on_database(database: Any) -> None:
        step(database.conn)

    return on_database
