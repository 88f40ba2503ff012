"""Conditions of an XLSForm, in XPath, put into the language of rules where they can.

What has no equivalent is refused with a reason, never guessed: the question is then
asked always, and the draft names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diag.answers.types import TYPES
from diag.model.enums import QuestionType


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
            found = self._selected()
        elif token.kind == "name":
            found = self._compared(self._fact(token.text))
        else:
            raise UntranslatableError(f"« {token.text} » n'a pas d'équivalent")
        self._depth -= 1
        return found

    def _selected(self) -> str:
        self._expect("(")
        fact = self._fact(self._next().text)
        self._expect(",")
        value = self._next()
        self._expect(")")
        return self._is(fact, value, "=")

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
