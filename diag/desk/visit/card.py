"""The card of one question at one place: everything an engineer wants beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from diag.desk.session import Session
from diag.desk.visit.asking import expected
from diag.desk.visit.memory import Recollection, Remembered, age
from diag.desk.visit.scale import Scale, scales_of
from diag.desk.visit.trail import Turn, day_words, divergences, trail_of
from diag.desk.visit.walk import Stop
from diag.journal import subjects
from diag.journal.board import differing
from diag.journal.conflicts import nearest_base
from diag.journal.photos import photos_of
from diag.model.checklist import Question
from diag.model.enums import QuestionType, State
from diag.model.fact import Answer
from diag.model.number import Number
from diag.reports.answers import answer_words
from diag.words.dates import day_of, later
from diag.words.figures import number, plural
from diag.words.vocabulary import PROVENANCES

_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}
_LISTS = {QuestionType.CHOICE, QuestionType.CHOICES}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer that stands, told."""

    words: str
    how: str
    """« mesuré », « constaté »…; empty when nothing is known."""
    who: str
    day: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Card:
    """One question at one place."""

    stop: Stop
    where: tuple[str, ...]
    """Names of the places that hold it, the widest first, the school left out."""
    expected: str
    """What an answer looks like; empty where the choices say it."""
    said: tuple[Said, ...]
    """Nothing, one answer, or the candidates of a conflict."""
    base: str
    """In a conflict, what both started from; empty when nothing."""
    notes: tuple[str, ...]
    scales: tuple[Scale, ...]
    last: Remembered | None
    """What the previous audit says, or another school of the commune."""
    last_words: str
    """The same, told, with its age."""
    stale: str
    """Why today's answer is to be asked again; empty when it is fresh."""
    diverging: tuple[str, ...]
    trail: tuple[Turn, ...]
    photos: tuple[str, ...] = ()
    """Names of the photos attached here."""

    @property
    def question(self) -> Question:
        """The question."""
        return self.stop.question

    @property
    def in_conflict(self) -> bool:
        """Say whether people differ."""
        return len(self.said) > 1

    @property
    def answer(self) -> Answer | None:
        """Return the one answer that stands."""
        return self.said[0].answer if len(self.said) == 1 else None


def card_of(session: Session, stop: Stop, memory: Recollection | None = None) -> Card:
    """Return the card of one question, as things stand."""
    question, today = stop.question, session.workspace.world.today()
    place = session.facts.places[stop.place]
    trail = trail_of(session, stop.key, question)
    last = memory.of(place, question) if memory else None
    return Card(
        stop=stop,
        where=tuple(_where(session, stop.place)),
        expected=wanted(question),
        said=tuple(_said(session, question, head) for head in stop.heads),
        base=_base(session, stop) if len(stop.heads) > 1 else "",
        notes=session.facts.notes.get(stop.key, ()),
        scales=scales_of(stop, session.checklist, session.judged),
        last=last,
        last_words=_last_words(question, last, today) if last else "",
        stale=_stale(question, stop.heads, today),
        diverging=divergences(trail),
        trail=trail,
        photos=_photos(session, stop),
    )


def wanted(question: Question) -> str:
    """Return what an answer looks like, in words; empty where choices say it."""
    if question.type is QuestionType.BOOLEAN:
        return ""
    if question.type in _LISTS:
        several = question.type is QuestionType.CHOICES
        return "plusieurs possibles, par exemple 1,3" if several else ""
    if question.type in _NUMBERS and question.range:
        low, high = question.range
        unit = plural(question.unit)
        return f"{_bound('de', low)} {_bound('à', high)} {unit}".strip()
    return expected(question)


def _bound(word: str, bound: Number | None) -> str:
    return "" if bound is None else f"{word} {number(bound)}"


def _where(session: Session, ident: str) -> Iterator[str]:
    place = session.facts.places[ident]
    if place.parent is not None:
        yield from _where(session, place.parent)
        yield place.name


def _said(session: Session, question: Question, head: Answer) -> Said:
    known = head.state is State.KNOWN
    return Said(
        words=answer_words(question, head),
        how=PROVENANCES[head.provenance] if known else "",
        who=session.workspace.settings.name_of(head.author),
        day=day_words(head.at),
        answer=head,
    )


def _photos(session: Session, stop: Stop) -> tuple[str, ...]:
    return tuple(
        photo.caption or f"photo {rank}"
        for rank, photo in enumerate(
            photos_of(session.workspace.journal, session.audit.id), 1
        )
        if (photo.place, photo.question) == stop.key
    )


def _base(session: Session, stop: Stop) -> str:
    journal, audit = session.workspace.journal, session.audit.id
    subject = subjects.answer(*stop.key)
    heads = differing(journal.current(audit, subject))
    base = nearest_base(journal.history(audit, subject), [head.id for head in heads])
    turns = trail_of(session, stop.key, stop.question)
    history = journal.history(audit, subject)
    told = dict(zip([one.id for one in history], turns, strict=True))
    return told[base.id].after if base else ""


def _last_words(question: Question, last: Remembered, today: date) -> str:
    said = answer_words(question, last.answer)
    known = last.answer.state is State.KNOWN
    how = f", {PROVENANCES[last.answer.provenance]}" if known else ""
    where = last.school or f"campagne {last.campaign}"
    return f"{said}{how}, {age(last.day, today)} ({where})"


def _stale(question: Question, heads: tuple[Answer, ...], today: date) -> str:
    if not question.stale_after or not heads:
        return ""
    oldest = min(day_of(head.at) for head in heads)
    if later(oldest, question.stale_after) > today:
        return ""
    return f"réponse donnée {age(oldest, today)}, à redemander"
