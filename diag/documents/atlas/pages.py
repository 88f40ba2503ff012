"""The pages of one atlas: the map of its schools, what each page reads, one frame."""

import json
import math
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from diag.assess.results import Score
from diag.assess.words import added
from diag.documents.atlas.school import (
    Bilan,
    SchoolEntry,
    SchoolScores,
    ScoreBar,
    View,
    gauge,
    middle,
    slug,
)
from diag.documents.blocks import one_line
from diag.documents.drawings import (
    MAP_WIDTH,
    Degrees,
    Label,
    Projection,
    Spot,
    label_marks,
    projection,
    spread_marks,
)
from diag.documents.sandbox import Typographer
from diag.imports.source import read_file
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.dates import long_date
from diag.words.sentences import number, typeset
from diag.words.vocabulary import SOCLES
from diag.workspace.charter import Issuer

# Only coordinates are read. Properties never reach a page: they may name anything.
Line = tuple[Degrees, ...]
"""One line, closed or not."""

MOST_POINTS = 500_000
"""More would weigh on every opening: a file of so many is not an outline."""

_CLOSEST = 0.6
"""Points nearer than this on the map are one, in units."""

_DEEPEST = 8

_DEPTHS = {
    "LineString": 0,
    "MultiLineString": 1,
    "Polygon": 1,
    "MultiPolygon": 2,
}


_LARGEST_OUTLINE = 64 * 2**20
"""Bytes of the heaviest outline read: a département in full detail weighs a few."""


def read_outline(path: Path) -> tuple[Line, ...]:
    """Return the lines of a GeoJSON file.

    Raises:
        DiagError: when it is no GeoJSON in degrees, or far too large.
    """
    name, content = path.name, read_file(path, _LARGEST_OUTLINE)
    if len(content) > _LARGEST_OUTLINE:
        raise DiagError(
            f"{name} : plus de {_LARGEST_OUTLINE // 2**20} Mo. Simplifiez ce "
            "contour : la carte le trace à quelques dizaines de mètres près."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DiagError(f"{name} n'est pas un texte en UTF-8.") from error
    try:
        lines = tuple(_lines(json.loads(text), 0))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DiagError(
            f"{name} n'est pas un contour GeoJSON en degrés (WGS 84). "
            "Exportez-le ainsi depuis votre outil de cartographie."
        ) from error
    if not lines:
        raise DiagError(f"{name} ne contient aucune ligne ni aucun polygone.")
    if sum(map(len, lines)) > MOST_POINTS:
        raise DiagError(
            f"{name} a plus de {MOST_POINTS} points : simplifiez le contour avant."
        )
    return lines


def corners(lines: Iterable[Line]) -> tuple[Degrees, Degrees]:
    """Return the south-west and north-east corners of lines."""
    points = [point for line in lines for point in line]
    longitudes, latitudes = zip(*points, strict=True)
    return (min(longitudes), min(latitudes)), (max(longitudes), max(latitudes))


def drawn(lines: Iterable[Line], projection: Projection) -> str:
    """Return the lines as the `d` of a path, points that do not show left out."""
    paths = []
    for line in lines:
        spots = [projection.spot(point) for point in line]
        kept = spots[:1]
        for spot in spots[1:]:
            if math.dist(spot, kept[-1]) >= _CLOSEST:
                kept.append(spot)
        if len(kept) > 1:
            closing = "Z" if line[0] == line[-1] else ""
            paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + closing)
    return " ".join(paths)


def _lines(found: Any, depth: int) -> Iterator[Line]:
    if depth > _DEEPEST:
        raise ValueError
    match found["type"]:
        case "FeatureCollection":
            for feature in found["features"]:
                yield from _lines(feature, depth + 1)
        case "Feature":
            if found["geometry"] is not None:
                yield from _lines(found["geometry"], depth + 1)
        case "GeometryCollection":
            for geometry in found["geometries"]:
                yield from _lines(geometry, depth + 1)
        case kind if kind in _DEPTHS:
            yield from _nested(found["coordinates"], _DEPTHS[kind])


def _nested(coordinates: Any, depth: int) -> Iterator[Line]:
    if depth:
        for part in coordinates:
            yield from _nested(part, depth - 1)
    elif coordinates:
        yield tuple(map(_degrees, coordinates))


def _degrees(point: Any) -> Degrees:
    east, north = float(point[0]), float(point[1])
    if not (abs(east) <= 180 and abs(north) <= 90):  # noqa: PLR2004 - degrees of a globe
        raise ValueError
    return east, north


# The list under it has the same in words: the map only shows where.
LARGE, SMALL = 9.0, 6.5
"""Radius of an audited school's mark, on an airy map and on a crowded one."""

DOT = 4.0
"""Radius of the others'."""

CROWD = 90
"""From so many schools on, marks are small."""

BESIDE = 6
"""So many schools of a commune are tried to write its name beside."""

NAMES = 60
"""At most so many communes named."""

_WIDEST = 3
"""An outline so many times wider than the schools is cut to where they are."""


@dataclass(frozen=True, slots=True)
class SchoolMark:
    """One school on the map."""

    entry: SchoolEntry
    x: str
    y: str
    radius: float


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """Everything that is drawn."""

    width: int
    height: int
    outline: str
    marks: tuple[SchoolMark, ...]
    """Audited schools last: they stand above the others."""
    labels: tuple[Label, ...]
    kilometres: int
    scale: float
    """Length of so many kilometres."""
    crowded: bool
    audited: int
    unplaced: int
    """Schools without coordinates: in the list only."""


def _territory_map(
    entries: Sequence[SchoolEntry], outline: Sequence[Line]
) -> TerritoryMap | None:
    """Return the map of the schools whose place is known; None when there is none."""
    placed = [(one, one.point) for one in entries if one.point]
    if not placed:
        return None
    placed.sort(key=lambda one: (one[0].told is not None, one[0].order))
    points = [point for _, point in placed]
    shown = [*points]
    if outline:  # unless it is far wider than the schools
        south_west, north_east = corners(outline)
        (west, south), (east, north) = corners([tuple(points)])
        across, down = north_east[0] - south_west[0], north_east[1] - south_west[1]
        is_near = across <= _WIDEST * max(east - west, 0.01)
        if is_near and down <= _WIDEST * max(north - south, 0.01):
            shown += south_west, north_east
    frame = projection(shown)
    large = SMALL if len(placed) > CROWD else LARGE
    spots = spread_marks([frame.spot(point) for point in points], 2 * large + 1)
    marks = tuple(
        SchoolMark(one, f"{x:.1f}", f"{y:.1f}", large if one.told else DOT)
        for (one, _), (x, y) in zip(placed, spots, strict=True)
    )
    kilometres, scale = frame.scale
    return TerritoryMap(
        width=MAP_WIDTH,
        height=frame.height,
        outline=drawn(outline, frame),
        marks=marks,
        labels=label_marks(_communes(placed, spots), spots, large, frame.height - 22),
        kilometres=kilometres,
        scale=round(scale, 1),
        crowded=len(placed) > CROWD,
        audited=sum(one.told is not None for one, _ in placed),
        unplaced=len(entries) - len(placed),
    )


def _communes(
    placed: Sequence[tuple[SchoolEntry, Degrees]], spots: Sequence[Spot]
) -> list[tuple[str, list[Spot]]]:
    """Return the communes, the largest first, each with its most central schools."""
    marks: dict[tuple[str, str], list[Spot]] = {}
    for (entry, _), spot in zip(placed, spots, strict=True):
        marks.setdefault((entry.commune, entry.insee), []).append(spot)
    ranked = sorted(marks, key=lambda one: (-len(marks[one]), fold(one[0]), one[1]))
    found = []
    for commune in ranked[:NAMES]:
        own = marks[commune]
        middle = [sum(ends) / len(own) for ends in zip(*own, strict=True)]
        own.sort(key=lambda spot: (math.dist(spot, middle), spot))
        if commune[0]:
            found.append((commune[0], own[:BESIDE]))
    return found


INDEX = "index.html"
"""The map and the list."""

OVERVIEW = "ensemble.html"
"""The territory as a whole."""

FREQUENT = 12
"""At most so many points of compliance listed, the most frequent first."""


def commune_path(name: str, insee: str) -> str:
    """Return where a commune's page stands."""
    return f"communes/{slug(name, insee)}.html"


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune in the table of communes."""

    insee: str
    name: str
    schools: int
    audited: int
    failing: int
    """Points of compliance that fail, over all its schools."""
    median: ScoreBar
    budget: str

    @property
    def path(self) -> str:
        """Where its page stands."""
        return commune_path(self.name, self.insee)


@dataclass(frozen=True, slots=True)
class Overview:
    """Schools counted and summed up."""

    schools: int
    audited: int
    provisional: int
    with_alerts: int
    """Schools where a point of compliance fails."""
    median: ScoreBar
    socles: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int, ScoreBar], ...]
    """Title, how many schools have a score, their median."""
    frequent: tuple[tuple[str, int], ...]
    """Points of compliance that fail, and in how many schools."""
    more: int
    """How many other points fail somewhere."""
    budget: str
    """Three years, with tax; empty when the view has no money."""


def overview(entries: Iterable[SchoolEntry]) -> Overview:
    """Return schools counted and summed up."""
    listed = list(entries)
    told = [one.told for one in listed if one.told]
    scores: dict[str, list[Score]] = {}
    for one in told:
        for title, score in one.domains.items():
            scores.setdefault(title, []).append(score)
    socles = Counter(one.socle for one in told)
    wrong = Counter(title for one in told for title in one.failing)
    ranked = sorted(wrong.items(), key=lambda one: (-one[1], fold(one[0])))
    return Overview(
        schools=len(listed),
        audited=len(told),
        provisional=sum(one.provisional for one in told),
        with_alerts=sum(bool(one.failing) for one in told),
        median=_median(told),
        socles=tuple((said, socles[one]) for one, said in SOCLES.items()),
        domains=tuple(
            (title, len(some), gauge(middle(some))) for title, some in scores.items()
        ),
        frequent=tuple(ranked[:FREQUENT]),
        more=len(ranked[FREQUENT:]),
        budget=_budget(told),
    )


def commune_lines(
    entries: Iterable[SchoolEntry], names: Mapping[str, str] | None = None
) -> tuple[CommuneLine, ...]:
    """Return the communes of schools by name, and those of `names` (INSEE → name).

    The name given there is the one that is printed.
    """
    told = dict(names or {})
    found: dict[str, list[SchoolEntry]] = {insee: [] for insee in told}
    for one in entries:
        if one.insee:
            found.setdefault(one.insee, []).append(one)
            told.setdefault(one.insee, one.commune or one.insee)
    lines = []
    for insee, some in found.items():
        scored = [one.told for one in some if one.told]
        lines.append(
            CommuneLine(
                insee=insee,
                name=told[insee],
                schools=len(some),
                audited=len(scored),
                failing=sum(len(one.failing) for one in scored),
                median=_median(scored),
                budget=_budget(scored),
            )
        )
    return tuple(sorted(lines, key=lambda one: (fold(one.name), one.insee)))


def _median(told: Iterable[SchoolScores]) -> ScoreBar:
    return gauge(middle(one.overall for one in told), "pas encore de score")


def _budget(told: Sequence[SchoolScores]) -> str:
    paid = [one.budget for one in told if one.budget is not None]
    return added(paid).taxed if paid else ""


@dataclass(frozen=True, slots=True)
class File:
    """One form of a document."""

    path: str
    """From the root of the atlas."""
    form: str
    """`PDF`, `HTML`, `ODT`."""
    size: str


@dataclass(frozen=True, slots=True)
class PaperLinks:
    """One document in the forms in which it was made."""

    title: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An audit as a reader sees it, and its documents."""

    bilan: Bilan
    papers: tuple[PaperLinks, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """What every page of one atlas shares."""

    view: View
    office: Issuer
    day: date
    campaign: str
    communes: Mapping[str, str] = field(default_factory=dict)
    """INSEE code → name, of every commune that has a page."""

    def commune_page(self, insee: str) -> str:
        """Return where a commune's page stands; empty when it has none."""
        name = self.communes.get(insee)
        return commune_path(name, insee) if name else ""

    def index(
        self, entries: Sequence[SchoolEntry], outline: Sequence[Line] = ()
    ) -> str:
        """Return the map and the list."""
        told = {
            "whole": overview(entries),
            "entries": entries,
            "communes": self.lines(entries),
            "map": _territory_map(entries, outline),
        }
        return self._page("index", INDEX, told, scripted=True)

    def overview(self, entries: Sequence[SchoolEntry], syndicat: Dossier | None) -> str:
        """Return the territory as a whole, with the syndicat's own audit."""
        told = {
            "whole": overview(entries),
            "communes": self.lines(entries),
            "audit_title": syndicat.title if syndicat else "",
        }
        return self._page("overview", OVERVIEW, told | _dossier(syndicat))

    def lines(self, entries: Sequence[SchoolEntry]) -> tuple[CommuneLine, ...]:
        """Return the communes, those without a school too."""
        return commune_lines(entries, self.communes)

    def school(self, one: SchoolEntry, dossier: Dossier | None) -> str:
        """Return a school's page."""
        told = {"one": one, "commune_page": self.commune_page(one.insee)}
        return self._page("school", one.path, told | _dossier(dossier))

    def commune(
        self,
        one: CommuneLine,
        entries: Sequence[SchoolEntry],
        dossier: Dossier | None,
        population: int | None,
    ) -> str:
        """Return a commune's page: its schools, then itself."""
        told = {
            "one": one,
            "entries": entries,
            "population": number(str(population)) if population else "",
        }
        return self._page("commune", one.path, told | _dossier(dossier))

    def _page(
        self,
        kind: str,
        path: str,
        told: Mapping[str, object],
        *,
        scripted: bool = False,
    ) -> str:
        alone = next(iter(self.communes)) if len(self.communes) == 1 else ""
        frame = {
            "view": self.view,
            "office": self.office,
            "day": long_date(self.day),
            "campaign": self.campaign,
            "root": to_root(path),
            "here": kind,
            "has_overview": self.view.several_communes,
            "only_commune": self.commune_page(alone),
            "policy": policy(scripted=scripted),
            "style": style(),
            "script": script(),
        }
        template = environment().get_template(f"{kind}.html.jinja")
        return template.render({**told, **frame})


def to_root(path: str) -> str:
    """Return what leads from a page back to the root of the atlas."""
    return "../" * path.count("/")


def _dossier(dossier: Dossier | None) -> dict[str, object]:
    if dossier is None:
        return {"audit": None, "papers": ()}
    return {"audit": dossier.bilan, "papers": dossier.papers}


# The style and the script stand inside each page, allowed by their hash alone: a page
# opens from a disk as from a server, and runs nothing that anybody else wrote.
_HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the templates; what is no markup of ours is escaped."""
    return Environment(
        autoescape=True,
        extensions=[Typographer],
        finalize=_typeset,
        keep_trailing_newline=True,
        loader=FileSystemLoader(_HERE / "templates"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def style() -> Markup:
    """Return the sheet of every page."""
    return _own("atlas.css")


@cache
def script() -> Markup:
    """Return the filters of the list."""
    return _own("filters.js")


@cache
def policy(*, scripted: bool) -> str:
    """Return what a page may load: its own style, its own script, nothing else."""
    rules = [
        "default-src 'none'",
        f"style-src {_hash(style())}",
        *([f"script-src {_hash(script())}"] if scripted else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _own(name: str) -> Markup:
    """Return a file of ours as it stands; nobody's text ever enters it."""
    text = (_HERE / name).read_text(encoding="utf-8")
    return Markup(f"\n{text}")  # noqa: S704 - shipped beside this module


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _typeset(value: object) -> object:
    """Return a text on one line with French spaces; anything else as it is.

    A space at either end parts it from what the template writes there: it stays.
    """
    if type(value) is not str:  # markup of ours is a kind of text too
        return value
    said = typeset(one_line(value))
    before, after = " " * (value[:1] == " "), " " * (value[-1:] == " ")
    return f"{before}{said}{after}" if said else said
