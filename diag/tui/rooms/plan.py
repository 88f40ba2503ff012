"""The rooms where they stand, coloured by an aspect; drawn character by character."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from diag.assess.heat import UNKNOWN, WITHOUT_OBJECT, HeatCell
from diag.audit.floor import Floor, RoomSpot, spots_of
from diag.audit.rooms import RoomsPicture
from diag.model.fact import FloorRow
from diag.tui.rooms.table import (
    ACCENT,
    BOLD,
    DIM,
    ClickTarget,
    Face,
    Pointer,
    Run,
    cell_look,
    cut,
    marks,
)
from diag.tui.safe import line as one_line
from diag.words.vocabulary import LEVELS

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
        self.add(*self._aspects())
        shown = self._shown()
        if len(floor) > 1:
            self.add(Run(cut(self._heading(shown), width), DIM))
        self._draw(shown, max(height - len(self.lines), HEIGHT))

    def _shown(self) -> tuple[str, ...]:
        """Return the buildings that are drawn: all, or the one where one stands."""
        every = tuple(self._floor)
        walls = sum(self._width(holder) for holder in every)
        if walls + _APART * (len(every) - 1) <= self.width - 2 or not every:
            return every
        spot = self._spots.get(self._chosen)
        return (spot.holder if spot else every[0],)

    def _width(self, holder: str) -> int:
        return columns_of(self._floor[holder]) * self._unit + 1

    def _aspects(self) -> Iterator[Run]:
        head = f"{'>' if self.at.on_plan else ' '}Plan "
        yield Run(head)
        x = cell_len(head)
        for rank, aspect in enumerate(self.picture.aspects):
            label = aspect.label if self.is_wide else aspect.short or aspect.label
            is_here = rank == self.at.tint
            around = "[]" if is_here else "  "
            text = f"{rank + 1} {one_line(label)}".join(around)
            if x + cell_len(text) > self.width:
                return
            self.aim(x, cell_len(text), aspect=rank)
            yield Run(text, ACCENT if is_here else DIM)
            x += cell_len(text)

    def _heading(self, shown: Sequence[str]) -> str:
        facts, every = self.picture.facts, tuple(self._floor)
        names = [
            "Dans l'école" if one == facts.root else facts.places[one].name
            for one in shown
        ]
        if len(shown) == len(every):
            return f" {' · '.join(names)}"
        rank = every.index(shown[0]) + 1
        return f" {names[0]} ({rank} sur {len(every)} : Page suiv., l'autre)"

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
                start, wide = spot.start * self._unit, spot.width * self._unit + 1
                # Whole rooms on the left.
                aside = -(-_scrolled(start, wide, inside, across) // self._unit)
                aside *= self._unit
            for y in range(height):
                runs = canvas.runs(y + up, aside, inside)
                self.lines[top + y] += [*runs, Run(" " * _APART)]
            self._aim_at(holder, top - up, left - aside, range(top, top + height))
            left += inside + _APART

    def _aim_at(self, holder: str, top: int, left: int, lines: range) -> None:
        for ident, spot in self._spots.items():
            start = left + spot.start * self._unit
            own = range(top + spot.row * HEIGHT, top + (spot.row + 1) * HEIGHT)
            if spot.holder == holder:
                self.targets += [
                    ClickTarget(y, start, start + spot.width * self._unit, ident)
                    for y in own
                    if y in lines
                ]

    def _canvas(self, rows: Sequence[FloorRow]) -> "_Canvas":
        canvas = _Canvas(columns_of(rows) * self._unit + 1, len(rows) * HEIGHT)
        rooms = [room for row in rows for room, _ in row]
        for room in sorted(rooms, key=lambda one: one == self._chosen):  # drawn last
            spot = self._spots[room]
            left, top = spot.start * self._unit, spot.row * HEIGHT
            inside = spot.width * self._unit - 1
            texts, look = self._room(room)
            strong = room == self._chosen
            for y, text in enumerate(texts, top + 1):
                is_name = y == top + 1
                mark = ">" if strong and is_name else " "
                shown = cut(f"{mark}{text}", inside)
                canvas.put(left + 1, y, shown, f"{look} {BOLD}" if is_name else look)
            canvas.wall(left, top, left + inside + 1, strong=strong)
        return canvas

    def _room(self, room: str) -> tuple[list[str], str]:
        """Return the lines of a room and its look."""
        picture, line = self.picture, self.picture.line(room)
        name = one_line(picture.facts.places[room].name)
        if self.at.lifted and room == self._chosen:
            name = f"↔ {name}"
        if not picture.aspects or line is None:
            return [name, "", ""], ""
        aspect = picture.aspects[self.at.tint].id
        cell = picture.cell(room, aspect)
        left = f"{line.left} reste" * bool(line.left)
        below = "  ".join(filter(None, (marks(line), left)))
        look = cell_look(picture, aspect, cell).look
        return [name, standing(picture, aspect, cell), below], look


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
        runs: list[Run] = []
        for text, look in row[left : left + width]:
            if runs and runs[-1].look == look:
                runs[-1] = Run(runs[-1].text + text, look)
            else:
                runs.append(Run(text, look))
        return runs


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


def _scrolled(start: int, size: int, room: int, whole: int) -> int:
    """Return how far to scroll to have a part in sight: by halves, so seldom."""
    half = max(room // 2, 1)
    aside = round((start + size / 2 - room / 2) / half) * half
    return max(min(aside, whole - room), 0)


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
