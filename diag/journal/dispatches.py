"""What was sent of an audit: to whom, when, and which state of it."""

from itertools import groupby

from diag.journal import subjects
from diag.journal.board import latest
from diag.journal.journal import Head, Journal
from diag.journal.subjects import DispatchTopic
from diag.model.dispatch import Dispatch


def dispatches_of(journal: Journal, audit: str) -> tuple[Dispatch, ...]:
    """Return every report that left, by day; what cannot be read is left out."""
    heads = journal.heads_inside(audit, subjects.DISPATCHES)
    by_subject = groupby(heads, lambda head: head.subject)
    found = (_dispatch(latest(tuple(group))) for _, group in by_subject)
    return tuple(sorted(filter(None, found), key=lambda sent: (sent.on, sent.id)))


def _dispatch(head: Head | None) -> Dispatch | None:
    if head is None or not isinstance(head.value, dict):
        return None
    topic = subjects.parse(head.subject)
    if not isinstance(topic, DispatchTopic):
        return None
    known = {name: head.value[name] for name in _FIELDS if name in head.value}
    try:
        return Dispatch.model_validate({**known, "id": topic.dispatch})
    except ValueError:
        return None


_FIELDS = set(Dispatch.model_fields) - {"id"}
