"""« Toutes les salles sont là » : a list is closed, and what that does to the score."""

from dataclasses import dataclass, replace

from diag.assess.results import Score
from diag.desk.bilan.follow import close_places
from diag.desk.session import Session
from diag.desk.visit.places import FEMININE
from diag.model.enums import PlaceKind
from diag.words.figures import in_words, percent
from diag.words.vocabulary import PLACES


@dataclass(frozen=True, slots=True)
class Closing:
    """A list closed, the overall score before and after."""

    kind: PlaceKind
    count: int
    before: Score
    after: Score

    @property
    def sentence(self) -> str:
        """Tell it: what is closed, and what the score becomes."""
        all_of = "Toutes les" if self.kind in FEMININE else "Tous les"
        closed = f"{all_of} {PLACES[self.kind][1]} sont là ({self.count})."
        before, after = _told(self.before), _told(self.after)
        if before == after:
            return f"{closed} Le score reste {after}."
        return f"{closed} Score : {before} → {after}."


def closing_effect(session: Session, kind: PlaceKind) -> Closing:
    """Return what closing a list would change; nothing is written."""
    facts = session.facts
    closed = replace(facts, closed=facts.closed | {kind})
    after = session.judge.assess(closed, advised=()).overall
    count = len(facts.places_of(kind))
    return Closing(kind, count, session.judged.overall, after)


def close_list(session: Session, kind: PlaceKind) -> Closing:
    """Close a list in one durable commit; return what it changed.

    Raises:
        DiagError: when the kind has no list, or nothing could be written.
    """
    effect = closing_effect(session, kind)
    close_places(session, kind)
    return replace(effect, after=session.judged.overall)


def _told(score: Score) -> str:
    if score.bounds is None:
        return "sans objet"
    known = percent(score.completeness)
    return f"{in_words(score.bounds)} ({known} connus)"
