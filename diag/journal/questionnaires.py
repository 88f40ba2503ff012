"""The questionnaires that were printed: their numbers mean the same for ever."""

from itertools import groupby

from diag.journal import subjects
from diag.journal.board import latest
from diag.journal.journal import Head, Journal
from diag.journal.subjects import QuestionnaireTopic
from diag.model.questionnaire import Questionnaire


def questionnaires_of(journal: Journal, audit: str) -> tuple[Questionnaire, ...]:
    """Return what was printed, the last one last; what cannot be read is left out."""
    heads = journal.heads_inside(audit, subjects.QUESTIONNAIRES)
    groups = groupby(heads, lambda head: head.subject)
    last = filter(None, (latest(tuple(group)) for _, group in groups))
    found = ((head.lam, _questionnaire(head)) for head in last)
    printed = [(lam, one) for lam, one in found if one is not None]
    return tuple(one for _, one in sorted(printed, key=lambda each: each[0]))


def _questionnaire(head: Head) -> Questionnaire | None:
    topic = subjects.parse(head.subject)
    if not isinstance(topic, QuestionnaireTopic) or not isinstance(head.value, dict):
        return None
    known = {name: head.value[name] for name in _FIELDS if name in head.value}
    try:
        return Questionnaire.model_validate({**known, "id": topic.questionnaire})
    except ValueError:
        return None


_FIELDS = set(Questionnaire.model_fields) - {"id"}
