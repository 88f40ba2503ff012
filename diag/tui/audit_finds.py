"""What the palette finds in the audit on the screen: places by name, questions."""

from collections.abc import Callable
from functools import partial

from diag.answers.types import heads_words
from diag.audit.search import FoundQuestion, search_of
from diag.audit.session import AuditSession
from diag.audit.walk import Key, walk_of
from diag.tui.palette import NearAndFar, PaletteEntry

_NEAR = 12
"""Questions shown of the place named, and of the others."""

_OPENS_GRID = 2
"""Places from which a question opens its column of the grid."""

Opens = Callable[[Key], object]
"""Goes to a question at a place."""


def find_in_audit(
    session: AuditSession, words: str, fiche: Opens, column: Opens
) -> NearAndFar:
    """Return the place named and its questions, then the questions elsewhere.

    A question opens by `fiche`; asked at several places, by `column`. None is hidden
    because the visit is short.
    """
    walk = walk_of(session.facts, session.checklist)
    found = search_of(session.judge).find(walk, words)
    near = [_entry(one, fiche, column, found.leg) for one in found.here[:_NEAR]]
    if found.leg:
        opens = partial(fiche, found.leg.stops[0].key)
        left = f"reste {found.leg.left}" if found.leg.left else "tout est répondu"
        near = [PaletteEntry("lieu", found.leg.title, left, opens), *near]
    title = f"Ailleurs ({len(found.elsewhere)})"
    return near, [
        _entry(one, fiche, column)._replace(section=title)
        for one in found.elsewhere[:_NEAR]
    ]


def _entry(
    one: FoundQuestion, fiche: Opens, column: Opens, named: object = None
) -> PaletteEntry:
    """Return a question, what is answered to it, and the way there."""
    opens, question = partial(fiche, one.stop.key), one.stop.question
    if not named and one.places >= _OPENS_GRID:
        opens = partial(column, one.stop.key)
        detail = f"{one.left} sur {one.places} sans réponse"
    elif one.stop.heads:
        detail = f"répondu : {heads_words(question, one.stop.heads)}"
    else:
        detail = "sans réponse" if named else one.leg.title
    return PaletteEntry("question", question.label, detail, opens)
