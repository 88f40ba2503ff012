"""The territory's tables: schools, communes, town halls, and what imports did to them.

Written by imports only, one transaction each; read by everybody. Nothing is ever
deleted: a school that is gone may have been visited.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from diag.journal.draft import now
from diag.journal.errors import in_french
from diag.journal.school_lines import SchoolLine as SchoolLine  # noqa: PLC0414 - its users look here
from diag.journal.school_lines import communes_query, query_of
from diag.journal.upsert import COMMUNE, SCHOOL, TOWN_HALL, Merge, Partial, Table, put
from diag.model.number import canonical_number
from diag.model.territory import Commune, School, TownHall

_OFFICIAL = """
select insee, name, department, population, siren, epci_siren, epci_name, postcodes,
       search from commune
"""
_OR_OF_A_SCHOOL = """
union all
select insee, min(commune), min(department), null, '', '', '', min(postcode),
       min(search) from school
where insee not in (select insee from commune) group by insee
"""


class Counts(NamedTuple):
    """How much the territory holds."""

    schools: int
    vanished: int
    communes: int
    town_halls: int


class LoggedImport(NamedTuple):
    """One line of the import log."""

    kind: str
    file: str
    sha256: str
    at: int
    """Milliseconds since 1970, UTC."""
    added: int
    changed: int
    unchanged: int
    vanished: int
    ignored_columns: str


class Territory:
    """The schools, communes and town halls of one journal's file."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Callable[[], int] = now,
    ) -> None:
        self._connection = connection
        self._clock = clock
        *_, file = connection.execute("pragma database_list").fetchone()
        self._path = Path(file or ":memory:")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make one change of everything written inside: all of it, or nothing.

        Raises:
            JournalError: when the file is locked, full, read-only or damaged.
        """
        with in_french(self._path):
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def put_schools(self, partials: Iterable[Partial]) -> Merge:
        """Add or update schools, inside a transaction."""
        return put(self._connection, SCHOOL, partials)

    def put_communes(self, partials: Iterable[Partial]) -> Merge:
        """Add or update communes, inside a transaction."""
        return put(self._connection, COMMUNE, partials)

    def put_town_halls(self, partials: Iterable[Partial]) -> Merge:
        """Add or update town halls, inside a transaction."""
        return put(self._connection, TOWN_HALL, partials)

    def mark_vanished(self, uais: Iterable[str]) -> None:
        """Flag schools as missing from today's import; an older flag stays."""
        today = datetime.fromtimestamp(self._clock() / 1000, UTC).date().isoformat()
        self._connection.executemany(
            "update school set vanished = ? where uai = ? and vanished = ''",
            [(today, uai) for uai in uais],
        )

    def log(self, entry: LoggedImport) -> None:
        """Append a line to the import log, dated now."""
        names = ", ".join(entry._fields)
        marks = ", ".join("?" * len(entry))
        self._connection.execute(
            f"insert into import_log({names}) values({marks})",
            entry._replace(at=self._clock()),
        )

    def imports(self) -> tuple[LoggedImport, ...]:
        """Return the import log, latest first."""
        names = ", ".join(LoggedImport._fields)
        rows = self._rows(f"select {names} from import_log order by id desc")  # noqa: S608 -- our own names
        return tuple(map(LoggedImport._make, rows))

    def schools(
        self, query: str = "", commune: str | None = None, limit: int | None = None
    ) -> list[SchoolLine]:
        """Return the schools that match every word typed, by commune and name.

        Words are read as `school_lines.query_of` says.
        """
        rows = self._rows(*query_of(query, commune, limit))
        return list(map(SchoolLine._make, rows))

    def school(self, uai: str) -> School | None:
        """Return a school, or None when the territory does not hold it."""
        found = self._one(SCHOOL, uai)
        if found is None:
            return None
        ips = None if found["ips"] is None else canonical_number(found["ips"])
        return School.model_validate({**found, "ips": ips})

    def communes(self, *, official: bool = False) -> tuple[Commune, ...]:
        """Return the communes by name; not `official`, those of a school only too."""
        sql = _OFFICIAL + ("" if official else _OR_OF_A_SCHOOL) + "order by search"
        return tuple(map(_commune, self._rows(sql)))

    def commune_names(self, words: str, limit: int) -> list[tuple[str, str]]:
        """Return the code and name of official communes that match what is typed."""
        rows = self._rows(*communes_query(words, limit))
        return [(insee, name) for insee, name in rows]

    def commune(self, insee: str) -> Commune | None:
        """Return a commune, or None when neither it nor a school of it is known."""
        sql = f"select * from ({_OFFICIAL}{_OR_OF_A_SCHOOL}) where insee = ?"  # noqa: S608 -- our own text
        rows = self._rows(sql, (insee,))
        return _commune(rows[0]) if rows else None

    def town_hall(self, insee: str) -> TownHall | None:
        """Return how to write to a commune, or None."""
        found = self._one(TOWN_HALL, insee)
        return None if found is None else TownHall.model_validate(found)

    def counts(self) -> Counts:
        """Return how much the territory holds."""
        (row,) = self._rows(
            "select count(*), count(*) filter (where vanished <> ''), "
            "(select count(*) from commune), (select count(*) from town_hall) "
            "from school"
        )
        return Counts._make(row)

    def values_of(self, field: str) -> dict[str, str]:
        """Return one text field of every school, by UAI."""
        return self._by_key(SCHOOL, field)

    def town_hall_dates(self) -> dict[str, str]:
        """Return the source date of every town hall, by INSEE code."""
        return self._by_key(TOWN_HALL, "source_date")

    def present(self, department: str) -> frozenset[str]:
        """Return the UAI of a department's schools that have not vanished."""
        rows = self._rows(
            "select uai from school where department = ? and vanished = ''",
            (department,),
        )
        return frozenset(uai for (uai,) in rows)

    def _one(self, table: Table, key: str) -> dict[str, Any] | None:
        rows = self._rows(f"{table.select} where {table.columns[0]} = ?", (key,))
        return dict(zip(table.columns, rows[0], strict=True)) if rows else None

    def _by_key(self, table: Table, field: str) -> dict[str, str]:
        names = f"{table.columns[0]}, {table.columns[table.columns.index(field)]}"
        return dict(self._rows(f"select {names} from {table.name}"))  # noqa: S608 -- our own names

    def _rows(self, sql: str, values: tuple[str | int, ...] = ()) -> list[Any]:
        with in_french(self._path):
            return self._connection.execute(sql, values).fetchall()


def _commune(row: tuple[Any, ...]) -> Commune:
    found = dict(zip(COMMUNE.columns, row, strict=False))  # the row ends with `search`
    return Commune.model_validate({
        **found,
        "postcodes": tuple(found["postcodes"].split()),
    })
