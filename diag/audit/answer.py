"""Answering: what was typed becomes one durable revision, or a refusal in French."""

from dataclasses import dataclass
from difflib import get_close_matches

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import TYPES
from diag.audit.doubts import above_wholes
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

ALWAYS = frozenset({Provenance.IMPORTED, Provenance.CARRIED})
"""Provenances that exist for every question."""


class UnlikelyAnswer(Refused):
    """The value is possible but unlikely: to be confirmed."""


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


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that is on disk."""

    revision: str
    place: Place
    question: Question
    answer: Answer


def record_answer(session: AuditSession, entry: NewAnswer) -> Recorded:
    """Record an answer, and its note if there is one, in one durable commit.

    Raises:
        Refused: the value cannot be; nothing was written.
        UnlikelyAnswer: unlikely and not confirmed; nothing was written.
        DiagError: unknown question or place, or nothing could be written.
    """
    question = find_question(session, entry.question)
    place = _place_for(session, question, entry.place)
    answer = answer_for(question, entry)
    check_part(session, place.id, question, answer)
    drafts = [changes.answered(session.audit.id, place.id, question.id, answer)]
    if entry.note is not None:
        drafts.append(_note(session, place, question, entry.note))
    revisions = session.record(*drafts)
    return Recorded(revisions[0].id, place, question, answer)


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
    provenance = entry.provenance or usual_provenance(question)
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


def check_part(
    session: AuditSession, place: str, question: Question, answer: Answer
) -> None:
    """Let no part be above its whole, where the whole is known.

    Raises:
        Refused: says both; nothing is written.
    """
    key = place, question.id
    above = above_wholes(session.judge, session.facts, {key: answer})
    if key in above:
        raise Refused(question, above[key], "Corrigez l'un ou l'autre", name="")


def usual_provenance(question: Question) -> Provenance:
    """Return how a typed answer is known unless it is given: never « imported »."""
    said = (each for each in question.provenance if each not in ALWAYS)
    return next(said, Provenance.DECLARED)


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
