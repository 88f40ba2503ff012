"""Both faces of the rooms on the screen: keys move, a click points, lines repaint.

Only the part of a line that changed is drawn again.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from diag.audit.places import Floor, FloorStep, room_moved, spots_of
from diag.audit.rooms import RoomsPicture
from diag.documents.school_drawings import ON_PAPER
from diag.tui.commands import Sturdy, digit_of
from diag.tui.rooms.faces import (
    ACCENT,
    BAR,
    BOLD,
    DIM,
    HERE,
    LEVEL,
    OPEN,
    QUIET,
    TALL,
    WIDE,
    ClickTarget,
    Face,
    PlanFace,
    Pointer,
    Run,
    TableFace,
    progress,
    room_at,
)
from diag.tui.text import ON_SCREEN, PlainStyle, fitted

TABLE, PLAN = "table", "plan"
"""The two faces."""

Line = tuple[Run, ...]


@cache
def looks(*, dark: bool) -> Mapping[str, Style]:
    """Return the style of each look on a dark screen, or on a light one."""
    levels = ON_SCREEN if dark else ON_PAPER
    ground, ink = ("#2b333c", "#e8e6e0") if dark else ("#dfe3e6", "#1c1c1c")
    quiet = ("#1d252c", "#9fb0bd") if dark else ("#f0f0ea", "#56564f")
    accent = "#e3b341" if dark else "#7a4b00"
    named = {
        LEVEL.format(level): Style(color=paper[1], bgcolor=paper[0], bold=True)
        for level, paper in enumerate(levels)
    }
    return {
        **named,
        OPEN: Style(color=ink, bgcolor=ground),
        QUIET: Style(color=quiet[1], bgcolor=quiet[0]),
        DIM: Style(color="#aaa8a0" if dark else "#56564f"),
        BOLD: Style(bold=True),
        ACCENT: Style(color=accent, bold=True),
        HERE: Style(bold=True, underline=True),
        BAR: Style(color="#5f9e8f" if dark else "#1b6b32"),
    }


class RoomsBoard(Sturdy, PlainStyle, Widget, can_focus=True):
    """The rooms: a bar, the table or the plan, or both, and what was done last."""

    DEFAULT_CSS = """
    RoomsBoard { height: 1fr; background: $background; color: $foreground; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own type
        Binding("up", "step('up')", "Au-dessus", show=False),
        Binding("down", "step('down')", "En dessous", show=False),
        Binding("left", "step('left')", "À gauche", show=False),
        Binding("right", "step('right')", "À droite", show=False),
        Binding("pageup", "page(-1)", "Page précédente", show=False),
        Binding("pagedown", "page(1)", "Page suivante", show=False),
        Binding("home", "edge(0)", "Première salle", show=False),
        Binding("end", "edge(-1)", "Dernière salle", show=False),
    ]

    class Chosen(Message):
        """The cell where one stands was chosen: Enter, or a click on it."""

    class Placed(Message):
        """A room was put down: the plan is to be kept."""

    def __init__(self) -> None:
        super().__init__()
        self.picture: RoomsPicture | None = None
        """What is shown."""
        self.place = ""
        """The place where one stands."""
        self.aspect = 0
        """The aspect where one stands."""
        self.tint = 0
        """The aspect that colours the plan."""
        self.face = TABLE
        """Which face is shown where both do not fit."""
        self.floor: Floor | None = None
        """The plan as it is being arranged; None while nobody arranges it."""
        self.lifted = False
        """Whether the room is lifted: keys move it."""
        self.empty = ""
        """What to show, and what to do, when there is no room."""
        self._status = ""
        self._lines: list[Line] = []
        self._targets: list[ClickTarget] = []

    def show(self, picture: RoomsPicture, place: str = "", status: str = "") -> None:
        """Show what is known now; the pointer stays, or goes to a place."""
        self.picture = picture
        self._status = status
        self._go(place or self.place)

    def inform(self, status: str) -> None:
        """Show something under the faces, until the next move."""
        self._status = status
        self.redraw()

    @property
    def both(self) -> bool:
        """Whether both faces are shown: the screen is large."""
        return self.app.size.width >= WIDE and self.app.size.height >= TALL

    @property
    def shows_plan(self) -> bool:
        """Whether keys move about the plan."""
        return self.floor is not None or self.face == PLAN

    def point(self, place: str, aspect: int | None = None) -> None:
        """Stand at a place, and at an aspect when it is given."""
        if aspect is not None:
            self.aspect = aspect
        self._status = ""
        self._go(place)

    def colour(self, aspect: int) -> None:
        """Stand at an aspect, and have it colour the plan."""
        self.tint = aspect
        self.point(self.place, aspect)

    def turn(self) -> None:
        """Show the other face: the plan is coloured by the column one comes from."""
        self.face = TABLE if self.face == PLAN else PLAN
        self.colour(self.aspect)

    def _go(self, place: str) -> None:
        lines = self.picture.lines if self.picture else ()
        known = [line.place.id for line in lines]
        first = next((one.place.id for one in lines if one.is_judged), "")
        there = next((one for one in (place, self.place) if one in known), "")
        self.place = there or first or next(iter(known), "")
        many = len(self.picture.aspects) if self.picture else 0
        self.aspect = max(min(self.aspect, many - 1), 0)
        self.redraw()

    def action_step(self, way: str) -> None:
        """Move about; on the plan, a room that is lifted moves with the pointer."""
        if self.picture is None:
            return
        if self.shows_plan:
            room = self._room
            if self.lifted and self.floor is not None:
                self.floor = room_moved(self.floor, room, FloorStep(way))
                self.redraw()
            elif room:
                self.point(beside(self._floor, room, FloorStep(way)))
        elif way in {FloorStep.LEFT, FloorStep.RIGHT}:
            step = 1 if way == FloorStep.RIGHT else -1
            aspect = self.aspect + step
            if 0 <= aspect < len(self.picture.aspects):
                self.point(self.place, aspect)
        else:
            self._move(1 if way == FloorStep.DOWN else -1)

    def action_page(self, way: int) -> None:
        """Go a page further; on the plan, to the building beside."""
        if self.shows_plan and self.picture:
            every = list(self._floor)
            spot = spots_of(self._floor).get(self._room)
            if spot and not self.lifted and len(every) > 1:
                holder = every[(every.index(spot.holder) + way) % len(every)]
                self.point(self._floor[holder][0][0][0])
        else:
            self._move(way * max(self.size.height - 6, 1))

    def action_edge(self, last: int) -> None:
        """Go to the first place, or the last."""
        if self.picture and self.picture.lines and not self.lifted:
            self.point(self.picture.lines[last].place.id)

    def _move(self, step: int) -> None:
        known = [line.place.id for line in self.picture.lines] if self.picture else []
        if self.place in known:
            rank = max(min(known.index(self.place) + step, len(known) - 1), 0)
            self.point(known[rank])

    @property
    def _floor(self) -> Floor:
        if self.floor is not None:
            return self.floor
        return self.picture.floor if self.picture else {}

    @property
    def _room(self) -> str:
        spots = spots_of(self._floor)
        return room_at(self.picture, spots, self.place) if self.picture else ""

    def resize_room(self, step: FloorStep) -> None:
        """Widen the room where one stands, or narrow it; kept at once unless lifted."""
        if self.floor is None or not (room := self._room):
            return
        resized = room_moved(self.floor, room, step)
        if resized != self.floor:
            self.floor = resized
            self.redraw()
            if not self.lifted:
                self.post_message(self.Placed())

    def lift(self) -> None:
        """Lift the room where one stands, or put it down there: it is kept."""
        if self._room:
            self.place, self.lifted = self._room, not self.lifted
            self.redraw()
            if not self.lifted:
                self.post_message(self.Placed())

    def key_enter(self, event: events.Key) -> None:
        """Choose; no binding, so that the footer may show it."""
        if self.floor is None:
            event.stop()
            self.post_message(self.Chosen())

    def on_key(self, event: events.Key) -> None:
        """Stand at an aspect by its number, shifted or not; Disposer ignores digits."""
        digit = digit_of(event.key)
        if self.floor is not None:
            if event.key in {"plus", "equals_sign", "minus"}:
                wider = event.key != "minus"
                self.resize_room(FloorStep.WIDER if wider else FloorStep.NARROWER)
            elif not digit:
                return
        elif digit and self.picture and 0 < int(digit) <= len(self.picture.aspects):
            self.colour(int(digit) - 1)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Stand where one clicks; a click there again chooses."""
        hit = next(
            (
                one
                for one in self._targets
                if one.y == event.y and one.left <= event.x < one.right
            ),
            None,
        )
        if hit is None or self.lifted:
            return
        aspect = self.aspect if hit.aspect is None else hit.aspect
        if not hit.place and hit.aspect is not None:
            self.colour(hit.aspect)
        elif (hit.place, aspect) != (self.place, self.aspect):
            self.point(hit.place, aspect)
        elif self.floor is None:
            self.post_message(self.Chosen())

    def on_mouse_scroll_down(self) -> None:
        self.action_step(FloorStep.DOWN)

    def on_mouse_scroll_up(self) -> None:
        self.action_step(FloorStep.UP)

    def on_resize(self) -> None:
        """Lay all out again: there may be room for both faces, or no more."""
        self._lines, self._targets = self._drawn()
        self.refresh()

    def redraw(self) -> None:
        """Draw again what changed."""
        before = self._lines
        self._lines, self._targets = self._drawn()
        regions = list(changes(before, self._lines))
        if regions:
            self.refresh(*regions)

    def _drawn(self) -> tuple[list[Line], list[ClickTarget]]:
        width, height = self.size.width, self.size.height
        picture = self.picture
        if picture is None or width < 1:
            return [], []
        at = Pointer(self.place, self.aspect, self.tint, self.shows_plan, self.lifted)
        face = Face(picture, at, width)
        face.add(*progress(picture, width))
        face.add(Run(" "))
        if not picture.lines:
            face.add(Run(fitted(f" {self.empty}", width), DIM))
        else:
            floor, room = self._floor, height - len(face.lines) - 1
            table = room
            if self.both:
                rows = len(picture.lines) + 4
                tallest = max((len(rows) for rows in floor.values()), default=0)
                table = min(rows, max(room - 5 * tallest - 3, room // 2))
            if self.both or not self.shows_plan:
                joined(face, TableFace(picture, at, width, table - 1))
            if self.both:
                face.add(Run(" "))
                room -= table
            if self.both or self.shows_plan:
                plan = PlanFace(picture, floor, at, width=width, height=max(room, 1))
                joined(face, plan)
        face.lines = face.lines[: height - 1]
        face.lines += [[Run(" ")] for _ in range(height - 1 - len(face.lines))]
        face.add(Run(fitted(f" {self._status}", width)))
        return [merged(line) for line in face.lines], face.targets

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        width, base = self.size.width, self.plain_style
        line = self._lines[y] if y < len(self._lines) else ()
        known = looks(dark=self.app.current_theme.dark)
        segments = []
        for text, look in line:
            style = base
            for name in look.split():
                style += known[name]
            segments.append(Segment(text, style))
        return Strip(segments).adjust_cell_length(width, base)


def merged(line: Sequence[Run]) -> Line:
    """Return a line in few runs: blanks have no colour of their own to change for."""
    runs: list[Run] = []
    for run in line:
        before = runs[-1] if runs else run
        is_blank = not run.text.strip() and {run.look, before.look} <= {"", DIM, BOLD}
        if runs and (before.look == run.look or is_blank):
            runs[-1] = Run(before.text + run.text, before.look)
        else:
            runs.append(run)
    return tuple(runs)


def joined(face: Face, other: Face) -> None:
    """Add the lines of a face under those of another, and where they are clicked."""
    face.targets += [one._replace(y=one.y + len(face.lines)) for one in other.targets]
    face.lines += other.lines


def changes(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Region]:
    """Yield the part of each line that is to be drawn again, from its left.

    Textual draws a line from the left of the widget whatever part of it changed.
    """
    for y, (old, new) in enumerate(zip_longest(before, after, fillvalue=())):
        if old != new:
            columns = enumerate(zip_longest(_cells(old), _cells(new)), 1)
            changed = [x for x, (was, now) in columns if was != now]
            if changed:
                yield Region(0, y, changed[-1], 1)


def _cells(line: Line) -> Iterator[tuple[str, str]]:
    """Yield what each column shows and its look; a wide character has two columns."""
    for text, look in line:
        for character in text:
            for part in range(cell_len(character)):
                yield (character if part == 0 else "", look)


def beside(floor: Floor, room: str, step: FloorStep) -> str:
    """Return the room next to one that way; past the last one, in the next building."""
    spots = spots_of(floor)
    spot = spots[room]
    if step in {FloorStep.LEFT, FloorStep.RIGHT}:
        way = 1 if step is FloorStep.RIGHT else -1
        order = list(spots)
        rank = order.index(room) + way
        return order[rank] if 0 <= rank < len(order) else room
    row = spot.row + (1 if step is FloorStep.DOWN else -1)
    there = {
        other: at
        for other, at in spots.items()
        if at.holder == spot.holder and at.row == row
    }
    if there:
        return min(there, key=lambda other: abs(there[other].start - spot.start))
    order = list(floor)
    rank = order.index(spot.holder) + (1 if step is FloorStep.DOWN else -1)
    return floor[order[rank]][0][0][0] if 0 <= rank < len(order) else room
