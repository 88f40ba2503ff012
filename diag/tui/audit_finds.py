"""What the palette finds in the audit on the screen: places, questions, words noted.

« ? » asks for questions without an answer, « ! » for those to come back to, a place is
known by its name: each is a chip. What a chip leaves out is elsewhere, and counted.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from textual.app import App

from diag.answers.types import heads_words
from diag.audit.answer import Key
from diag.audit.history import place_name
from diag.audit.remarks import title_words
from diag.audit.session import AuditSession
from diag.audit.walk import (
    FoundQuestion,
    Walk,
    Wanted,
    any_stop,
    search_of,
    to_review,
    unanswered,
    walk_of,
)
from diag.model.audit import Observation
from diag.model.text import SearchIndex, Text
from diag.tui.palette import FindsInAudit, FoundInAudit, PaletteEntry
from diag.words.sentences import shortened

_NEAR = 12
"""Questions shown of the place named, and of the others."""

_FEW = 3
"""Recommendations and observations shown at most."""

_OPENS_GRID = 2
"""Places from which a question opens its column of the grid."""

_CHIPS: tuple[tuple[str, str, Wanted], ...] = (
    (r"\?|sans r[ée]ponses?\b", "sans réponse", unanswered),
    (r"!|[àa] revoir\b", "à revoir", to_review),
)
"""What is typed for a chip, its words, what it asks for."""

Opens = Callable[[Key], object]
"""Goes to a question at a place."""


class AuditDoors(NamedTuple):
    """Where what is found leads, from the screen that is shown."""

    fiche: Opens
    column: Opens
    """A question asked at several places opens its column."""
    advice: Callable[[str], object] | None = None
    noted: Callable[[], object] | None = None
    here: Key | None = None
    """The question at hand, whose place « ici » is."""


def warm_search(app: App[Any], session: AuditSession, *, advice: bool = False) -> None:
    """Read the words of an edition aside: no letter waits; `advice`: those made too."""
    judge, snapshot = session.judge, session.snapshot
    app.run_worker(partial(search_of, judge), thread=True, group="words")
    if advice:
        app.run_worker(lambda: snapshot.assessment, thread=True, group="advice")


def finds_of(session: AuditSession, doors: AuditDoors) -> FindsInAudit:
    """Return what finds in an audit as it stands: its walk is read once, not a key."""
    facts, checklist = session.facts, session.checklist
    planned = walk_of(facts, checklist, session.profile)
    left = {
        leg.key: f"reste {leg.left}" if leg.left else f"peut-être {leg.maybe}"
        for leg in planned.legs
        if leg.left or leg.maybe
    }
    return partial(_find, session, walk_of(facts, checklist), left, doors)


def _find(
    session: AuditSession,
    walk: Walk,
    left: Mapping[str, str],
    doors: AuditDoors,
    words: str,
    *,
    here: bool = False,
) -> FoundInAudit:
    """Return the place named and its questions, then the questions elsewhere.

    None is hidden because the visit is short. `left`: what the plan of the visit has
    left at a place. `here`: the place at hand, if none is named.
    """
    asked: Wanted = any_stop
    chips = list[str]()
    for pattern, title, wanted in _CHIPS:
        words, many = re.subn(rf"(?i)(?:^|\s)(?:{pattern})(?=\s|$)", " ", words)
        if many:
            asked, chips = wanted, [title]
    text = words.replace("@", " ").strip()
    search = search_of(session.judge)
    leg = walk.leg_of(doors.here) if here and doors.here else None
    found = search.find(walk, text, asked, leg)
    is_placed = bool(found.leg or leg)
    near = [_entry(one, doors, is_placed=is_placed) for one in found.here[:_NEAR]]
    if found.leg:
        chips.insert(0, found.leg.title)
        opens = partial(doors.fiche, found.leg.stops[0].key)
        known = left.get(found.leg.key, "fait")
        near = [PaletteEntry("lieu", found.leg.title, known, opens), *near]
    title = f"Ailleurs ({len(found.elsewhere)})"
    far = [
        _entry(one, doors)._replace(section=title) for one in found.elsewhere[:_NEAR]
    ]
    first = int(bool(found.leg and found.asks and found.here))
    far += _find_beside(session, text, doors)
    return FoundInAudit(near, far, tuple(chips), first)


def _entry(
    one: FoundQuestion, doors: AuditDoors, *, is_placed: bool = False
) -> PaletteEntry:
    """Return a question, what is answered to it, and the way there."""
    opens, question = partial(doors.fiche, one.stop.key), one.stop.question
    if not is_placed and one.places >= _OPENS_GRID:
        opens = partial(doors.column, one.stop.key)
        detail = f"{one.left} sur {one.places} sans réponse"
    elif one.stop.heads:
        detail = f"répondu : {heads_words(question, one.stop.heads)}"
    else:
        detail = "sans réponse" if is_placed else one.leg.title
    return PaletteEntry("question", question.label, detail, opens)


def _find_beside(
    session: AuditSession, text: str, doors: AuditDoors
) -> Iterator[PaletteEntry]:
    """Give the recommendations made here, once they are worked out, then what is noted.

    Only where a door leads to them.
    """
    if doors.advice and (advised := session.snapshot.advised):
        made = {one.recommendation.id for one in advised}
        found = dict.fromkeys(
            hit.item for hit in search_of(session.judge).advice.search(text)
        )
        for ident in [one for one in found if one in made][:_FEW]:
            opens, title = partial(doors.advice, ident), title_words(session, ident)
            yield PaletteEntry("action", title, "", opens, "Préconisations")
    if doors.noted:
        for hit in _index_of(session.observations).search(text)[:_FEW]:
            where, words = place_name(session, hit.item.place), shortened(hit.item.text)
            yield PaletteEntry("noté", words, where, doors.noted, "Observations")


@lru_cache(2)
def _index_of(observations: Sequence[Observation]) -> SearchIndex[Observation]:
    return SearchIndex((one, [Text(one.text, 1.0)]) for one in observations)
