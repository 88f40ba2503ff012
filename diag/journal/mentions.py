"""Who is named in what was said: the words of a name, wherever a text holds them.

Accents, case and punctuation do not count; words follow one another, in either order.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from diag.journal.canonical import Json
from diag.journal.journal import Journal
from diag.journal.revision import Revision, read
from diag.model.folding import fold

GONE = "(nom effacé)"
"""What stands in place of a name."""

_WORD = re.compile(r"[^\W_]+")
_BODIES = """
select r.body, exists(select 1 from head h
  where h.audit = r.audit and h.subject = r.subject and h.rev = r.id)
from rev r where r.erased = 0 order by r.audit, r.lam, r.id
"""


class Mention(NamedTuple):
    """A revision whose value holds a name."""

    revision: Revision
    is_current: bool
    """Nothing supersedes it."""


class Name:
    """A name to look for."""

    def __init__(self, text: str) -> None:
        words = fold(text).split()
        self._orders = {tuple(words), tuple(reversed(words))} if words else set()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where a text holds the name."""
        found = list(_WORD.finditer(text))
        words = [fold(match.group()) for match in found]
        spans, at = [], 0
        while at < len(words):
            size = self._size_at(words, at)
            if size:
                spans.append((found[at].start(), found[at + size - 1].end()))
            at += size or 1
        return spans

    def _size_at(self, words: Sequence[str], at: int) -> int:
        for order in self._orders:
            if tuple(words[at : at + len(order)]) == order:
                return len(order)
        return 0

    def is_in(self, value: Json) -> bool:
        """Say whether a value holds the name in one of its texts."""
        return any(self.spans(text) for text in texts(value))

    def taken_from(self, value: Json) -> Json:
        """Return a value without the name: other words stay."""
        if isinstance(value, str):
            for start, end in reversed(self.spans(value)):
                value = value[:start] + GONE + value[end:]
            return value
        if isinstance(value, list):
            return [self.taken_from(item) for item in value]
        if isinstance(value, dict):
            return {key: self.taken_from(item) for key, item in value.items()}
        return value


def texts(value: Json) -> Iterator[str]:
    """Give the texts of a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def mentions(journal: Journal, name: Name) -> tuple[Mention, ...]:
    """Return the revisions that hold a name, history included; erasures hold none."""
    found = (
        Mention(read(body), bool(current)) for body, current in journal.select(_BODIES)
    )
    return tuple(
        one
        for one in found
        if one.revision.op == "set" and name.is_in(one.revision.value)
    )


def drop_from_quarantine(journal: Journal, name: Name) -> int:
    """Let go of the refused lines that hold a name; return how many."""
    with journal.transaction() as connection:
        rows = connection.execute("select id, body from quarantine").fetchall()
        doomed = [(key,) for key, body in rows if name.spans(body)]
        connection.executemany("delete from quarantine where id = ?", doomed)
    return len(doomed)
