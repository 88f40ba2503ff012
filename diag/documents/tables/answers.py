"""For other programs: questions of a checklist as an XLSForm, answers as rows.

A fact that two people answered differently has a row for each answer; one that another
answer makes idle is marked. What is sensitive
stays out unless asked, and so does what was asked by a question that nobody knows any
more: it may have been.

An XLSForm (ODK Collect, KoboToolbox) asks one kind of audit: domains are groups,
buildings, rooms and lots of a school are loops. What it cannot express, such as a
condition that counts rooms, is named and left out: the question is asked always.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

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
    Table,
    identity,
    in_formats,
    json_bytes,
    put,
    read_counts,
    some,
    table_of,
    xlsx_bytes,
)
from diag.model.audit import Place, Value
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, State
from diag.model.text import exact
from diag.rules.expressions import (
    AllOf,
    AnyOf,
    ChoiceId,
    CompareNode,
    Constant,
    Includes,
    IsAmong,
    NameNode,
    Not,
    Term,
    plain,
)
from diag.rules.language import parse_rule
from diag.words.dates import day_of
from diag.words.vocabulary import PLACES, PROVENANCES, STATES

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
    Column("asked_no_more", "N'est plus demandée", 12),
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

    What no edition knows comes last. Phone numbers are taken out of what was typed,
    unless they are `let_out`.
    """
    rows: list[tuple[Cell, ...]] = []
    withheld = 0
    audit, facts = identity(report), report.facts
    questions = report.checklist.questions
    ranks = {name: rank for rank, name in enumerate(questions)}
    asked: dict[str, set[str]] = {}
    for where, name in (*facts.answers, *facts.notes):
        asked.setdefault(where, set()).add(name)
    for place in facts.places.values():
        names = asked.get(place.id, set())
        for name in sorted(names, key=lambda one: (ranks.get(one, len(ranks)), one)):
            question = questions.get(name)
            found = _facts(report, place, name, question, let_out=let_out)
            told = [(*audit, *cells) for cells in found]
            if sensitive or (question and not question.sensitive):
                rows += told
            else:
                withheld += len(told)
    return Answers(tuple(rows), withheld)


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
    is_idle = (place.id, name) in report.asked_no_more
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
            is_idle,
        )
    if not heads:
        blank: tuple[Cell, ...] = (None, None, "", None, "", note, "", None)
        yield (*asked, *blank, False, sensitive, is_idle)


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
    for report in picked.reports(progress):
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


INSIDE: Mapping[PlaceKind, tuple[PlaceKind, ...]] = {
    PlaceKind.ECOLE: (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT),
    PlaceKind.COMMUNE: (),
    PlaceKind.SYNDICAT: (),
}
"""Kind of audit → kinds of places that it goes through."""

OWN_COLUMNS = ("diag_unit", "diag_ask", "diag_look", "diag_hint")
"""What a form reads as one text, kept apart for whoever reads the form again."""

_SURVEY = (
    "type",
    "name",
    "label",
    "hint",
    "relevant",
    "constraint",
    "constraint_message",
    *OWN_COLUMNS,
)
_CHOICES = ("list_name", "name", "label")
_SETTINGS = ("form_title", "form_id", "version", "default_language")


class _UnsayableError(ValueError):
    """What XPath cannot express; its text is the reason, in French."""


class XlsForm(NamedTuple):
    """A workbook, and what it lacks."""

    content: bytes
    questions: int
    unsupported: tuple[str, ...]
    """A French sentence for each thing that is left out."""


def xlsform_of(checklist: Checklist, kind: PlaceKind, day: date) -> XlsForm:
    """Return the XLSForm of the audits of a kind: `ecole`, `commune`, `syndicat`."""
    writing = _FormWriter(checklist)
    survey = [*writing.places(kind)]
    title = f"{checklist.title} : {kind}"
    tables = [
        _table("survey", _SURVEY, survey),
        _table("choices", _CHOICES, writing.choices()),
        _table("settings", _SETTINGS, [(title, f"diag_{kind}", checklist.version, "")]),
    ]
    return XlsForm(
        xlsx_bytes(tables, day), len(writing.asked), tuple(writing.unsupported)
    )


def _table(
    name: str, heads: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]
) -> Table:
    return Table(name, tuple(Column(one, one, 24) for one in heads), tuple(rows))


def _row(**cells: str) -> tuple[Cell, ...]:
    return tuple(cells.get(head, "") for head in _SURVEY)


class _FormWriter:
    def __init__(self, checklist: Checklist) -> None:
        self._checklist = checklist
        self.asked: list[Question] = []
        self.unsupported: list[str] = []

    def places(self, kind: PlaceKind) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of an audit, then those of the places that it goes through."""
        kinds = (kind, *INSIDE[kind])
        read = {
            one.id for one in self._checklist.questions.values() if one.place in kinds
        }
        yield from self._groups(kind, read)
        for inside in INSIDE[kind]:
            rows = [*self._groups(inside, read)]
            if rows:
                one, several = PLACES[inside][:2]
                yield _row(type="begin_repeat", name=f"lieux_{inside}", label=several)
                yield _row(type="text", name=f"nom_{inside}", label=f"Nom ({one})")
                yield from rows
                yield _row(type="end_repeat")

    def _groups(self, kind: PlaceKind, read: set[str]) -> Iterator[tuple[Cell, ...]]:
        titles = {one.id: one.title for one in self._checklist.domains}
        asked = self._checklist.questions.values()
        every = [
            *dict.fromkeys(one.domain for one in asked if one.domain not in titles)
        ]
        for domain in (*every, *titles):  # places have questions, and no domain
            own = [one for one in asked if one.place is kind and one.domain == domain]
            if own:
                name = f"{kind}_{domain}".replace("-", "_")
                label = titles.get(domain, domain.capitalize())
                yield _row(type="begin_group", name=name, label=label)
                yield from (self._question(one, read) for one in own)
                yield _row(type="end_group")

    def _question(self, one: Question, read: set[str]) -> tuple[Cell, ...]:
        self.asked.append(one)
        kind = next(iter(TYPES[one.type].xlsform), "text").format(one.id)
        unit = f" ({one.unit})" if one.unit else ""
        relevant = constraint = message = ""
        if one.relevant:
            try:
                tree = parse_rule(one.relevant).root
                relevant = _XPath(self._checklist.questions, read).condition(tree)
            except _UnsayableError as why:
                self.unsupported.append(
                    f"{one.id} : la condition « {one.relevant} » n'est pas reprise : "
                    f"{why}."
                )
        if one.date_range:
            self.unsupported.append(
                f"{one.id} : les bornes de la date ne sont pas reprises."
            )
        low, high = one.range or (None, None)
        if low is not None and high is not None:
            constraint = f". >= {low} and . <= {high}"
            message = f"Entre {low} et {high}."
        elif low is not None:
            constraint, message = f". >= {low}", f"Au moins {low}."
        elif high is not None:
            constraint, message = f". <= {high}", f"Au plus {high}."
        return _row(
            type=kind,
            name=one.id,
            label=f"{one.label}{unit}",
            hint=" ".join(filter(None, (one.ask, one.look, one.hint))),
            relevant=relevant,
            constraint=constraint,
            constraint_message=message,
            diag_unit=one.unit,
            diag_ask=one.ask,
            diag_look=one.look,
            diag_hint=one.hint,
        )

    def choices(self) -> Iterator[tuple[Cell, ...]]:
        """Give the choices of the questions that were asked, yes and no first."""
        yield from (("oui_non", "oui", "Oui"), ("oui_non", "non", "Non"))
        for one in self.asked:
            yield from ((one.id, each.id, each.label) for each in one.choices)


class _XPath:
    """A condition of rules in XPath, where it can be."""

    def __init__(self, questions: Mapping[str, Question], read: set[str]) -> None:
        self._questions = questions
        self._read = read

    def condition(self, node: object) -> str:
        """Return the XPath of a condition.

        Raises:
            _UnsayableError: it has none.
        """
        match node:
            case NameNode():
                found = f"{self._name(node)} = 'oui'"
            case Not():
                found = f"not({self.condition(node.operand)})"
            case AllOf():
                found = " and ".join(
                    f"({self.condition(one)})" for one in node.operands
                )
            case AnyOf():
                found = " or ".join(f"({self.condition(one)})" for one in node.operands)
            case IsAmong():
                several = (self._is(node.question, one) for one in node.choices)
                found = self._maybe_not(" or ".join(several), negated=node.negated)
            case Includes():
                found = self._is(node.question, node.choice)
                found = self._maybe_not(found, negated=node.negated)
            case CompareNode(left=NameNode() as name, right=ChoiceId() as choice):
                found = self._ordered(name, node.order, choice.id)
            case CompareNode():
                order = "=" if node.order == "==" else node.order
                found = f"{self._term(node.left)} {order} {self._term(node.right)}"
            case _:
                raise _UnsayableError("elle compte ou calcule")
        return found

    def _maybe_not(self, found: str, *, negated: bool) -> str:
        return f"not({found})" if negated else f"({found})"

    def _is(self, question: NameNode, choice: ChoiceId) -> str:
        return f"selected({self._name(question)}, '{choice.id}')"

    def _name(self, node: NameNode) -> str:
        if node.id not in self._read:
            raise _UnsayableError(f"elle lit « {node.id} », qu'un autre audit relève")
        return f"${{{node.id}}}"

    def _ordered(self, name: NameNode, order: str, choice: str) -> str:
        """Say how a choice stands to another by the choices that do so."""
        asked = self._questions[name.id]
        idents = [one.id for one in asked.choices]
        at = idents.index(choice)
        kept = {
            "==": [choice],
            "!=": [one for one in idents if one != choice],
            ">=": idents[at:],
            ">": idents[at + 1 :],
            "<=": idents[: at + 1],
            "<": idents[:at],
        }[order]
        if not kept:
            raise _UnsayableError("elle n'est jamais vraie")
        return "(" + " or ".join(f"{self._name(name)} = '{one}'" for one in kept) + ")"

    def _term(self, term: Term) -> str:
        match term:
            case NameNode():
                return self._name(term)
            case Constant():
                return str(plain(Fraction(term.value)))
        raise _UnsayableError("elle compte ou calcule")
