"""Partial rows put into a table of the territory: what is new, different, alike."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diag.model.folding import fold
from diag.model.territory import Commune, School, TownHall

Cell = str | int | None
"""What a column holds."""

Partial = Mapping[str, Cell]
"""What a file says of one row: its key, and the fields that the file states."""


class Difference(NamedTuple):
    """A row that became different, and in which fields."""

    key: str
    fields: tuple[str, ...]


class Merge(NamedTuple):
    """What putting partials in changed."""

    added: tuple[str, ...]
    changed: tuple[Difference, ...]
    unchanged: int


@dataclass(frozen=True)
class Table:
    """A table of the territory: the fields of its noun, the key first."""

    name: str
    columns: tuple[str, ...]
    blank: tuple[Cell, ...]
    """What a new row holds where its partial says nothing."""
    search: Callable[[Mapping[str, Cell]], str] | None = None
    """Text that a search compares with; None when nobody searches this table."""

    @property
    def select(self) -> str:
        """The query of every column."""
        return f"select {', '.join(self.columns)} from {self.name}"  # noqa: S608 -- our own names


def put(
    connection: sqlite3.Connection, table: Table, partials: Iterable[Partial]
) -> Merge:
    """Add or update rows; a field that a partial leaves out stays as it is."""
    known: dict[Cell, tuple[Cell, ...]] = {
        row[0]: row for row in connection.execute(table.select)
    }
    key = table.columns[0]
    written: list[dict[str, Cell]] = []
    added: list[str] = []
    changed: list[Difference] = []
    unchanged = 0
    for partial in partials:
        before = dict(
            zip(table.columns, known.get(partial[key], table.blank), strict=True)
        )
        after = {**before, **partial}
        if partial[key] not in known:
            added.append(str(partial[key]))
        elif fields := tuple(f for f in table.columns if after[f] != before[f]):
            changed.append(Difference(str(partial[key]), fields))
        else:
            unchanged += 1
            continue
        written.append(after)
    _write(connection, table, written)
    return Merge(tuple(added), tuple(changed), unchanged)


def _write(
    connection: sqlite3.Connection, table: Table, rows: list[dict[str, Cell]]
) -> None:
    columns = table.columns
    if table.search is not None:
        columns = (*columns, "search")
        for row in rows:
            row["search"] = table.search(row)
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    connection.executemany(
        f"insert or replace into {table.name}({names}) values({values})",
        rows,
    )


def _school_search(row: Mapping[str, Cell]) -> str:
    # The tab sorts before a space: Saint-Jean, all of it, then Saint-Jean-d'Aulps.
    rest = " ".join(str(row[field]) for field in ("name", "uai", "postcode"))
    return f"{fold(str(row['commune']))}\t {fold(rest)}"


def _commune_search(row: Mapping[str, Cell]) -> str:
    return fold(str(row["name"]))


SCHOOL = Table(
    "school",
    tuple(School.model_fields),
    tuple(
        "" if field.is_required() else field.default
        for field in School.model_fields.values()
    ),
    _school_search,
)
"""One row a school, by UAI."""

COMMUNE = Table(
    "commune",
    tuple(Commune.model_fields),
    ("", "", "", None, "", "", "", ""),
    _commune_search,
)
"""One row a commune, by INSEE code; postcodes joined by a space."""

TOWN_HALL = Table("town_hall", tuple(TownHall.model_fields), ("",) * 5)
"""One row a town hall, by INSEE code."""
