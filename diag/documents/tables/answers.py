"""Every answer of an audit, one fact a row, tidy: for statistics and other programs.

A fact that two people answered differently has a row for each answer. What is sensitive
stays out unless asked, and so does what was asked by a question that nobody knows any
more: it may have been.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.answers.types import TYPES
from diag.audit.remarks import without_phones
from diag.audit.report import Report
from diag.documents.tables import (
    IDENTITY,
    Cell,
    ChosenAudits,
    Coded,
    Column,
    Exported,
    Progress,
    identity,
    in_formats,
    json_bytes,
    put,
    read_counts,
    some,
    table_of,
)
from diag.model.audit import Place, Value
from diag.model.checklist import Question
from diag.model.enums import State
from diag.model.text import exact
from diag.words.dates import day_of
from diag.words.vocabulary import PROVENANCES, STATES

ANSWERS = (
    *IDENTITY,
    Column("place_kind", "Type de lieu", 12),
    Column("place", "Lieu", 20),
    Column("place_id", "Identifiant du lieu", 12),
    Column("domain", "Domaine", 22),
    Column("question", "Question", 22),
    Column("label", "Libellé", 40),
    Column("state", "État", 11),
    Column("value", "Valeur", 30),
    Column("unit", "Unité", 10),
    Column("provenance", "Provenance", 14),
    Column("reason", "Motif", 20),
    Column("note", "Note", 40),
    Column("author", "Auteur", 18),
    Column("date", "Date", 11),
    Column("conflict", "Contradictoire", 12),
    Column("sensitive", "Sensible", 9),
)
"""Columns of the answers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of one audit, and how many sensitive ones stay out."""

    rows: tuple[tuple[Cell, ...], ...]
    withheld: int


def answers_of(
    report: Report, *, sensitive: bool = False, let_out: bool = False
) -> Answers:
    """Return every answer and note of an audit, place by place, in question order.

    Phone numbers are taken out of what was typed, unless they are `let_out`.
    """
    rows: list[tuple[Cell, ...]] = []
    withheld = 0
    audit = identity(report)
    for place, name in _asked(report):
        question = report.checklist.questions.get(name)
        facts = _facts(report, place, name, question, let_out=let_out)
        told = [(*audit, *cells) for cells in facts]
        if sensitive or (question and not question.sensitive):
            rows += told
        else:
            withheld += len(told)
    return Answers(tuple(rows), withheld)


def _asked(report: Report) -> Iterator[tuple[Place, str]]:
    """Go through what was answered or noted; what no edition knows comes last."""
    ranks = {name: rank for rank, name in enumerate(report.checklist.questions)}
    facts = report.facts
    told: dict[str, set[str]] = {}
    for where, name in (*facts.answers, *facts.notes):
        told.setdefault(where, set()).add(name)
    for place in facts.places.values():
        names = told.get(place.id, set())
        for name in sorted(names, key=lambda one: (ranks.get(one, len(ranks)), one)):
            yield place, name


def _facts(
    report: Report,
    place: Place,
    name: str,
    question: Question | None,
    *,
    let_out: bool,
) -> Iterator[tuple[Cell, ...]]:
    """Go through the answers of one fact; a note without an answer is a row too."""

    def shown(typed: Cell) -> Cell:
        if let_out or not isinstance(typed, str):
            return typed
        return without_phones(typed)

    kind = Coded(str(place.kind), report.kind_words(place.kind)[0])
    domain, label = "", f"{name} (retirée)"
    if question:
        titles = {one.id: one.title for one in report.checklist.domains}
        domain, label = titles.get(question.domain, ""), question.label
    where = report.place_name(place.id)
    asked = (kind, where, place.id, domain, name, label)
    heads = report.facts.answers.get((place.id, name), ())
    note = shown("\n".join(report.facts.notes.get((place.id, name), ())))
    sensitive = question.sensitive if question else None
    for head in heads:
        yield (
            *asked,
            Coded(str(head.state), STATES[head.state]),
            shown(_value(question, head.value)) if head.state is State.KNOWN else None,
            question.unit if question else "",
            Coded(str(head.provenance), PROVENANCES[head.provenance]),
            shown(head.reason),
            note,
            head.author,
            day_of(head.at) if head.at else None,
            len(heads) > 1,
            sensitive,
        )
    if not heads:
        blank: tuple[Cell, ...] = (None, None, "", None, "", note, "", None)
        yield (*asked, *blank, False, sensitive)


def _value(question: Question | None, value: Value) -> Cell:
    """Return a value as a cell: a number computes, a choice has id and words."""
    if question is None:
        return ", ".join(value) if isinstance(value, tuple) else value
    kind = TYPES[question.type]
    with suppress(ValueError):  # one that another edition took: as it stands
        if kind.is_number and isinstance(value, int | str):
            return exact(value)
        if kind.is_day and isinstance(value, str):
            return date.fromisoformat(value)
    if isinstance(value, tuple) or (kind.is_one_choice and isinstance(value, str)):
        return Coded(value, kind.words(question, value))
    return value if isinstance(value, str | int) else None


def write_answers(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    sensitive: bool = False,
    let_out: bool = False,
) -> Exported:
    """Write every answer, one a row; those that are sensitive only when asked."""
    rows: list[tuple[Cell, ...]] = []
    withheld = provisional = 0
    for report in picked.reports(day, progress):
        told = answers_of(report, sensitive=sensitive, let_out=let_out)
        rows += told.rows
        withheld += told.withheld
        provisional += report.provisional
    wanted = tuple(formats)
    table = table_of("Réponses", ANSWERS, rows)
    files = in_formats("reponses", {"reponses": table}, wanted, day)
    if "json" in wanted:
        about = {"format": "diag-answers", "version": 1, "date": day.isoformat()}
        about |= {"provisional": provisional}
        files["reponses.json"] = json_bytes(table, about)
    counts = (
        *read_counts(picked, provisional),
        (len(rows), "réponse", "réponses"),
        *some(
            withheld,
            "réponse sensible laissée de côté (--sensitive)",
            "réponses sensibles laissées de côté (--sensitive)",
        ),
    )
    return Exported(put(folder, files), counts)
