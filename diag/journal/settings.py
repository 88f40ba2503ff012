"""Settings of the workspace: small JSON values by name, kept beside the journal."""

import json
from typing import Any

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
