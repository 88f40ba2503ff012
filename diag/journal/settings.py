"""Settings of the workspace: small JSON values by name, kept beside the journal."""

import json
from contextlib import suppress
from typing import Any

from diag.journal.errors import JournalError
from diag.journal.journal import Journal


def get_setting(journal: Journal, key: str, default: Any = None) -> Any:
    """Return a setting, or `default` when nobody has said it."""
    rows = journal.select("select value from setting where key = ?", [key])
    return json.loads(rows[0][0]) if rows else default


def put_setting(journal: Journal, key: str, value: Any) -> None:
    """Keep a setting, durably."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    with journal.transaction() as connection:
        connection.execute("insert or replace into setting values (?, ?)", [key, text])


def jot_setting(journal: Journal, key: str, value: Any) -> None:
    """Keep a setting without waiting for the disk.

    The system holds it when the program is killed; only a power cut may lose it. What
    cannot be written is not: it is no word of anybody's.
    """
    if journal.readonly:
        return
    with suppress(JournalError):
        journal.connection.execute("pragma synchronous = normal")
        try:
            put_setting(journal, key, value)
        finally:
            journal.connection.execute("pragma synchronous = full")
