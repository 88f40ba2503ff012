"""Filling cells of a sheet, many at once: one gesture is one durable commit.

A cell that is not asked is never written, and what was measured in one room is not
said to have been measured in another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from diag.assess.overlay import with_answers
from diag.desk.session import Session
from diag.desk.visit.answers import Entry, answer_for
from diag.desk.visit.places import KIND_NAMES
from diag.desk.visit.sheet import Sheet
from diag.journal import changes
from diag.model.checklist import Question
from diag.model.enums import Provenance
from diag.model.errors import DiagError
from diag.model.fact import Answer
from diag.model.place import Place

Key = tuple[str, str]
"""(Place id, question id)."""


class GestureError(DiagError):
    """What was asked of the sheet has no sense at this cell: nothing was written."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that was left as it was, and why."""

    where: str
    """The place and the question, or where in the file."""
    reason: str

    @property
    def sentence(self) -> str:
        """Tell it whole."""
        return f"{self.where} : {self.reason}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a gesture wrote, and what it did not."""

    written: tuple[Key, ...] = ()
    refused: tuple[Refusal, ...] = ()


def fill(session: Session, sheet: Sheet, keys: Iterable[Key], entry: Entry) -> Filled:
    """Give one answer to many cells of one question.

    Raises:
        RefusedEntryError: the value cannot be; nothing was written.
        DoubtError: it is unlikely and was not confirmed; nothing was written.
    """
    question = session.checklist.questions[entry.question]
    answer = answer_for(question, entry)
    return record(session, sheet, dict.fromkeys(keys, answer))


def copy_down(
    session: Session, sheet: Sheet, columns: Iterable[int], rows: Sequence[int]
) -> Filled:
    """Copy the answers of the first of the rows to the others, column by column.

    Raises:
        GestureError: when the first row has nothing that can be copied.
    """
    proposed: dict[Key, Answer] = {}
    left: list[Refusal] = []
    for column in columns:
        question = sheet.questions[column]
        source = _source(sheet, rows[0], column)
        if isinstance(source, Refusal):
            left.append(source)
            continue
        others = (sheet.places[row].id for row in rows[1:])
        proposed |= {(place, question.id): source for place in others}
    if not proposed and left:
        raise GestureError(f"{left[0].sentence}.")
    return record(session, sheet, proposed)


def empty_below(sheet: Sheet, row: int, column: int) -> tuple[int, ...]:
    """Return the rows below, down to the next answer, that could be filled."""
    rows = []
    for below in range(row + 1, len(sheet.places)):
        cell = sheet.cell(below, column)
        if cell.heads:
            break
        if not cell.is_inert:
            rows.append(below)
    return tuple(rows)


def like_previous(session: Session, sheet: Sheet, row: int) -> Filled:
    """Copy every answer of the row above to the cells of this row still empty.

    Raises:
        GestureError: when there is no row above.
    """
    if row == 0:
        raise GestureError(
            f"« {sheet.places[0].name} » est en tête du tableau : "
            "rien ne la précède, répondez ici d'abord."
        )
    place = sheet.places[row].id
    return record(
        session,
        sheet,
        {
            (place, question.id): copied
            for column, question in enumerate(sheet.questions)
            if not sheet.cell(row, column).heads
            and (source := _single(sheet, row - 1, column)) is not None
            and not sheet.cell(row - 1, column).is_inert
            and (copied := said_elsewhere(question, source)) is not None
        },
        quietly=True,
    )


def clear(session: Session, keys: Iterable[Key]) -> Filled:
    """Take answers away, as if the questions had not been asked."""
    answered = [key for key in keys if session.facts.answers.get(key)]
    drafts = [changes.unanswered(session.audit.id, *key) for key in answered]
    if drafts:
        session.say(*drafts)
    return Filled(tuple(answered))


def record(
    session: Session,
    sheet: Sheet,
    proposed: Mapping[Key, Answer],
    *,
    quietly: bool = False,
) -> Filled:
    """Write answers in one commit, those not asked left out, and told unless quiet."""
    asked = _asked(session, proposed)
    kept = {key: answer for key, answer in proposed.items() if asked(key)}
    if kept:
        session.say(
            *(
                changes.answered(session.audit.id, place, question, answer)
                for (place, question), answer in kept.items()
            )
        )
    left = () if quietly else tuple(key for key in proposed if key not in kept)
    return Filled(tuple(kept), tuple(_inert(session, sheet, key) for key in left))


def where_words(place: Place, question: Question) -> str:
    """Name a cell."""
    return f"« {place.name} », {question.label}"


def said_elsewhere(question: Question, source: Answer) -> Answer | None:
    """Return an answer as it may be said elsewhere; None for a pure measure."""
    provenance = source.provenance
    if provenance not in {Provenance.OBSERVED, Provenance.DECLARED}:
        others = [
            each for each in question.provenance if each is not Provenance.MEASURED
        ]
        if not others:
            return None
        provenance = others[0]
    return replace(Answer(source.state, source.value, provenance), reason=source.reason)


def _asked(session: Session, proposed: Mapping[Key, Answer]) -> Callable[[Key], bool]:
    """Return whether a question is asked at a place once all of this is said."""
    facts = with_answers(session.facts, proposed)
    reading = session.judge.reading(facts)
    return lambda key: reading.scope(key[0]).relevance(key[1]) is not False


def _inert(session: Session, sheet: Sheet, key: Key) -> Refusal:
    place, question = session.facts.places[key[0]], session.checklist.questions[key[1]]
    kind = KIND_NAMES[sheet.kind]
    reason = f"ne se demande pas pour ce lieu ({kind})"
    return Refusal(where_words(place, question), reason)


def _source(sheet: Sheet, row: int, column: int) -> Answer | Refusal:
    place, question = sheet.places[row], sheet.questions[column]
    source = _single(sheet, row, column)
    if source is None:
        reason = "pas de réponse à recopier"
        return Refusal(where_words(place, question), reason)
    reason = "une mesure ne se recopie pas d'une salle à l'autre"
    refusal = Refusal(where_words(place, question), reason)
    return said_elsewhere(question, source) or refusal


def _single(sheet: Sheet, row: int, column: int) -> Answer | None:
    heads = sheet.cell(row, column).heads
    return heads[0] if len(heads) == 1 else None
