"""What the engineer made of the recommendations: their order, and some more."""

from fractions import Fraction

from diag.journal import subjects
from diag.journal.journal import Head, Journal
from diag.journal.subjects import OwnTopic, RankTopic
from diag.model.audit import OwnAdvice
from diag.model.number import exact


def ranks_of(journal: Journal, audit: str) -> dict[str, Fraction]:
    """Return where the engineer put recommendations, by id; the last word counts."""
    found: dict[str, Fraction] = {}
    for head in _heads(journal, audit):
        topic = subjects.parse(head.subject)
        if isinstance(topic, RankTopic) and (rank := _rank(head)) is not None:
            found[topic.recommendation] = rank
    return found


def own_advice_of(journal: Journal, audit: str) -> tuple[OwnAdvice, ...]:
    """Return the recommendations of the engineer's own, in the order of their ids."""
    found: dict[str, OwnAdvice] = {}
    for head in _heads(journal, audit):
        topic = subjects.parse(head.subject)
        if isinstance(topic, OwnTopic) and (own := _own(topic.recommendation, head)):
            found[own.id] = own
    return tuple(found.values())


def _heads(journal: Journal, audit: str) -> list[Head]:
    return [head for head in journal.heads_inside(audit, "rec") if head.says]


def _rank(head: Head) -> Fraction | None:
    value = head.value
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return Fraction(exact(value))
    except ValueError:
        return None


def _own(ident: str, head: Head) -> OwnAdvice | None:
    if not isinstance(head.value, dict):
        return None
    try:
        return OwnAdvice.model_validate({**head.value, "id": ident})
    except ValueError:
        return None
