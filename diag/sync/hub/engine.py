"""A database with a hub's tables: what runs statements, where it is, its leftovers."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from diag.model.errors import DiagError

ASIDE = "avant-restauration"
"""In the name of what a restoration set aside, before its time."""

STAMP = "%Y-%m-%d-%H%M%S"
"""How that time is written."""


class Transaction(ABC):
    """Statements of a transaction; `:name` in a statement is a value's name."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.forgets = False
        """Whether what it removes may leave nothing on the disk."""

    @staticmethod
    @abstractmethod
    def translate(sql: str) -> str:
        """Write a statement as the engine wants it."""

    @abstractmethod
    def execute(self, sql: str, values: Mapping[str, Any]) -> Any:
        """Run a statement; return its cursor."""

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return what a statement finds."""
        return list(self.execute(sql, values).fetchall())

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; return how many."""
        return int(self.execute(sql, values).rowcount)

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Change rows once for each set of values."""
        with closing(self.connection.cursor()) as cursor:
            cursor.executemany(self.translate(sql), rows)

    @abstractmethod
    def stream(self, sql: str) -> Generator[tuple[Any, ...], None, None]:
        """Give what a statement finds, a part at a time in memory."""

    @abstractmethod
    def each(
        self, sql: str, keys: Collection[bytes], **values: Any
    ) -> list[tuple[Any, ...]]:
        """Return what a statement finds for each `:key`, compared by `= :key`."""

    def find_keys(self, sql: str, keys: Collection[bytes], **values: Any) -> set[bytes]:
        """Return the keys for which a statement finds something: it returns them."""
        return {key for (key,) in self.each(sql, keys, **values)}

    @abstractmethod
    def append(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows to `rev`, in the order of its columns, bodies as bytes."""

    @abstractmethod
    def alone(self, table: str) -> None:
        """Wait until no other transaction adds to `audit` or `invitation`."""


class Engine(Protocol):
    """A database with the tables of a hub."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: all of it, durably, or nothing.

        Raises:
            JournalError: in French, when it could not be written.
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Read one state of the database, whatever is written meanwhile."""
        ...

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        ...

    def drop_set_aside(self, before: datetime) -> int:
        """Remove what restorations set aside before a time; return how many."""
        ...

    def check_tools(self) -> None:
        """Check that what copies it is here."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


def encode(body: str | bytes) -> bytes:
    """Return a line's bytes: one engine keeps text, the other bytes."""
    return body.encode("utf-8") if isinstance(body, str) else body


def is_set_aside(name: str, before: datetime) -> bool:
    """Whether this is the name of what a restoration set aside before a time.

    As old as its name: a restored file keeps the day of its last change.
    """
    _, mark, stamp = name.replace("_", "-").partition(f"{ASIDE}-")
    try:
        day = datetime.strptime(stamp[:17], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return bool(mark) and day < before


def check_address(address: str) -> str:
    """Return the address of a PostgreSQL that may be kept in a file and shown.

    Raises:
        DiagError: when it carries a password, or is not PostgreSQL's.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise DiagError(
            "--database attend une adresse comme "
            "postgresql://diag@serveur/diag : vérifiez son début."
        )
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise DiagError(
            "L'adresse de la base porte un mot de passe, que d'autres pourraient lire. "
            "Retirez-le, et donnez-le par la variable PGPASSWORD, ou par un fichier "
            "que nomme PGPASSFILE (une ligne : serveur:port:base:utilisateur:mot)."
        )
    return address


def describe_address(address: str) -> str:
    """Return where a database is, for people: no user, no option."""
    parts = urlsplit(address)
    host = parts.hostname or "local"
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{host}{port}{parts.path}"
