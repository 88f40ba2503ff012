"""How actions share places: none without one, none twice, and what covers another."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations, permutations

from diag.checklist.lint.cases import case_words
from diag.checklist.loaded import Loaded
from diag.checklist.search.actions import ActionRules, CriterionRules
from diag.checklist.search.school import SmallSchool, Wish
from diag.checklist.search.sound import Sound
from diag.model.enums import Kind
from diag.rules.evaluate import all_of, any_of, not_
from diag.rules.problem import Problem
from diag.rules.values import is_less, negation


def share_problems(loaded: Loaded, sound: Sound) -> Iterator[Problem]:
    """Yield places that the actions of one criterion leave out, or serve twice."""
    whole = loaded.draft.recommendations
    if whole.keys() != loaded.names("recommendations"):
        return
    for judged in sound.judged.values():
        ident = judged.criterion.id
        actions = [
            each
            for each in sound.actions.values()
            if each.recommendation.when.criterion == ident
        ]
        if len(actions) == sum(each.when.criterion == ident for each in whole.values()):
            yield from _gap_problems(loaded, judged, actions)
            yield from _twice_problems(loaded, actions)


def _gap_problems(
    loaded: Loaded, judged: CriterionRules, actions: Sequence[ActionRules]
) -> Iterator[Problem]:
    criterion = judged.criterion
    least = min((each.recommendation.when.below for each in actions), default=0)
    if criterion.kind is Kind.COMPLIANCE:
        actions = [
            each
            for each in actions
            if each.recommendation.when.below == criterion.conforms_at
        ]
        least = criterion.conforms_at or 0
    if not actions or any(not each.recommendation.when.where for each in actions):
        return
    rules = [rule for each in actions for rule in each.conditions]
    school = SmallSchool(actions[0].questions, criterion.place, rules)
    left_out = all_of([
        judged.applies,
        judged.is_open,
        not_(judged.reaches(least)),
        not_(any_of([each.where for each in actions])),
    ])
    case = school.find([partial(left_out, school.here)])
    if case is not None:
        yield loaded.item("criteria", criterion.id).problem(
            (),
            f"aucune préconisation là où il est sous {least}, {case_words(case)}",
            "Complétez un « where », ou ajoutez une préconisation.",
            about=tuple(each.recommendation.id for each in actions),
        )


def _twice_problems(
    loaded: Loaded, actions: Sequence[ActionRules]
) -> Iterator[Problem]:
    for one, other in combinations(actions, 2):
        rows = _rows(one) & _rows(other)
        is_told = _covers(one, other) or _waits_for(one, other)
        if not rows or is_told or _covers(other, one) or _waits_for(other, one):
            continue
        school = _school(one, other)
        case = school.find(_both(one, other, school))
        if case is not None:
            row, first = min(rows), one.recommendation.id
            yield loaded.item("recommendations", other.recommendation.id).problem(
                ("when",),
                f"« {first} » se déclenche au même lieu et achète la même ligne "
                f"(« {row} »), {case_words(case)}",
                "Écrivez des « where » qui s'excluent, ou « covers » dans l'une.",
                "warning",
                about=(first,),
            )


def _waits_for(one: ActionRules, other: ActionRules) -> bool:
    """Say whether an action of the same criterion waits wherever the other fires."""
    when = other.recommendation.when
    return any(
        each.criterion == when.criterion and each.at_least >= when.below
        for each in one.recommendation.requires
    )


def cover_problems(loaded: Loaded, sound: Sound) -> Iterator[Problem]:
    """Yield what covers without curing, or for less, and what could cover."""
    for action in sound.actions.values():
        for ident in action.recommendation.covers:
            other = sound.actions.get(ident)
            if other is not None:
                yield from _wrong_cover(loaded, action, other)
    buyers: dict[str, list[ActionRules]] = {}
    for action in sound.actions.values():
        for row in sorted(_rows(action)):
            buyers.setdefault(row, []).append(action)
    for row, actions in buyers.items():
        for one, other in permutations(actions, 2):
            if _could_cover(one, other):
                ident = other.recommendation.id
                yield loaded.item("recommendations", one.recommendation.id).problem(
                    ("covers",),
                    f"elle rend « {ident} » inutile au même lieu, et achète la même "
                    f"ligne (« {row} »)",
                    f"Ajoutez « covers: [{ident}] ».",
                    "warning",
                    about=(ident,),
                )


def _wrong_cover(
    loaded: Loaded, action: ActionRules, other: ActionRules
) -> Iterator[Problem]:
    item = loaded.item("recommendations", action.recommendation.id)
    ident = other.recommendation.id
    if action.place is not other.place:
        yield item.problem(
            ("covers",),
            f"« {ident} » se déclenche par {other.place}, elle par {action.place}",
            "Ne couvrez que ce qui se fait au même lieu.",
            about=(ident,),
        )
        return
    school = _school(action, other)
    both = _both(action, other, school)
    case = school.find([*both, _uncured(action, other, school)])
    if case is not None:
        when = other.recommendation.when
        yield item.problem(
            ("covers",),
            f"« {ident} » se déclencherait encore : « {when.criterion} » n'atteint pas "
            f"{when.below}, {case_words(case)}",
            "Complétez « effect », ou retirez-la de « covers ».",
            about=(ident, *(fact.name for fact in case)),
        )
    case = school.find([*both, _dearer(action, other, school)])
    if case is not None:
        yield item.problem(
            ("covers",),
            f"« {ident} » achète pour plus cher, {case_words(case)}",
            "Retirez-la de « covers », ou laissez l'autre couvrir.",
            about=(ident,),
        )


def _could_cover(one: ActionRules, other: ActionRules) -> bool:
    if (
        one.place is not other.place
        or one.judged is other.judged
        or _covers(one, other)
        or _covers(other, one)
    ):
        return False
    school = _school(one, other)
    both = _both(one, other, school)
    return (
        school.find([*both, _uncured(one, other, school)]) is None
        and school.find([*both, _dearer(one, other, school)]) is None
        and school.find(both) is not None
    )


def _school(one: ActionRules, other: ActionRules) -> SmallSchool:
    return SmallSchool(
        one.questions,
        one.place,
        [*one.conditions, *other.conditions],
        [*one.numbers, *other.numbers],
    )


def _both(one: ActionRules, other: ActionRules, school: SmallSchool) -> list[Wish]:
    return [partial(each.fires, school.here) for each in (one, other)]


def _uncured(action: ActionRules, other: ActionRules, school: SmallSchool) -> Wish:
    after = school.with_changes(action.changes(school.here))
    return lambda: negation(action.cures(other, after))


def _dearer(action: ActionRules, other: ActionRules, school: SmallSchool) -> Wish:
    return lambda: is_less(action.cost(school.here), other.cost(school.here))


def _rows(action: ActionRules) -> frozenset[str]:
    return frozenset(need.item for need in action.recommendation.buys)


def _covers(action: ActionRules, other: ActionRules) -> bool:
    return other.recommendation.id in action.recommendation.covers
