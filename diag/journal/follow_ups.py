"""What became of recommendations: steps appended, never rewritten; rewordings."""

from diag.journal import subjects
from diag.journal.journal import Journal
from diag.journal.revision import Revision
from diag.journal.subjects import FollowTopic, WordingTopic
from diag.model.audit import FollowUp
from diag.model.enums import Audience


def follow_ups_of(journal: Journal, audit: str) -> tuple[FollowUp, ...]:
    """Return every step ever recorded, in order."""
    history = journal.history_inside(audit, "rec")
    return tuple(step for revision in history if (step := _step(revision)))


def wordings_of(
    journal: Journal, audit: str
) -> dict[tuple[str, str | None, Audience], dict[str, str]]:
    """Return the rewordings, by recommendation, place and audience."""
    found: dict[tuple[str, str | None, Audience], dict[str, str]] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, words = subjects.parse(head.subject), head.value
        if isinstance(topic, WordingTopic) and isinstance(words, dict):
            key = (topic.recommendation, topic.place, topic.audience)
            found[key] = {name: str(text) for name, text in words.items()}
    return found


def _step(revision: Revision) -> FollowUp | None:
    topic, value = subjects.parse(revision.subject), revision.value
    if not isinstance(topic, FollowTopic) or not isinstance(value, dict):
        return None
    known = {
        name: value[name] for name in ("state", "on", "by", "why") if name in value
    }
    try:
        return FollowUp.model_validate({
            **known,
            "recommendation": topic.recommendation,
            "place": topic.place,
            "author": revision.author,
            "revision": revision.id,
        })
    except ValueError:
        return None
