"""Rooms drawn: a table of aspects, a plan; letters in every cell, darker is worse."""

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import NamedTuple

from diag.assess.heat import HeatCell
from diag.documents.drawings import (
    INK,
    SOFT,
    WIDTH,
    Drawing,
    Panel,
    cut,
    hatched_mark,
    printed,
    rect_mark,
    text_mark,
)
from diag.documents.parts.votes import votes_named
from diag.words.sentences import counted

ON_PAPER = (
    ("#7d1f24", "#ffffff"),
    ("#a35f14", "#ffffff"),
    ("#8fbfb2", "#000000"),
    ("#e3efe0", "#000000"),
)
"""Ground and ink of each level: darkness is attention, and grey keeps the order."""

_HEAT_ROW, _HEAT_NAMES, _HEAT_LETTER, _HEAT_TOP = 24, 200, 6.6, 24


class HeatMark(NamedTuple):
    """What a cell shows, and the level that colours it; None: nothing to see there."""

    text: str
    words: str
    level: int | None = None
    is_open: bool = False
    in_full: bool = False
    """Whether the text is the words already, no letter for them."""


HEAT_LEGEND = (
    "I insuffisant, B base, R recommandé, E exemplaire ; B-R : l'un ou l'autre, "
    "un fait manque ; ? : pas encore su ; ! : danger ; « rien vu » : aucun danger vu, "
    "rien de plus ; un tiret : sans objet."
)
"""How a table of rooms is read, drawn or not."""


def heat_mark(cell: HeatCell | None, *, of_danger: bool) -> HeatMark:
    """Return what a cell shows on paper: of dangers, only those that are there."""
    if cell is None:
        return HeatMark("–", "sans objet")
    if of_danger and not cell.danger and cell.low:
        return HeatMark("rien vu", "rien vu", in_full=True)
    level = 0 if cell.danger else cell.level
    return HeatMark(cell.letters, cell.words, level, level is None)


HeatRow = tuple[str, Sequence[HeatMark]]
"""A room, and its mark under each column."""


def draw_heat(columns: Sequence[str], rows: Sequence[HeatRow]) -> Drawing | None:
    """Return where each room stands on each aspect; None without a room."""
    if not rows or not columns:
        return None
    cell = (WIDTH - _HEAT_NAMES) // len(columns)
    shapes, words = [], []
    for at, column in enumerate(columns):
        middle = _HEAT_NAMES + at * cell + cell // 2
        label = cut(printed(column), int(cell / _HEAT_LETTER))
        shapes.append(text_mark(label, middle, 16, anchor="middle", size=12, fill=SOFT))
    for rank, (name, marks) in enumerate(rows):
        y = _HEAT_TOP + rank * _HEAT_ROW
        shown = cut(printed(name), int((_HEAT_NAMES - 8) / _HEAT_LETTER))
        shapes.append(text_mark(shown, 0, y + 16, size=13))
        for at, mark in enumerate(marks):
            box = _HEAT_NAMES + at * cell + 1, y + 1, cell - 2, _HEAT_ROW - 2
            shapes += _draw_mark(mark, box)
        known = (
            f"{column} {mark.words}"
            for column, mark in zip(columns, marks, strict=True)
        )
        words.append(f"{name} : {', '.join(known)}")
    return Drawing(
        printed(_claim_of_rooms(rows)),
        printed(f"{' ; '.join(words)}."),
        printed("Plus c'est foncé, plus il manque ; hachuré, un fait manque."),
        Panel(WIDTH, _HEAT_TOP + _HEAT_ROW * len(rows) + 2, "".join(shapes)),
        lacks=tuple(_lacks(columns, row) for row in rows),
    )


def _claim_of_rooms(rows: Sequence[HeatRow]) -> str:
    short = sum(any(mark.level == 0 for mark in marks) for _, marks in rows)
    if not short:
        return "Aucune salle n'a de point sûrement insuffisant"
    verb = "a" if short == 1 else "ont"
    rooms = counted(short, "salle")
    return f"{rooms} sur {len(rows)} {verb} au moins un point insuffisant"


def _lacks(columns: Sequence[str], row: HeatRow) -> str:
    """Return what is insufficient in a room, then what nobody knows yet."""
    name, marks = row
    short = [
        column for column, mark in zip(columns, marks, strict=True) if mark.level == 0
    ]
    doubts = sum(mark.is_open for mark in marks)
    named = f"insuffisant : {' ; '.join(short)}"
    parts = [named if short else "rien d'insuffisant"]
    if doubts:
        parts.append(f"{counted(doubts, 'point')} à préciser")
    return printed(f"{name} : {', '.join(parts)}.")


def _draw_mark(mark: HeatMark, box: tuple[int, int, int, int]) -> list[str]:
    x, y, width, height = box
    where = x + width // 2, y + height // 2 + 4
    shapes = [hatched_mark(*box)] if mark.is_open else []
    ink = SOFT if not mark.is_open else INK
    if mark.level is not None:
        ground, ink = ON_PAPER[mark.level]
        shapes.append(rect_mark(ground, x, y, width, height))
    words = printed(mark.text)
    return [*shapes, text_mark(words, *where, anchor="middle", size=12, fill=ink)]


_PLAN_ROOM, _PLAN_NAME, _PLAN_GAP = 44, 24, 12


class PlanRoom(NamedTuple):
    """A room on a plan: its width, and what it shows."""

    name: str
    width: int
    mark: HeatMark
    votes: Sequence[int] = ()
    """The numbers of the votes that concern it."""


Buildings = Sequence[tuple[str, Sequence[Sequence[PlanRoom]]]]
"""Each building, and its rooms row by row."""


def draw_plan(about: str, buildings: Buildings) -> Drawing | None:
    """Return where rooms stand, coloured by one aspect; None without a room."""
    if not any(rows for _, rows in buildings):
        return None
    words = [f"{room.name} {room.mark.words}" for room in _rooms(buildings)]
    return Drawing(
        printed(f"Plan des salles, {about}"),
        printed(f"{' ; '.join(words)}."),
        printed(HEAT_LEGEND),
        _lay_plan(buildings, _draw_room, _PLAN_ROOM),
    )


def draw_votes(buildings: Buildings, rest: Sequence[int]) -> Drawing | None:
    """Return which votes concern each room; None without one, or with a lone room.

    The `rest`, for the whole school or what no room holds, are in the legend.
    """
    rooms = _rooms(buildings)
    voted = [room for room in rooms if room.votes]
    if not voted or len(rooms) == 1:
        return None
    of_rest = f"Pour toute l'école, ou hors d'une salle : {votes_named(rest)}."
    legend = of_rest if rest else ""
    words = [f"{room.name} : {votes_named(room.votes)}" for room in voted]
    return Drawing(
        printed(_claim_of_votes(voted, len(rooms))),
        printed(f"{' ; '.join(words)}. {legend}".rstrip()),
        printed(legend),
        _lay_plan(buildings, _draw_voted_room, _VOTED_ROOM),
    )


def _claim_of_votes(voted: Sequence[PlanRoom], rooms: int) -> str:
    most = max(len(room.votes) for room in voted)
    first, *others = [room for room in voted if len(room.votes) == most]
    every = {vote for room in voted for vote in room.votes}
    if not others and 1 < most < len(every):
        among = f"{most} des {len(every)} votes qui visent une salle"
        return f"« {first.name} » réunit {among}"
    verb = "est visée" if len(voted) == 1 else "sont visées"
    return f"{counted(len(voted), 'salle')} sur {rooms} {verb} par un vote"


def _rooms(buildings: Buildings) -> list[PlanRoom]:
    return [room for _, rows in buildings for row in rows for room in row]


def _lay_plan(
    buildings: Buildings,
    draw: Callable[[PlanRoom, int, int, int], list[str]],
    high: int,
) -> Panel:
    shapes, y = list[str](), 0
    for building, rows in buildings:
        shapes.append(text_mark(printed(building), 0, y + 15, size=13, fill=SOFT))
        y += _PLAN_NAME
        across = max(sum(room.width for room in row) for row in rows)
        unit = WIDTH // max(across, 4)
        for row in rows:
            x = 0
            for room in row:
                shapes += draw(room, x, y, room.width * unit)
                x += room.width * unit
            y += high
        y += _PLAN_GAP
    return Panel(WIDTH, y, "".join(shapes))


def _draw_room(room: PlanRoom, x: int, y: int, width: int) -> list[str]:
    box = x + 1, y + 1, width - 2, _PLAN_ROOM - 2
    level = room.mark.level
    ground, ink = ("#ffffff", INK) if level is None else ON_PAPER[level]
    longest = int((width - 14) / _HEAT_LETTER)
    letters = "" if room.mark.in_full else f"{room.mark.text} "
    return [
        hatched_mark(*box) if room.mark.is_open else _wall_mark(ground, *box),
        *(
            text_mark(cut(printed(text), longest), x + 8, y + base, size=12, fill=ink)
            for text, base in ((room.name, 18), (f"{letters}{room.mark.words}", 34))
        ),
    ]


def _wall_mark(ground: str, x: int, y: int, width: int, height: int) -> str:
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{ground}" stroke="{SOFT}" x="{x}" y="{y}" {size}/>'


_VOTED_ROOM, _DISC, _PLAN_LETTER = 60, 20, 6.3
"""Height of a room, its name on two lines; width of a disc, of a letter."""


def _draw_voted_room(room: PlanRoom, x: int, y: int, width: int) -> list[str]:
    longest = max(2, int((width - 10) / _PLAN_LETTER))
    lines = wrap(printed(room.name), longest, max_lines=2, placeholder="…")
    shapes = [_wall_mark("#ffffff", x + 1, y + 1, width - 2, _VOTED_ROOM - 2)]
    shapes += [
        text_mark(line, x + 7, y + 15 + 14 * at, size=12)
        for at, line in enumerate(lines)
    ]
    if _DISC * len(room.votes) > width - 8:
        count = cut(printed(counted(len(room.votes), "vote")), longest)
        return [*shapes, text_mark(count, x + 7, y + 51, size=12, bold=True)]
    for at, vote in enumerate(room.votes):
        middle, base = x + 16 + at * _DISC, y + 46
        shapes.append(f'<circle cx="{middle}" cy="{base}" r="9" fill="{INK}"/>')
        number, where = str(vote), (middle, base + 4)
        shapes.append(
            text_mark(number, *where, anchor="middle", size=11, fill="#ffffff")
        )
    return shapes
