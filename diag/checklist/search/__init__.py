"""Searches a criterion's facts for levels it never gives and levels that fall.

What is said is certain: a level called out of reach is, and a fall comes with a case.
Where the search cannot tell, it says nothing.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from diag.answers.types import TYPES
from diag.checklist.search.levels import reach_problems, reachable_levels
from diag.checklist.search.monotony import Fall, find_fall
from diag.checklist.search.subject import Abstraction, SearchSubject, subject_of
from diag.checklist.typecheck import check_rule
from diag.model.checklist import Criterion, Question
from diag.model.enums import Direction
from diag.rules.language import parse_rule
from diag.rules.tree import Aggregate, RuleError, Term
from diag.rules.values import Flag, OneOf, RuleValue, Several, Span

_SHOWN = 4
"""Most other facts told with a case."""


def problems_of(criterion: Criterion, questions: Mapping[str, Question]) -> list[str]:
    """Return what is wrong with a criterion's levels; nothing if a rule is not sound.

    Levels out of reach come first, then facts that lower the level by getting better.
    """
    if not _is_sound(criterion, questions):
        return []
    reach = subject_of(criterion, questions, Abstraction.loosely)
    moves = subject_of(criterion, questions, Abstraction.keeping_arithmetic)
    return [*reach_problems(reach), *_falls(criterion, questions, moves)]


def levels_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> frozenset[int]:
    """Return the levels that a criterion may give at a place, 0 included."""
    if not _is_sound(criterion, questions):
        return frozenset(range(4))
    return reachable_levels(subject_of(criterion, questions, Abstraction.loosely))


def _falls(
    criterion: Criterion, questions: Mapping[str, Question], subject: SearchSubject
) -> Iterator[str]:
    for name, direction in criterion.improves_with.items():
        question = questions.get(name)
        if question is None:
            continue
        if TYPES[question.type].is_one_choice and not question.ordered:
            yield (
                f"« improves_with » cite « {name} », dont les choix n'ont pas "
                "d'ordre ; ajoutez « ordered: true » à la question ou retirez-la"
            )
            continue
        fall = find_fall(subject, name, direction)
        if fall is not None:
            yield _sentence(name, direction, fall, subject)


def _sentence(
    name: str, direction: Direction, fall: Fall, subject: SearchSubject
) -> str:
    way = "croît" if direction is Direction.UP else "décroît"
    moving = _shown(fall.name, subject)
    others = [
        f"{_shown(other, subject)} = {_told(value)}"
        for other, value in fall.others.items()
    ]
    case = f" (avec {', '.join(others[:_SHOWN])})" if others else ""
    return (
        f"le niveau devrait monter quand « {name} » {way}, mais tombe de {fall.before} "
        f"à {fall.after} quand {moving} passe de {_told(fall.worse)} à "
        f"{_told(fall.better)}{case} ; corrigez les règles ou « improves_with »"
    )


def _shown(name: str, subject: SearchSubject) -> str:
    term = subject.terms.get(name)
    return f"« {name} »" if term is None else f"« {_spelled(term)} »"


def _spelled(term: Term) -> str:
    if isinstance(term, Aggregate):
        return f"{term.function}({term.kind}, …)"
    return "calcul"


def _told(value: RuleValue) -> str:
    match value:
        case Span(low=Fraction() | int() as number):
            return _number(number)
        case OneOf(ids) | Several(ids):
            return ", ".join(sorted(ids)) or "rien"
        case Flag(can_be_true):
            return "oui" if can_be_true else "non"
    return "sans objet"


def _number(value: Fraction | int) -> str:
    if value == int(value):
        return str(int(value))
    return f"{float(value):.4g}".replace(".", ",")


def _is_sound(criterion: Criterion, questions: Mapping[str, Question]) -> bool:
    """Say whether every rule that a search would follow can be judged."""
    try:
        given = parse_rule(criterion.applicable) if criterion.applicable else None
        rules = [parse_rule(text) for text in criterion.levels.values()]
        faults = [
            check_rule(rule, questions, criterion.place, "condition", given=given)
            for rule in rules
        ]
        if given:
            faults.append(check_rule(given, questions, criterion.place, "condition"))
    except RuleError:
        return False
    return not any(faults)
