"""What was seen, in the words of the checklists, or of who saw it.

A danger is what was seen, then to whom that was reported: no page has it unless it was
noted.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple, Protocol

from diag.answers.types import TYPES
from diag.assess.judge import judge_of
from diag.assess.results import CriterionResult, Danger, Verdict
from diag.assess.spread import concerned
from diag.model.audit import Observation
from diag.model.checklist import Checklist, Found, Strength
from diag.model.enums import Standing, State
from diag.model.fact import Answer, Facts
from diag.model.number import canonical_number
from diag.rules.evaluate import measure
from diag.rules.language import parse_rule
from diag.rules.values import Span
from diag.words.dates import describe_day, long_date
from diag.words.sentences import listed, number, sentence, uncapitalised

_NAMED = 3
"""At most so many places named in a sentence."""


class Seen(Protocol):
    """What the sentences of a criterion are filled from: a report, or an audit."""

    @property
    def facts(self) -> Facts:
        """Everything known."""

    @property
    def checklist(self) -> Checklist:
        """What is asked and judged."""

    def place_name(self, place: str) -> str:
        """Return a place's name."""


def seen_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen on a criterion: what falls short, else what does not.

    Empty where nothing is sure, and where the checklists have no words for it.
    """
    return found_words(seen, result) or strength_words(seen, result)


def found_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely falls short; else empty.

    Behind a shut gate nothing was seen: the gate has its own criterion.
    """
    found = result.criterion.found
    if found is None:
        return ""
    places = [
        one for one in _sure(result) if one.given is True and one.high < found.below
    ]
    return _filled_words(seen, result, found, places)


def found_at(seen: Seen, result: CriterionResult, verdict: Verdict) -> str:
    """Return what was seen at one place, its blank and the full stop left out."""
    found = result.criterion.found
    if found is None or verdict.given is not True or verdict.high >= found.below:
        return ""
    bare = found.one.removeprefix("{lieux} : ").rstrip(". ")
    return _filled_words(
        seen, result, found.model_copy(update={"one": bare}), [verdict]
    )


def strength_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely is as it should be."""
    strength = result.criterion.strength
    if strength is None:
        return ""
    places = [one for one in _sure(result) if one.low >= strength.at_least]
    return _filled_words(seen, result, strength, places)


DANGER_WORDS = 140
"""Most characters of what was seen of a danger, where one line holds it."""


def danger_fact(observations: Iterable[Observation], danger: Danger) -> str:
    """Return what was seen of a danger, if that is to be shown; else empty.

    The last observation on it, in the words of who saw it, cut to a line.
    """
    seen = [
        " ".join(one.text.split())
        for one in observations
        if one.shown and (one.place, one.question) == (danger.place, danger.question.id)
    ]
    if not seen or len(seen[-1]) <= DANGER_WORDS:
        return seen[-1] if seen else ""
    return seen[-1][: DANGER_WORDS - 1].rstrip() + "…"


WARNED, WARNED_ON = "danger_signale", "danger_signale_le"
"""The questions that say to whom a danger was reported, and when."""

UNREPORTED = "Aucun signalement n'est noté."
"""Of a danger, where nobody noted to whom it was reported."""


class DangerReport(NamedTuple):
    """To whom a danger was reported, and when: as it was noted."""

    whom: tuple[str, ...] = ()
    """Labels of the choices; empty: nobody noted it."""
    day: str = ""

    @property
    def words(self) -> str:
        """Return « Signalé au maire, le 4 mars 2026. »."""
        if not self.whom:
            return UNREPORTED
        when = f"le {describe_day(self.day)}" if self.day else "jour non noté"
        return f"Signalé {listed(self.whom)}, {when}."


class DangerSeen(NamedTuple):
    """What a danger is, and to whom it was reported: several places may share it."""

    label: str
    """How its question names it."""
    fact: str
    """As it was seen; empty where nobody wrote it."""
    reported: DangerReport

    @property
    def words(self) -> str:
        """Return what the danger is: as it was seen, else as its question names it."""
        return sentence(self.fact or self.label.rstrip(". ?"))

    def __str__(self) -> str:
        """Return what it is, then to whom it was reported, and when."""
        return f"{self.words} {self.reported.words}"


def danger_seen(
    seen: Seen, observations: Iterable[Observation], danger: Danger
) -> DangerSeen:
    """Return what is known of a danger."""
    fact = danger_fact(observations, danger)
    return DangerSeen(danger.question.label, fact, danger_report(seen, danger.place))


def danger_report(seen: Seen, place: str) -> DangerReport:
    """Return to whom the danger of a place was reported, and when."""
    whom, day = (_known(seen, place, one) for one in (WARNED, WARNED_ON))
    if whom is None or not isinstance(whom.value, tuple):
        return DangerReport()
    choices = seen.checklist.questions[WARNED].choices
    names = [uncapitalised(one.label) for one in choices if one.id in whom.value]
    return DangerReport(tuple(names), str(day.value) if day and names else "")


def _known(seen: Seen, place: str, question: str) -> Answer | None:
    answer = seen.facts.answer(place, question)
    return answer if answer and answer.state is State.KNOWN else None


def _sure(result: CriterionResult) -> list[Verdict]:
    return [one for one in concerned(result) if one.standing is Standing.IN]


def _filled_words(
    seen: Seen,
    result: CriterionResult,
    words: Found | Strength,
    places: Sequence[Verdict],
) -> str:
    if not places:
        return ""
    if len(places) > 1 and words.many:
        total = len(concerned(result))
        return words.many.format(n=len(places), total=total)
    value = _value(seen, words.value, places) if words.value else ""
    if words.value and not value:
        return ""
    names = listed([seen.place_name(one.place) for one in places], _NAMED)
    return words.one.format(lieux=names, valeur=value)


def _value(seen: Seen, text: str, places: Sequence[Verdict]) -> str:
    """Return a value known at one place, in words; empty when it is not."""
    if len(places) > 1:
        return ""
    place, question = places[0].place, seen.checklist.questions.get(text)
    if question and TYPES[question.type].is_day:
        known = _known(seen, place, text)
        return long_date(date.fromisoformat(str(known.value))) if known else ""
    judge = judge_of(seen.checklist)
    reading = judge.reading(seen.facts)
    scope = next(
        one
        for one in reading.scopes(seen.facts.places[place].kind)
        if one.place == place
    )
    span = measure(parse_rule(text))(scope)
    if not isinstance(span, Span) or span.maybe_absent or span.low is None:
        return ""
    if span.low != span.high:
        return ""
    return number(canonical_number(round(Fraction(span.low), 1)))
