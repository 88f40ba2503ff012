"""Answering: what was typed becomes one durable revision, or a refusal in French."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import TYPES
from diag.audit.consistency import (
    ALWAYS,
    TOGETHER,
    UnlikelyAnswer,
    above_wholes,
    check_doubts,
    companions,
    find_word,
    ways_of,
    with_implied,
)
from diag.audit.places import find_place
from diag.audit.session import AuditSession, elsewhere
from diag.audit.walk import Key
from diag.journal import changes
from diag.journal.revision import NewRevision
from diag.model.checklist import Question
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from diag.model.fact import ROOT_KINDS, Answer, Place, Value
from diag.model.text import clean_text
from diag.words.vocabulary import PLACE_NAMES, SUBJECTS


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to one question, to be recorded."""

    question: str
    given: object = None
    """A `Parsed`, taken as it is, or what a command or JSON gives, parsed then."""
    place: str = ""
    """Name or id; empty for the school itself."""
    state: State = State.KNOWN
    provenance: Provenance | None = None
    reason: str = ""
    note: str | None = None
    sure: bool = False
    """The value is confirmed although it is unlikely."""
    typed: bool = False
    """A person gives it now, who can be asked again: checks are told at once."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that is on disk."""

    revision: str
    place: Place
    question: Question
    answer: Answer


def record_answer(session: AuditSession, entry: NewAnswer) -> Recorded:
    """Record an answer, what it implies, and its note, in one durable commit.

    « 2 + 6 » answers the question and those of its gesture, in their order.

    Raises:
        Refused: a value cannot be; nothing was written.
        UnlikelyAnswer: unlikely and not confirmed; nothing was written.
        DoubtfulAnswer: typed, it fails a check, and no reason is given.
        DiagError: unknown question or place, or nothing could be written.
    """
    question = find_question(session, entry.question)
    place = _place_for(session, question, entry.place)
    given = {
        one.question: answer_for(find_question(session, one.question), one)
        for one in _one_by_one(session, question, entry)
    }
    check_parts(session, place.id, given)
    if entry.typed:
        confirmed = entry.reason if entry.sure else ""
        check_doubts(session.judge, session.facts, place.id, given, confirmed)
    written = with_implied(session.checklist, session.facts, place.id, given)
    drafts = [
        changes.answered(session.audit.id, place.id, ident, answer)
        for ident, answer in written.items()
    ]
    if entry.note is not None:
        drafts.append(_note(session, place, question, entry.note))
    revisions = session.record(*drafts)
    leading = question.id if question.id in given else next(iter(given))
    rank = [*written].index(leading)
    saved = revisions[rank].id
    return Recorded(saved, place, find_question(session, leading), given[leading])


def _one_by_one(
    session: AuditSession, question: Question, entry: NewAnswer
) -> Iterator[NewAnswer]:
    """Yield an entry, then what it gives of the other questions of its gesture."""
    typed = entry.given if isinstance(entry.given, str) else ""
    if word := find_word(question, typed):
        for name, value in word.sets.items():
            yield _along(session, entry, name, value)
        return
    together = (question, *companions(session.checklist, question.id))
    parts = typed.split(TOGETHER)
    kind = TYPES[question.type]
    if not 1 < len(parts) <= len(together) or kind.is_text:
        yield entry
        return
    for each, part in zip(together, parts, strict=False):
        given = TYPES[each.type].parse_keys(each, part)
        yield _along(session, entry, each.id, given)


def _along(
    session: AuditSession, entry: NewAnswer, ident: str, given: object
) -> NewAnswer:
    """Return an entry for another question, known in the same way where it may be."""
    how = entry.provenance
    allowed = {*find_question(session, ident).provenance, *ALWAYS}
    known = how if how in allowed else None
    return replace(entry, question=ident, given=given, provenance=known)


def record_note(
    session: AuditSession, question_id: str, text: str, place: str = ""
) -> str:
    """Write the note next to an answer; return the id of its revision."""
    question = find_question(session, question_id)
    where = _place_for(session, question, place)
    (revision,) = session.record(_note(session, where, question, text))
    return revision.id


def find_question(session: AuditSession, ident: str) -> Question:
    """Return a question of the audit's checklists.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    questions = session.checklist.questions
    if ident in questions:
        return questions[ident]
    near = get_close_matches(ident, questions, n=1)
    hint = f" Vouliez-vous dire {near[0]} ?" if near else ""
    hint = elsewhere(session, ident) or hint
    raise DiagError(
        f"Question « {ident[:60]} » inconnue des grilles de cet audit.{hint} "
        "Voyez la liste.",
        command=f"diag audit questions {session.about.ref} --all",
    )


def answer_for(question: Question, entry: NewAnswer) -> Answer:
    """Return the answer of an entry, checked; nothing is written.

    Raises:
        Refused: the value cannot be, or nobody can know it so.
        UnlikelyAnswer: the value is unlikely and was not confirmed.
    """
    provenance = entry.provenance or ways_of(question)[0]
    if provenance not in {*question.provenance, *ALWAYS}:
        allowed = ", ".join([*question.provenance, *sorted(ALWAYS)])
        raise Refused(
            question,
            f"provenance « {provenance} » non prévue",
            f"Possibles : {allowed}",
            name=question.id,
        )
    if entry.state is not State.KNOWN and entry.given not in (None, ""):
        raise Refused(
            question,
            f"une valeur est donnée, et l'état « {entry.state} » dit qu'il n'y en a "
            "pas",
            "Retirez la valeur, ou l'état",
            command="--state",
            name=question.id,
        )
    value: Value = None
    if entry.state is State.KNOWN:
        parsed = entry.given
        if not isinstance(parsed, Parsed):
            parsed = TYPES[question.type].parse(question, parsed)
        value = parsed.value
        if parsed.doubt and not entry.sure:
            raise UnlikelyAnswer(
                question,
                parsed.doubt,
                "Vérifiez, puis confirmez",
                command='--sure (ou "sure": true)',
            )
    try:
        reason = clean_text(entry.reason).strip()
    except ValueError as error:
        raise Refused(question, f"motif refusé, {error}", name=question.id) from error
    TYPES[question.type].check_state(question, entry.state, reason)
    return Answer(entry.state, value, provenance, reason)


def check_parts(session: AuditSession, place: str, given: Mapping[str, Answer]) -> None:
    """Let no part be above its whole, where the whole is known or given with it.

    Raises:
        Refused: names both; nothing is written.
    """
    proposed = {(place, ident): answer for ident, answer in given.items()}
    above = above_wholes(session.judge, session.facts, proposed)
    for ident in given:
        if (place, ident) in above:
            question = session.checklist.questions[ident]
            problem = above[place, ident]
            raise Refused(question, problem, "Corrigez l'un ou l'autre", name="")


def _place_for(session: AuditSession, question: Question, text: str) -> Place:
    place = find_place(session, text)
    if place.kind is question.place:
        return place
    if question.place in ROOT_KINDS:
        raise DiagError(
            f"{question.id} se répond pour {SUBJECTS[question.place][0]}, pas pour "
            f"« {place.name} ». "
            "Retirez le lieu."
        )
    wanted = PLACE_NAMES[question.place]
    there = session.facts.places_of(question.place)
    names = ", ".join(f"« {place.name} »" for place in there[:8])
    remedy = f"Lieux possibles : {names}." if there else "Ajoutez-en un."
    add = f'diag audit place {session.about.ref} add {question.place} "Nom du lieu"'
    raise DiagError(
        f"{question.id} se répond dans un lieu « {wanted} ». {remedy}",
        command="" if there else add,
    )


def _note(
    session: AuditSession, place: Place, question: Question, text: str
) -> NewRevision:
    try:
        clean = clean_text(text).strip()
    except ValueError as error:
        raise Refused(question, f"note refusée, {error}", name=question.id) from error
    return changes.noted(session.audit.id, place.id, question.id, clean)


def toggle_flag(session: AuditSession, key: Key) -> bool:
    """Raise the flag of a question, or lower it; return whether it is raised now."""
    raised = key not in session.facts.flags
    session.record(changes.flagged(session.audit.id, *key, to_review=raised))
    return raised
