"""Rules of a checklist: each one read, typed, and followed to the facts it reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from diag.model.checklist import Checklist, Recommendation
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import Rule, RuleError, parse_rule
from diag.rules.loaded import Loaded
from diag.rules.problem import Problem
from diag.rules.reach import root_of
from diag.rules.typecheck import Expected, check_rule

QUANTITY = "quantite"
"""What prices and effort may read beside the questions."""


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
        given = criterion.applicable
        if given:
            yield WrittenRule(
                "criteria", criterion.id, ("applicable",), given, criterion.place
            )
        for level, text in criterion.levels.items():
            path = ("levels", str(level))
            yield WrittenRule(
                "criteria", criterion.id, path, text, criterion.place, given=given
            )
    for recommendation in checklist.recommendations.values():
        yield from _counting_rules(checklist, recommendation)


def _counting_rules(
    checklist: Checklist, recommendation: Recommendation
) -> Iterator[WrittenRule]:
    criterion = checklist.criteria.get(recommendation.when.criterion)
    root = root_of(criterion.place) if criterion else PlaceKind.ECOLE
    ident = recommendation.id
    quantity = recommendation.quantity
    yield WrittenRule("recommendations", ident, ("quantity",), quantity, root, "number")
    counted = {QUANTITY: QuestionType.NUMBER}
    rules = {("prices", row): text for row, text in recommendation.prices.items()}
    if recommendation.effort:
        rules["effort", "days"] = recommendation.effort
    for path, text in rules.items():
        yield WrittenRule("recommendations", ident, path, text, root, "number", counted)


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
            )


def names_read(text: str) -> frozenset[str]:
    """Return every name that a rule reads, here or inside; none if unreadable."""
    rule = _rule(text)
    if isinstance(rule, RuleError):
        return frozenset()
    return rule.names.union(*rule.inner_names.values())


def _faults(
    written: WrittenRule, checklist: Checklist, broken: frozenset[str]
) -> list[RuleError]:
    rule = _rule(written.text)
    if isinstance(rule, RuleError):
        return [rule]
    if names_read(written.text) & broken:
        return []
    given = _rule(written.given) if written.given else None
    return check_rule(
        rule,
        checklist.questions,
        written.place,
        written.expects,
        extra=written.extra,
        given=given if isinstance(given, Rule) else None,
    )


@lru_cache(maxsize=4096)
def _rule(text: str) -> Rule | RuleError:
    try:
        return parse_rule(text)
    except RuleError as error:
        return error
