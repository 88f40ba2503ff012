"""The erasures that another file holds: a journal set aside, for example."""

from contextlib import closing
from pathlib import Path

from diag.journal import subjects
from diag.journal.connection import connect
from diag.journal.errors import in_french


def erasures_in(path: Path) -> list[bytes]:
    """Return the lines of the erasures of a journal's file, in order.

    Raises:
        JournalError: when it cannot be read.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        rows = connection.execute(
            "select body from rev where subject >= ? and subject < ? "
            "order by audit, lam, id",
            subjects.inside("erase"),
        ).fetchall()
    return [body.encode("utf-8") for (body,) in rows]
