"""What is proved of criteria and actions on a small school, with a case where it fails.

Each level can be given, and a better fact lowers none; an action fires somewhere,
counts at least one, and cures its criterion.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from diag.answers.types import TYPES
from diag.checklist.lint.cases import case_words, fact_name, number_words, value_words
from diag.checklist.lint.sharing import cover_problems, share_problems
from diag.checklist.loaded import Item, Loaded
from diag.checklist.search import levels_of, problems_of
from diag.checklist.search.actions import QUANTITY, ActionRules
from diag.checklist.search.falls import Betterment, Fall, falls_of, moves_in
from diag.checklist.search.school import Fact, SmallSchool, Wish, read
from diag.checklist.search.sound import Sound, sound_part
from diag.checklist.search.trends import Trends
from diag.model.checklist import Question
from diag.rules.evaluate import not_
from diag.rules.problem import Problem
from diag.rules.tree import (
    Aggregate,
    Arithmetic,
    Constant,
    Months,
    NameNode,
    Node,
    names_in,
)
from diag.rules.values import Span, Truth, is_less, negation, point


def proof_problems(loaded: Loaded, faulty: frozenset[str]) -> Iterator[Problem]:
    """Yield what cannot be proved; items of `faulty` have other things to mend."""
    sound = sound_part(loaded.draft, faulty)
    for judged in sound.judged.values():
        item = loaded.item("criteria", judged.criterion.id)
        for one in problems_of(judged.criterion, sound.questions):
            yield item.problem((one.key,), one.message, one.remedy, about=one.about)
        for fall in falls_of(judged, sound.questions):
            yield _fall_problem(item, fall)
    for action in sound.actions.values():
        item = loaded.item("recommendations", action.recommendation.id)
        yield from _ActionProof.of(item, action, sound).problems()
    yield from share_problems(loaded, sound)
    yield from cover_problems(loaded, sound)


def _fall_problem(item: Item, fall: Fall) -> Problem:
    move = fall.move
    better = (
        f"quand « {fact_name(move.fact)} » s'améliore ({_step(move)}), "
        f"{case_words(fall.case)}"
    )
    about = (move.fact.name, *(fact.name for fact in fall.case))
    if fall.levels is None:
        return item.problem(
            ("given",),
            f"{better}, « given » devient fausse : l'action se tairait",
            "Écrivez cette condition dans le niveau le plus haut, par « or ».",
            about=about,
        )
    before, after = fall.levels
    return item.problem(
        ("levels",),
        f"{better}, le niveau passe de {before} à {after}",
        "Corrigez les niveaux, ou « better » de la question.",
        about=about,
    )


def _step(move: Betterment) -> str:
    question = move.fact.question
    worse, better = (value_words(question, one) for one in (move.worse, move.better))
    return f"de {worse} à {better}"


def _counts(action: ActionRules) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each rule by which an action counts, and where it stands."""
    yield ("quantity",), action.recommendation.quantity
    for rank, need in enumerate(action.recommendation.buys):
        if need.count:
            yield ("buys", str(rank), "count"), need.count


@dataclass(frozen=True, slots=True)
class _ActionProof:
    """One action on its small school."""

    item: Item
    action: ActionRules
    sooner: tuple[ActionRules, ...]
    """Those of the same criterion that lift it to a lower level."""
    school: SmallSchool

    @classmethod
    def of(cls, item: Item, action: ActionRules, sound: Sound) -> "_ActionProof":
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
            yield from self._never()
            return
        yield from self._too_few()
        for path, text in _counts(self.action):
            yield from self._in_pieces(path, text)
            yield from self._growing(path, text)
        yield from self._useless()

    def _never(self) -> Iterator[Problem]:
        when, criterion = self.action.recommendation.when, self.action.judged.criterion
        levels = levels_of(criterion, self.action.questions)
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

    def _too_few(self) -> Iterator[Problem]:
        amount = self._amount(self.action.recommendation.quantity)
        case = self._where_it_fires(lambda: is_less(amount(), point(1)))
        if case is not None:
            yield self.item.problem(
                ("quantity",),
                f"elle se déclenche et « quantity » vaut {_figure(amount())}, "
                f"{case_words(case)}",
                "Comptez au moins 1 : par les niveaux du critère, son « applicable », "
                "ou la « range » de la question.",
                about=_names(case),
            )

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
                about=_names(case),
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
                about=(name, *_names(case)),
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
                about=(when.criterion, *_names(case)),
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


def _names(case: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(fact.name for fact in case)
