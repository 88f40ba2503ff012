"""The map of several communes: a disc for each, full when all its schools are audited.

A disc stands in the middle of its schools: none is shown where it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from diag.documents.blocks import table
from diag.documents.drawings import (
    FULL,
    INK,
    SOFT,
    Drawing,
    Panel,
    printed,
    text_mark,
)
from diag.documents.escape import Md
from diag.documents.projection import (
    MARGIN,
    WIDTH,
    Degrees,
    Label,
    Spot,
    named,
    projection,
    spread,
)
from diag.documents.synthesis.gathering import Gathering
from diag.documents.tables.writers import position
from diag.model.territory import School
from diag.model.text import fold
from diag.words.sentences import counted

TALLEST = 240
"""Units down: two drawings share a page."""

WIDEST, SMALLEST, SHARE = 8.0, 2.0, 0.6
"""Radii of a disc where communes are few and where they are many, so that all of them
take no more than this share of the map."""

LISTED = 12
"""Most communes that a telephone lists in the place of the map."""

_LEGEND = (
    "Un disque par commune, au milieu de ses écoles ; à côté, s'il y a la place, les "
    "écoles auditées sur celles qui sont connues. Plein : toutes sont auditées ; à "
    "moitié : une partie ; vide : aucune."
)


@dataclass(frozen=True, slots=True)
class CommuneDisc:
    """A commune on the map."""

    name: str
    audited: int
    known: int
    middle: Degrees | None
    """Amid its schools; None where none has a place."""

    @property
    def label(self) -> str:
        """« Aubeterre 2/3 »."""
        return f"{self.name} {self.audited}/{self.known}"

    @property
    def words(self) -> str:
        """« Aubeterre : 2 écoles auditées sur 3 »."""
        audited = counted(self.audited, "école auditée", "écoles auditées")
        return f"{self.name} : {audited} sur {self.known}"

    def mark(self, spot: Spot, radius: float) -> str:
        """Return its disc."""
        x, y = (round(one, 1) for one in spot)
        fill = FULL if self.audited == self.known else "#ffffff"
        circle = (
            f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" '
            f'stroke="{FULL if self.audited else SOFT}" stroke-width="1.5"/>'
        )
        if not 0 < self.audited < self.known:
            return circle
        half = f"M{x} {y - radius:.1f}a{radius} {radius} 0 0 0 0 {2 * radius}z"
        return f'{circle}<path d="{half}" fill="{FULL}"/>'


def commune_map(gathering: Gathering) -> Md:
    """Return the map, as a table that it draws; empty with fewer than two places."""
    communes = _communes(gathering)
    placed = [one for one in communes if one.middle]
    if len(placed) < 2:  # noqa: PLR2004 - one alone is no map
        return Md("")
    rows = [(one.name, str(one.audited), str(one.known)) for one in communes]
    columns = ("Commune", "Écoles auditées", "Écoles connues")
    drawing = _draw(communes, placed)
    return table("Où sont les audits", columns, rows, numeric=(1, 2), drawing=drawing)


def _communes(gathering: Gathering) -> list[CommuneDisc]:
    """Return the communes in the order of their names."""
    seen = [one.about.school for one in gathering.schools if one.about.school]
    schools: dict[str, list[School]] = {}
    for one in chain(seen, gathering.unseen):
        schools.setdefault(one.insee, []).append(one)
    audited = [one.insee for one in seen]
    discs = [
        CommuneDisc(some[0].commune, audited.count(insee), len(some), _middle(some))
        for insee, some in sorted(schools.items())
    ]
    return sorted(discs, key=lambda one: fold(one.name))


def _middle(schools: Sequence[School]) -> Degrees | None:
    points = [point for one in schools if (point := position(one))]
    if not points:
        return None
    easts, norths = zip(*points, strict=True)
    return sum(easts) / len(points), sum(norths) / len(points)


def _draw(communes: Sequence[CommuneDisc], placed: Sequence[CommuneDisc]) -> Drawing:
    middles = [one.middle for one in placed if one.middle]
    frame = projection(middles, TALLEST)
    radius = _radius(len(placed))
    spots = spread([frame.spot(one) for one in middles], 2 * radius + 2)
    pairs = list(zip(placed, spots, strict=True))
    first = sorted(pairs, key=lambda pair: (-pair[0].audited, -pair[0].known))
    names = [(printed(one.label), [spot]) for one, spot in first]
    labels = named(names, spots, radius, frame.height)
    lines = (*(one.mark(spot, radius) for one, spot in pairs), *map(_text, labels))
    claim = printed(_claim(communes))
    left = [printed(one.words) for one in communes if one.audited < one.known]
    if len(left) > LISTED + 1:
        left[LISTED:] = [f"et {len(left) - LISTED} autres communes"]
    return Drawing(
        title=claim,
        words=printed(f"{' ; '.join(one.words for one in communes)}."),
        legend=printed(_LEGEND),
        wide=Panel(WIDTH, frame.height, "".join(lines)),
        lacks=tuple(left) or (claim,),
    )


def _radius(discs: int) -> float:
    """Return how large so many discs may be, in units: none leaves the map."""
    gap = (TALLEST - 2 * MARGIN) * math.sqrt(SHARE / discs)
    return round(min(WIDEST, max(SMALLEST, gap / 2 - 1)), 1)


def _claim(communes: Sequence[CommuneDisc]) -> str:
    reached = sum(one.audited > 0 for one in communes)
    if all(one.audited == one.known for one in communes):
        return f"Toutes les écoles connues des {len(communes)} communes sont auditées"
    verb = "a" if reached == 1 else "ont"
    communes_words = counted(reached, "commune")
    return f"{communes_words} sur {len(communes)} {verb} au moins une école auditée"


def _text(label: Label) -> str:
    x, y = round(label.x), round(label.y)
    return text_mark(label.words, x, y, anchor=label.anchor, size=12, fill=INK)
