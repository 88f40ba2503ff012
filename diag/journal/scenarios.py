"""Suppositions kept under a name; the last word on each counts."""

from diag.journal import subjects
from diag.journal.board import latest
from diag.journal.journal import Head, Journal
from diag.journal.subjects import SCENARIOS, ScenarioTopic
from diag.model.audit import Scenario


def scenarios_of(journal: Journal, audit: str) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    by_subject: dict[str, list[Head]] = {}
    for head in journal.heads_inside(audit, SCENARIOS):
        by_subject.setdefault(head.subject, []).append(head)
    found = (_scenario(subject, latest(heads)) for subject, heads in by_subject.items())
    return tuple(sorted(filter(None, found), key=lambda one: (one.name, one.id)))


def _scenario(subject: str, head: Head | None) -> Scenario | None:
    topic = subjects.parse(subject)
    value = head.value if head else None
    if not isinstance(topic, ScenarioTopic) or not isinstance(value, dict):
        return None
    known = {name: value.get(name) for name in ("name", "suppositions")}
    try:
        return Scenario.model_validate({**known, "id": topic.scenario})
    except ValueError:
        return None
