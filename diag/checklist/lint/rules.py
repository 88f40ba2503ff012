"""Rules that cannot be read, do not fit what they read, or may not read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from diag.checklist import Problem
from diag.checklist.loaded import Item, Loaded
from diag.checklist.symbols import (
    ANNUAIRE,
    COUNTED,
    NUMERIC,
    Expected,
    check_rule,
    names_of,
    names_read,
    read_rule,
    reserved_questions,
    symbol_of,
)
from diag.model.checklist import (
    Checklist,
    Criterion,
    Question,
    Recommendation,
)
from diag.model.enums import Kind, PlaceKind, QuestionType
from diag.rules.evaluate import measure
from diag.rules.expressions import ABSENT, RuleError, Scope, Span, root_of
from diag.rules.language import Rule


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
        yield from _acting_rules(recommendation, judged, checklist.questions)
    for check in checklist.checks.values():
        if asked := checklist.questions.get(check.ask):
            written = partial(
                WrittenRule, "checks", check.id, place=asked.place, extra=ANNUAIRE
            )
            yield written(path=("when",), text=check.when)
            if check.value:
                yield written(path=("value",), text=check.value, expects="number")


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
        phrase = getattr(criterion, name)
        # A question by its name alone may be a date: references look at it.
        if phrase and phrase.value and not phrase.value.isidentifier():
            yield written(
                path=(name, "value"),
                text=phrase.value,
                expects="number",
                given=_where(criterion),
            )
    for level, text in criterion.levels.items():
        yield written(path=("levels", str(level)), text=text, given=_where(criterion))


def _acting_rules(
    recommendation: Recommendation,
    criterion: Criterion | None,
    questions: Mapping[str, Question],
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
                extra=COUNTED,
            )
    if recommendation.effort:
        yield written(
            path=("effort", "days"),
            text=recommendation.effort,
            place=root_of(place),
            expects="number",
            extra=COUNTED,
        )
    for name, value in recommendation.effect.items() if criterion else ():
        question = questions.get(name)
        is_rule = isinstance(value, int | str) and not isinstance(value, bool)
        if is_rule and question and question.type in NUMERIC:
            yield counting(path=("effect", name), text=str(value), place=place)


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
        item = loaded.item(written.section, written.ident)
        rule = read_rule(written.text)
        if isinstance(rule, RuleError):
            errors = [rule]
        elif names_read(written.text) & broken:
            errors = []
        else:
            given = read_rule(written.given) if written.given else None
            errors = check_rule(
                rule,
                questions,
                written.place,
                written.expects,
                extra=written.extra,
                given=given if isinstance(given, Rule) else None,
            )
        for error in errors:
            key = ".".join(written.path)
            yield item.problem(
                written.path,
                f"« {key} », colonne {error.column} de la règle : {error.message}",
                f"Règle lue : « {written.text} ».",
                about=error.names,
            )


@dataclass(frozen=True, slots=True)
class Situation:
    """A fact without direction that a level or a gate reads."""

    question: Question
    criteria: tuple[str, ...]
    """Ids of the criteria that read it so."""


def situations(checklist: Checklist) -> list[Situation]:
    """Return the situations that judge, in the order of the questions.

    Each is one for a person to read: is it true that neither answer is better?
    """
    readers: dict[str, list[str]] = {}
    for criterion in checklist.criteria.values():
        for name in _read_by((criterion.given, *criterion.levels.values())):
            readers.setdefault(name, []).append(criterion.id)
    return [
        Situation(question, tuple(readers[question.id]))
        for question in checklist.questions.values()
        if question.better is None and question.id in readers
    ]


def direction_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield rules that read what they may not, gates that nothing opens."""
    draft = loaded.draft
    is_whole = (
        loaded.names("criteria") == draft.criteria.keys()
        and loaded.names("recommendations") == draft.recommendations.keys()
    )
    for one in situations(draft):
        if one.question.ordered:
            yield loaded.item("questions", one.question.id).problem(
                ("ordered",),
                f"« {one.criteria[0]} » juge ses choix, qui vont du plus bas au plus "
                "haut, et elle ne dit pas ce qui est meilleur",
                "Ajoutez « better », du pire au meilleur.",
                "warning",
                about=one.criteria,
            )
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        if criterion.is_averaged:
            for key in ("applicable", "weigh_by"):
                text = getattr(criterion, key)
                yield from _scope_problems(item, (key,), text, draft.questions)
        yield from _void_problems(item, criterion, draft.questions)
        yield from _weight_problems(item, criterion, draft.questions)
        if is_whole:
            yield from _missing_actions(item, criterion, draft)
    for action in draft.recommendations.values():
        item = loaded.item("recommendations", action.id)
        where = action.when.where
        yield from _scope_problems(item, ("when", "where"), where, draft.questions)
        judged = draft.criteria.get(action.when.criterion)
        goal = judged.conforms_at if judged else None
        if goal is not None and action.when.below < goal:
            yield item.problem(
                ("when", "below"),
                f"« below: {action.when.below} » s'arrête avant ce que la règle "
                f"demande (niveau {goal})",
                f"Retirez « below » : c'est {goal}.",
                about=(action.when.criterion,),
            )
    if is_whole:
        yield from _gate_problems(loaded)


_INSTEAD = {
    "applicable": "Passez cette condition dans « given », ou ôtez « better » de la "
    "question.",
    "weigh_by": "Pesez par ce qui n'est ni mieux ni pire : un progrès ferait baisser "
    "la moyenne.",
    "where": "Ne triez les lieux que par ce qui n'est ni mieux ni pire.",
}
"""What to do where a key reads a fact that can get better."""


def _scope_problems(
    item: Item, path: tuple[str, ...], text: str, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    for name in sorted(names_read(text)):
        way = _way_to_a_judged_fact(name, questions)
        if way:
            through = f", par « {' ← '.join(way)} »" if len(way) > 1 else ""
            key = path[-1]
            yield item.problem(
                path,
                f"« {key} » lit « {way[-1]} », un fait qui peut s'améliorer{through}",
                _INSTEAD[key],
                about=way,
            )


def _way_to_a_judged_fact(
    name: str, questions: Mapping[str, Question]
) -> tuple[str, ...]:
    """Return the names that lead to a fact that can get better; empty: none does."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    for way in ways:
        question = questions.get(way[-1])
        if question is None:
            continue
        if question.better is not None:
            return way
        behind = {*names_read(question.relevant), question.at_most} - {"", *seen}
        seen |= behind
        ways += [(*way, each) for each in sorted(behind)]
    return ()


def _void_problems(
    item: Item, criterion: Criterion, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    if criterion.kind is not Kind.COMPLIANCE:
        return
    for level, text in criterion.levels.items():
        for name in sorted(names_read(text)):
            if name in questions and questions[name].void:
                yield item.problem(
                    ("levels", str(level)),
                    f"le niveau {level} lit « {name} », qui peut être sans objet : une "
                    "obligation ne s'écarte pas ainsi",
                    "Lisez-le dans « applicable », ou retirez « void » de la question.",
                    about=(name,),
                )


def _weight_problems(
    item: Item, criterion: Criterion, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    rule = read_rule(criterion.weigh_by) if criterion.weigh_by else None
    names = names_read(criterion.weigh_by)
    if not isinstance(rule, Rule) or not names <= questions.keys():
        return
    weight = measure(rule)(_Unanswered(questions))
    if weight is ABSENT or None in {weight.low, weight.high} or (weight.low or 0) < 0:
        yield item.problem(
            ("weigh_by",),
            f"« weigh_by » ({criterion.weigh_by}) n'a pas de bornes : sans réponse, un "
            "lieu pèserait n'importe quoi",
            "Donnez une « range » à partir de 0, avec une fin, à ce qu'elle lit.",
            about=tuple(sorted(names)),
        )


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """A place of which nothing is known."""

    questions: Mapping[str, Question]

    def value(self, name: str) -> Span:
        return symbol_of(self.questions[name]).span

    def inside(self, _kind: object) -> tuple[tuple[Scope, ...], bool]:
        return (), True

    def is_out(self, _name: str) -> bool:
        return False


def _missing_actions(
    item: Item, criterion: Criterion, draft: Checklist
) -> Iterator[Problem]:
    thresholds = [
        each.when.below
        for each in draft.recommendations.values()
        if each.when.criterion == criterion.id
    ]
    goal = criterion.conforms_at
    if goal is None:
        if not thresholds and (criterion.weight or criterion.kind is Kind.BLOCKING):
            yield item.problem(
                (),
                "aucune préconisation : on saurait qu'il est bas, pas que faire",
                f"Ajoutez-en une, « when: {{criterion: {criterion.id}, below: 2}} ».",
                "warning",
            )
    elif goal not in thresholds:
        yield item.problem(
            ("conforms_at",),
            f"aucune préconisation ne mène au niveau {goal}, que la règle demande",
            f"Ajoutez-en une, « when: {{criterion: {criterion.id}}} ».",
        )


def _gate_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield gates that can get better and that no action opens."""
    draft = loaded.draft
    opened: set[str] = set()
    for action in draft.recommendations.values():
        criterion = draft.criteria.get(action.when.criterion)
        if criterion is not None:
            judged = _read_by(criterion.levels.values()) - names_read(criterion.given)
            opened |= judged & action.effect.keys()
    blamed: set[str] = set()
    for criterion in draft.criteria.values():
        for name in sorted(names_read(criterion.given) - opened - blamed):
            question = draft.questions.get(name)
            if question is not None and question.better is not None:
                blamed.add(name)
                yield loaded.item("criteria", criterion.id).problem(
                    ("given",),
                    f"« given » lit « {name} », et aucun critère ne juge cette porte "
                    "avec une action qui l'ouvre",
                    f"Jugez « {name} » dans un niveau, et dites-le dans l'« effect » "
                    "de son action.",
                    about=(name,),
                )


def _read_by(texts: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(names_read, texts))


def withheld_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the blocking criteria and the dangers that read a sensitive fact.

    Everyone reads both: what is read behind them would be guessed.
    """
    draft = loaded.draft
    reserved = reserved_questions(draft.questions)
    for criterion in draft.criteria.values():
        read = sorted(names_of(criterion) & reserved)
        if criterion.kind is Kind.BLOCKING and read:
            yield loaded.item("criteria", criterion.id).problem(
                ("kind",),
                f"le socle se dit à tous, et ce critère lit « {read[0]} », un fait "
                "sensible ou que l'un d'eux décide",
                "Séparez ce qui est public, ou écrivez « kind: improvement ».",
                about=read,
            )
    for question in draft.questions.values():
        if question.danger and question.id in reserved:
            yield loaded.item("questions", question.id).problem(
                ("danger",),
                "un danger se dit à tous, et celui-ci est un fait sensible, ou que "
                "l'un d'eux décide",
                "Retirez « sensitive » ou « danger », ou la condition qui le lit.",
            )
