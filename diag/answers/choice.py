"""Yes or no, one choice, several: the answers taken from a list."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import combinations

from diag.answers.answer_type import (
    AnswerType,
    Meaning,
    Parsed,
    Refused,
    SoFar,
    label_of,
)
from diag.model.audit import Value
from diag.model.checklist import Choice, EffectValue, Question
from diag.model.text import digit_of, fold, readings
from diag.rules.expressions import (
    Exact,
    Flag,
    Includes,
    Node,
    OneOf,
    RuleValue,
    Several,
    walk,
)
from diag.rules.language import Rule
from diag.words.sentences import NBSP, either, write_instead

YES, NO, EITHER = Flag(True, False), Flag(False, True), Flag(True, True)
"""The values of a boolean fact."""

_YES = {"oui", "o", "true", "vrai", "1", "&"}
_NO = {"non", "n", "false", "faux", "0", "à"}
_YES_KEYS, _NO_KEYS = frozenset("o1&"), frozenset("n0à")


class Boolean(AnswerType):
    """A question answered by yes or no."""

    hint = "o ou n"
    in_rules = (
        "une question à réponse oui ou non",
        "écrivez « {0} » ou « not {0} »",
    )
    instead = "Répondez « non », ou « inconnu » si personne ne le sait"
    is_closed = True
    is_yes_no = True
    xlsform = ("select_one oui_non",)
    grid_words = r"oui ?/? ?non|boole|case"

    def read(self, question: Question, raw: object) -> Value:
        if isinstance(raw, bool):
            return raw
        typed = str(raw).strip().casefold()
        if typed in _YES:
            return True
        if typed in _NO:
            return False
        problem = f"« {str(raw)[:40]} » n'est ni oui ni non"
        raise Refused(question, problem, "Tapez o ou n")

    def partial(self, question: Question, text: str) -> SoFar:
        letter = text[:1].casefold()
        if letter not in _YES_KEYS | _NO_KEYS:
            return SoFar(text, problem="Tapez o (oui) ou n (non).")
        value = letter in _YES_KEYS
        words = self.words(question, value)
        return SoFar(text, parsed=Parsed(value), words=words, is_complete=True)

    def whole_word(self, question: Question, read: SoFar) -> str:
        return read.words

    def expected(self, question: Question) -> str:
        return "oui ou non"

    def wanted(self, question: Question) -> str:
        return ""

    def options(self, question: Question) -> tuple[tuple[str, str, Value], ...]:
        return (("o", "oui", True), ("n", "non", False))

    def pointed(self, question: Question, typed: str) -> set[Value]:
        try:
            return {self.parse_keys(question, typed).value}
        except Refused:
            return set()

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        return "" if isinstance(value, bool) else "Écrivez true ou false."

    def total(self, question: Question, known: Sequence[Value]) -> str:
        return f"{known.count(True)}/{len(known)} oui" if known else ""

    def meaning(self, question: Question) -> Meaning:
        return Meaning(
            EITHER,
            lambda value: (YES if value else NO) if isinstance(value, bool) else None,
        )

    def candidates(
        self,
        question: Question,
        rules: Iterable[Rule],
        visit: date | None,
    ) -> tuple[Value, ...]:
        return (True, False)

    def present(
        self,
        question: Question,
        nodes: Sequence[Node],
        marks: Iterable[Exact],
    ) -> tuple[RuleValue, ...]:
        return (NO, YES)


_KEYS = 10
"""Choices that have a key each: 1 to 9, then 0 for the tenth."""

_WORD = 3
"""Letters from which a word inside a label names its choice."""

_BETWEEN = " ,;"

_LONGEST = 60
"""Letters of a label in a refusal: what tells it from the others."""

_MOST = 4
"""Choices named in a refusal that asks which of them."""

_MAX_LISTED = 5
"""Most ids whose every combination is tried."""


class OneChoice(AnswerType):
    """One answer of a list."""

    hint = "chiffre, lettres"
    in_rules = (
        "une question à une seule réponse",
        "écrivez « {0} == 'choix' » ou « {0} in ('choix_a', 'choix_b') »",
    )
    instead = "Prenez le choix qui dit ce qu'il en est, ou « inconnu »"
    is_closed = True
    has_choices = True
    is_one_choice = True
    xlsform = ("select_one {}",)
    grid_words = r"choix|liste"

    def read(self, question: Question, raw: object) -> Value:
        return _read_one(question, raw)

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        return _choice_instead(question, value)

    def expand(self, question: Question, typed: str) -> object:
        return _expand_one(question, typed)

    def partial(self, question: Question, text: str) -> SoFar:
        found, alone = named(question, text), only(question, text)
        if not found:
            return SoFar(text, problem=f"Aucun choix ne commence par « {text[:40]} ».")
        words = "  ".join(keys_and_labels(question, found))
        parsed = Parsed(alone.id) if alone else None
        return SoFar(text, parsed=parsed, words=words, is_complete=len(found) == 1)

    def perhaps(self, question: Question, typed: str) -> str:
        return " ou ".join(choice.label for choice in named(question, typed)[:3])

    def value_words(self, question: Question, value: int | str) -> str:
        return label_of(question, value) if isinstance(value, str) else str(value)

    def cell_words(self, question: Question, value: Value) -> str:
        chosen = value if isinstance(value, tuple) else (value,)
        short = {one.id: one.short for one in question.choices if one.short}
        if chosen and short.keys() >= set(chosen):
            return ", ".join(short[str(one)] for one in chosen)
        return super().cell_words(question, value)

    def expected(self, question: Question) -> str:
        several_ = ", plusieurs possibles" if self.is_several else ""
        ids = ", ".join(f"{each.id} ({each.label})" for each in question.choices)
        return f"un choix{several_} : {ids}"

    def wanted(self, question: Question) -> str:
        return "plusieurs possibles, par exemple 1,3" if self.is_several else ""

    def options(self, question: Question) -> tuple[tuple[str, str, Value], ...]:
        return tuple(
            (key_of(question, rank), choice.label, choice.id)
            for rank, choice in enumerate(question.choices, 1)
        )

    def pointed(self, question: Question, typed: str) -> set[Value]:
        return {choice.id for choice in named(question, typed)}

    def meaning(self, question: Question) -> Meaning:
        ids = tuple(choice.id for choice in question.choices)
        order = ids if question.ordered else ()
        known: dict[Value, RuleValue] = {
            ident: OneOf(frozenset({ident}), order=order) for ident in ids
        }
        return Meaning(OneOf(frozenset(ids), order=order), known.get)

    def candidates(
        self, question: Question, rules: Iterable[Rule], visit: date | None
    ) -> tuple[Value, ...]:
        return tuple(choice.id for choice in question.choices)

    def present(
        self, question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
    ) -> tuple[RuleValue, ...]:
        ids = tuple(choice.id for choice in question.choices)
        order = ids if question.ordered else ()
        return tuple(OneOf(frozenset({ident}), order=order) for ident in ids)


class SeveralChoices(OneChoice):
    """Several answers of a list; none is an answer too."""

    hint = "1,3 puis Entrée"
    in_rules = ("une question à plusieurs réponses", "écrivez « 'choix' in {0} »")
    is_closed = False
    is_one_choice = False
    is_several = True
    xlsform = ("select_multiple {}",)
    grid_words = r"choix multiple|plusieurs"

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        if isinstance(value, tuple):
            return next(filter(None, (_choice_instead(question, v) for v in value)), "")
        return f"Écrivez une liste de choix : [{', '.join(_idents(question))}]."

    def read(self, question: Question, raw: object) -> Value:
        items: Iterable[object]
        if isinstance(raw, list | tuple):
            items = raw
        else:
            items = [item for item in re.split(r"[,;]", str(raw)) if item.strip()]
        return tuple(sorted({_read_one(question, item) for item in items}))

    def expand(self, question: Question, typed: str) -> object:
        return [_expand_one(question, part) for part in several(question, typed)]

    def partial(self, question: Question, text: str) -> SoFar:
        parts = several(question, text)
        if not parts:
            return SoFar(text, parsed=Parsed(()), words="aucun")
        if any(part == "0" or not named(question, part) for part in parts):
            numbers = f"de 1 à {len(question.choices)}, 0 pour aucun"
            return SoFar(text, problem=f"Les choix ont un numéro {numbers}.")
        chosen = [only(question, part) for part in parts]
        if not all(chosen):
            return SoFar(text, words=choices_words(question))
        return self.attempt(question, text, [one.id for one in chosen if one])

    def value_words(self, question: Question, value: int | str) -> str:
        return str(value)

    def pointed(self, question: Question, typed: str) -> set[Value]:
        parts = several(question, typed)
        return {choice.id for part in parts for choice in named(question, part)}

    def meaning(self, question: Question) -> Meaning:
        ids = frozenset(choice.id for choice in question.choices)

        def read(value: Value) -> RuleValue | None:
            if not isinstance(value, tuple) or not ids.issuperset(value):
                return None
            chosen = frozenset(value)
            return Several(chosen, chosen)

        return Meaning(Several(frozenset(), ids), read)

    def candidates(
        self, question: Question, rules: Iterable[Rule], visit: date | None
    ) -> tuple[Value, ...]:
        ids = tuple(sorted(choice.id for choice in question.choices))
        return ((), *((ident,) for ident in ids), ids)

    def present(
        self, question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
    ) -> tuple[RuleValue, ...]:
        found = sorted({
            node.choice.id
            for root in nodes
            for node in walk(root)
            if isinstance(node, Includes) and node.question.id == question.id
        })
        few = len(found) <= _MAX_LISTED
        sizes = range(len(found) + 1) if few else (0, 1, len(found))
        sets = [frozenset(ids) for size in sizes for ids in combinations(found, size)]
        return tuple(Several(ids, ids) for ids in sets)


def key_of(question: Question, rank: int) -> str:
    """Return what names a choice, counted from 1: its digit, `0` for a tenth of ten."""
    return "0" if rank == _KEYS == len(question.choices) else str(rank)


def choices_words(question: Question, longest: int = 200) -> str:
    """Return the choices with the key of each: « 1 Classe  2 ULIS »."""
    return "  ".join(keys_and_labels(question, question.choices, longest))


def keys_and_labels(
    question: Question, some: tuple[Choice, ...], longest: int = 200
) -> Iterator[str]:
    """Give the key and the label of some of the choices."""
    for rank, choice in enumerate(question.choices, 1):
        label = choice.label
        if len(label) > longest:
            label = f"{label[: longest - 1].rstrip(' ,:')}…"
        if choice in some:
            yield f"{key_of(question, rank)}{NBSP}{label}"


def named(question: Question, text: str) -> tuple[Choice, ...]:
    """Return the choices that these keys may name, in order.

    Those of that number, or those that begin so; from three letters, else those with a
    word that does: « o » is no answer because a label has « ou ».
    """
    typed = text.strip()
    digits = "".join(map(digit_of, typed))
    if digits and len(digits) == len(typed):
        count = len(question.choices)
        if count <= _KEYS:
            rank = int(digits) or _KEYS
            return question.choices[rank - 1 : rank]
        return tuple(
            choice
            for rank, choice in enumerate(question.choices, 1)
            if str(rank).startswith(digits)
        )
    begun = " ".join(words[0] for words in readings(typed))
    if not begun:
        return ()
    labels = {one: f" {fold(one.label)}" for one in question.choices}
    starting = [one for one in labels if labels[one].startswith(f" {begun}")]
    is_word = len(begun) >= _WORD
    inside = [one for one in labels if is_word and f" {begun}" in labels[one]]
    return tuple(
        starting or inside or [one for one in question.choices if one.id == typed]
    )


def only(question: Question, text: str) -> Choice | None:
    """Return the one choice that is named when nothing more is typed."""
    found = named(question, text)
    whole = [one for one in found if fold(one.label) == fold(text)]
    if len(found) > 1 and not whole:
        digits = "".join(map(digit_of, text.strip()))
        whole = list(question.choices[int(digits) - 1 :][:1]) if digits else []
    named_alone = whole or found
    return named_alone[0] if len(named_alone) == 1 else None


def several(question: Question, text: str) -> list[str]:
    """Return what was typed for several choices, one by one.

    Their digits in a row, or words between commas, else between blanks; `0` is none.
    """
    digits = "".join(digit_of(char) for char in text if char not in _BETWEEN)
    if digits and len(digits) == sum(char not in _BETWEEN for char in text):
        return [] if set(digits) == {"0"} else list(digits)
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    return [
        word
        for part in parts
        for word in ([part] if named(question, part) else part.split())
    ]


def _read_one(question: Question, raw: object) -> str:
    typed = str(raw).strip()
    for rank, choice in enumerate(question.choices, 1):
        if typed in {choice.id, str(rank), key_of(question, rank)}:
            return choice.id
    # As a cell of the grid shows it, or whole.
    names = {fold(one.short): one for one in question.choices if one.short}
    names |= {fold(choice.label): choice for choice in question.choices}
    if fold(typed) in names:
        return names[fold(typed)].id
    names |= {fold(choice.id): choice for choice in question.choices}
    near = get_close_matches(fold(typed), names, n=1)
    hint = f", peut-être « {names[near[0]].label} »" if near else ""
    possible = ", ".join(keys_and_labels(question, question.choices, _LONGEST))
    raise Refused(
        question,
        f"« {typed[:40]} » n'est pas un choix{hint}",
        f"Possibles : {possible}",
    )


def _expand_one(question: Question, text: str) -> str:
    alone = only(question, text)
    if alone is not None:
        return alone.id
    found = named(question, text)
    if found:
        labels = ", ".join(f"« {choice.label} »" for choice in found[:_MOST])
        raise Refused(
            question,
            f"« {text[:40]} » peut vouloir dire {labels}",
            "Tapez une lettre de plus, ou le numéro",
            name="",
        )
    return text


def _idents(question: Question) -> list[str]:
    return [choice.id for choice in question.choices]


def _choice_instead(question: Question, value: object) -> str:
    """Return which choice to write instead of one that is none."""
    idents = _idents(question)
    if value in idents:
        return ""
    found = value if isinstance(value, str) else ""
    return write_instead(found, idents, f"Écrivez {either(idents)}.")
