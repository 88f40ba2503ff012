"""Which column of a file means what, whatever its year and its export."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from diag.imports.source import Source, read_source, refusal
from diag.imports.table import Table, read_table
from diag.model.folding import fold


@dataclass(frozen=True)
class Layout:
    """The columns of one official file, in all the spellings met.

    Columns are compared folded: `Code postal`, `Code_postal` and `code_postal` are one.
    """

    command: str
    """What follows `diag import`."""
    title: str
    """What the file is, in French, with its article."""
    required: Mapping[str, tuple[str, ...]]
    """Field → its columns, the official one first; no import without them."""
    optional: Mapping[str, tuple[str, ...]]
    """Field → its columns, the official one first."""
    unused: str = ""
    """Other official columns, nobody's concern: one a line or between semicolons."""

    def positions(self, columns: tuple[str, ...]) -> dict[str, int]:
        """Return where each field is among `columns`; absent fields are left out."""
        where: dict[str, int] = {}
        for index, column in enumerate(columns):
            where.setdefault(fold(column), index)
        found = {}
        for field, names in {**self.required, **self.optional}.items():
            places = [where[name] for name in map(fold, names) if name in where]
            if places:
                found[field] = places[0]
        return found

    def fits(self, columns: tuple[str, ...]) -> bool:
        """Say whether every required field is there."""
        return self.required.keys() <= self.positions(columns).keys()


class Entry(NamedTuple):
    """One row, by field."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file whose columns are understood."""

    source: Source
    table: Table
    layout: Layout
    positions: Mapping[str, int]

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns that the official layout does not have."""
        used = set(self.positions.values())
        unused = {fold(name) for name in re.split(r"[;\n]", self.layout.unused)}
        return tuple(
            column
            for index, column in enumerate(self.table.columns)
            if index not in used and fold(column) not in unused
        )

    def column(self, field: str) -> str:
        """Return the name that the file gives to a field's column."""
        return self.table.columns[self.positions[field]]

    def entries(self) -> Iterator[Entry]:
        """Yield the rows, by field."""
        places = tuple(self.positions.items())
        for line, cells in self.table.rows:
            yield Entry(line, {field: cells[index].strip() for field, index in places})


def open_sheet(path: Path, layout: Layout, others: tuple[Layout, ...]) -> Sheet:
    """Return the rows of a file that must have this layout.

    Raises:
        ImportRefusedError: names the column missing and the nearest one, or the
            command that suits the file.
    """
    source = read_source(path)
    table = read_table(source)
    kind = next((other for other in others if other.fits(table.columns)), None)
    if kind is not None and kind is not layout:
        raise refusal(
            path.name,
            f"ce n'est pas {layout.title}, mais {kind.title}",
            f"Importez-le comme « {kind.command} »",
            command=f"diag import {kind.command} {path.name}",
        )
    positions = layout.positions(table.columns)
    for field, names in layout.required.items():
        if field not in positions:
            raise refusal(path.name, *_missing(layout, names[0], table.columns))
    return Sheet(source, table, layout, positions)


def _missing(layout: Layout, name: str, columns: tuple[str, ...]) -> tuple[str, str]:
    spelled = {fold(column): column for column in reversed(columns)}
    near = get_close_matches(fold(name), spelled, n=1)
    if near:
        seen = f"la plus proche est « {spelled[near[0]][:60]} »"
    else:
        shown = ", ".join(f"« {column[:30]} »" for column in columns[:4])
        seen = f"la première ligne commence par {shown or 'rien de lisible'}"
    return (
        f"la colonne « {name} » manque pour lire {layout.title} ; {seen}",
        "Renommez la colonne, ou reprenez l'export officiel sans le retoucher",
    )
