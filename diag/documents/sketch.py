"""The network of a school drawn from its facts: access, cabinet, buildings, rooms.

Nothing is drawn by hand. A thick frame is what a criterion surely finds short; a dashed
link is one to do again. The table has the same words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from diag.answers.types import heads_words
from diag.assess.spread import short_places
from diag.audit.findings import names_judged
from diag.audit.report import Report
from diag.documents.blocks import table
from diag.documents.drawings import (
    INK,
    SOFT,
    WIDTH,
    Drawing,
    Panel,
    cut,
    printed,
    rect_mark,
    text_mark,
)
from diag.documents.escape import Md
from diag.model.enums import PlaceKind
from diag.model.fact import Place
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


def network_sketch(report: Report) -> Md:
    """Return the network as a table with its drawing; nothing where nothing is read."""
    found = read_network(report)
    parts = list(found.parts)
    rows = [
        (one.name, ", ".join(one.lines), "à reprendre" if one.short else "–")
        for one in parts
    ]
    columns = ("Où", "Relevé", "État")
    drawing = draw_network(found) if found.access.lines else None
    return table("Le réseau, lieu par lieu", columns, rows, drawing=drawing)


def read_network(report: Report) -> NetworkSketch:
    """Return what is known of each part of the network."""
    short = _short_facts(report)

    def part(name: str, place: str, facts: Iterable[str]) -> NetworkPart:
        lines = [_words(report, place, fact) for fact in facts]
        is_short = any((place, fact) in short for fact in facts)
        return NetworkPart(printed(name), tuple(filter(None, lines)), is_short)

    root, places = report.facts.root, report.facts.places
    buildings: dict[str, list[NetworkPart]] = {}
    for room in report.facts.places_of(PlaceKind.SALLE):
        held = _building(room, places)
        name = report.place_name(held.id) if held else "Salles"
        wanted = [one for one in ROOM if one in report.checklist.questions]
        shown = part(report.place_name(room.id), room.id, wanted)
        buildings.setdefault(printed(name), []).append(shown)
    return NetworkSketch(
        access=part("Arrivée de l'opérateur", root, ACCESS),
        cabinet=part("Baie ou coffret", root, CABINET),
        cables=part("Câbles", root, CABLES),
        link=part("Entre les bâtiments", root, LINK),
        buildings=buildings,
    )


def _short_facts(report: Report) -> set[tuple[str, str]]:
    """Return the facts, each at its place, that surely hold a criterion down."""
    return {
        (verdict.place, fact)
        for result in report.assessment.criteria.values()
        if result.criterion.domain in DOMAINS
        for verdict in short_places(result)
        for fact in names_judged(result.criterion)
    }


def _words(report: Report, place: str, fact: str) -> str:
    """Return what was read, short enough for a box; a bare number under its name."""
    question = report.checklist.questions.get(fact)
    heads = report.facts.answers.get((place, fact), ())
    if question is None or not heads:
        return ""
    if fact == MAKESHIFT and str(heads[0].value) == "0":
        return ""
    read = heads_words(question, heads)
    mark = _MARKS.get(fact, "")
    return printed(f"{mark}{uncapitalised(read) if mark else read}")


_MARKS = {
    "debit_descendant": "↓ ",
    "debit_montant": "↑ ",
    "reperage_reseau": "repérage : ",
    MAKESHIFT: "à ôter : ",
}


def _building(room: Place, places: Mapping[str, Place]) -> Place | None:
    held = places.get(room.parent or "")
    return held if held and held.kind is PlaceKind.BATIMENT else None


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
        shapes += _draw_building(name, rooms, y)
        words, tone = _folded((" ; ".join(link.lines),), 76, 2), _tone(link)
        shapes += [
            text_mark(line, x - 8, y - 8 - _LINE * up, anchor="end", size=11, fill=tone)
            for up, line in enumerate(reversed(words))
        ]
        y += _height(rooms) + 30
    return Drawing(
        printed(_claim(found)),
        printed(
            " ; ".join(
                f"{one.name} : {', '.join(one.lines)}{', à reprendre' * one.short}"
                for one in found.parts
            )
        )
        + ".",
        printed("Cadre épais : à reprendre. Tireté : liaison à refaire."),
        Panel(WIDTH, y - 26, "".join(shapes)),
        lacks=tuple(
            f"{one.name}{'' if one.short else ' (en ordre)'}\u00a0: "
            f"{', '.join(one.lines)}"
            for one in found.parts
        ),
    )


def _claim(found: NetworkSketch) -> str:
    fixed = (found.access, found.cabinet, found.cables, found.link)
    names = [f"« {one.name} »" for one in fixed if one.short]
    rooms = [one for some in found.buildings.values() for one in some if one.short]
    if rooms:
        names.append(counted(len(rooms), "salle"))
    return f"À reprendre : {listed(names)}" if names else "Rien à reprendre n'est sûr"


def _draw_building(name: str, rooms: Sequence[NetworkPart], y: int) -> Iterator[str]:
    ground = rect_mark(_GROUND, 0, y, WIDTH, _height(rooms))
    yield _edged(ground, _EDGE, 1)
    yield text_mark(name, _GAP, y + 16, size=12, bold=True)
    wide = (WIDTH - _SIDE - _GAP) // _ACROSS - _GAP
    for rank, room in enumerate(rooms):
        x = _GAP + rank % _ACROSS * (wide + _GAP)
        top = y + 24 + rank // _ACROSS * (_HIGH + _GAP)
        yield from _draw_part(room, x, top, wide, _HIGH)


def _height(rooms: Sequence[NetworkPart]) -> int:
    return 24 + -(-len(rooms) // _ACROSS) * (_HIGH + _GAP)


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
