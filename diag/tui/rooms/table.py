"""The rooms as a table of aspects: lines of runs, and what a click on them means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from diag.assess.heat import UNKNOWN, WITHOUT_OBJECT, HeatCell
from diag.audit.rooms import RoomLine, RoomsPicture
from diag.tui.safe import line as one_line
from diag.words.vocabulary import LEVELS

WIDE, WIDER, TALL = 120, 150, 38
"""Columns from which labels are whole, cells large; rows from which both faces show."""

LEVEL, OPEN, QUIET = "level{}", "open", "quiet"
"""Looks of a cell: by its level; nothing settled yet; what calls for no attention."""
DIM, BOLD, ACCENT, HERE, BAR = "dim", "bold", "accent", "here", "bar"
"""Looks of words: around the cells, of what is chosen, of the bar."""


class Run(NamedTuple):
    """Some text in one look."""

    text: str
    look: str = ""


class ClickTarget(NamedTuple):
    """What a click at a place of the screen stands for."""

    y: int
    left: int
    right: int
    """Column after the last."""
    place: str = ""
    aspect: int | None = None


class Face:
    """Lines drawn for a screen, and what a click on them stands for."""

    def __init__(self, picture: RoomsPicture, at: "Pointer", width: int) -> None:
        self.picture, self.at, self.width = picture, at, width
        self.lines: list[list[Run]] = []
        self.targets: list[ClickTarget] = []

    def add(self, *runs: Run) -> None:
        """Add a line."""
        self.lines.append([run for run in runs if run.text])

    def aim(
        self, left: int, width: int, *, place: str = "", aspect: int | None = None
    ) -> None:
        """Make a part of the line being drawn clickable."""
        self.targets.append(
            ClickTarget(len(self.lines), left, left + width, place, aspect)
        )

    @property
    def is_wide(self) -> bool:
        """Whether labels are whole."""
        return self.width >= WIDE


@dataclass(frozen=True)
class Pointer:
    """Where the user stands."""

    place: str
    aspect: int
    tint: int
    """The aspect that colours the plan: by its number, a move recolours nothing."""
    on_plan: bool = False
    """Whether keys move about the plan."""
    lifted: bool = False


def cut(text: str, width: int) -> str:
    """Return a text in so many columns, on one line; « … » where it was longer."""
    text = one_line(text)
    if cell_len(text) > width > 0:
        text = f"{set_cell_size(text, width - 1).rstrip()}…"
    return set_cell_size(text, max(width, 0))


def cell_look(picture: RoomsPicture, aspect: str, cell: HeatCell | None) -> Run:
    """Return what a cell shows: of dangers, only those that are there are bright."""
    if cell is None:
        return Run(WITHOUT_OBJECT, DIM)
    if aspect in picture.dangerous:
        if cell.danger:
            return Run(cell.letters, LEVEL.format(0))
        if cell.low:
            return Run("ok", QUIET)
        return _open(cell) if cell.level is None else Run(cell.letters, QUIET)
    if cell.level is None:
        return _open(cell)
    return Run(cell.letters, LEVEL.format(cell.level))


def _open(cell: HeatCell) -> Run:
    is_count = cell.letters == UNKNOWN and cell.left
    return Run(f"{UNKNOWN} {cell.left}" if is_count else cell.letters, OPEN)


def progress(picture: RoomsPicture, width: int) -> list[Run]:
    """Return how far the rooms are: a bar, what is left and how long it takes."""
    head, left, asked = " Les salles  ", picture.left, picture.asked
    done = "  tout est répondu" if asked else ""
    least = "au moins " if picture.maybe else ""
    tail = f"  reste {left}, {least}{picture.minutes} min" if left else done
    room = max(width - cell_len(head) - cell_len(tail) - 1, 0)
    full = round(room * (asked - left) / asked) if asked else 0
    return [Run(head), Run("█" * full, BAR), Run("░" * (room - full), DIM), Run(tail)]


class Columns(NamedTuple):
    """How wide the table's columns are."""

    names: int
    cell: int
    """With the blank after it."""

    @classmethod
    def within(cls, width: int, many: int) -> "Columns":
        """Return the widths for a screen and so many aspects."""
        if width >= WIDE:
            return cls(*((32, 13) if width >= WIDER else (24, 11)))
        cell = 6
        return cls(max(min(width - cell * many - _REST - 2, 20), 6), cell)

    def span(self, rank: int) -> tuple[int, int]:
        """Return where the column of an aspect starts, and its width."""
        return self.names + 1 + rank * self.cell, self.cell - 1


_REST = 7
"""Columns of « Reste »."""


class TableFace(Face):
    """Rooms by aspects, the cell chosen between brackets; it stays in sight."""

    def __init__(
        self, picture: RoomsPicture, at: Pointer, width: int, height: int
    ) -> None:
        super().__init__(picture, at, width)
        self._columns = Columns.within(width, len(picture.aspects))
        self.add(*self._titles())
        for row in self._in_sight(max(height - _BELOW - 1, 1)):
            self.add(*self._row(row))
        line = picture.line(at.place)
        beside = f"  {marks(line)} " if line and marks(line) else ""
        room = width - cell_len(beside)
        self.add(Run(cut(f" {self._words()}", room)), Run(beside, DIM))
        self.add(*_legend(self.is_wide))

    def _in_sight(self, height: int) -> Sequence[RoomLine]:
        """Return the lines that are shown: by pages, so that a move scrolls seldom."""
        lines = self.picture.lines
        rank = next(
            (n for n, one in enumerate(lines) if one.place.id == self.at.place), 0
        )
        page = max(height - 1, 1)
        top = max(min(rank // page * page, len(lines) - height), 0)
        return lines[top : top + height]

    def _titles(self) -> Iterator[Run]:
        yield Run(" " * (self._columns.names + 1))
        aspects = self.picture.aspects
        room = self._columns.cell - 1
        is_whole = all(cell_len(one.label) + 2 <= room for one in aspects)
        for rank, aspect in enumerate(aspects):
            left, _ = self._columns.span(rank)
            word = aspect.label if is_whole else aspect.short or aspect.label
            label = f"{rank + 1} {word}"
            self.aim(left, room, aspect=rank)
            yield Run(cut(label, room), ACCENT if rank == self.at.aspect else DIM)
            yield Run(" ")
        yield Run(" Reste", DIM)

    def _row(self, row: RoomLine) -> Iterator[Run]:
        ident, names = row.place.id, self._columns.names
        is_here = ident == self.at.place
        self.aim(0, names + 1, place=ident)
        name = cut("  " * row.depth + one_line(row.place.name), names - 1)
        plain = "" if row.is_judged else DIM
        yield Run(f"{'>' if is_here else ' '}{name} ", BOLD if is_here else plain)
        for rank in range(len(self.picture.aspects)):
            left, room = self._columns.span(rank)
            self.aim(left, room, place=ident, aspect=rank)
            yield self._cell(row, rank, room)
            yield Run(" ")
        done = "   fait" if row.answered else ""
        left_there = f"{row.left:>4}   " if row.left else f"{done:<7}"
        yield Run(left_there, BOLD if row.left else DIM)
        if self.width >= WIDER:
            yield Run(f"  {marks(row)}", DIM)

    def _cell(self, row: RoomLine, rank: int, room: int) -> Run:
        aspect, ident = self.picture.aspects[rank].id, row.place.id
        shown = Run("")
        if row.is_judged:
            shown = cell_look(self.picture, aspect, self.picture.cell(ident, aspect))
        text = shown.text.center(room)
        if (ident, rank) == (self.at.place, self.at.aspect):
            return Run(f"[{text[1:-1]}]", f"{shown.look} {HERE}")
        return Run(text, shown.look)

    def _words(self) -> str:
        if self.picture.line(self.at.place) is None or not self.picture.aspects:
            return ""
        aspect = self.picture.aspects[self.at.aspect]
        return self.picture.describe(self.at.place, aspect)


_BELOW = 2
"""Lines under the rows: the cell chosen in words, what letters stand for."""


def marks(row: RoomLine) -> str:
    """Return « 3 ph  2 obs »: what was joined and written there."""
    parts = [
        f"{row.photos} ph" * bool(row.photos),
        f"{row.noted} obs" * bool(row.noted),
    ]
    return "  ".join(filter(None, parts))


_SHORT = ("insuff.", "base", "recomm.", "exempl.")


def _legend(is_wide: bool) -> Iterator[Run]:  # noqa: FBT001 - one look or the other
    """Return what letters stand for."""
    yield Run(" ")
    for level, (name, short) in enumerate(zip(LEVELS, _SHORT, strict=True)):
        yield Run(f" {name[0].upper()} ", LEVEL.format(level))
        yield Run(f" {name if is_wide else short} ", DIM)
    yield Run(f" {UNKNOWN} 4 ", OPEN)
    yield Run(" reste 4 ", DIM)
    yield Run(f" {WITHOUT_OBJECT} sans objet", DIM)
    if is_wide:
        yield Run("   ok rien vu   ! danger", DIM)
