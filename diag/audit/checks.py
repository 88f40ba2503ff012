"""What makes an answer doubtful beside others: at its entry, and before leaving.

A check doubts and refuses nothing: an answer that fails one is kept once it was given
again with its reason, and is listed as doubtful for as long as the check fails.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from diag.answers.answer_type import Refused
from diag.assess.facts import FactsReading, PlaceScope, with_answers
from diag.assess.judge import Judge, judge_for
from diag.model.checklist import CHECK_VALUE, Checklist, Crosscheck, Question
from diag.model.enums import State
from diag.model.fact import Answer, Facts
from diag.rules.evaluate import condition, measure
from diag.rules.language import parse_rule
from diag.rules.values import Span
from diag.words.figures import number

Key = tuple[str, str]
"""Place id, question id."""


class FailedCheck(NamedTuple):
    """An answer that a check doubts."""

    key: Key
    check: Crosscheck
    words: str
    """Why: « l'annuaire en dit 6 »."""


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
    for one in _failed(judge, judge.reading(facts)):
        found[one.key] = "; ".join(filter(None, (found.get(one.key), one.words)))
    return found


def _failed(judge: Judge, reading: FactsReading) -> Iterator[FailedCheck]:
    for check in judge.checklist.checks.values():
        place = judge.checklist.questions[check.ask].place
        is_failed = _condition(check.when)
        for scope in reading.scopes(place):
            if scope.heads(check.ask) and is_failed(scope) is True:
                key = scope.place, check.ask
                yield FailedCheck(key, check, _words(check, scope))


def _words(check: Crosscheck, scope: PlaceScope) -> str:
    """Return why, its blanks filled: of places that may still come, those there."""

    def filled(blank: re.Match[str]) -> str:
        name = blank[1]
        is_value = name == CHECK_VALUE
        found = _measure(check.value)(scope) if is_value else scope.value(name)
        low = found.low if isinstance(found, Span) else None
        return "?" if low is None else number(Fraction(low))

    return re.sub(r"\{([a-z_0-9]+)\}", filled, check.says)


def check_doubts(
    judge: Judge,
    facts: Facts,
    place: str,
    written: Mapping[str, Answer],
    confirmed: str = "",
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
    for one in _failed(judge, reading):
        if one.key[0] == place and one.key[1] in known:
            raise doubtful(judge.checklist.questions[one.key[1]], one.words)


def doubtful(question: Question, words: str) -> DoubtfulAnswer:
    """Return the doubt about an answer, in words."""
    return DoubtfulAnswer(
        question,
        words,
        "Vérifiez, puis confirmez en disant pourquoi",
        command='--sure --reason "…" (ou "sure": true, "reason": "…")',
    )
