"""Both faces of the rooms, as lines of runs: a table of aspects, a plan; clicks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len

from diag.assess.spread import UNKNOWN, WITHOUT_OBJECT, HeatCell
from diag.audit.places import Floor, RoomSpot, spots_of
from diag.audit.rooms import RoomLine, RoomsPicture
from diag.model.audit import FloorRow
from diag.tui.text import fitted
from diag.tui.text import line as one_line
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


def _cell_look(picture: RoomsPicture, aspect: str, cell: HeatCell | None) -> Run:
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
        columns = self._columns = Columns.within(width, len(picture.aspects))
        titles, inside = [Run(" " * (columns.names + 1))], columns.cell - 1
        is_whole = all(cell_len(one.label) + 2 <= inside for one in picture.aspects)
        for aspect, shown in enumerate(picture.aspects):
            word = shown.label if is_whole else shown.short or shown.label
            self.aim(columns.span(aspect)[0], inside, aspect=aspect)
            look = ACCENT if aspect == at.aspect else DIM
            titles += [Run(fitted(f"{aspect + 1} {word}", inside), look), Run(" ")]
        self.add(*titles, Run(" Reste", DIM))
        lines, room = picture.lines, max(height - _BELOW - 1, 1)
        rank = next((n for n, one in enumerate(lines) if one.place.id == at.place), 0)
        page = max(room - 1, 1)  # by pages, so that a move scrolls seldom
        top = max(min(rank // page * page, len(lines) - room), 0)
        for row in lines[top : top + room]:
            self.add(*self._row(row))
        line = picture.line(at.place)
        beside = f"  {marks(line)} " if line and marks(line) else ""
        room = width - cell_len(beside)
        words = ""
        if line and picture.aspects:
            words = picture.describe(at.place, picture.aspects[at.aspect])
        self.add(Run(fitted(f" {words}", room)), Run(beside, DIM))
        names = LEVELS if self.is_wide else _SHORT
        legend = [
            run
            for level, (name, shown) in enumerate(zip(LEVELS, names, strict=True))
            for run in (
                Run(f" {name[0].upper()} ", LEVEL.format(level)),
                Run(f" {shown} ", DIM),
            )
        ]
        self.add(
            Run(" "),
            *legend,
            Run(f" {UNKNOWN} 4 ", OPEN),
            Run(" reste 4 ", DIM),
            Run(f" {WITHOUT_OBJECT} sans objet", DIM),
            Run("   ok rien vu   ! danger" * self.is_wide, DIM),
        )

    def _row(self, row: RoomLine) -> Iterator[Run]:
        ident, names = row.place.id, self._columns.names
        is_here = ident == self.at.place
        self.aim(0, names + 1, place=ident)
        name = fitted("  " * row.depth + row.place.name, names - 1)
        plain = "" if row.is_judged else DIM
        yield Run(f"{'>' if is_here else ' '}{name} ", BOLD if is_here else plain)
        for rank in range(len(self.picture.aspects)):
            left, room = self._columns.span(rank)
            self.aim(left, room, place=ident, aspect=rank)
            shown, aspect = Run(""), self.picture.aspects[rank].id
            if row.is_judged:
                cell = self.picture.cell(ident, aspect)
                shown = _cell_look(self.picture, aspect, cell)
            text = shown.text.center(room)
            if is_here and rank == self.at.aspect:
                yield Run(f"[{text[1:-1]}]", f"{shown.look} {HERE}")
            else:
                yield Run(text, shown.look)
            yield Run(" ")
        done = "   fait" if row.answered else ""
        left_there = f"{row.left:>4}   " if row.left else f"{done:<7}"
        yield Run(left_there, BOLD if row.left else DIM)
        if self.width >= WIDER:
            yield Run(f"  {marks(row)}", DIM)


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


HEIGHT = 5
"""Lines of a room, its walls included."""

_NARROWEST, _BROADEST, _APART = 15, 26, 3
"""Columns of a room of one width, for names to be legible, and at most; blanks between
two buildings."""


class PlanFace(Face):
    """The plan; one building at a time where several do not fit."""

    def __init__(
        self,
        picture: RoomsPicture,
        floor: Floor,
        at: Pointer,
        *,
        width: int,
        height: int,
    ) -> None:
        super().__init__(picture, at, width)
        self._floor, self._spots = floor, spots_of(floor)
        self._chosen = room_at(picture, self._spots, at.place)
        self._unit = _unit(floor, width)
        head = f"{'>' if at.on_plan else ' '}Plan "
        aspects, x = [Run(head)], cell_len(head)
        for rank, aspect in enumerate(picture.aspects):
            label = aspect.label if self.is_wide else aspect.short or aspect.label
            around = "[]" if rank == at.tint else "  "
            text = f"{rank + 1} {one_line(label)}".join(around)
            if x + cell_len(text) > width:
                break
            self.aim(x, cell_len(text), aspect=rank)
            aspects.append(Run(text, ACCENT if rank == at.tint else DIM))
            x += cell_len(text)
        self.add(*aspects)
        shown = every = tuple(floor)
        walls = sum(self._width(holder) for holder in every)
        if every and walls + _APART * (len(every) - 1) > width - 2:
            spot = self._spots.get(self._chosen)
            shown = (spot.holder if spot else every[0],)
        if len(every) > 1:
            facts = picture.facts
            heading = " · ".join(
                "Dans l'école" if one == facts.root else facts.places[one].name
                for one in shown
            )
            if shown != every:
                rank = every.index(shown[0]) + 1
                heading += f" ({rank} sur {len(every)} : Page suiv., l'autre)"
            self.add(Run(fitted(f" {heading}", width), DIM))
        self._draw(shown, max(height - len(self.lines), HEIGHT))

    def _width(self, holder: str) -> int:
        return columns_of(self._floor[holder]) * self._unit + 1

    def _draw(self, shown: Sequence[str], room: int) -> None:
        """Draw buildings side by side, scrolled so that the room chosen is in sight."""
        top, left = len(self.lines), 1
        spot = self._spots.get(self._chosen)
        tallest = max((len(self._floor[one]) for one in shown), default=0) * HEIGHT
        height = min(tallest, room)
        page = max(height // HEIGHT, 1)
        row = (spot.row if spot else 0) // page * page
        up = max(min(row * HEIGHT, tallest - height), 0)
        self.lines += [[Run(" ")] for _ in range(height)]
        for holder in shown:
            canvas = self._canvas(self._floor[holder])
            across = self._width(holder)
            inside = min(across, self.width - 1 - left)
            aside = 0
            if spot and spot.holder == holder:
                # By halves, so that it scrolls seldom; whole rooms on the left.
                half = max(inside // 2, 1)
                middle = (spot.start + spot.width / 2) * self._unit + 0.5
                aside = round((middle - inside / 2) / half) * half
                aside = max(min(aside, across - inside), 0)
                aside = -(-aside // self._unit) * self._unit
            for y in range(height):
                runs = canvas.runs(y + up, aside, inside)
                self.lines[top + y] += [*runs, Run(" " * _APART)]
            for ident, own in self._spots.items():
                if own.holder == holder:
                    start = left - aside + own.start * self._unit
                    end = start + own.width * self._unit
                    first = top - up + own.row * HEIGHT
                    lines = range(max(first, top), min(first + HEIGHT, top + height))
                    self.targets += [ClickTarget(y, start, end, ident) for y in lines]
            left += inside + _APART

    def _canvas(self, rows: Sequence[FloorRow]) -> "_Canvas":
        canvas = _Canvas(columns_of(rows) * self._unit + 1, len(rows) * HEIGHT)
        rooms = [room for row in rows for room, _ in row]
        for room in sorted(rooms, key=lambda one: one == self._chosen):  # drawn last
            spot, line = self._spots[room], self.picture.line(room)
            left, top = spot.start * self._unit, spot.row * HEIGHT
            inside = spot.width * self._unit - 1
            strong = room == self._chosen
            name = one_line(self.picture.facts.places[room].name)
            texts, look = (
                [f"↔ {name}" if self.at.lifted and strong else name, "", ""],
                "",
            )
            if self.picture.aspects and line is not None:
                aspect = self.picture.aspects[self.at.tint].id
                cell = self.picture.cell(room, aspect)
                rest = f"{line.left} reste" * bool(line.left)
                below = "  ".join(filter(None, (marks(line), rest)))
                texts[1:] = [standing(self.picture, aspect, cell), below]
                look = _cell_look(self.picture, aspect, cell).look
            for y, text in enumerate(texts, top + 1):
                is_name = y == top + 1
                mark = ">" if strong and is_name else " "
                shown = fitted(f"{mark}{text}", inside)
                canvas.put(left + 1, y, shown, f"{look} {BOLD}" if is_name else look)
            canvas.wall(left, top, left + inside + 1, strong=strong)
        return canvas


class _Canvas:
    """A building drawn character by character."""

    def __init__(self, width: int, height: int) -> None:
        self._blank = [(" ", "")] * width
        self.cells = [list(self._blank) for _ in range(height)]

    def put(self, x: int, y: int, text: str, look: str) -> None:
        """Write on a line, over what is there; a wide character takes two cells."""
        row = self.cells[y]
        for character in text:
            size = cell_len(character)
            if size:
                row[x : x + size] = [(character, look)] + [("", look)] * (size - 1)
            elif x:
                row[x - 1] = (row[x - 1][0] + character, look)
            x += size

    def wall(self, left: int, top: int, right: int, *, strong: bool) -> None:
        """Draw the walls of a room; two rooms share the one between them.

        The one chosen is marked above and below: its sides stay, fewer lines change.
        """
        corners, across = ("┍┑┕┙", "━") if strong else ("┌┐└┘", "─")
        look, bottom = ACCENT if strong else DIM, top + HEIGHT - 1
        for y, pair in ((top, corners[:2]), (bottom, corners[2:])):
            joint = "┬" if y == top else "┴"
            for x in range(left + 1, right):
                self.cells[y][x] = (across, look)
            for x, corner in zip((left, right), pair, strict=True):
                is_shared = not strong and self.cells[y][x][0] in {*"┐┘"}
                self.cells[y][x] = (joint if is_shared else corner, look)
        for y in range(top + 1, bottom):
            self.cells[y][left] = self.cells[y][right] = ("│", DIM)

    def runs(self, y: int, left: int, width: int) -> list[Run]:
        """Return a part of a line, its neighbours of one look joined."""
        row = self.cells[y] if y < len(self.cells) else self._blank
        runs = groupby(row[left : left + width], key=itemgetter(1))
        return [Run("".join(text for text, _ in run), look) for look, run in runs]


def room_at(picture: RoomsPicture, spots: Mapping[str, RoomSpot], place: str) -> str:
    """Return the room that a place is, or stands in; the first where it has none."""
    known = picture.facts.places
    while place in known and place not in spots:
        place = known[place].parent or ""
    return place if place in spots else next(iter(spots), "")


def _unit(floor: Floor, width: int) -> int:
    """Return the columns of one width: buildings side by side if names are legible."""
    across = [columns_of(rows) for rows in floor.values()] or [1]
    room = width - 2 - len(across) - _APART * (len(across) - 1)
    unit = room // sum(across)
    if unit < _NARROWEST and len(across) > 1:
        unit = (width - 3) // max(across)
    return min(max(unit, _NARROWEST), _BROADEST)


def columns_of(rows: Sequence[FloorRow]) -> int:
    """Return how many widths the longest row takes."""
    return max((sum(width for _, width in row) for row in rows), default=1)


def standing(picture: RoomsPicture, aspect: str, cell: HeatCell | None) -> str:
    """Return « recommandé », « ? 2 à voir », « B-R, reste 1 », « ! danger ».

    « Rien vu » is no more than that: no room is ever called safe.
    """
    if cell is None:
        return f"{WITHOUT_OBJECT} sans objet"
    more = f", reste {cell.left}" if cell.left else ""
    if aspect in picture.dangerous and (cell.danger or cell.low):
        return "! danger" if cell.danger else f"rien vu{more}"
    if cell.is_open:
        return f"{UNKNOWN} {cell.left} à voir" if cell.left else f"{UNKNOWN} non connu"
    return LEVELS[cell.low] if cell.level is not None else f"{cell.letters}{more}"
