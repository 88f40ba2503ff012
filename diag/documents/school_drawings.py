"""Drawings of a school: its network, its rooms by aspect, their plan."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import wrap
from typing import NamedTuple

from diag.answers.types import heads_words
from diag.assess.spread import HeatCell, short_places
from diag.audit.findings import names_judged
from diag.audit.report import Report
from diag.documents.blocks import Drawing, Md, Panel, table
from diag.documents.drawings import (
    INK,
    SOFT,
    WIDTH,
    cut,
    hatched_mark,
    printed,
    rect_mark,
    text_mark,
)
from diag.documents.parts.votes import votes_named
from diag.model.enums import PlaceKind
from diag.words.sentences import counted, listed, uncapitalised

DOMAINS = ("acces", "reseau", "wifi")
"""Where the facts of a network are."""

ACCESS = ("technologie_acces", "debit_descendant", "debit_montant", "arrivee_operateur")
CABINET = ("coffret_reseau", "commutateur", "alimentation_poe", "protection_courant")
CABLES, LINK = ("categorie_cable", "reperage_reseau"), ("liaison_batiments",)
MAKESHIFT = "bricolages_reseau"
ROOM = ("prises_rj45", "signal_wifi", MAKESHIFT)
"""Whose facts stand in a box or on a link."""

_WARN, _GROUND, _EDGE = "#8a3a10", "#f6f8f9", "#c9d2d6"
_ACROSS, _GAP, _HIGH, _BOX, _LINE, _SIDE = 4, 8, 70, 84, 13, 36
"""Rooms side by side; between things; boxes of rooms and others; a line of words; where
the links of the other buildings pass."""
_LETTER = 6.2


@dataclass(frozen=True, slots=True)
class NetworkPart:
    """A box or a link, with what was read there."""

    name: str
    lines: tuple[str, ...]
    short: bool
    """Whether something there surely falls short."""


@dataclass(frozen=True, slots=True)
class NetworkSketch:
    """The parts of a network, as they are placed."""

    access: NetworkPart
    cabinet: NetworkPart
    cables: NetworkPart
    link: NetworkPart
    """Between buildings."""
    buildings: Mapping[str, Sequence[NetworkPart]]
    """Rooms, by the name of what holds them."""

    @property
    def parts(self) -> Iterator[NetworkPart]:
        """Give everything of which something was read."""
        rooms = (room for some in self.buildings.values() for room in some)
        fixed = (self.access, self.cabinet, self.cables, self.link)
        return (one for one in (*fixed, *rooms) if one.lines)

    @property
    def claim(self) -> str:
        """What its drawing shows: « À reprendre : « baie », 2 salles »."""
        fixed = (self.access, self.cabinet, self.cables, self.link)
        names = [f"« {one.name} »" for one in fixed if one.short]
        rooms = (one.short for some in self.buildings.values() for one in some)
        if short := sum(rooms):
            names.append(counted(short, "salle"))
        return (
            f"À reprendre : {listed(names)}" if names else "Rien à reprendre n'est sûr"
        )


def network_sketch(report: Report) -> Md:
    """Return the network as a table with its drawing; nothing where nothing is read."""
    found = read_network(report)
    parts = list(found.parts)
    rows = [
        (one.name, ", ".join(one.lines), "à reprendre" if one.short else "–")
        for one in parts
    ]
    columns = ("Où", "Relevé", "État")
    draw = partial(draw_network, found) if found.access.lines else None
    return table("Le réseau, lieu par lieu", columns, rows, draw=draw)


_MARKS = {
    "debit_descendant": "↓ ",
    "debit_montant": "↑ ",
    "reperage_reseau": "repérage : ",
    MAKESHIFT: "à ôter : ",
}
"""Before a bare number."""


def read_network(report: Report) -> NetworkSketch:
    """Return what is known of each part of the network."""
    # The facts, each at its place, that surely hold a criterion down.
    short = {
        (verdict.place, fact)
        for result in report.assessment.criteria.values()
        if result.criterion.domain in DOMAINS
        for verdict in short_places(result)
        for fact in names_judged(result.criterion)
    }
    questions = report.checklist.questions

    def part(name: str, place: str, facts: Iterable[str]) -> NetworkPart:
        lines = []
        for fact in facts:
            heads = report.facts.answers.get((place, fact), ())
            if not heads or fact not in questions:
                continue
            if (place, fact) in report.asked_no_more:
                continue
            if fact != MAKESHIFT or str(heads[0].value) != "0":
                read, mark = heads_words(questions[fact], heads), _MARKS.get(fact, "")
                lines.append(printed(f"{mark}{uncapitalised(read) if mark else read}"))
        is_short = any((place, fact) in short for fact in facts)
        return NetworkPart(printed(name), tuple(filter(None, lines)), is_short)

    root, places = report.facts.root, report.facts.places
    buildings: dict[str, list[NetworkPart]] = {}
    for room in report.facts.places_of(PlaceKind.SALLE):
        held = places.get(room.parent or "")
        is_building = held is not None and held.kind is PlaceKind.BATIMENT
        name = report.place_name(held.id) if held and is_building else "Salles"
        wanted = [one for one in ROOM if one in questions]
        shown = part(report.place_name(room.id), room.id, wanted)
        buildings.setdefault(printed(name), []).append(shown)
    return NetworkSketch(
        access=part("Arrivée de l'opérateur", root, ACCESS),
        cabinet=part("Baie ou coffret", root, CABINET),
        cables=part("Câbles", root, CABLES),
        link=part("Entre les bâtiments", root, LINK),
        buildings=buildings,
    )


def draw_network(found: NetworkSketch) -> Drawing:
    """Return the sketch: access and cabinet above, the rooms of each building below."""
    wide, between = 250, WIDTH - 500
    shapes = [
        *_draw_part(found.access, 0, 0, wide, _BOX),
        *_draw_part(found.cabinet, WIDTH - wide, 0, wide, _BOX),
        _line(wide, _BOX // 2, wide + between, _BOX // 2, is_weak=found.access.short),
    ]
    y = _BOX + 34
    for rank, (name, rooms) in enumerate(found.buildings.items()):
        link = found.link if rank else found.cables
        x = WIDTH - (12 * rank if rank else wide // 2)
        shapes.append(_line(x, _BOX, x, y, is_weak=link.short))
        high = 24 + -(-len(rooms) // _ACROSS) * (_HIGH + _GAP)
        shapes.append(_edged(rect_mark(_GROUND, 0, y, WIDTH, high), _EDGE, 1))
        shapes.append(text_mark(name, _GAP, y + 16, size=12, bold=True))
        room_wide = (WIDTH - _SIDE - _GAP) // _ACROSS - _GAP
        for at, room in enumerate(rooms):
            left = _GAP + at % _ACROSS * (room_wide + _GAP)
            top = y + 24 + at // _ACROSS * (_HIGH + _GAP)
            shapes += _draw_part(room, left, top, room_wide, _HIGH)
        words, tone = _folded((" ; ".join(link.lines),), 76, 2), _tone(link)
        shapes += [
            text_mark(line, x - 8, y - 8 - _LINE * up, anchor="end", size=11, fill=tone)
            for up, line in enumerate(reversed(words))
        ]
        y += high + 30
    parts = [
        f"{one.name} : {', '.join(one.lines)}{', à reprendre' * one.short}"
        for one in found.parts
    ]
    return Drawing(
        printed(found.claim),
        printed(" ; ".join(parts)) + ".",
        printed("Cadre épais : à reprendre. Tireté : liaison à refaire."),
        Panel(WIDTH, y - 26, "".join(shapes)),
        lacks=tuple(
            f"{one.name}{'' if one.short else ' (en ordre)'}\u00a0: "
            f"{', '.join(one.lines)}"
            for one in found.parts
        ),
    )


def _draw_part(
    part: NetworkPart, x: int, y: int, width: int, height: int
) -> Iterator[str]:
    letters = int((width - 2 * _GAP) / _LETTER)
    tone = _tone(part)
    box = rect_mark("#ffffff", x, y, width, height)
    yield _edged(box, tone, 2.5 if part.short else 1)
    names = wrap(part.name, letters - 2, max_lines=2, placeholder="…")
    shown = (height - 5) // _LINE - len(names)
    for rank, line in enumerate((*names, *_folded(part.lines, letters, shown))):
        words, at = cut(line, letters), y + 14 + rank * _LINE
        if rank < len(names):
            yield text_mark(words, x + _GAP, at, size=12, fill=tone, bold=True)
        else:
            yield text_mark(words, x + _GAP, at, size=11)


def _folded(lines: Sequence[str], letters: int, most: int) -> list[str]:
    """Return lines folded into so many; the last ends in « … » where more are left."""
    folded = [piece for line in lines for piece in wrap(line, letters)]
    if len(folded) <= most:
        return folded
    rest = " ".join(folded[most - 1 :])
    last = wrap(rest, letters, max_lines=1, placeholder=" …")
    return [*folded[: most - 1], *last]


def _tone(part: NetworkPart) -> str:
    return _WARN if part.short else INK


def _edged(box: str, edge: str, thick: float) -> str:
    return box.replace("/>", f' stroke="{edge}" stroke-width="{thick}"/>')


def _line(x: int, y: int, x2: int, y2: int, *, is_weak: bool) -> str:
    dash = ' stroke-dasharray="6 4"' if is_weak else ""
    tone = _WARN if is_weak else SOFT
    where = f'x1="{x}" y1="{y}" x2="{x2}" y2="{y2}"'
    return f'<line {where} stroke="{tone}" stroke-width="2.5"{dash}/>'


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

    def draw(self, box: tuple[int, int, int, int]) -> list[str]:
        """Return its cell, in a box: left, top, width, height."""
        x, y, width, height = box
        where = x + width // 2, y + height // 2 + 4
        shapes = [hatched_mark(*box)] if self.is_open else []
        ink = SOFT if not self.is_open else INK
        if self.level is not None:
            ground, ink = ON_PAPER[self.level]
            shapes.append(rect_mark(ground, x, y, width, height))
        words = printed(self.text)
        return [*shapes, text_mark(words, *where, anchor="middle", size=12, fill=ink)]


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
    shapes, words, lacks = [], [], []
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
            shapes += mark.draw(box)
        headed = list(zip(columns, marks, strict=True))
        known = (f"{column} {mark.words}" for column, mark in headed)
        words.append(f"{name} : {', '.join(known)}")
        # What is insufficient in a room, then what nobody knows yet.
        short = [column for column, mark in headed if mark.level == 0]
        lack = f"insuffisant : {' ; '.join(short)}" if short else "rien d'insuffisant"
        if doubts := sum(mark.is_open for mark in marks):
            lack += f", {counted(doubts, 'point')} à préciser"
        lacks.append(printed(f"{name} : {lack}."))
    claim = "Aucune salle n'a de point sûrement insuffisant"
    if short_rooms := sum(any(one.level == 0 for one in marks) for _, marks in rows):
        verb, rooms = "a" if short_rooms == 1 else "ont", counted(short_rooms, "salle")
        claim = f"{rooms} sur {len(rows)} {verb} au moins un point insuffisant"
    return Drawing(
        printed(claim),
        printed(f"{' ; '.join(words)}."),
        printed("Plus c'est foncé, plus il manque ; hachuré, un fait manque."),
        Panel(WIDTH, _HEAT_TOP + _HEAT_ROW * len(rows) + 2, "".join(shapes)),
        lacks=tuple(lacks),
    )


_PLAN_ROOM, _PLAN_NAME, _PLAN_GAP = 44, 24, 12

_VOTED_ROOM, _DISC, _PLAN_LETTER = 60, 20, 6.3
"""Height of a room, its name on two lines; width of a disc, of a letter."""


class PlanRoom(NamedTuple):
    """A room on a plan: its width, and what it shows."""

    name: str
    width: int
    mark: HeatMark
    votes: Sequence[int] = ()
    """The numbers of the votes that concern it."""

    def draw(self, x: int, y: int, width: int) -> list[str]:
        """Return it coloured by its mark, its words under its name."""
        box = x + 1, y + 1, width - 2, _PLAN_ROOM - 2
        level = self.mark.level
        ground, ink = ("#ffffff", INK) if level is None else ON_PAPER[level]
        longest = int((width - 14) / _HEAT_LETTER)
        letters = "" if self.mark.in_full else f"{self.mark.text} "
        return [
            hatched_mark(*box) if self.mark.is_open else _wall_mark(ground, *box),
            *(
                text_mark(
                    cut(printed(text), longest), x + 8, y + base, size=12, fill=ink
                )
                for text, base in ((self.name, 18), (f"{letters}{self.mark.words}", 34))
            ),
        ]

    def draw_votes(self, x: int, y: int, width: int) -> list[str]:
        """Return it with its votes in discs, or how many where they find no room."""
        longest = max(2, int((width - 10) / _PLAN_LETTER))
        lines = wrap(printed(self.name), longest, max_lines=2, placeholder="…")
        shapes = [_wall_mark("#ffffff", x + 1, y + 1, width - 2, _VOTED_ROOM - 2)]
        shapes += [
            text_mark(line, x + 7, y + 15 + 14 * at, size=12)
            for at, line in enumerate(lines)
        ]
        if _DISC * len(self.votes) > width - 8:
            count = cut(printed(counted(len(self.votes), "vote")), longest)
            return [*shapes, text_mark(count, x + 7, y + 51, size=12, bold=True)]
        for at, vote in enumerate(self.votes):
            middle, base = x + 16 + at * _DISC, y + 46
            shapes.append(f'<circle cx="{middle}" cy="{base}" r="9" fill="{INK}"/>')
            number, where = str(vote), (middle, base + 4)
            shapes.append(
                text_mark(number, *where, anchor="middle", size=11, fill="#ffffff")
            )
        return shapes


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
        _lay_plan(buildings, PlanRoom.draw, _PLAN_ROOM),
    )


def draw_votes(buildings: Buildings, rest: Sequence[int]) -> Drawing | None:
    """Return which votes concern each room; None without one, or with a lone room.

    The `rest`, for the whole school or what no room holds, are in the legend.
    """
    rooms = _rooms(buildings)
    voted = [room for room in rooms if room.votes]
    if not voted or len(rooms) == 1:
        return None
    verb = "est visée" if len(voted) == 1 else "sont visées"
    claim = f"{counted(len(voted), 'salle')} sur {len(rooms)} {verb} par un vote"
    most = max(len(room.votes) for room in voted)
    first, *others = [room for room in voted if len(room.votes) == most]
    every = {vote for room in voted for vote in room.votes}
    if not others and 1 < most < len(every):
        among = f"{most} des {len(every)} votes qui visent une salle"
        claim = f"« {first.name} » réunit {among}"
    of_rest = f"Pour toute l'école, ou hors d'une salle : {votes_named(rest)}."
    legend = of_rest if rest else ""
    words = [f"{room.name} : {votes_named(room.votes)}" for room in voted]
    return Drawing(
        printed(claim),
        printed(f"{' ; '.join(words)}. {legend}".rstrip()),
        printed(legend),
        _lay_plan(buildings, PlanRoom.draw_votes, _VOTED_ROOM),
    )


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


def _wall_mark(ground: str, x: int, y: int, width: int, height: int) -> str:
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{ground}" stroke="{SOFT}" x="{x}" y="{y}" {size}/>'
