"""The territory's tables: schools, communes, town halls, and what imports did to them.

Written by imports only, one transaction each; read by everybody. Nothing is ever
deleted: a school that is gone may have been visited.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from diag.journal.connection import in_french
from diag.journal.proof import seal
from diag.journal.revision import now
from diag.journal.school_lines import SchoolLine, communes_query, query_of
from diag.model.audit import Commune, CommuneAccess, School, TownHall
from diag.model.text import canonical_number, fold

Cell = str | int | None
"""What a column holds."""

Partial = Mapping[str, Cell]
"""What a file gives of one row: its key, and the fields it states."""


class RowDifference(NamedTuple):
    """A row that became different, and in which fields."""

    key: str
    fields: Mapping[str, tuple[Cell, Cell]]
    """Field → what it held, what it holds."""


class Upserted(NamedTuple):
    """What putting partials in changed."""

    added: tuple[str, ...]
    changed: tuple[RowDifference, ...]
    unchanged: int


@dataclass(frozen=True)
class TerritoryTable:
    """A table of the territory: the fields of its noun, the key first."""

    name: str
    columns: tuple[str, ...]
    blank: tuple[Cell, ...]
    """What a new row holds where its partial is silent."""
    search: Callable[[Mapping[str, Cell]], str] | None = None
    """Text that a search compares with; None when nobody searches this table."""

    @property
    def select(self) -> str:
        """The query of every column."""
        return f"select {', '.join(self.columns)} from {self.name}"  # noqa: S608 -- our own names


def put(
    connection: sqlite3.Connection, table: TerritoryTable, partials: Iterable[Partial]
) -> Upserted:
    """Add or update rows; a field that a partial leaves out stays as it is."""
    known: dict[Cell, tuple[Cell, ...]] = {
        row[0]: row for row in connection.execute(table.select)
    }
    key = table.columns[0]
    written: list[dict[str, Cell]] = []
    added: list[str] = []
    changed: list[RowDifference] = []
    unchanged = 0
    for partial in partials:
        before = dict(
            zip(table.columns, known.get(partial[key], table.blank), strict=True)
        )
        after = {**before, **partial}
        if partial[key] not in known:
            added.append(str(partial[key]))
        elif fields := {
            name: (before[name], after[name])
            for name in table.columns
            if after[name] != before[name]
        }:
            changed.append(RowDifference(str(partial[key]), fields))
        else:
            unchanged += 1
            continue
        written.append(after)
    columns = table.columns
    if table.search is not None:
        columns = (*columns, "search")
        for row in written:
            row["search"] = table.search(row)
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    connection.executemany(
        f"insert or replace into {table.name}({names}) values({values})", written
    )
    seal(connection, table.name)
    return Upserted(tuple(added), tuple(changed), unchanged)


def _school_search(row: Mapping[str, Cell]) -> str:
    # The tab sorts before a space: Saint-Jean, all of it, then Saint-Jean-d'Aulps.
    rest = " ".join(str(row[field]) for field in ("name", "uai", "postcode"))
    return f"{fold(str(row['commune']))}\t {fold(rest)}"


SCHOOL = TerritoryTable(
    "school",
    tuple(School.model_fields),
    tuple(
        "" if field.is_required() else field.default
        for field in School.model_fields.values()
    ),
    _school_search,
)
"""One row a school, by UAI."""

COMMUNE = TerritoryTable(
    "commune",
    tuple(Commune.model_fields),
    ("", "", "", None, "", "", "", ""),
    lambda row: fold(str(row["name"])),
)
"""One row a commune, by INSEE code; postcodes joined by a space."""

TOWN_HALL = TerritoryTable("town_hall", tuple(TownHall.model_fields), ("",) * 5)
"""One row a town hall, by INSEE code."""

ACCESS = TerritoryTable(
    "access",
    tuple(CommuneAccess.model_fields),
    ("", "", None, None, "", "", ""),
)
"""One row a commune, by INSEE code."""

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
        self.is_rehearsing = False
        """Whether changes are undone as soon as they are made."""
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
                self._connection.execute("rollback" if self.is_rehearsing else "commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Undo each change made inside: what it returns shows what it would do."""
        self.is_rehearsing = True
        try:
            yield
        finally:
            self.is_rehearsing = False

    def put_schools(self, partials: Iterable[Partial]) -> Upserted:
        """Add or update schools, inside a transaction."""
        return put(self._connection, SCHOOL, partials)

    def put_communes(self, partials: Iterable[Partial]) -> Upserted:
        """Add or update communes, inside a transaction."""
        return put(self._connection, COMMUNE, partials)

    def put_town_halls(self, partials: Iterable[Partial]) -> Upserted:
        """Add or update town halls, inside a transaction."""
        return put(self._connection, TOWN_HALL, partials)

    def today(self) -> date:
        """Return the day, UTC."""
        return datetime.fromtimestamp(self._clock() / 1000, UTC).date()

    def put_access(self, partials: Iterable[Partial]) -> Upserted:
        """Add or update how communes are served, inside a transaction."""
        return put(self._connection, ACCESS, partials)

    def mark_vanished(self, uais: Iterable[str], today: date) -> None:
        """Flag schools as missing from today's import; an older flag stays."""
        self._connection.executemany(
            "update school set vanished = ? where uai = ? and vanished = ''",
            [(today.isoformat(), uai) for uai in uais],
        )
        seal(self._connection, SCHOOL.name)

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

        Words are read as in `school_lines.query_of`.
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

    def access(self, insee: str) -> CommuneAccess | None:
        """Return how a commune is served, or None."""
        found = self._one(ACCESS, insee)
        return None if found is None else CommuneAccess.model_validate(found)

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

    def names_of(self, table: TerritoryTable) -> dict[str, str]:
        """Return how a person names each row of a table, by key."""
        name = "name || ', ' || commune" if "commune" in table.columns else "name"
        return dict(self._rows(f"select {table.columns[0]}, {name} from {table.name}"))  # noqa: S608 -- our own names

    def town_hall_dates(self) -> dict[str, str]:
        """Return the source date of every town hall, by INSEE code."""
        return self._by_key(TOWN_HALL, "source_date")

    def access_dates(self) -> dict[str, str]:
        """Return when the premises of each commune were counted, by INSEE code."""
        return self._by_key(ACCESS, "counted_on")

    def present(self, department: str) -> dict[str, tuple[Cell, ...]]:
        """Return a department's schools that have not vanished: UAI → sector, kind."""
        rows = self._rows(
            "select uai, sector, nursery, elementary from school "
            "where department = ? and vanished = ''",
            (department,),
        )
        return {uai: tuple(group) for uai, *group in rows}

    def _one(self, table: TerritoryTable, key: str) -> dict[str, Any] | None:
        rows = self._rows(f"{table.select} where {table.columns[0]} = ?", (key,))
        return dict(zip(table.columns, rows[0], strict=True)) if rows else None

    def _by_key(self, table: TerritoryTable, field: str) -> dict[str, str]:
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
