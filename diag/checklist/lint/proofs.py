"""What is proved of criteria and actions on a small school, with a case where it fails.

Each level can be given, and a better fact lowers none; an action fires somewhere,
counts at least one, cures its criterion, and shares its places with no other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from graphlib import CycleError, TopologicalSorter
from itertools import combinations, permutations

from diag.answers.types import TYPES
from diag.checklist import Problem
from diag.checklist.loaded import Item, Loaded
from diag.checklist.search import Fact, SmallSchool, Wish, read
from diag.checklist.search.effects import (
    ActionRules,
    Betterment,
    CriterionRules,
    Trends,
    falls_of,
    moves_in,
)
from diag.checklist.search.subject import levels_of, problems_of
from diag.checklist.symbols import QUANTITY, names_read, read_rule
from diag.model.checklist import Checklist, Question
from diag.model.enums import Kind
from diag.rules.evaluate import all_of, any_of, not_
from diag.rules.expressions import (
    Aggregate,
    Arithmetic,
    Constant,
    Flag,
    Months,
    NameNode,
    Node,
    OneOf,
    RuleError,
    RuleValue,
    Several,
    Span,
    Truth,
    is_less,
    names_in,
    negation,
    point,
)
from diag.rules.language import VISIT_DATE


@dataclass(frozen=True, slots=True)
class _Sound:
    """What of a checklist can be proved, compiled once."""

    questions: Mapping[str, Question]
    """Without the relevances that are faulty, or turn round."""
    judged: Mapping[str, CriterionRules]
    actions: Mapping[str, ActionRules]


def _sound_part(checklist: Checklist, faulty: frozenset[str]) -> _Sound:
    """Return what can be proved; `faulty` are items, `criteria.debit-suffisant`."""
    questions = _askable(checklist.questions, faulty)
    readable = frozenset({*questions, VISIT_DATE, QUANTITY})
    judged = {
        each.id: CriterionRules.of(each)
        for each in checklist.criteria.values()
        if f"criteria.{each.id}" not in faulty
        and _reads((each.applicable, each.given, *each.levels.values()), readable)
    }
    known = checklist.model_copy(update={"questions": questions})
    actions = {
        each.id: ActionRules.of(each, judged[each.when.criterion], known)
        for each in checklist.recommendations.values()
        if f"recommendations.{each.id}" not in faulty
        and each.when.criterion in judged
        and _reads(
            [
                *(each.when.where, each.quantity, each.at_most),
                *(need.count for need in each.buys),
            ],
            readable,
        )
    }
    return _Sound(questions, judged, actions)


def _reads(texts: Iterable[str], readable: frozenset[str]) -> bool:
    return all(
        not isinstance(read_rule(text), RuleError) and names_read(text) <= readable
        for text in texts
        if text
    )


def _askable(
    questions: Mapping[str, Question], faulty: frozenset[str]
) -> dict[str, Question]:
    readable = frozenset({*questions, VISIT_DATE})
    bare = {
        ident
        for ident, question in questions.items()
        if f"questions.{ident}" in faulty or not _reads([question.relevant], readable)
    }
    while True:
        graph = {
            ident: names_read(question.relevant) & questions.keys()
            for ident, question in questions.items()
            if ident not in bare
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            bare.update(error.args[1])
        else:
            break
    return {
        ident: question.model_copy(update={"relevant": ""})
        if ident in bare
        else question
        for ident, question in questions.items()
    }


def proof_problems(loaded: Loaded, faulty: frozenset[str]) -> Iterator[Problem]:
    """Yield what cannot be proved; items of `faulty` have other things to mend."""
    sound = _sound_part(loaded.draft, faulty)
    for judged in sound.judged.values():
        item = loaded.item("criteria", judged.criterion.id)
        for one in problems_of(judged.criterion, sound.questions):
            yield item.problem((one.key,), one.message, one.remedy, about=one.about)
        for fall in falls_of(judged, sound.questions):
            name, case = fact_name(fall.move.fact), case_words(fall.case)
            better = f"quand « {name} » s'améliore ({_step(fall.move)}), {case}"
            about = (fall.move.fact.name, *_names_of(fall.case))
            if fall.levels is None:
                yield item.problem(
                    ("given",),
                    f"{better}, « given » devient fausse : l'action se tairait",
                    "Écrivez cette condition dans le niveau le plus haut, par « or ».",
                    about=about,
                )
            else:
                before, after = fall.levels
                yield item.problem(
                    ("levels",),
                    f"{better}, le niveau passe de {before} à {after}",
                    "Corrigez les niveaux, ou « better » de la question.",
                    about=about,
                )
    for action in sound.actions.values():
        item = loaded.item("recommendations", action.recommendation.id)
        yield from _ActionProof.of(item, action, sound).problems()
    yield from _share_problems(loaded, sound)
    yield from _cover_problems(loaded, sound)


def _step(move: Betterment) -> str:
    question = move.fact.question
    worse, better = (value_words(question, one) for one in (move.worse, move.better))
    return f"de {worse} à {better}"


@dataclass(frozen=True, slots=True)
class _ActionProof:
    """One action on its small school."""

    item: Item
    action: ActionRules
    sooner: tuple[ActionRules, ...]
    """Those of the same criterion that lift it to a lower level."""
    school: SmallSchool

    @classmethod
    def of(cls, item: Item, action: ActionRules, sound: _Sound) -> "_ActionProof":
        """Make up the school that the rules of an action read."""
        when = action.recommendation.when
        sooner = tuple(
            each
            for each in sound.actions.values()
            if each.judged is action.judged
            and each.recommendation.when.below < when.below
        )
        rules = [rule for each in (action, *sooner) for rule in each.conditions]
        school = SmallSchool(action.questions, action.place, rules, action.numbers)
        return cls(item, action, sooner, school)

    def problems(self) -> Iterator[Problem]:
        """Yield what fails; one that never fires has nothing else to prove."""
        if self._where_it_fires() is None:
            when = self.action.recommendation.when
            levels = levels_of(self.action.judged.criterion, self.action.questions)
            if levels and min(levels) >= when.below:
                yield self.item.problem(
                    ("when", "below"),
                    f"elle ne se déclenche jamais : « {when.criterion} » vaut toujours "
                    f"au moins {min(levels)}",
                    "Relevez « below », ou revoyez les niveaux du critère.",
                    about=(when.criterion,),
                )
            elif levels and when.where:
                yield self.item.problem(
                    ("when", "where"),
                    "elle ne se déclenche jamais : aucun lieu bas de "
                    f"« {when.criterion} » n'est dans son « where »",
                    "Corrigez « where », ou retirez la préconisation.",
                    about=(when.criterion,),
                )
            return
        amount = self._amount(self.action.recommendation.quantity)
        case = self._where_it_fires(lambda: is_less(amount(), point(1)))
        if case is not None:
            yield self.item.problem(
                ("quantity",),
                f"elle se déclenche et « quantity » vaut {_figure(amount())}, "
                f"{case_words(case)}",
                "Comptez au moins 1 : par les niveaux du critère, son « applicable », "
                "ou la « range » de la question.",
                about=_names_of(case),
            )
        action = self.action.recommendation
        counts: list[tuple[tuple[str, ...], str]] = [(("quantity",), action.quantity)]
        for rank, need in enumerate(action.buys):
            if need.count:
                counts.append((("buys", str(rank), "count"), need.count))
        for path, text in counts:
            yield from self._in_pieces(path, text)
            yield from self._growing(path, text)
        yield from self._useless()

    def _in_pieces(self, path: tuple[str, ...], text: str) -> Iterator[Problem]:
        if _is_whole(read(text).root, self.action.questions):
            return
        amount = self._amount(text)
        case = self._where_it_fires(lambda: _is_fraction(amount()))
        if case is not None:
            yield self.item.problem(
                path,
                f"« {path[-1]} » compte des morceaux : {_figure(amount())}, "
                f"{case_words(case)}",
                "Comptez des entiers : une question « integer », sans division.",
                about=_names_of(case),
            )

    def _growing(self, path: tuple[str, ...], text: str) -> Iterator[Problem]:
        root, trends = read(text).root, Trends(self.action.questions)
        names = {
            fact.name
            for _, fact in self.school.movable
            if QUANTITY in names_in(root) or not trends.of(root, fact.name).never_rises
        }
        blamed: set[str] = set()
        for move in moves_in(self.school, names):
            name = move.fact.name
            case = None if name in blamed else self._growth(text, move)
            if case is None:
                continue
            blamed.add(name)
            before, after = (
                self.action.bought(text, each) for each in (move.before, move.after)
            )
            yield self.item.problem(
                path,
                f"« {path[-1]} » passe de {_figure(before)} à {_figure(after)} quand "
                f"« {fact_name(move.fact)} » s'améliore ({_step(move)}), "
                f"{case_words(case)}",
                "Comptez ce qui manque, ou revoyez « better » de la question.",
                about=(name, *_names_of(case)),
            )

    def _growth(self, text: str, move: Betterment) -> list[Fact] | None:
        before, after = move.before, move.after
        amount = self.action.bought
        return self.school.find(
            [
                partial(self.action.fires, before),
                partial(self.action.fires, after),
                lambda: is_less(amount(text, before), amount(text, after)),
            ],
            before,
            after,
        )

    def _useless(self) -> Iterator[Problem]:
        action, when = self.action, self.action.recommendation.when
        here = self.school.here
        after = self.school.with_changes(action.changes(here))
        case = self.school.find([
            partial(action.fires, here),
            *(partial(not_(each.fires), here) for each in self.sooner),
            lambda: negation(action.cures(action, after)),
        ])
        if case is not None:
            yield self.item.problem(
                ("effect",),
                f"une fois faite, elle se déclencherait encore : « {when.criterion} » "
                f"n'atteint pas {when.below}, {case_words(case)}",
                "Ajoutez à « effect » les faits qu'elle rend vrais, ou au critère la "
                "porte (« given ») qui manque.",
                about=(when.criterion, *_names_of(case)),
            )

    def _amount(self, text: str) -> Callable[[], Span]:
        return partial(self.action.amount, text, self.school.here)

    def _where_it_fires(self, *wishes: Wish) -> list[Fact] | None:
        fires = partial(self.action.fires, self.school.here)
        return self.school.find([fires, *wishes])


def _is_whole(node: Node, questions: Mapping[str, Question]) -> bool:
    """Say whether a number is whole, from its text."""
    match node:
        case NameNode(name):
            question = questions.get(name)
            return question is None or TYPES[question.type].is_whole
        case Constant(value):
            return value == int(value)
        case Arithmetic("+" | "-" | "*", left, right):
            return _is_whole(left, questions) and _is_whole(right, questions)
        case Aggregate(number=None, condition=None) | Months():
            return True
        case Aggregate(number=number) if number is not None:
            return _is_whole(number, questions)
    return False


def _is_fraction(amount: Span) -> Truth:
    if amount.low is None or amount.low != amount.high:
        return None
    return amount.low != int(amount.low)


def _figure(amount: Span) -> str:
    return "?" if amount.low is None else number_words(amount.low)


def _names_of(case: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(fact.name for fact in case)


def _share_problems(loaded: Loaded, sound: _Sound) -> Iterator[Problem]:
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
        is_declared = _covers(one, other) or _waits_for(one, other)
        if not rows or is_declared or _covers(other, one) or _waits_for(other, one):
            continue
        school = _school(one, other)
        case = school.find(_fire_together(one, other, school))
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


def _cover_problems(loaded: Loaded, sound: _Sound) -> Iterator[Problem]:
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
            is_declared = _covers(one, other) or _covers(other, one)
            is_apart = one.place is not other.place or one.judged is other.judged
            if is_declared or is_apart:
                continue
            school = _school(one, other)
            both = _fire_together(one, other, school)
            if (
                school.find([*both, _uncured(one, other, school)]) is None
                and school.find([*both, _dearer(one, other, school)]) is None
                and school.find(both) is not None
            ):
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
    both = _fire_together(action, other, school)
    case = school.find([*both, _uncured(action, other, school)])
    if case is not None:
        when = other.recommendation.when
        yield item.problem(
            ("covers",),
            f"« {ident} » se déclencherait encore : « {when.criterion} » n'atteint pas "
            f"{when.below}, {case_words(case)}",
            "Complétez « effect », ou retirez-la de « covers ».",
            about=(ident, *_names_of(case)),
        )
    case = school.find([*both, _dearer(action, other, school)])
    if case is not None:
        yield item.problem(
            ("covers",),
            f"« {ident} » achète pour plus cher, {case_words(case)}",
            "Retirez-la de « covers », ou laissez l'autre couvrir.",
            about=(ident,),
        )


def _school(one: ActionRules, other: ActionRules) -> SmallSchool:
    return SmallSchool(
        one.questions,
        one.place,
        [*one.conditions, *other.conditions],
        [*one.numbers, *other.numbers],
    )


def _fire_together(
    one: ActionRules, other: ActionRules, school: SmallSchool
) -> list[Wish]:
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


_SHOWN = 4
"""Most facts shown with a case."""


def case_words(facts: Iterable[Fact]) -> str:
    """Return the facts that decide a case, or an empty text: « avec a = 1 »."""
    shown = [
        f"{fact_name(fact)} = {value_words(fact.question, fact.current)}"
        for fact in facts
    ]
    if not shown:
        return "toujours"
    more = ["…"] * (len(shown) > _SHOWN)
    return "avec " + ", ".join([*shown[:_SHOWN], *more])


def fact_name(fact: Fact) -> str:
    """Return the name of a fact, and which place inside it is about."""
    where = f" ({fact.question.place} {fact.rank})" if fact.rank else ""
    return fact.name + where


def value_words(question: Question, value: RuleValue) -> str:
    """Return a value as an author would type it."""
    match value:
        case Span(low=Fraction() | int() as found):
            if TYPES[question.type].is_day:
                return date.fromordinal(int(found)).isoformat()
            return number_words(found)
        case OneOf(ids) | Several(ids):
            return ", ".join(sorted(ids)) or "rien"
        case Flag(can_be_true):
            return "oui" if can_be_true else "non"
    return "absent"


def number_words(value: Fraction | int) -> str:
    """Return a number in a few figures."""
    if value == int(value):
        return str(int(value))
    return f"{float(value):.4g}".replace(".", ",")
