"""XLSForms, as ODK and Kobo read them, into drafts of checklists.

Every row of `survey` becomes a question or is named with its line: what it holds, and
what became of it. So is every column that no checklist can hold. Conditions, in XPath,
are put into the language of rules; what has no equivalent is refused with a reason,
never guessed: the question is then asked always, and the draft names it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diag.answers.types import TYPES
from diag.imports.grids.draft import (
    MOST_NESTED,
    MOST_QUESTIONS,
    MOST_ROWS,
    DraftQuestion,
    GridDraft,
    GridRefusedError,
    Names,
    choice_ids,
    line_of_label,
)
from diag.imports.workbook import Row
from diag.model.enums import PlaceKind, QuestionType
from diag.model.text import fold


class UntranslatableError(ValueError):
    """A condition that rules cannot express; its text is the reason, in French."""


@dataclass(frozen=True, slots=True)
class ReadableFact:
    """What a condition may read: a question of the draft."""

    id: str
    type: QuestionType
    choices: Mapping[str, str]
    """Name of a choice in the form → its id."""
    yes: str = ""
    """Name of the choice that became « oui », for a yes or no."""
    is_inside: bool = False
    """Whether it is asked in a loop: what stands outside cannot read it."""


class _Token(NamedTuple):
    kind: str
    text: str


_TOKENS = re.compile(
    r"\s*(?:(?P<name>\$\{\s*[^}]{1,200}?\s*\})|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>!=|<=|>=|=|<|>)"
    r"|(?P<word>[A-Za-z][\w-]*|\.)|(?P<mark>[(),]))"
)
_MOST, _DEEPEST = 400, 20


def translated(condition: str, facts: Mapping[str, ReadableFact]) -> str:
    """Return the rule that stands for a `relevant`.

    Raises:
        UntranslatableError: it reads what the draft lacks, or no rule can express it.
    """
    parser = _Parser(_tokens(condition), facts)
    rule = parser.either()
    parser.end()
    return rule


def _tokens(text: str) -> list[_Token]:
    if len(text) > _MOST:
        raise UntranslatableError("trop longue")
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKENS.match(stripped, at)
        if match is None:
            raise UntranslatableError(
                f"« {stripped[at : at + 20]} » n'a pas d'équivalent"
            )
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind]))
        at = match.end()
    return found


class _Parser:
    """Reads tokens by precedence: or, and, not, then comparisons."""

    def __init__(self, tokens: list[_Token], facts: Mapping[str, ReadableFact]) -> None:
        self._tokens = tokens
        self._facts = facts
        self._at = self._depth = 0

    def end(self) -> None:
        """Refuse what is left."""
        if self._at < len(self._tokens):
            left = self._tokens[self._at].text
            raise UntranslatableError(f"« {left} » n'a pas d'équivalent")

    def either(self) -> str:
        """Read conditions joined by `or`."""
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return " or ".join(parts)

    def _both(self) -> str:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return " and ".join(f"({one})" if " or " in one else one for one in parts)

    def _one(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UntranslatableError("trop emboîtée")
        token = self._next()
        if token.text == "(":
            inside = self.either()
            self._expect(")")
            found = f"({inside})"
        elif token.text == "not":
            self._expect("(")
            inside = self.either()
            self._expect(")")
            found = f"not ({inside})"
        elif token.text == "selected":
            self._expect("(")
            fact = self._fact(self._next().text)
            self._expect(",")
            value = self._next()
            self._expect(")")
            found = self._is(fact, value, "=")
        elif token.kind == "name":
            found = self._compared(self._fact(token.text))
        else:
            raise UntranslatableError(f"« {token.text} » n'a pas d'équivalent")
        self._depth -= 1
        return found

    def _compared(self, fact: ReadableFact) -> str:
        sign = self._next()
        if sign.kind != "sign":
            raise UntranslatableError("une question n'y est comparée à rien")
        value = self._next()
        if sign.text in {"=", "!="}:
            return self._is(fact, value, sign.text)
        is_number = TYPES[fact.type].is_number
        number = value.text.strip("'\"")
        if not is_number or not re.fullmatch(r"-?\d+(?:\.\d+)?", number):
            raise UntranslatableError(
                "une comparaison d'ordre y vise autre chose qu'un nombre"
            )
        return f"{fact.id} {sign.text} {number}"

    def _is(self, fact: ReadableFact, value: _Token, sign: str) -> str:
        """Say that a fact is, or is not, one value."""
        is_not = "not " if sign == "!=" else ""
        name = value.text.strip("'\"")
        if value.kind not in {"text", "number"} or not name:
            raise UntranslatableError("une réponse vide n'y a pas d'équivalent")
        kind = TYPES[fact.type]
        if kind.is_yes_no and name in fact.choices:
            is_yes = (name == fact.yes) is (sign == "=")
            return fact.id if is_yes else f"not {fact.id}"
        if kind.is_number:
            if re.fullmatch(r"-?\d+(?:\.\d+)?", name):
                return f"{fact.id} {'==' if sign == '=' else '!='} {name}"
        elif name in fact.choices:
            ident = fact.choices[name]
            if kind.is_several:
                return f"{is_not}'{ident}' in {fact.id}"
            return f"{fact.id} {'==' if sign == '=' else '!='} '{ident}'"
        raise UntranslatableError(f"« {name[:30]} » n'est pas une réponse de {fact.id}")

    def _fact(self, text: str) -> ReadableFact:
        name = text.strip("${} ")
        if name not in self._facts:
            raise UntranslatableError(f"elle lit « {name[:40]} », non repris")
        return self._facts[name]

    def _takes(self, word: str) -> bool:
        there = self._at < len(self._tokens) and self._tokens[self._at].text == word
        self._at += there
        return there

    def _expect(self, mark: str) -> None:
        if not self._takes(mark):
            raise UntranslatableError(f"il y manque « {mark} »")

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise UntranslatableError("elle s'arrête au milieu")
        self._at += 1
        return self._tokens[self._at - 1]


_BOUND = re.compile(r"\.\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)")


def bounds_of(constraint: str, *, is_whole: bool) -> tuple[str, str]:
    """Return the least and the greatest value that a `constraint` lets in.

    Raises:
        UntranslatableError: it is too long, or holds more or less than two bounds.
    """
    if len(constraint) > _MOST:
        raise UntranslatableError("trop longue")
    parts = re.split(r"\s+and\s+", constraint.strip())
    low = high = ""
    for part in parts:
        match = _BOUND.fullmatch(part.strip(" ()"))
        if match is None:
            raise UntranslatableError("elle dit plus que deux bornes")
        sign, bound = match.groups()
        is_strict = len(sign) == 1
        if is_strict and not (is_whole and re.fullmatch(r"-?\d+", bound)):
            raise UntranslatableError("une borne y est exclue")
        step = 1 if is_strict else 0
        if sign.startswith(">"):
            low = str(int(bound) + step) if step else bound
        else:
            high = str(int(bound) - step) if step else bound
    if not (low and high) or float(low) >= float(high):
        raise UntranslatableError("il y manque une des deux bornes")
    return low, high


_OWN_FORMS = {f"diag_{kind}": kind for kind in PlaceKind}
"""Id of a form that diag wrote → what it audits."""

_SILENT = frozenset({
    *("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber"),
    *("username", "email", "audit", "start-geopoint", "background-audio"),
    *("device id", "phone number", "sim id", "start time", "end time"),
})  # fmt: skip
"""Rows that nobody answers: what the telephone writes of itself."""

_SAID_OTHERWISE = frozenset({
    *("type", "name", "label", "hint", "required", "relevant", "constraint"),
    *("constraint_message", "required_message", "bind::relevant", "bind:relevant"),
    *("bind::constraint", "bind:constraint", "bind::required", "bind:required"),
    *("list_name", "disabled", "guidance_hint", "caption"),
    *("diag_unit", "diag_ask", "diag_look", "diag_hint"),
})  # fmt: skip
"""Columns that are read, or whose loss changes no answer."""

_SELECT = re.compile(
    r"(select[ _]one(?:[ _]external)?|select1|select[ _]multiple|select[ _]all"
    r"(?: that apply)?(?:[ _]from)?|add select (?:one|multiple) prompt using)"
    r"(?:[ _]from(?:[ _]file)?)?\s+(\S+)(\s+or[ _](?:other|specify other))?",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(begin|end)[ _]?(group|repeat|loop)(?:\s+over\s+(\S+))?", re.IGNORECASE
)
_YES = frozenset({"oui", "yes", "true", "vrai", "o", "y", "1", "si", "sim", "ja"})
_NO = frozenset({"non", "no", "false", "faux", "n", "0", "nao", "nein"})


def is_xlsform(sheets: Mapping[str, list[Row]]) -> bool:
    """Say whether a workbook has the sheet of an XLSForm."""
    return any(_is_survey(name, rows) for name, rows in sheets.items())


def read_xlsform(
    sheets: Mapping[str, list[Row]], title: str, repeats: PlaceKind
) -> GridDraft:
    """Read an XLSForm; `repeats`: the places that its loops go through.

    Raises:
        GridRefusedError: no sheet `survey`, or far too many questions.
    """
    named = {name.strip().casefold(): rows for name, rows in sheets.items()}
    found = next((n for n, rows in sheets.items() if _is_survey(n, rows)), None)
    if found is None:
        raise GridRefusedError(
            "Ce classeur n'a pas de feuille « survey » : c'est une grille."
        )
    settings = next((row for _, row in _rows(named.get("settings", []))), {})
    draft = GridDraft(line_of_label(settings.get("form_title", "")) or title, found)
    language = settings.get("default_language", "")
    choices = _choices(named.get("choices", []), language, draft)
    ours = _OWN_FORMS.get(settings.get("form_id", ""))
    # A condition may read a question that comes later: names are gathered first.
    facts = _Reading(GridDraft(title, found), choices, language, repeats, ours=ours)
    facts.read(sheets[found])
    reading = _Reading(draft, choices, language, repeats, facts=facts.known, ours=ours)
    reading.read(sheets[found])
    return draft


def _is_survey(name: str, rows: list[Row]) -> bool:
    heads = {_key(cell) for cell in rows[0][1]} if rows else set()
    return name.strip().casefold() == "survey" and "type" in heads


def _key(heading: str) -> str:
    """Return a heading as XLSForm compares it: `list name` is `list_name`."""
    text = re.sub(r"\s*(::?)\s*", r"\1", heading.strip().casefold())
    return {"list name": "list_name", "value": "name"}.get(text, text)


def _rows(rows: list[Row]) -> Iterable[tuple[int, dict[str, str]]]:
    """Give the rows of a sheet by heading; the first of two equal headings is right."""
    heads = [_key(cell) for cell in rows[0][1]] if rows else []
    for line, cells in rows[1:]:
        row: dict[str, str] = {}
        for head, cell in zip(heads, cells, strict=False):
            if head and cell.strip():
                row.setdefault(head, cell.strip())
        if row:
            yield line, row


def _worded(row: Mapping[str, str], field: str, language: str) -> str:
    """Return a text in French, else in the form's own language, else in any."""
    found = {
        key.partition(":")[2].strip(": "): value
        for key, value in row.items()
        if key == field or key.startswith((f"{field}:",))
    }
    french = next((v for k, v in found.items() if re.match(r"fr|\(fr", fold(k))), "")
    own = found.get(language.casefold(), "") if language else ""
    return line_of_label(
        french or own or found.get("", "") or next(iter(found.values()), "")
    )


def _choices(
    rows: list[Row], language: str, draft: GridDraft
) -> dict[str, dict[str, str]]:
    """Return the choices of each list: name → label."""
    lists: dict[str, dict[str, str]] = {}
    for line, row in _rows(rows):
        name, value = row.get("list_name", ""), row.get("name", "")
        if not (name and value):
            draft.miss(
                line, "un choix sans liste ou sans nom n'est pas repris.", "choices"
            )
            continue
        label = _worded(row, "label", language) or value
        if value in lists.setdefault(name, {}):
            draft.miss(line, f"« {value} » est deux fois dans « {name} ».", "choices")
        lists[name].setdefault(value, label)
    return lists


@dataclass(frozen=True, slots=True)
class _Answer:
    type: QuestionType
    choices: dict[str, str]


@dataclass(slots=True)
class _Group:
    word: str
    place: PlaceKind | None
    """What its loop goes through; None for a group."""
    title: str
    relevant: str


class _Reading:
    """The rows of a form in order: groups opened, questions made, the rest named."""

    def __init__(
        self,
        draft: GridDraft,
        choices: Mapping[str, Mapping[str, str]],
        language: str,
        repeats: PlaceKind,
        *,
        facts: Mapping[str, ReadableFact] | None = None,
        ours: PlaceKind | None = None,
    ) -> None:
        self.known: dict[str, ReadableFact] = {}
        """Questions by their name in the form."""
        self._facts = facts or {}
        self._draft = draft
        self._choices = choices
        self._language = language
        self._repeats = repeats
        self._ours = ours
        """What a form that diag wrote audits: its groups are domains, and the names
        of places no question."""
        self._names = Names()
        self._groups: list[_Group] = []
        self._columns: set[str] = set()

    def read(self, rows: list[Row]) -> None:
        """Read every row.

        Raises:
            GridRefusedError: far too many rows.
        """
        for read, (line, row) in enumerate(_rows(rows)):
            if len(self._draft.questions) >= MOST_QUESTIONS:
                raise GridRefusedError(
                    f"Plus de {MOST_QUESTIONS} questions : c'est trop."
                )
            if read >= MOST_ROWS or len(self._groups) > MOST_NESTED:
                raise GridRefusedError(
                    f"Plus de {MOST_ROWS} lignes, ou de {MOST_NESTED} groupes l'un "
                    "dans l'autre : c'est trop."
                )
            for head in row:
                is_read = {head, head.partition(":")[0]} & _SAID_OTHERWISE
                if not is_read and head not in self._columns and row.get("type"):
                    self._columns.add(head)
                    self._draft.miss(
                        line,
                        f"la colonne « {head} » n'a pas d'équivalent : non reprise.",
                    )
            self._row(line, row)
        for group in self._groups:
            self._draft.miss(0, f"le groupe « {group.title} » n'est jamais fermé.")

    def _row(self, line: int, row: Mapping[str, str]) -> None:
        kind = " ".join(row.get("type", "").split())
        if not kind:
            self._draft.miss(line, "une ligne sans type n'est pas reprise.")
        elif row.get("disabled", "").casefold() in _YES:
            self._draft.miss(line, "une ligne désactivée n'est pas reprise.")
        elif group := _GROUP.fullmatch(kind):
            self._group(line, row, group[1].casefold(), group[2].casefold())
        elif kind.casefold() in _SILENT:
            self._draft.miss(line, f"« {kind} » : le téléphone l'écrit, non repris.")
        else:
            self._question(line, row, kind)

    def _group(self, line: int, row: Mapping[str, str], way: str, word: str) -> None:
        if way == "end":
            if not self._groups or self._groups.pop().word != word:
                self._draft.miss(line, f"« end {word} » ne ferme rien.")
            return
        title = _worded(row, "label", self._language) or row.get("name", "")
        condition = row.get("relevant") or row.get("bind::relevant", "")
        rule = self._condition(line, condition)
        place = None if word == "group" else self._repeats
        ours = row.get("name", "").removeprefix("lieux_")
        if place and ours in set(PlaceKind):  # a loop that diag wrote
            place = PlaceKind(ours)
        elif place:
            self._draft.miss(
                line,
                f"la boucle « {title} » devient « à chaque {self._repeats} ».",
            )
        self._groups.append(_Group(word, place, title, rule))

    def _question(self, line: int, row: Mapping[str, str], kind: str) -> None:
        name = row.get("name", "")
        label = _worded(row, "label", self._language) or _worded(
            row, "caption", self._language
        )
        label = label or line_of_label(name.replace("_", " "))
        choices: dict[str, str] = {}
        select = _SELECT.fullmatch(kind)
        if select:
            found = self._select(line, select)
            if found is None:
                return
            type_, choices = found
        else:
            words = {kind.casefold(), kind.casefold().split()[0]}
            called = (type_ for type_, one in TYPES.items() if words & {*one.xlsform})
            known = next(called, None)
            if known is None:
                what = f" (« {label[:60]} »)" if label else ""
                self._draft.miss(
                    line, f"« {kind[:40]} » n'a pas d'équivalent{what} : non repris."
                )
                return
            type_ = known
        if self._ours and name == f"nom_{self._place}":
            return
        if not label:
            self._draft.miss(
                line, "une question sans nom ni libellé n'est pas reprise."
            )
            return
        self._keep(line, row, label, _Answer(type_, choices))

    def _select(
        self, line: int, select: re.Match[str]
    ) -> tuple[QuestionType, dict[str, str]] | None:
        word, listed, other = select.groups()
        choices = dict(self._choices.get(listed, {}))
        if other:
            choices.setdefault("autre", "Autre")
            self._draft.miss(
                line, "« or_other » : un choix « Autre », sans texte à côté."
            )
        if not choices:
            self._draft.miss(
                line,
                f"la liste « {listed[:40]} » n'est pas dans « choices » : non repris.",
            )
            return None
        is_several = "one" not in word.casefold() and "1" not in word
        if is_several:
            type_ = QuestionType.CHOICES
        elif _yes_of(choices):
            type_ = QuestionType.BOOLEAN
        else:
            type_ = QuestionType.CHOICE
        if len(choices) == 1 and type_ is not QuestionType.BOOLEAN:
            self._draft.miss(
                line, f"la liste « {listed} » n'a qu'un choix : non repris."
            )
            return None
        return type_, choices

    def _keep(
        self,
        line: int,
        row: Mapping[str, str],
        label: str,
        answer: _Answer,
    ) -> None:
        name, type_, choices = row.get("name", ""), answer.type, answer.choices
        ident = self._names.give(name, label)
        if name in self.known:
            self._draft.miss(line, f"le nom « {name} » sert deux fois : « {ident} ».")
        idents = choice_ids(choices)
        place = self._place
        is_inside = place is not self._root
        fact = ReadableFact(ident, type_, idents, _yes_of(choices) or "", is_inside)
        condition = row.get("relevant") or row.get("bind::relevant", "")
        parts = [one.relevant for one in self._groups]
        parts.append(self._condition(line, condition or row.get("bind:relevant", "")))
        rules = [f"({one})" if " or " in one else one for one in parts if one]
        required = row.get("required") or row.get("bind::required", "")
        self.known.setdefault(name, fact)
        unit = line_of_label(row.get("diag_unit", ""))
        ours = {key: line_of_label(row.get(f"diag_{key}", "")) for key in _OWN_TEXTS}
        self._draft.questions.append(
            DraftQuestion(
                id=ident,
                label=label.removesuffix(f" ({unit})"),
                type=type_,
                line=line,
                domain=self._groups[-1].title
                if self._ours and self._groups
                else self._draft.title,
                place=place,
                ask=ours["ask"],
                look=ours["look"],
                hint=ours["hint"]
                if ours["ask"] or ours["look"]
                else _worded(row, "hint", self._language),
                unit=unit if TYPES[type_].is_number else "",
                choices={}
                if TYPES[type_].is_yes_no
                else {idents[one]: words for one, words in choices.items()},
                bounds=self._bounds(line, row, type_),
                relevant=" and ".join(rules),
                is_required=fold(required) in _YES,
            )
        )

    @property
    def _place(self) -> PlaceKind:
        """What the rows regard: the innermost loop's places, else what is audited."""
        loops = [one.place for one in self._groups if one.place]
        return loops[-1] if loops else self._root

    @property
    def _root(self) -> PlaceKind:
        return self._ours or PlaceKind.ECOLE

    def _condition(self, line: int, condition: str) -> str:
        if not condition:
            return ""
        try:
            is_inside = self._place is not self._root
            readable = {
                name: fact
                for name, fact in self._facts.items()
                if is_inside or not fact.is_inside
            }
            return translated(condition, readable)
        except UntranslatableError as why:
            self._draft.miss(
                line, f"la condition « {condition[:60]} » n'est pas reprise : {why}."
            )
            return ""

    def _bounds(
        self, line: int, row: Mapping[str, str], type_: QuestionType
    ) -> tuple[str, str] | None:
        written = row.get("constraint") or row.get("bind::constraint", "")
        if not written:
            return None
        why: object = "elle ne porte pas sur un nombre"
        kind = TYPES[type_]
        if kind.is_number:
            try:
                return bounds_of(written, is_whole=kind.is_whole)
            except UntranslatableError as error:
                why = error
        self._draft.miss(
            line, f"la contrainte « {written[:60]} » n'est pas reprise : {why}."
        )
        return None


_OWN_TEXTS = ("ask", "look", "hint")
"""What a form that diag wrote keeps apart."""


def _yes_of(choices: Mapping[str, str]) -> str:
    """Return the choice that means yes, of a list that is a yes or no; empty else."""
    if len(choices) != 2:  # noqa: PLR2004
        return ""
    kinds = {name: {fold(name), fold(label)} for name, label in choices.items()}
    yes = [name for name, words in kinds.items() if words & _YES and not words & _NO]
    no = [name for name, words in kinds.items() if words & _NO and not words & _YES]
    return yes[0] if len(yes) == 1 and len(no) == 1 else ""
