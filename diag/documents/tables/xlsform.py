"""A checklist as an XLSForm, for ODK Collect or KoboToolbox: one form a kind of audit.

Questions are groups by domain; buildings, rooms and lots of a school are loops. What
XLSForm cannot express, such as a condition that counts rooms, is named, left out: the
question is then asked always.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from diag.answers.types import TYPES
from diag.documents.tables import Cell, Column, Table, xlsx_bytes
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind
from diag.rules.language import parse_rule
from diag.rules.tree import (
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
)
from diag.rules.values import plain
from diag.words.vocabulary import PLACES

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
    writing = _Writing(checklist)
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


class _Writing:
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
