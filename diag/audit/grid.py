"""The grid of rooms × questions: fill, copy, paste, clear; duplicate a room.

Each gesture is one commit. A block that is pasted, of a spreadsheet or a CSV file,
lands where the cursor is when it has no titles. With them (questions above, places on
the left) it lands where they name; with questions alone, from the cursor's row on. A
cell that cannot be is refused alone, in a sentence.
"""

import csv
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.assess.facts import with_answers
from diag.audit.answer import (
    TO_SAY_AGAIN,
    Key,
    NewAnswer,
    above_wholes,
    answer_for,
    doubts_of,
    is_out_of_place,
    with_implied,
)
from diag.audit.places import walking_order
from diag.audit.session import AuditSession
from diag.imports.source import read_file
from diag.journal import changes
from diag.model.audit import ROOT_KINDS, Answer, Place
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, Standing, State
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.rules.expressions import Truth
from diag.words.sentences import shortened
from diag.words.vocabulary import PLACE_NAMES, PROVENANCE_MARKS, STATES
from diag.workspace.disk import is_file, path_typed

_NUMBERED = re.compile(r"(.*?(?:^|\W))(\d{1,6})")


def duplicate(session: AuditSession, place: Place) -> Place:
    """Add a place like this one, answers included, under the next free name.

    « Classe 4 » comes after « Classe 3 ». The digit of a level is no number: after
    « CM1 » comes « CM1 2 », never « CM2 ».

    Measures are left out where nothing but a measure is an answer; so is what is to
    be looked at again.
    """
    facts, audit = session.facts, session.audit.id
    ident = session.workspace.world.fresh_id()
    taken = {fold(each.name) for each in facts.places.values()}
    stem, number = f"{place.name} ", 1
    if numbered := _NUMBERED.fullmatch(place.name):
        stem, number = numbered[1], int(numbered[2])
    while fold(name := f"{stem}{number + 1}") in taken:
        number += 1
    twin = place.model_copy(update={"id": ident, "name": name})
    drafts = [changes.placed(audit, twin)]
    doubts = doubts_of(facts, session.checklist)
    for (where, question), heads in facts.answers.items():
        declared = session.checklist.questions.get(question)
        if where != place.id or declared is None or len(heads) != 1:
            continue
        if (where, question) in doubts:
            continue
        answer = copy_answer(declared, heads[0])
        if answer is not None:
            drafts.append(changes.answered(audit, twin.id, question, answer))
    session.record(*drafts)
    return twin


_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact, as a cell shows it."""

    words: str
    """Its value without unit, its state, or both sides of a conflict."""
    mark: str
    """How it became known, in short; `!` for a conflict; empty when not answered."""
    relevant: Truth
    """False: not asked here; None: not known yet."""
    heads: tuple[Answer, ...]
    """What was answered."""
    flagged: bool = False
    """« À revoir »."""
    notes: tuple[str, ...] = ()
    """What is written next to it."""
    is_below: bool = False
    """Whether this very answer keeps a criterion below the base level."""
    is_danger: bool = False
    """Whether it is a danger to bodies."""

    @property
    def answer(self) -> Answer | None:
        """Return the only answer; None where there is none, or several."""
        return self.heads[0] if len(self.heads) == 1 else None

    @property
    def is_carried(self) -> bool:
        """Return whether it comes from an earlier audit, not confirmed since."""
        return any(head.provenance is Provenance.CARRIED for head in self.heads)

    @property
    def is_empty(self) -> bool:
        """Return whether it is still to be seen here."""
        return not self.heads and not self.is_inert

    @property
    def is_inert(self) -> bool:
        """Return whether the question is not asked here."""
        return self.relevant is False

    @property
    def is_conflict(self) -> bool:
        """Return whether people differ."""
        return len(self.heads) > 1


class GridSheet:
    """Rows are places in walking order, columns are questions."""

    def __init__(
        self, session: AuditSession, kind: PlaceKind, domain: str = ""
    ) -> None:
        facts = session.facts
        self.kind = kind
        """What its rows are."""
        self.domain = domain
        """The only domain shown; empty: all."""
        self.places: tuple[Place, ...] = (
            walking_order(facts) if kind is PlaceKind.SALLE else facts.places_of(kind)
        )
        """Its rows, in the order in which one walks."""
        self.questions: tuple[Question, ...] = tuple(
            question
            for question in _asked(session, kind)
            if not TYPES[question.type].is_photo and domain in {"", question.domain}
        )
        """Its columns, each after those that decide whether it is asked."""
        self.rows = {place.id: row for row, place in enumerate(self.places)}
        """Place id → row."""
        self.columns = {each.id: column for column, each in enumerate(self.questions)}
        """Question id → column."""
        self._facts, self._reading = facts, session.judge.reading(facts)
        self._below = frozenset(_below_base(session, kind))
        self._dangers = {
            (one.place, one.question.id) for one in session.assessment.dangers
        }
        self._cells: dict[tuple[int, int], Cell] = {}

    def cell(self, row: int, column: int) -> Cell:
        """Return what a cell shows."""
        if (found := self._cells.get((row, column))) is not None:
            return found
        question = self.questions[column]
        scope = self._reading.scope(self.places[row].id)
        relevant = scope.relevance(question.id)
        heads = scope.heads(question.id)
        words = " / ".join(short_words(question, head) for head in heads)
        mark = "!" if len(heads) > 1 else ""
        if len(heads) == 1:
            is_known = heads[0].state is State.KNOWN
            mark = PROVENANCE_MARKS[heads[0].provenance] if is_known else "-"
        key = self.places[row].id, question.id
        flagged, notes = key in self._facts.flags, self._facts.notes.get(key, ())
        below, danger = key in self._below, key in self._dangers
        read = Cell(words, mark, relevant, heads, flagged, notes, below, danger)
        return self._cells.setdefault((row, column), read)

    def sum(self, column: int) -> str:
        """Return what a whole column amounts to.

        A total, « oui » out of the answers, an extent for what does not add up
        (dBm, ages), or how many places are answered.
        """
        question = self.questions[column]
        asked = [
            cell
            for row in range(len(self.places))
            if not (cell := self.cell(row, column)).is_inert
        ]
        sure = [cell.heads[0].value for cell in asked if len(cell.heads) == 1]
        known = [value for value in sure if value is not None]
        total = TYPES[question.type].total(question, known)
        if total is not None:
            return total
        return f"{len(known)}/{len(asked)}" if asked else ""


def _below_base(session: AuditSession, kind: PlaceKind) -> Iterator[Key]:
    """Give the answers that alone keep a criterion of their place below base."""
    questions = session.checklist.questions
    for result in session.assessment.criteria.values():
        if result.criterion.place is not kind:
            continue
        levels = result.criterion.levels
        names = [
            name
            for name in dict.fromkeys(_NAME.findall(levels[min(levels)]))
            if name in questions and questions[name].place is kind
        ]
        if len(names) == 1:
            for one in result.verdicts:
                if one.standing is Standing.IN and one.given is True and one.high < 1:
                    yield one.place, names[0]


def sheet_kinds(session: AuditSession) -> tuple[PlaceKind, ...]:
    """Return the kinds of places that have questions and several places."""
    asked = {question.place for question in session.checklist.questions.values()}
    return tuple(kind for kind in PlaceKind if kind in asked and kind not in ROOT_KINDS)


def domains_of(session: AuditSession, kind: PlaceKind) -> tuple[tuple[str, str], ...]:
    """Return (id, title) of each domain that asks something of such places."""
    titles = {domain.id: domain.title for domain in session.checklist.domains}
    asked = dict.fromkeys(each.domain for each in _asked(session, kind))
    return tuple((each, titles.get(each, each.capitalize())) for each in asked)


def _asked(session: AuditSession, kind: PlaceKind) -> list[Question]:
    """Return what the visit asks at such places, or what was answered all the same.

    Each question after those that its relevance reads.
    """
    questions = session.checklist.questions.values()
    here = {each.id: each for each in questions if each.place is kind}
    walked: dict[str, Question] = {}
    begun: set[str] = set()

    def walk(question: Question) -> None:
        if question.id not in begun:
            begun.add(question.id)
            for name in _NAME.findall(question.relevant):
                if name in here:
                    walk(here[name])
            walked[question.id] = question

    for question in here.values():
        walk(question)
    profile, profiles = session.profile, session.judge.profiles
    answered = {question for _, question in session.facts.answers}
    return [
        each
        for each in walked.values()
        if profile.asks(profiles[each.id]) or each.id in answered
    ]


def short_words(question: Question, answer: Answer) -> str:
    """Return an answer in as few words as a cell needs: no unit, days in digits."""
    if answer.state is not State.KNOWN:
        return STATES[answer.state]
    return TYPES[question.type].cell_words(question, answer.value)


class GestureError(DiagError):
    """What was asked of the sheet has no sense at this cell: nothing was written."""


@dataclass(frozen=True, slots=True)
class CellRefusal:
    """A cell that was left as it was, and why."""

    where: str
    """The place and the question, or where in the file."""
    reason: str

    @property
    def sentence(self) -> str:
        """The place and the reason."""
        return f"{self.where} : {self.reason}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a gesture wrote, and what it did not."""

    written: tuple[Key, ...] = ()
    refused: tuple[CellRefusal, ...] = ()
    replaced: int = 0
    """How many of those written said something else before."""


def fill(
    session: AuditSession, sheet: GridSheet, keys: Iterable[Key], entry: NewAnswer
) -> Filled:
    """Give one answer to many cells of one question.

    Raises:
        Refused: the value cannot be; nothing was written.
        UnlikelyAnswer: it is unlikely and was not confirmed; nothing was written.
    """
    question = session.checklist.questions[entry.question]
    answer = answer_for(question, entry)
    return record(session, sheet, dict.fromkeys(keys, answer))


def copy_down(
    session: AuditSession, sheet: GridSheet, columns: Iterable[int], rows: Sequence[int]
) -> Filled:
    """Copy the answers of the first of the rows to the others, column by column.

    Raises:
        GestureError: when the first row has nothing that can be copied.
    """
    proposed: dict[Key, Answer] = {}
    left: list[CellRefusal] = []
    for column in columns:
        question, answer = sheet.questions[column], sheet.cell(rows[0], column).answer
        copied = copy_answer(question, answer) if answer else None
        if copied:
            others = (sheet.places[row].id for row in rows[1:])
            proposed |= {(place, question.id): copied for place in others}
            continue
        if answer is None:
            reason = "pas de réponse à recopier"
        elif is_out_of_place(question, [answer]):
            reason = TO_SAY_AGAIN
        else:
            reason = "une mesure ne se recopie pas d'une salle à l'autre"
        where = where_words(sheet.places[rows[0]], question)
        left.append(CellRefusal(where, reason))
    if not proposed and left:
        raise GestureError(f"{left[0].sentence}.")
    return record(session, sheet, proposed)


def empty_below(sheet: GridSheet, row: int, column: int) -> tuple[int, ...]:
    """Return the rows below, down to the next answer, that could be filled."""
    rows = []
    for below in range(row + 1, len(sheet.places)):
        cell = sheet.cell(below, column)
        if cell.heads:
            break
        if not cell.is_inert:
            rows.append(below)
    return tuple(rows)


def like_previous(session: AuditSession, sheet: GridSheet, row: int) -> Filled:
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
            and (source := sheet.cell(row - 1, column).answer) is not None
            and not sheet.cell(row - 1, column).is_inert
            and (copied := copy_answer(question, source)) is not None
        },
        quietly=True,
    )


def clear(session: AuditSession, keys: Iterable[Key]) -> Filled:
    """Take answers away, as if the questions had not been asked."""
    answered = [key for key in keys if session.facts.answers.get(key)]
    drafts = [changes.unanswered(session.audit.id, *key) for key in answered]
    if drafts:
        session.record(*drafts)
    return Filled(tuple(answered))


def record(
    session: AuditSession,
    sheet: GridSheet,
    proposed: Mapping[Key, Answer],
    *,
    quietly: bool = False,
) -> Filled:
    """Write answers in one commit, those not asked left out, and named unless quiet."""
    # What is asked once all of this is written.
    reading = session.judge.reading(with_answers(session.facts, proposed))
    above = above_wholes(session.judge, session.facts, proposed)
    kept = {
        (place, question): answer
        for (place, question), answer in proposed.items()
        if reading.scope(place).relevance(question) is not False
        and (place, question) not in above
    }
    heads = session.facts.answers
    replaced = sum(
        any((one.state, one.value) != (each.state, each.value) for one in heads[key])
        for key, each in kept.items()
        if key in heads
    )
    by_place: dict[str, dict[str, Answer]] = {}
    for (place, question), answer in kept.items():
        by_place.setdefault(place, {})[question] = answer
    drafts = [
        changes.answered(session.audit.id, place, question, answer)
        for place, given in by_place.items()
        for question, answer in with_implied(
            session.checklist, session.facts, place, given
        ).items()
    ]
    if drafts:
        session.record(*drafts)
    unasked = f"ne se demande pas pour ce lieu ({PLACE_NAMES[sheet.kind]})"
    places, questions = session.facts.places, session.checklist.questions
    refused = (
        CellRefusal(
            where_words(places[key[0]], questions[key[1]]), above.get(key) or unasked
        )
        for key in proposed
        if key not in kept and not quietly
    )
    return Filled(tuple(kept), tuple(refused), replaced)


def where_words(place: Place, question: Question) -> str:
    """Name a cell."""
    return f"« {place.name} », {question.label}"


def copy_answer(question: Question, source: Answer) -> Answer | None:
    """Return an answer as another place may take it; None where it may not.

    So it is for a pure measure, and for a « sans objet » that is to be given again.
    What was carried from an earlier audit stays so: nobody saw it again.
    """
    if is_out_of_place(question, [source]):
        return None
    provenance = source.provenance
    if provenance not in {Provenance.OBSERVED, Provenance.DECLARED}:
        others = [
            each for each in question.provenance if each is not Provenance.MEASURED
        ]
        if not others:
            return None
        if provenance is not Provenance.CARRIED:
            provenance = others[0]
    return replace(Answer(source.state, source.value, provenance), reason=source.reason)


MAX_PASTE = 1_000_000
"""Longest text taken in one go, in characters."""

MAX_CELL = 2_000
"""Longest cell, in characters."""

_SHOWN = 24
_FILES = {".csv", ".tsv", ".txt"}
_ENCODINGS = ("utf-8-sig", "cp1252")


def paste(
    session: AuditSession, sheet: GridSheet, row: int, column: int, text: str
) -> Filled:
    """Fill cells from a block of text, in one commit; each refusal has its sentence.

    Raises:
        GestureError: when there is nothing to read, or far too much.
    """
    block = read_block(text)
    today = session.workspace.world.today()
    proposed: dict[Key, Answer] = {}
    refused: list[CellRefusal] = []
    for place, question, where, cell in _landing(sheet, block, row, column, today):
        if place is None or question is None:
            reason = "aucun lieu de ce nom ni à cette ligne du tableau"
            if place:
                reason = "aucune question de ce titre ni à cette place du tableau"
            refused.append(CellRefusal(where, reason))
            continue
        reason = f"cellule trop longue : {len(cell)} caractères"
        if len(cell) <= MAX_CELL:
            read = TYPES[question.type].parse_cell(question, cell, today)
            reason = read.problem
            if not reason:
                entry = NewAnswer(question.id, read.parsed, state=read.state)
                try:
                    answer = answer_for(question, entry)
                    if proposed.setdefault((place.id, question.id), answer) != answer:
                        words = short_words(question, answer)
                        reason = f"{words} aussi : ce qui est plus haut est gardé"
                except Refused as error:
                    reason = error.plain
        if reason:
            refused.append(CellRefusal(where_words(place, question), reason))
    filled = record(session, sheet, proposed)
    return replace(filled, refused=(*refused, *filled.refused))


def as_block(sheet: GridSheet, rows: Iterable[int], columns: Iterable[int]) -> str:
    """Return cells as a spreadsheet takes them: tabs between, a line a row."""
    kept = tuple(columns)
    return "\n".join(
        "\t".join(" ".join(sheet.cell(row, column).words.split()) for column in kept)
        for row in rows
    )


def file_named(text: str) -> Path | None:
    """Return the file whose path was pasted, as a drag onto the terminal does."""
    line = text.strip()
    if "\n" in line or "\t" in line or len(line) > MAX_CELL:
        return None
    path = path_typed(line)
    is_table = path and path.suffix.casefold() in _FILES and is_file(path)
    return path if is_table else None


def file_text(path: Path) -> str:
    """Return the text of a table saved by a spreadsheet.

    Raises:
        DiagError: when it cannot be read, is no text, or longer than what is pasted.
    """
    most = 4 * MAX_PASTE  # a character takes four bytes at most
    raw = read_file(path, most)
    if len(raw) > most:
        raise DiagError(
            f"{path} est trop long pour être collé : plus de {MAX_PASTE} caractères. "
            "Gardez-y le tableau seul, puis recommencez."
        )
    for encoding in _ENCODINGS if b"\0" not in raw else ():
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DiagError(
        f"{path} n'est pas un fichier texte. "
        "Dans le tableur, enregistrez-le en CSV, puis recommencez."
    )


def read_block(text: str) -> list[list[str]]:
    """Return the lines and cells of a pasted text.

    Raises:
        GestureError: when it is empty or too long.
    """
    if len(text) > MAX_PASTE:
        raise GestureError(
            f"Texte trop long pour être collé : {len(text)} caractères, "
            f"{MAX_PASTE} admis. Collez le tableau seul."
        )
    # A terminal may paste each line end as two returns.
    doubled = "\n" not in text and all(
        len(run) % 2 == 0 for run in re.findall(r"\r+", text)
    )
    plain = re.sub("\r\r" if doubled else "\r\n?", "\n", text).replace("\0", "")
    comma = "\t" if "\t" in plain else ";"  # a comma alone is a decimal comma here
    try:
        rows = list(csv.reader(StringIO(plain, newline=""), delimiter=comma))
    except csv.Error:
        rows = [line.split("\t") for line in plain.split("\n")]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise GestureError("Rien à coller : le presse-papiers est vide.")
    return rows


def _landing(
    sheet: GridSheet, block: list[list[str]], row: int, column: int, today: date
) -> Iterator[tuple[Place | None, Question | None, str, str]]:
    """Give where each cell of a block lands, how to name it, and the cell."""
    places, questions = dict(enumerate(sheet.places)), dict(enumerate(sheet.questions))
    rooms: dict[str, list[Place]] = {}
    for one in sheet.places:
        rooms.setdefault(fold(one.name), []).append(one)
    titles = _titles(sheet, block[0])
    asked = questions.get(column)
    names_rooms = 0 not in titles and _names_rooms(rooms, block, asked, today)
    # The first column names places, unless it is titled by a question too.
    columns = len(block[0]) - (0 not in titles)
    titled = len(block) > 1 and 2 * len(titles) >= columns > 0
    titled |= names_rooms and fold(block[0][0]) not in rooms
    named = names_rooms or (titled and 0 not in titles)
    heads = [f"colonne « {shortened(cell, _SHOWN)} »" for cell in block[0]]
    below = len(places) - row + titled + 1
    for line, cells in enumerate(block):
        if titled and not line:
            continue
        first = cells[0] if named and cells else ""
        here = f"ligne {line + 1}, « {shortened(first, _SHOWN)} »"
        if named:
            alike = rooms.get(fold(first), [])
            place = alike[0] if len(alike) == 1 else None
        else:
            place = places.get(row + line - titled)
        for rank, cell in enumerate(cells):
            if not cell.strip() or (named and not rank):
                continue
            at = column + rank - named
            question = titles.get(rank) if titled else questions.get(at)
            where = f"colonne {rank + 1}"
            if place is None:
                where = here if named else f"ligne {below} et après"
            elif titled and question is None and rank < len(heads):
                where = heads[rank]
            yield place, question, where, cell


def _titles(sheet: GridSheet, cells: Sequence[str]) -> dict[int, Question]:
    """Return the questions that cells name, by label, head of column or id."""
    names = {fold(" ".join(each.heading)): each for each in sheet.questions}
    names |= {fold(each.label): each for each in sheet.questions}
    names |= {fold(each.id): each for each in sheet.questions}
    named = ((rank, fold(cell)) for rank, cell in enumerate(cells))
    return {rank: names[name] for rank, name in named if name and name in names}


def _names_rooms(
    rooms: Container[str],
    block: Sequence[Sequence[str]],
    asked: Question | None,
    today: date,
) -> bool:
    """Return whether the first column of a table names places, and answers nothing.

    `rooms`: their names, folded.
    """
    first = [cells[0] for cells in block if cells and cells[0].strip()]
    known = sum(fold(cell) in rooms for cell in first)
    if len(block[0]) < 2 or not known or 2 * known < len(first) - 1:  # noqa: PLR2004
        return False
    if asked is None or TYPES[asked.type].is_text:
        return True
    kind = TYPES[asked.type]
    return all(kind.parse_cell(asked, cell, today).problem for cell in first)
