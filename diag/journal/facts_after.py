"""Facts after a few answers: these are read again, not the whole audit."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from diag.journal import subjects
from diag.journal.draft import Draft
from diag.journal.facts import answers_of, asked_again_of, notes_of, since
from diag.journal.journal import Journal
from diag.journal.subjects import AnswerTopic, FlagTopic, NoteTopic
from diag.model.fact import Facts

_Key = tuple[str, str]
_Said = TypeVar("_Said")


def facts_after(
    journal: Journal, audit: str, facts: Facts, drafts: Iterable[Draft]
) -> Facts | None:
    """Return facts that drafts have changed; None when all is to be read again.

    So it is for a place, a date, a withdrawal: other facts may depend on them. And for
    a draft that names its parents: a place read as the same one may say otherwise.
    """
    answers, notes, flags = dict(facts.answers), dict(facts.notes), set(facts.flags)
    outdated = asked_again_of(journal, audit)
    for draft in drafts:
        if draft.op != "set" or draft.parents is not None:
            return None
        heads = journal.current(audit, draft.subject)
        match subjects.parse(draft.subject):
            case AnswerTopic(place, question) if place in facts.places:
                told = answers_of(since(heads, outdated.get(question, 0)))
                _put(answers, (place, question), told)
            case NoteTopic(place, question) if place in facts.places:
                _put(notes, (place, question), notes_of(heads))
            case FlagTopic(place, question) if place in facts.places:
                flags.discard((place, question))
                if any(head.value is True for head in heads):
                    flags.add((place, question))
            case _:
                return None
    return replace(
        facts,
        answers=dict(sorted(answers.items())),
        notes=dict(sorted(notes.items())),
        flags=frozenset(flags),
    )


def _put(
    said: dict[_Key, tuple[_Said, ...]], key: _Key, told: tuple[_Said, ...]
) -> None:
    if told:
        said[key] = told
    else:
        said.pop(key, None)
