"""Searches a criterion's facts for levels it never gives and levels that fall.

What it reports is certain: a level out of reach is, and a fall comes with a case.
Where the search is not sure, it reports nothing.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from diag.answers.types import TYPES
from diag.checklist.search.levels import (
    LevelProblem,
    is_sound,
    reach_problems,
    reachable_levels,
)
from diag.checklist.search.monotony import find_fall
from diag.checklist.search.subject import Abstraction, SearchSubject, subject_of
from diag.model.checklist import Criterion, Question
from diag.model.enums import Direction
from diag.rules.tree import Aggregate
from diag.rules.values import Flag, OneOf, RuleValue, Several, Span

_SHOWN = 4
"""Most other facts shown with a case."""


def problems_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> list[LevelProblem]:
    """Return what is wrong with a criterion's levels; nothing if a rule is not sound.

    Levels out of reach come first, then facts that lower the level by getting better.
    """
    if not is_sound(criterion, questions):
        return []
    reach = subject_of(criterion, questions, Abstraction.loosely)
    moves = subject_of(criterion, questions, Abstraction.keeping_arithmetic)
    return [*reach_problems(reach), *_falls(criterion, questions, moves)]


def levels_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> frozenset[int]:
    """Return the levels that a criterion may give at a place, 0 included."""
    if not is_sound(criterion, questions):
        return frozenset(range(4))
    return reachable_levels(subject_of(criterion, questions, Abstraction.loosely))


def _falls(
    criterion: Criterion, questions: Mapping[str, Question], subject: SearchSubject
) -> Iterator[LevelProblem]:
    for name, direction in criterion.improves_with.items():
        question = questions.get(name)
        if question is None:
            continue
        if TYPES[question.type].is_one_choice and not question.ordered:
            yield LevelProblem(
                "improves_with",
                f"« improves_with » cite « {name} », dont les choix n'ont pas d'ordre",
                "Ajoutez « ordered: true » à la question ou retirez-la.",
                (name,),
            )
        elif fall := find_fall(subject, name, direction):
            way = "croît" if direction is Direction.UP else "décroît"
            others = [
                f"{_shown(other, subject)} = {_value(value)}"
                for other, value in fall.others.items()
            ]
            case = f" (avec {', '.join(others[:_SHOWN])})" if others else ""
            yield LevelProblem(
                "improves_with",
                f"le niveau devrait monter quand « {name} » {way}, mais tombe de "
                f"{fall.before} à {fall.after} quand {_shown(fall.name, subject)} "
                f"passe de {_value(fall.worse)} à {_value(fall.better)}{case}",
                "Corrigez les règles ou « improves_with ».",
                (name, fall.name, *tuple(fall.others)[:_SHOWN]),
            )


def _shown(name: str, subject: SearchSubject) -> str:
    term = subject.terms.get(name)
    if isinstance(term, Aggregate):
        return f"« {term.function}({term.kind}, …) »"
    return f"« {name} »" if term is None else "« calcul »"


def _value(value: RuleValue) -> str:
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
