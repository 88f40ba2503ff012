"""Rules that cannot be read, or do not fit the questions they read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from diag.checklist.loaded import Loaded
from diag.checklist.typecheck import (
    NUMERIC,
    Expected,
    check_rule,
    names_read,
    read_rule,
)
from diag.model.checklist import (
    Checklist,
    Criterion,
    EffectValue,
    Question,
    Recommendation,
)
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import Rule
from diag.rules.problem import Problem
from diag.rules.scope import root_of
from diag.rules.tree import RuleError

QUANTITY = "quantite"
"""What the count of a purchase and the effort may read beside the questions."""

_COUNTED = {QUANTITY: QuestionType.NUMBER}


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule where it is written, and what is expected of it there."""

    section: str
    ident: str
    path: tuple[str, ...]
    text: str
    place: PlaceKind
    """From which place it reads."""
    expects: Expected = "condition"
    extra: Mapping[str, QuestionType] = field(default_factory=dict)
    """Names it may read that are no questions."""
    given: str = ""
    """Rule that holds whenever this one is read."""


def written_rules(checklist: Checklist) -> Iterator[WrittenRule]:
    """Yield every rule of a checklist."""
    for question in checklist.questions.values():
        if question.relevant:
            yield WrittenRule(
                "questions",
                question.id,
                ("relevant",),
                question.relevant,
                question.place,
            )
    for criterion in checklist.criteria.values():
        yield from _judging_rules(criterion)
    for recommendation in checklist.recommendations.values():
        judged = checklist.criteria.get(recommendation.when.criterion)
        yield from _acting_rules(recommendation, judged)
        yield from _raising_rules(recommendation, judged, checklist.questions)


def _judging_rules(criterion: Criterion) -> Iterator[WrittenRule]:
    scope = criterion.applicable
    written = partial(WrittenRule, "criteria", criterion.id, place=criterion.place)
    if scope:
        yield written(path=("applicable",), text=scope)
    if criterion.given:
        yield written(path=("given",), text=criterion.given, given=scope)
    if criterion.weigh_by:
        text = criterion.weigh_by
        yield written(path=("weigh_by",), text=text, expects="number", given=scope)
    for name in ("found", "strength"):
        told = getattr(criterion, name)
        # A question by its name alone may be a date: references look at it.
        if told and told.value and not told.value.isidentifier():
            yield written(
                path=(name, "value"),
                text=told.value,
                expects="number",
                given=_where(criterion),
            )
    for level, text in criterion.levels.items():
        yield written(path=("levels", str(level)), text=text, given=_where(criterion))


def _acting_rules(
    recommendation: Recommendation, criterion: Criterion | None
) -> Iterator[WrittenRule]:
    """Yield what is read at each place where it fires; its effort, at the subject."""
    place = criterion.place if criterion else PlaceKind.ECOLE
    scope, where = _where(criterion), recommendation.when.where
    written = partial(WrittenRule, "recommendations", recommendation.id)
    if where:
        yield written(path=("when", "where"), text=where, place=place, given=scope)
    counting = partial(written, expects="number", given=_both(scope, where))
    for name in ("quantity", "at_most"):
        if text := getattr(recommendation, name):
            yield counting(path=(name,), text=text, place=place)
    for rank, need in enumerate(recommendation.buys):
        if need.count:
            yield counting(
                path=("buys", str(rank), "count"),
                text=need.count,
                place=place,
                extra=_COUNTED,
            )
    if recommendation.effort:
        yield written(
            path=("effort", "days"),
            text=recommendation.effort,
            place=root_of(place),
            expects="number",
            extra=_COUNTED,
        )


def _raising_rules(
    recommendation: Recommendation,
    criterion: Criterion | None,
    questions: Mapping[str, Question],
) -> Iterator[WrittenRule]:
    """Yield the rules that say what a number becomes."""
    for name, value in recommendation.effect.items():
        question = questions.get(name)
        if criterion and question and question.type in NUMERIC and _is_rule(value):
            yield WrittenRule(
                "recommendations",
                recommendation.id,
                ("effect", name),
                str(value),
                criterion.place,
                "number",
                given=_both(_where(criterion), recommendation.when.where),
            )


def _is_rule(value: EffectValue) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _where(criterion: Criterion | None) -> str:
    """Return what holds wherever a criterion surely gives a level of its own."""
    return _both(criterion.applicable, criterion.given) if criterion else ""


def _both(*rules: str) -> str:
    return " and ".join(f"({rule})" for rule in rules if rule)


def rule_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield rules that cannot be read, or do not fit the questions they read."""
    questions = loaded.draft.questions
    broken = loaded.names("questions") - questions.keys()
    for written in written_rules(loaded.draft):
        for error in _faults(written, loaded.draft, broken):
            item = loaded.item(written.section, written.ident)
            key = ".".join(written.path)
            yield item.problem(
                written.path,
                f"« {key} », colonne {error.column} de la règle : {error.message}",
                f"Règle lue : « {written.text} ».",
                about=error.names,
            )


def _faults(
    written: WrittenRule, checklist: Checklist, broken: frozenset[str]
) -> list[RuleError]:
    rule = read_rule(written.text)
    if isinstance(rule, RuleError):
        return [rule]
    if names_read(written.text) & broken:
        return []
    given = read_rule(written.given) if written.given else None
    return check_rule(
        rule,
        checklist.questions,
        written.place,
        written.expects,
        extra=written.extra,
        given=given if isinstance(given, Rule) else None,
    )
