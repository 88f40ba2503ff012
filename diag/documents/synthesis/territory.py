"""The syntheses of the territory and of a circonscription, and the map of both.

The syndicat's board reads of no school by its name; an inspection reads of its own. On
the map, a disc stands for a commune, in the middle of its schools: none is shown where
it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from diag.documents.academie import READER as ACADEMIE
from diag.documents.blocks import Drawing, Md, Pair, Panel, box, numbered, table
from diag.documents.document import Document
from diag.documents.drawings import (
    FULL,
    INK,
    MAP_MARGIN,
    MAP_WIDTH,
    SOFT,
    Degrees,
    Spot,
    label_marks,
    printed,
    projection,
    spread_marks,
    text_mark,
)
from diag.documents.mairie import READER as MAIRIE
from diag.documents.parts.advice import EXPECTED, NATURE_AND_TEXT
from diag.documents.synthesis import common as money
from diag.documents.synthesis.common import (
    SharedRule,
    alert_rows,
    alerts_words,
    build_synthesis,
    completeness,
    domain_table,
    names_or_count,
    shared,
    strong_list,
    summary,
    unchecked_list,
    weak_table,
)
from diag.documents.synthesis.gathering import (
    DECISIONS,
    Extract,
    Gathering,
    SharedAction,
    counted_subjects,
    cover,
    groups,
    is_academic,
    is_syndical,
    unaudited,
    with_a_need,
)
from diag.documents.tables import position
from diag.model.audit import School
from diag.model.checklist import Criterion
from diag.model.enums import WORKING_READER, PlaceKind
from diag.model.text import fold
from diag.words.sentences import counted
from diag.words.vocabulary import LEVELS_EXPLAINED, OWNERS

WEAK, TOGETHER = 6, 10
"""At most so many common lacks, shared actions."""

LACKS_PRINTED, ACTIONS_PRINTED = 3, 4
"""So too on the two pages of the PDF."""

POINTS_PRINTED, SCHOOLS_PRINTED, LAWS_PRINTED, UNSEEN_PRINTED = 8, 8, 3, 3
"""Most points, schools, rules and schools not audited on the inspection's pages."""


def territory_synthesis(gathering: Gathering) -> Document:
    """Return the synthesis of a whole campaign."""
    found = shared(gathering.schools)
    communes = {one.about.insee for one in gathering.schools}
    view = {
        "name": gathering.name,
        "campaign": gathering.campaign,
        "cover": cover(gathering, "Comité syndical", ("Communes", str(len(communes)))),
        "decisions": _decisions_box(gathering),
        "levels": LEVELS_EXPLAINED,
        "common": weak_table(found, WEAK),
        **summary(gathering.schools),
        "alerts": alerts_words(gathering.extracts, WORKING_READER),
        "total": money.total_line(gathering),
        "together": _together(gathering, TOGETHER),
        "budget": money.by_audit(
            gathering,
            money.domain_rows(gathering),
            "Dépenses estimées par thème, en euros TTC",
        ),
        "leaders": money.leaders(gathering),
        "beyond": money.beyond(gathering),
        "unconfirmed": money.unconfirmed(gathering),
        "communes": _commune_table(gathering),
        "map": commune_map(gathering),
        "missing": len(gathering.missing),
        "older": len(gathering.older),
        "strengths": strong_list(found),
        "domains": domain_table(gathering.schools, spread=False),
    }
    printed = {
        "common": weak_table(found, LACKS_PRINTED),
        "together": _together(gathering, ACTIONS_PRINTED),
        "years": money.years_drawn(gathering),
    }
    return build_synthesis("synthese-territoire", view, gathering, printed=printed)


def _decisions_box(gathering: Gathering) -> Md:
    """Return what the syndicat itself can start, three things at most."""
    # In words that name no school.
    common = groups(
        gathering.extracts,
        lambda one, task: is_syndical(one, task) and not task.own_words,
    )
    lines = []
    for one in with_a_need(common, DECISIONS):
        when = f"avant le {one.when}" if one.due else one.when
        if one.due and one.due < gathering.date:
            when = f"échéance du {one.when} dépassée"
        schools = counted_subjects(one.extracts)
        lines.append(f"{one.title(MAIRIE)} ({one.cost_words} ; {when} ; {schools}).")
    return box("IMPORTANT", "Ce que le comité peut engager d'abord", numbered(lines))


def _together(gathering: Gathering, limit: int) -> Md:
    """Return what most schools need alike: what a group of buyers is for."""
    paid = groups(gathering.schools, lambda _, task: not task.free)
    widest = sorted(paid, key=lambda one: -len(one.pairs))[:limit]
    rows = [
        (one.title(MAIRIE), str(len(one.pairs)), one.cost_words)
        for one in widest
        if len(one.pairs) > 1
    ]
    columns = ("Action", "Écoles", "Coût estimé")
    return table("Ce que plusieurs écoles demandent", columns, rows, numeric=(1,))


def _commune_table(gathering: Gathering) -> Md:
    communes: dict[str, list[Extract]] = {}
    for one in gathering.extracts:  # a commune's own audit first; one's syndicat apart
        communes.setdefault(one.about.insee, []).append(one)
    rows = []
    for some in communes.values():
        open_ones = sum(one.provisional for one in some)
        state = f"dont {open_ones} provisoire{'s' * (open_ones > 1)}"
        if open_ones in {0, len(some)}:
            state = "provisoire" if open_ones else "définitif"
            state += "s" * (len(some) > 1)
        rows.append((
            some[0].about.commune or some[0].about.name,
            str(sum(one.about.kind is PlaceKind.ECOLE for one in some)),
            alerts_words(some, WORKING_READER),
            money.total(some).cell,
            state,
        ))
    rows.sort(key=lambda row: fold(row[0]))
    columns = ("Commune", "Écoles auditées", "Loi", "Trois ans, TTC", "Audits")
    caption = "Commune par commune, dans l'ordre des noms : ce n'est pas un classement"
    return table(caption, columns, rows, numeric=(1, 3))


ASKED = "Ce qui peut être décidé d'abord"

_LACKS = 5
"""At most so many common lacks first."""

_SCHOOLS_NAMED = 5
"""At most so many schools named in a cell; past them, they are counted."""

ACTIONS = 12
"""At most so many actions of the schools and of the académie listed."""

SUBJECTS = (
    ("Projet et usages", ("GOV", "USG", "PER")),
    ("Formation", ("FOR",)),
    ("ENT", ("ENT",)),
)
"""What an inspector reads first: a title, and the numbers of its criteria."""

_PREFIXES = tuple(one for _, some in SUBJECTS for one in some)


def circonscription_synthesis(gathering: Gathering) -> Document:
    """Return the synthesis of a circonscription's audits."""
    found = shared(gathering.schools)
    of_subjects = [one for one in found if _is_subject(one.criterion)]
    least = sorted(of_subjects, key=lambda one: (-len(one.short), -len(one.unsure)))
    schools = _school_rows(gathering)
    few = schools if len(schools) <= SCHOOLS_PRINTED else []
    mine = groups(gathering.schools, is_academic)
    asked = with_a_need(
        sorted(mine, key=lambda one: not _is_subject(one.task.criterion)), DECISIONS
    )
    view = {
        "name": gathering.name,
        "cover": cover(gathering, "Inspection de la circonscription"),
        "levels": LEVELS_EXPLAINED,
        "asked": _actions_table(gathering, asked, ASKED),
        "common": weak_table(of_subjects, _LACKS),
        "completeness": completeness(gathering.schools),
        "alerts": alerts_words(gathering.schools, ACADEMIE),
        "subjects": [
            (title, _subject_table(found, title, prefixes))
            for title, prefixes in SUBJECTS
        ],
        "map": commune_map(gathering),
        "schools": table(_SCHOOLS, _SCHOOL, schools),
        "unaudited": unaudited(gathering),
        "compliance": _compliance_table(gathering, found),
        "unchecked": unchecked_list(found, ACADEMIE, counted_subjects),
        "actions": _actions_table(
            gathering,
            [one for one in mine if one not in asked][:ACTIONS],
            "Autres actions des écoles et de l'académie",
        ),
        "untold": max(0, len(mine) - len(asked) - ACTIONS),
    }
    printed = {
        "asked": _actions_table(gathering, asked, ASKED, is_whole=False),
        "points": _subject_table(
            least[:POINTS_PRINTED], "Les points les moins atteints", _PREFIXES
        ),
        # Without their commune nor their state.
        "schools": table(
            _SCHOOLS,
            (_SCHOOL[0], *_SCHOOL[2:-1]),
            [(one[0], *one[2:-1]) for one in few],
        ),
        "compliance": _compliance_table(gathering, found, is_whole=False),
        "unaudited": unaudited(gathering, UNSEEN_PRINTED),
    }
    return build_synthesis("synthese-circonscription", view, gathering, printed=printed)


def _subject_table(
    found: Sequence[SharedRule], title: str, prefixes: tuple[str, ...]
) -> Md:
    rows = [
        (
            one.criterion.title,
            str(len(one.reached)),
            str(len(one.short)),
            str(len(one.unsure)),
        )
        for one in found
        if one.criterion.ref.startswith(prefixes)
    ]
    columns = ("Ce qui est attendu", "Atteint", "En dessous", "À vérifier")
    caption = f"{title} : nombre d'écoles"
    return table(caption, columns, rows, numeric=(1, 2, 3))


def _school_rows(gathering: Gathering) -> list[tuple[str, ...]]:
    rows = []
    for one in gathering.schools:
        reached = []
        for _, prefixes in SUBJECTS:
            told = [
                each for each in one.findings if each.criterion.ref.startswith(prefixes)
            ]
            sure = sum(each.reached for each in told)
            unsure = sum(not (each.reached or each.short) for each in told)
            doubt = f", {unsure} à vérifier" if unsure else ""
            reached.append(f"{sure} sur {len(told)}{doubt}" if told else "sans objet")
        rows.append((
            gathering.name_of(one),
            one.about.commune,
            *reached,
            alerts_words([one], ACADEMIE),
            "provisoire" if one.provisional else "définitif",
        ))
    return rows


_SCHOOL = ("École", "Commune", *(title for title, _ in SUBJECTS), "Loi", "Audit")
_SCHOOLS = (
    "École par école, points atteints sur points examinés : ce n'est pas un classement"
)


def _compliance_table(
    gathering: Gathering, found: Sequence[SharedRule], *, is_whole: bool = True
) -> Md:
    """Return the rules that fail; not whole, the first ones, their schools counted."""
    names = partial(_names, gathering) if is_whole else counted_subjects
    rows = alert_rows(found, ACADEMIE, names, counted_subjects)
    kept = rows if is_whole else rows[:LAWS_PRINTED]
    columns = (EXPECTED, NATURE_AND_TEXT, "Pas encore respecté", "À vérifier")
    return table("Points non respectés", columns, kept)


def _names(gathering: Gathering, some: Sequence[Extract]) -> str:
    return names_or_count(some, gathering.name_of, _SCHOOLS_NAMED)


def _is_subject(criterion: Criterion | None) -> bool:
    return criterion is not None and criterion.ref.startswith(_PREFIXES)


def _actions_table(
    gathering: Gathering,
    told: Sequence[SharedAction],
    caption: str,
    *,
    is_whole: bool = True,
) -> Md:
    names = partial(_names, gathering) if is_whole else counted_subjects
    rows: list[Pair | tuple[str, ...]] = [
        (
            one.title(ACADEMIE),
            OWNERS[one.task.owner],
            one.when,
            names(one.extracts),
        )
        for one in told
    ]
    columns = ("Action", "Qui", "Avant le", "Écoles")
    return table(caption, columns, rows)


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
    seen = [one.about.school for one in gathering.schools if one.about.school]
    schools: dict[str, list[School]] = {}
    for one in chain(seen, gathering.unseen):
        schools.setdefault(one.insee, []).append(one)
    audited = [one.insee for one in seen]
    discs = []
    for insee, some in sorted(schools.items()):
        points = [point for one in some if (point := position(one))]
        middle = None
        if points:
            east, north = (
                sum(ends) / len(points) for ends in zip(*points, strict=True)
            )
            middle = east, north
        discs.append(
            CommuneDisc(some[0].commune, audited.count(insee), len(some), middle)
        )
    communes = sorted(discs, key=lambda one: fold(one.name))
    placed = [one for one in communes if one.middle]
    if len(placed) < 2:  # noqa: PLR2004 - one alone is no map
        return Md("")
    rows = [(each.name, str(each.audited), str(each.known)) for each in communes]
    columns = ("Commune", "Écoles auditées", "Écoles connues")
    draw = partial(_draw, communes, placed)
    return table("Où sont les audits", columns, rows, numeric=(1, 2), draw=draw)


def _draw(communes: Sequence[CommuneDisc], placed: Sequence[CommuneDisc]) -> Drawing:
    middles = [one.middle for one in placed if one.middle]
    frame = projection(middles, TALLEST)
    # As large as so many discs may be, so that none leaves the map.
    gap = (TALLEST - 2 * MAP_MARGIN) * math.sqrt(SHARE / len(placed))
    radius = round(min(WIDEST, max(SMALLEST, gap / 2 - 1)), 1)
    spots = spread_marks([frame.spot(one) for one in middles], 2 * radius + 2)
    pairs = list(zip(placed, spots, strict=True))
    first = sorted(pairs, key=lambda pair: (-pair[0].audited, -pair[0].known))
    names = [(printed(one.label), [spot]) for one, spot in first]
    labels = label_marks(names, spots, radius, frame.height)
    lines = (
        *(one.mark(spot, radius) for one, spot in pairs),
        *(
            text_mark(
                one.words,
                round(one.x),
                round(one.y),
                anchor=one.anchor,
                size=12,
                fill=INK,
            )
            for one in labels
        ),
    )
    reached = sum(one.audited > 0 for one in communes)
    verb = "a" if reached == 1 else "ont"
    claim = printed(
        f"Toutes les écoles connues des {len(communes)} communes sont auditées"
        if all(one.audited == one.known for one in communes)
        else f"{counted(reached, 'commune')} sur {len(communes)} {verb} au moins une "
        "école auditée"
    )
    left = [printed(one.words) for one in communes if one.audited < one.known]
    if len(left) > LISTED + 1:
        left[LISTED:] = [f"et {len(left) - LISTED} autres communes"]
    return Drawing(
        title=claim,
        words=printed(f"{' ; '.join(one.words for one in communes)}."),
        legend=printed(_LEGEND),
        wide=Panel(MAP_WIDTH, frame.height, "".join(lines)),
        lacks=tuple(left) or (claim,),
    )
