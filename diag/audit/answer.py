"""Answering: what was typed becomes one durable revision, or a refusal in French.

A part above its whole and « sans objet » out of place cannot be entered. A sync, an
import or a whole given later may bring them: they are judged as unknown, and listed.
A check doubts and refuses nothing: an answer that fails one is kept once it was given
again with its reason, and is listed as doubtful for as long as the check fails.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import TYPES
from diag.assess.facts import FactsReading, PlaceScope, with_answers
from diag.assess.judge import Judge, judge_for
from diag.audit.session import AuditSession, elsewhere
from diag.journal import changes
from diag.journal.revision import NewRevision
from diag.model.audit import ROOT_KINDS, Answer, Facts, Place, Value
from diag.model.checklist import (
    CHECK_VALUE,
    PEOPLE,
    Checklist,
    Choice,
    Crosscheck,
    Question,
)
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from diag.model.text import clean_text, exact, fold
from diag.rules.evaluate import condition, measure
from diag.rules.expressions import Span
from diag.rules.language import parse_rule
from diag.words.sentences import number, suggest
from diag.words.vocabulary import PLACE_NAMES, SUBJECTS

Key = tuple[str, str]
"""Place id, question id."""


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
        _check_doubts(session.judge, session.facts, place.id, given, confirmed)
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
    kind, today = TYPES[question.type], session.workspace.world.today()
    if not 1 < len(parts) <= len(together) or kind.is_text:
        given = kind.in_full(question, typed, today) if typed else entry.given
        yield replace(entry, given=given)
        return
    for each, part in zip(together, parts, strict=False):
        given = TYPES[each.type].parse_keys(each, part, today)
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
    hint = elsewhere(session, ident) or suggest(ident, questions)
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
    place = session.find_place(text)
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


class UnlikelyAnswer(Refused):
    """The value is possible but unlikely: to be confirmed."""

    again = False
    """Whether it had been doubted just before, and was given again."""


class DoubtfulAnswer(UnlikelyAnswer):
    """The value cannot stand with what else is known: to be confirmed with a reason."""


_condition = lru_cache(maxsize=256)(lambda text: condition(parse_rule(text)))
_measure = lru_cache(maxsize=256)(lambda text: measure(parse_rule(text)))


def failed_checks(facts: Facts, checklist: Checklist) -> dict[Key, str]:
    """Return the answers that checks doubt, and why, in the order of the checks."""
    judge = judge_for(facts, checklist)
    found: dict[Key, str] = {}
    for key, why in _failed(judge, judge.reading(facts)):
        found[key] = "; ".join(filter(None, (found.get(key), why)))
    return found


def _failed(judge: Judge, reading: FactsReading) -> Iterator[tuple[Key, str]]:
    """Give each answer that a check doubts, and why: « l'annuaire en dit 6 »."""
    for check in judge.checklist.checks.values():
        place = judge.checklist.questions[check.ask].place
        is_failed = _condition(check.when)
        for scope in reading.scopes(place):
            if scope.heads(check.ask) and is_failed(scope) is True:
                yield (scope.place, check.ask), _words(check, scope)


def _words(check: Crosscheck, scope: PlaceScope) -> str:
    """Return why, its blanks filled: of places that may still come, those there."""

    def filled(blank: re.Match[str]) -> str:
        name = blank[1]
        is_value = name == CHECK_VALUE
        found = _measure(check.value)(scope) if is_value else scope.value(name)
        low = found.low if isinstance(found, Span) else None
        return "?" if low is None else number(Fraction(low))

    return re.sub(r"\{([a-z_0-9]+)\}", filled, check.says)


def _check_doubts(
    judge: Judge,
    facts: Facts,
    place: str,
    written: Mapping[str, Answer],
    confirmed: str,
) -> None:
    """Let an answer that a check doubts be given again, with its reason.

    Raises:
        DoubtfulAnswer: it fails a check, and no reason is given.
    """
    asked = {check.ask for check in judge.checklist.checks.values()}
    known = {one: each for one, each in written.items() if each.state is State.KNOWN}
    if confirmed.strip() or asked.isdisjoint(known):
        return
    proposed = {(place, ident): answer for ident, answer in written.items()}
    reading = judge.reading(with_answers(facts, proposed))
    for (where, ident), why in _failed(judge, reading):
        if where == place and ident in known:
            raise doubtful(judge.checklist.questions[ident], why)


def doubtful(question: Question, words: str) -> DoubtfulAnswer:
    """Return the doubt about an answer, in words."""
    return DoubtfulAnswer(
        question,
        words,
        "Vérifiez, puis confirmez en disant pourquoi",
        command='--sure --reason "…" (ou "sure": true, "reason": "…")',
    )


ALWAYS = frozenset({Provenance.IMPORTED, Provenance.CARRIED})
"""Provenances that exist for every question."""

TOGETHER = " + "
"""Between the answers of one gesture: « 2 + 6 »."""


def companions(checklist: Checklist, question: str) -> tuple[Question, ...]:
    """Return the questions answered in the gesture that a question leads, in order."""
    return tuple(
        each for each in checklist.questions.values() if each.same_gesture == question
    )


def find_word(question: Question, typed: str) -> Choice | None:
    """Return the word of a question that a text names: its first letters are enough."""
    folded = fold(typed)
    found = [
        word
        for word in question.words
        if typed == word.id or (folded and fold(word.label).startswith(folded))
    ]
    return found[0] if len(found) == 1 else None


def with_implied(
    checklist: Checklist, facts: Facts, place: str, given: Mapping[str, Answer]
) -> dict[str, Answer]:
    """Return answers given at a place, then what they imply, where that is new."""
    written = dict(given)
    for ident, answer in given.items():
        question = checklist.questions.get(ident)
        if question is None or answer.state is not State.KNOWN:
            continue
        for other, value in _implied(checklist, question, answer.value):
            known = facts.answers.get((place, other.id), ())
            if other.id not in written and [each.value for each in known] != [value]:
                allowed = answer.provenance in {*other.provenance, *ALWAYS}
                how = answer.provenance if allowed else ways_of(other)[0]
                written[other.id] = Answer(State.KNOWN, value, how)
    return written


def _implied(
    checklist: Checklist, question: Question, value: Value
) -> Iterator[tuple[Question, Value]]:
    """Yield what a value implies of other facts.

    A choice implies what its author wrote. Any other value but « non » and none implies
    that the fact which alone opens the question is true, where both are one gesture.
    """
    questions = checklist.questions
    chosen = [choice for choice in question.choices if choice.id == value]
    named = {name for choice in chosen for name in choice.sets}
    opener = questions.get(question.relevant)
    is_chosen = opener is not None and opener.id in named
    if (
        opener
        and value
        and not is_chosen
        and (opener.same_gesture == question.id or question.same_gesture == opener.id)
    ):
        yield opener, True
    for choice in chosen:
        for name, raw in choice.sets.items():
            if other := questions.get(name):
                yield other, TYPES[other.type].parse(other, raw).value


def ways_of(question: Question) -> tuple[Provenance, ...]:
    """Return how a person can know it, the usual way first: never « imported ».

    What somebody is asked is declared, what one goes to look at is observed; only a
    number may be measured unless one declares it.
    """
    is_number = TYPES[question.type].is_number
    usual = {
        Provenance.DECLARED: question.whom in PEOPLE,
        Provenance.MEASURED: is_number and question.whom not in PEOPLE,
        Provenance.OBSERVED: question.whom not in PEOPLE,
    }
    ways = [each for each in question.provenance if each not in ALWAYS]
    return tuple(sorted(ways, key=lambda each: not usual[each])) or (
        Provenance.DECLARED,
    )


TO_SAY_AGAIN = "« sans objet » ne se dit pas ici : à redire"


def doubts_of(facts: Facts, checklist: Checklist) -> dict[Key, str]:
    """Return what is to be looked at again, and why, in the order of the facts."""
    found: dict[Key, str] = {}
    parts: list[Key] = []
    for key, heads in facts.answers.items():
        question = checklist.questions.get(key[1])
        if question is None:
            continue
        if is_out_of_place(question, heads):
            found[key] = TO_SAY_AGAIN
        elif question.at_most:
            parts.append(key)
    if parts:
        reading = judge_for(facts, checklist).reading(facts)
        found |= {key: words for key in parts if (words := above_whole(reading, key))}
    return {key: found[key] for key in facts.answers if key in found}


def above_wholes(
    judge: Judge, facts: Facts, proposed: Mapping[Key, Answer]
) -> dict[Key, str]:
    """Return which answers about to be written are above their whole, and the words."""
    parts = [
        (place, ident)
        for (place, ident), answer in proposed.items()
        if answer.state is State.KNOWN and judge.vocabulary[ident].question.at_most
    ]
    if not parts:
        return {}
    reading = judge.reading(with_answers(facts, proposed))
    return {key: words for key in parts if (words := above_whole(reading, key))}


def is_out_of_place(question: Question, heads: Iterable[Answer]) -> bool:
    """Say whether « sans objet » was answered where the question has no such answer."""
    return not question.void and any(
        head.state is State.NOT_APPLICABLE for head in heads
    )


def above_whole(reading: FactsReading, key: Key) -> str:
    """Return that a part is above its whole, « 30 pour 6 : … »; empty when it is not.

    Nothing is above a whole that is not known.
    """
    place, ident = key
    scope = reading.scope(place)
    part = reading.vocabulary[ident].question
    holder = scope.holder(part.at_most) if part.at_most else None
    if holder is None or scope.relevance(ident) is False:
        return ""
    wholes = holder.heads(part.at_most)
    whole = holder.value(part.at_most)
    most = whole.high if isinstance(whole, Span) else None
    if (
        most is None
        or not all(head.state is State.KNOWN for head in wholes)
        or not wholes
    ):
        return ""
    given = []
    for head in scope.heads(ident):
        if isinstance(head.value, int | str) and not isinstance(head.value, bool):
            with suppress(ValueError):  # an answer to what the question was before
                given.append(exact(head.value))
    above = max(given, default=most)
    if above <= most:
        return ""
    title = reading.vocabulary[part.at_most].question.label
    words = f"{number(Fraction(above))} pour {number(Fraction(most))}"
    return f"{words} : « {part.label} » dépasse « {title} »"
