"""The tables, step by step: `NNNN_name.sql`, each run once, in order."""

from importlib.resources import files
from secrets import token_hex

from psycopg import Connection

from diag.journal.errors import ReadOnlyError

SCHEMA = "diag_hub"
"""Where the tables are: the database may hold other things."""


_LOCK = 0x64696167
"""Advisory lock of who migrates; hubs that start together wait for one another."""


_TABLE = "create table if not exists migration(n integer primary key, name text)"


def migrate(connection: Connection, place: str) -> None:
    """Bring a database to the tables of this version, all of it or nothing.

    Raises:
        ReadOnlyError: when a newer version has been here.
    """
    steps = _steps()
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(_TABLE)
        rows = connection.execute("select n from migration").fetchall()
        done = {int(number) for (number,) in rows}
        if done - set(steps):
            raise ReadOnlyError(
                f"{place} a été écrite par une version plus récente de diag : mettez "
                "le serveur à jour."
            )
        for number in sorted(set(steps) - done):
            name, text = steps[number]
            connection.execute(text)
            connection.execute("insert into migration values (%s, %s)", (number, name))
        if not done:
            connection.execute("insert into hub values (%s)", (token_hex(8),))


def _steps() -> dict[int, tuple[str, str]]:
    """Return number → name and SQL of each step."""
    found = [path for path in files(__name__).iterdir() if path.name.endswith(".sql")]
    return {
        int(path.name.split("_")[0]): (path.name, path.read_text("utf-8"))
        for path in found
    }
