"""What a type of question does with an answer: parse, preview, print, judge."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from diag.model.audit import ROOT_KINDS, Value
from diag.model.checklist import EffectValue, Question
from diag.model.enums import PlaceKind, State
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.rules.expressions import ABSENT, Exact, Node, RuleValue
from diag.rules.language import Rule
from diag.words.sentences import sentence, uncapitalised
from diag.words.vocabulary import STATES

STATE_KEYS = {"*": State.UNKNOWN, "/": State.NOT_APPLICABLE, "!": State.REFUSED}
"""First key typed → a state instead of a value; « sans objet » where it may be said."""

_STATE_NAMES = {
    "?": State.UNKNOWN,
    "inconnu": State.UNKNOWN,
    "inconnue": State.UNKNOWN,
    "ne sait pas": State.UNKNOWN,
    "nsp": State.UNKNOWN,
    "sans objet": State.NOT_APPLICABLE,
    "refuse": State.REFUSED,
    "non communique": State.REFUSED,
}

SHORT_BLANK = "………………"
"""Where a figure is written by hand on paper."""

Reader = Callable[[Value], RuleValue | None]
"""Gives a canonical value as rules see it; None when it does not fit the question."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer that fits its question."""

    value: Value
    """Canonical."""
    doubt: str = ""
    """Why it is to be confirmed, in French; empty when it is likely."""


class Refused(DiagError):
    """What was typed cannot be the answer of this question."""

    def __init__(
        self,
        question: Question,
        problem: str,
        remedy: str = "",
        *,
        command: str = "",
        name: str | None = None,
    ) -> None:
        self.question, self.problem, self.remedy = question, problem, remedy
        named = f"{question.id} ({question.label})" if name is None else name
        self.named_problem = f"{named} : {problem}." if named else f"{problem}."
        """What is wrong, after the name of the question."""
        super().__init__(self._with_remedy(self.named_problem), command=command)

    @property
    def plain_problem(self) -> str:
        """What is wrong, where the question is in sight."""
        return f"{self.problem[:1].upper()}{self.problem[1:]}."

    @property
    def plain(self) -> str:
        """What is wrong and what to do, where the question is in sight."""
        return self._with_remedy(self.plain_problem)

    def _with_remedy(self, problem: str) -> str:
        return f"{problem} {sentence(self.remedy)}" if self.remedy else problem


@dataclass(frozen=True, slots=True)
class SoFar:
    """What the keys typed so far mean."""

    text: str
    """As typed."""
    state: State = State.KNOWN
    parsed: Parsed | None = None
    """None while nothing is sure."""
    words: str = ""
    """What it will be, or what it may still become."""
    is_complete: bool = False
    """Nothing more can be typed: it may be recorded at once."""
    problem: str = ""
    """Why it can be nothing, in French."""

    @property
    def value(self) -> Value:
        """The canonical value; None while nothing is sure."""
        return self.parsed.value if self.parsed else None

    @property
    def is_answer(self) -> bool:
        """Whether it may be recorded as it is."""
        return not self.problem and (
            self.state is not State.KNOWN or self.parsed is not None
        )


@dataclass(frozen=True, slots=True)
class Meaning:
    """How rules read the answers of one question."""

    unknown: RuleValue
    """Everything that the answer can be."""
    read: Reader


class AnswerType:
    """One type of question: what it writes anew of what stands here."""

    hint: ClassVar[str] = "texte"
    """What stands on an empty answer line; `{photos}` is the key of the photos."""
    in_rules: ClassVar[tuple[str, str]] = ("un texte", "posez une question à choix")
    """What a rule calls such a question, and how it reads one."""
    is_closed: ClassVar[bool] = False
    """Its last key records the answer."""
    is_text: ClassVar[bool] = False
    """What is typed is kept letter for letter: no sign stands for a state."""
    is_photo: ClassVar[bool] = False
    """A file answers it: nothing is typed."""
    is_number: ClassVar[bool] = False
    is_whole: ClassVar[bool] = False
    """A number without decimals."""
    is_day: ClassVar[bool] = False
    is_yes_no: ClassVar[bool] = False
    has_choices: ClassVar[bool] = False
    is_one_choice: ClassVar[bool] = False
    is_several: ClassVar[bool] = False
    """Many of its choices make one answer."""
    instead: ClassVar[str] = "Dites « inconnu » si personne ne le sait"
    """What is said where « sans objet » has no sense."""
    is_readable: ClassVar[bool] = True
    """Rules can read it."""
    xlsform: ClassVar[tuple[str, ...]] = ()
    """Types of its row in an XLSForm, the first written; `{}` is its list of choices;
    none: written as a text, never read."""
    grid_words: ClassVar[str] = ""
    """Pattern of the folded words that a grid of the field has for it; empty: none."""
    blank: ClassVar[str] = "…" * 40
    """Where it is written by hand on paper."""
    cell_width: ClassVar[int | None] = 0
    """Cells that an answer takes, its choices aside; None: as many as there are."""

    def parse(self, question: Question, raw: object) -> Parsed:
        """Return the answer that a text or a JSON value writes.

        Raises:
            Refused: names the question, what is wrong and what is expected.
        """
        if raw is None:
            raise Refused(
                question,
                "aucune valeur",
                "Donnez-en une, ou dites pourquoi il n'y en a pas : inconnu, sans "
                "objet, non communiqué",
            )
        value = self.read(question, raw)
        return Parsed(value, self.doubt(question, value))

    def parse_keys(
        self, question: Question, typed: str, today: date | None = None
    ) -> Parsed:
        """Return the answer that keys give: twins of digits, first letters of a choice.

        With `today`, a day may be short.

        Raises:
            Refused: it is no answer, or it names several choices.
        """
        plain = self.in_full(question, typed.strip(), today)
        return self.parse(question, self.expand(question, plain))

    def check_state(self, question: Question, state: State, reason: str) -> None:
        """Let « sans objet » be answered where it has a sense only, with its reason.

        Raises:
            Refused: with what to answer instead.
        """
        if state is not State.NOT_APPLICABLE:
            return
        if not question.void:
            raise self._no_void(question)
        if not reason.strip():
            raise Refused(
                question,
                "« sans objet » se dit avec sa raison",
                "Dites pourquoi, par exemple « choix voté au conseil »",
            )

    def parse_cell(
        self, question: Question, text: str, today: date | None = None
    ) -> SoFar:
        """Return what a cell of a spreadsheet means; states are words there."""
        plain = text.strip()
        state = STATE_KEYS.get(plain) or _STATE_NAMES.get(fold(plain) or plain)
        if state and not self.is_text:
            return self.stated(question, plain, state)
        full = self.in_full(question, plain, today)
        return self.attempt(question, plain, self.from_cell(full))

    def so_far(self, question: Question, text: str, today: date | None = None) -> SoFar:
        """Return what the keys typed in a cell mean so far."""
        if text in STATE_KEYS and not self.is_text:
            return self.stated(question, text, STATE_KEYS[text])
        full = self.in_full(question, text, today)
        read = self.partial(question, full)
        return read if full == text else replace(read, text=text)

    def preview(self, question: Question, typed: str, today: date | None = None) -> str:
        """Return what a typed text will be read as; empty when it cannot be yet.

        Where no further key would mend it: why not.
        """
        if not typed.strip():
            return ""
        try:
            return self.words(question, self.parse_keys(question, typed, today).value)
        except Refused:
            read = self.so_far(question, typed, today)
            is_lost = self.drops_last_key(question, read)
            return read.problem if is_lost else self.perhaps(question, typed)

    def words(self, question: Question, value: Value) -> str:
        """Return a known value as a reader expects it: « 12 Mbit/s », « oui »."""
        match value:
            case None:
                return ""
            case bool():
                return "oui" if value else "non"
            case tuple():
                rank = {one.id: at for at, one in enumerate(question.choices)}
                known = sorted(value, key=lambda one: rank.get(one, -1))
                labels = [label_of(question, one) for one in known]
                return ", ".join([*labels[:1], *map(uncapitalised, labels[1:])]) or (
                    "aucun"
                )
        return self.value_words(question, value)

    def cell_words(self, question: Question, value: Value) -> str:
        """Return a known value in as few words as a cell needs."""
        return " ".join(self.words(question, value).split())

    def doubt(self, question: Question, value: Value) -> str:
        """Return why a value should be confirmed, or an empty text."""
        return ""

    def meaning(self, question: Question) -> Meaning:
        """Return how rules read the answers."""
        return Meaning(ABSENT, lambda _: ABSENT)

    def candidates(
        self,
        question: Question,
        rules: Iterable[Rule],
        visit: date | None,
    ) -> tuple[Value, ...]:
        """Return the answers to try, given the rules that read the question."""
        return ()

    def tried(
        self,
        question: Question,
        place: PlaceKind,
        nodes: Sequence[Node],
        marks: Iterable[Exact],
    ) -> tuple[RuleValue, ...]:
        """Return the values that a search of rules tries, read from a place.

        From low to high: one for every way in which the rules of `nodes` can see it;
        `marks` are the numbers around which they change their mind.
        """
        may_lack = question.place not in ROOT_KINDS | {place}
        absent: tuple[RuleValue, ...] = (ABSENT,) if may_lack else ()
        return absent + self.present(question, nodes, marks)

    def expected(self, question: Question) -> str:
        """Return what an answer looks like, in words."""
        return "texte libre"

    def wanted(self, question: Question) -> str:
        """Return the same where the choices are in sight."""
        return self.expected(question)

    def input_attributes(self, question: Question) -> str:
        """Return the attributes of the line of a web page on which it is typed."""
        return 'type="text" maxlength="200" autocomplete="off"'

    def options(
        self,
        question: Question,
    ) -> tuple[tuple[str, str, Value], ...]:
        """Return the key, the label and the value of each answer offered."""
        return ()

    def pointed(self, question: Question, typed: str) -> set[Value]:
        """Return the values offered that a typed text may name."""
        return set()

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        """Return what to write instead of what an action cannot bring the answer to.

        Empty when it can.
        """
        return ""

    def total(self, question: Question, known: Sequence[Value]) -> str | None:
        """Return what the answers of a column amount to; None: nothing but a count."""
        return None

    def rest_of_word(self, question: Question, read: SoFar) -> str:
        """Return what may still be typed of a word whose first letters were enough."""
        words = fold(self.whole_word(question, read))
        typed = fold(read.text)
        begin = f" {words}".find(f" {typed}") if typed and typed.isalpha() else -1
        return words[begin + len(typed) :] if begin >= 0 else ""

    def drops_last_key(self, question: Question, read: SoFar) -> bool:
        """Say whether the last key is to be dropped: no other would mend it."""
        return self.is_closed and bool(read.problem)

    def stated(self, question: Question, text: str, state: State) -> SoFar:
        """Return that a text stands for a state, or why it cannot here."""
        if state is State.NOT_APPLICABLE and not question.void:
            return SoFar(text, problem=self._no_void(question).plain)
        return SoFar(text, state=state, words=STATES[state], is_complete=True)

    def _no_void(self, question: Question) -> Refused:
        return Refused(question, "« sans objet » ne se dit pas ici", self.instead)

    # What a type usually writes anew.

    def read(self, question: Question, raw: object) -> Value:
        """Return the canonical value of what is given, or refuse it."""
        raise NotImplementedError

    def in_full(self, question: Question, typed: str, today: date | None) -> str:
        """Return a day as it is written, read from `today`; the rest as typed."""
        return typed

    def expand(self, question: Question, typed: str) -> object:
        """Return what keys stand for, as it would be written in full."""
        return typed

    def from_cell(self, text: str) -> str:
        """Return what a spreadsheet writes, with the signs of a keyboard."""
        return text

    def partial(self, question: Question, text: str) -> SoFar:
        """Return what the keys typed so far mean, when they are no state."""
        return self.attempt(question, text, text)

    def perhaps(self, question: Question, typed: str) -> str:
        """Return what a text that is no answer yet may become."""
        return ""

    def value_words(self, question: Question, value: int | str) -> str:
        """Return a number or a text in words."""
        return str(value)

    def present(
        self,
        question: Question,
        nodes: Sequence[Node],
        marks: Iterable[Exact],
    ) -> tuple[RuleValue, ...]:
        """Return the values that a search tries where there is an answer."""
        return ()

    def whole_word(self, question: Question, read: SoFar) -> str:
        """Return the word that the letters typed begin."""
        return label_of(question, str(read.value)) if question.choices else ""

    def attempt(
        self, question: Question, text: str, raw: object, *, is_complete: bool = False
    ) -> SoFar:
        """Return what a text means once `raw` is parsed for it."""
        try:
            parsed = self.parse(question, raw)
        except Refused as refused:
            return SoFar(text, problem=refused.plain)
        words = self.words(question, parsed.value)
        return SoFar(text, parsed=parsed, words=words, is_complete=is_complete)


def state_keys(question: Question) -> str:
    """Return the keys of each reason for no answer: « * inconnu  ! refusé »."""
    return "  ".join(
        f"{key} {STATES[state]}"
        for key, state in STATE_KEYS.items()
        if state is not State.NOT_APPLICABLE or question.void
    )


def admitted(low: str | None, high: str | None) -> str:
    """Return what is admitted between two bounds; None where there is no bound."""
    if low is None:
        return f"Admis : jusqu'à {high}"
    return (
        f"Admis : à partir de {low}" if high is None else f"Admis : de {low} à {high}"
    )


def label_of(question: Question, choice: str) -> str:
    """Return the label of a choice; its id when an older edition had it."""
    labels = (one.label for one in question.choices if one.id == choice)
    return next(labels, choice)
