"""Days, typed the French way or the ISO one."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache

from diag.answers.answer_type import AnswerType, Meaning, Refused, SoFar, admitted
from diag.model.checklist import EffectValue, Question
from diag.model.fact import Value
from diag.model.text import as_digits, digit_of
from diag.rules.language import VISIT_DATE, Rule
from diag.rules.tree import CompareNode, Constant, Exact, Months, NameNode, Node, walk
from diag.rules.values import RuleValue, Span, point
from diag.words.dates import describe_day, months_begun, read_day

VISIT = date(2026, 9, 1)
"""The day of the visit, in a search of rules."""

_CACHED_VALUES = 4096  # the dates of a few audits
_MONTHS_A_YEAR = 12

_SEPARATORS = "-/."
"""What parts a day from its month: never a twin there."""

_KEPT = "-−/. "


class Date(AnswerType):
    """A day."""

    hint = "jj/mm/aaaa"
    in_rules = (
        "une date",
        "comparez-la à une autre date, ou écrivez « months_between({0}, visit_date) »",
    )
    is_day = True
    xlsform = ("date",)
    grid_words = r"date"
    cell_width = len("31/01/2026")
    blank = "……\u00a0/\u00a0……\u00a0/\u00a0…………"

    def read(self, question: Question, raw: object) -> Value:
        try:
            value = read_day(str(raw)).isoformat()
        except ValueError as error:
            raise Refused(
                question,
                f"« {str(raw)[:40]} » n'est pas une date",
                "Écrivez par exemple 31/01/2026, 310126 ou janvier 2026",
            ) from error
        low, high = question.date_range or (None, None)
        if (low and value < low) or (high and value > high):
            ends = (None if end is None else _short(end) for end in (low, high))
            problem = f"{_short(value)} est hors limites"
            raise Refused(question, problem, admitted(*ends))
        return value

    def expand(self, question: Question, typed: str) -> object:
        return _as_typed(typed)

    def partial(self, question: Question, text: str) -> SoFar:
        return self.attempt(question, text, _as_typed(text.strip()))

    def drops_last_key(self, question: Question, read: SoFar) -> bool:
        letters = "".join(filter(str.isalpha, _as_typed(read.text)))
        return bool(read.problem) and not (
            months_begun(letters)
            and all(
                digit_of(char) or char.isalpha() or char in _KEPT for char in read.text
            )
        )

    def input_attributes(self, question: Question) -> str:
        return 'type="text" placeholder="jj/mm/aaaa" maxlength="20" autocomplete="off"'

    def value_words(self, question: Question, value: int | str) -> str:
        return describe_day(value) if isinstance(value, str) else str(value)

    def cell_words(self, question: Question, value: Value) -> str:
        if isinstance(value, str):
            return _short(value)
        return super().cell_words(question, value)

    def expected(self, question: Question) -> str:
        return "date, par exemple 31/01/2026"

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        return "" if value == VISIT_DATE else f"Écrivez {VISIT_DATE}."

    def meaning(self, question: Question) -> Meaning:
        low, high = question.date_range or (None, None)
        return Meaning(Span(_ordinal(low), _ordinal(high)), _point)

    def candidates(
        self, question: Question, rules: Iterable[Rule], visit: date | None
    ) -> tuple[Value, ...]:
        return tuple(sorted(_around_visit(question, rules, visit)))

    def present(
        self, question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
    ) -> tuple[RuleValue, ...]:
        parts = [part for root in nodes for part in walk(root)]
        counts = {0}
        if any(isinstance(part, Months) for part in parts):
            counts |= {
                round(part.value) for part in parts if isinstance(part, Constant)
            }
        near = {count + step for count in counts for step in (-1, 0, 1)}
        return tuple(
            point(_months_before_visit(count))
            for count in sorted(near | {-count for count in near}, reverse=True)
        )


def _as_typed(typed: str) -> str:
    """Return the digits that the keys of a French keyboard stand for.

    Not where a month is written: its « é » is no 2.
    """
    if any(char.isascii() and char.isalpha() for char in typed):
        return typed
    return as_digits(typed, kept=_SEPARATORS)


def _short(day: str) -> str:
    return "/".join(reversed(day.split("-")))


def _ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()


@lru_cache(_CACHED_VALUES, typed=True)
def _point(value: Value) -> RuleValue | None:
    if not isinstance(value, str):
        return None
    try:
        return point(date.fromisoformat(value).toordinal())
    except ValueError:
        return None


def _months_before_visit(count: int) -> int:
    years, month = divmod(VISIT.year * 12 + VISIT.month - 1 - count, 12)
    return date(min(max(years, 1), 9999), month + 1, VISIT.day).toordinal()


def _around_visit(
    question: Question, rules: Iterable[Rule], visit: date | None
) -> Iterator[str]:
    low, high = question.date_range or (None, None)
    days = [date.fromisoformat(end) for end in (low, high) if end]
    if visit is not None:
        for months in {0, *_months_of(question.id, rules)}:
            for day in (_shifted(visit, -months), _shifted(visit, months)):
                days += [day - timedelta(1), day, day + timedelta(1)]
    for text in {day.isoformat() for day in days}:
        if (low is None or text >= low) and (high is None or text <= high):
            yield text


def _months_of(name: str, rules: Iterable[Rule]) -> Iterator[int]:
    for rule in rules:
        for node in walk(rule.root):
            match node:
                case CompareNode(_, Months() as months, Constant(value)) | CompareNode(
                    _, Constant(value), Months() as months
                ) if name in {
                    each.id for each in walk(months) if isinstance(each, NameNode)
                }:
                    yield int(value)


def _shifted(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, 12)
    year = min(max(year, MINYEAR + 1), MAXYEAR - 1)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
