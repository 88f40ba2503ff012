"""What another window of the same workspace said since one read: told, not replaced."""

from collections.abc import Iterator

from diag.desk.session import Session
from diag.desk.visit.trail import time_words
from diag.journal import subjects
from diag.journal.draft import Draft
from diag.journal.journal import Head
from diag.journal.subjects import AnswerTopic, NoteTopic, PlaceTopic
from diag.model.fact import Answer, Facts
from diag.reports.answers import answer_words

_SHOWN = 3
"""Questions that one reads; more were changed by one gesture over many cells."""


def said_meanwhile(session: Session, seen: Facts, drafts: tuple[Draft, ...]) -> str:
    """Tell who said what, when, in place of what was `seen`; empty when nobody did.

    Only of what the drafts would replace: another question changed is read again,
    that is all.
    """
    told = list(_told(session, seen, drafts))
    more = len(told) - _SHOWN
    if more > 0:
        plural = "s" if more > 1 else ""
        told[_SHOWN:] = [f"Et {more} autre{plural}."]
    return " ".join(told)


def _told(session: Session, seen: Facts, drafts: tuple[Draft, ...]) -> Iterator[str]:
    facts = session.facts
    for draft in drafts:
        there = session.workspace.journal.current(draft.audit, draft.subject)
        if [(head.op, head.value) for head in there] == [(draft.op, draft.value)]:
            continue
        if _was_shown(draft, there):
            continue
        match subjects.parse(draft.subject):
            case PlaceTopic(place):
                if facts.places.get(place) != seen.places.get(place):
                    yield _placed(session, place, seen, there)
            case NoteTopic(place, question):
                key = (place, question)
                notes = facts.notes.get(key, ())
                if notes != seen.notes.get(key, ()):
                    said = f"« {' ; '.join(notes)} »" if notes else "retirée"
                    yield f"{_named(session, key)}, note changée entre-temps : {said}."
            case AnswerTopic(place, question):
                key = (place, question)
                heads = facts.answers.get(key, ())
                if heads != seen.answers.get(key, ()):
                    yield _answered(session, key, heads)


def _was_shown(draft: Draft, there: tuple[Head, ...]) -> bool:
    """Say whether who settles named all that stands: it was on the screen."""
    named = set(() if draft.undoes else draft.parents or ())
    return bool(there) and named.issuperset(head.id for head in there)


def _placed(session: Session, place: str, seen: Facts, there: tuple[Head, ...]) -> str:
    was, now = seen.places.get(place), session.facts.places.get(place)
    known = was or now
    named = f"Le lieu « {known.name} »" if known else "Un lieu"
    did = "retiré" if now is None else "modifié"
    if was and now and was.name != now.name:
        did = f"renommé « {now.name} »"
    name_of = session.workspace.settings.name_of
    who = " ou ".join(f"{name_of(one.author)}, {time_words(one.at)}" for one in there)
    return f"{named} a été {did} entre-temps ({who})."


def _answered(session: Session, key: tuple[str, str], heads: tuple[Answer, ...]) -> str:
    if not heads:
        return f"{_named(session, key)}, réponse retirée entre-temps."
    question = session.checklist.questions[key[1]]
    name_of = session.workspace.settings.name_of
    said = " ou ".join(
        f"« {answer_words(question, head)} » ({name_of(head.author)}, "
        f"{time_words(head.at)})"
        for head in heads
    )
    return f"{_named(session, key)}, répondu entre-temps : {said}."


def _named(session: Session, key: tuple[str, str]) -> str:
    """Return the question, with its place when it is not the subject itself."""
    facts = session.facts
    question = session.checklist.questions.get(key[1])
    label = question.label if question else key[1]
    place = facts.places.get(key[0])
    return f"{label} ({place.name})" if place and key[0] != facts.root else label
