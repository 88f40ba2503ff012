"""What a council must know before it decides: a few facts, not a share of them all.

Below, nothing is put to the vote; the questions that would open one come instead.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diag.assess.judge import judge_for
from diag.assess.questions import (
    NextQuestion,
    next_questions,
    undecided_places,
)
from diag.assess.results import Assessment, CriterionResult
from diag.model.checklist import Checklist
from diag.model.enums import Compliance, Kind, Nature, Party, PlaceKind, State
from diag.model.fact import Answer, Facts

QUESTIONS = 5
"""So many questions are put instead of votes."""

LEFT = 1
"""At most so many obligations of the reader may be left to check."""

INVENTORY = "inventaire"
"""The question that says what the devices were counted from."""

_LISTED = (PlaceKind.SALLE, PlaceKind.LOT)
_INSIDE = frozenset({PlaceKind.BATIMENT, *_LISTED})


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is not known yet of a school, and should be before anything is voted."""

    lists: tuple[PlaceKind, ...]
    """Kinds of places whose list is not closed."""
    dangers: tuple[tuple[str, str], ...]
    """Place and question, where nobody looked for a danger."""
    obligations: tuple[str, ...]
    """Criteria, where more than one law that binds the reader is to be checked."""
    places: Mapping[str, frozenset[str]]
    """Criterion that may be of class 3 or above → places where it is not known."""
    inventory: bool
    """Whether nobody said what the devices were counted from."""

    def __bool__(self) -> bool:
        """Say whether anything is."""
        return bool(
            self.lists
            or self.dangers
            or self.obligations
            or self.places
            or self.inventory
        )


def lacks_of(
    facts: Facts, checklist: Checklist, assessment: Assessment, party: Party
) -> Lacks:
    """Return what a council lacks to decide; only a school has rooms to look at."""
    is_school = facts.places[facts.root].kind is PlaceKind.ECOLE
    lawful = [one for one in assessment.criteria.values() if _is_asked(one, party)]
    asked = {one.place for one in checklist.questions.values()}
    unsettled = tuple(
        one.criterion.id for one in lawful if one.compliance is Compliance.A_VERIFIER
    )
    return Lacks(
        lists=tuple(
            one
            for one in _LISTED
            if is_school and one in asked and one not in facts.closed
        ),
        dangers=tuple(_unseen_dangers(facts, checklist)),
        obligations=unsettled if len(unsettled) > LEFT else (),
        places={
            one.criterion.id: places
            for one in assessment.criteria.values()
            if one.criterion.place in _INSIDE
            and (one.criterion.kind is Kind.BLOCKING or one in lawful)
            and (places := undecided_places(one))
        },
        inventory=is_school and _is_uncounted(facts, checklist),
    )


def opening_questions(
    facts: Facts,
    checklist: Checklist,
    assessment: Assessment,
    opens: Callable[[str], bool],
) -> tuple[tuple[NextQuestion, str], ...]:
    """Return the first questions that would open a vote, each with an action.

    In the order in which one asks them; `opens` says whether an action may be voted.
    One question is put once, wherever else it is still open.
    """
    judge = judge_for(facts, checklist)
    costly: dict[str, list[str]] = {}
    for advice in assessment.advice:
        ident = advice.recommendation.id
        if not advice.alone.free and opens(ident):
            costly.setdefault(advice.recommendation.when.criterion, []).append(ident)
    found: dict[str, tuple[NextQuestion, str]] = {}
    every = next_questions(facts, checklist, _ALL, assessment=assessment)
    for each in every:
        readers = judge.readers.readers(each.question.id)
        first = next((ident for one in readers for ident in costly.get(one, ())), None)
        if first and each.question.id not in found:
            found[each.question.id] = each, first
    return tuple(found.values())[:QUESTIONS]


_ALL = 10_000


def _is_asked(result: CriterionResult, party: Party) -> bool:
    """Say whether it is a law that was read, and that the reader must respect."""
    criterion = result.criterion
    is_law = criterion.kind is Kind.COMPLIANCE and criterion.nature is Nature.LOI
    return is_law and result.is_read and party in criterion.binds


def _unseen_dangers(facts: Facts, checklist: Checklist) -> Iterator[tuple[str, str]]:
    reading = judge_for(facts, checklist).reading(facts)
    for question in checklist.questions.values():
        for place in facts.places.values() if question.danger else ():
            if place.kind is question.place:
                scope = reading.scope(place.id)
                applies = scope.relevance(question.id) is not False
                if applies and not _is_seen(scope.heads(question.id)):
                    yield place.id, question.id


def _is_seen(heads: Sequence[Answer]) -> bool:
    states = [one.state for one in heads]
    return states in ([State.KNOWN], [State.NOT_APPLICABLE])


def _is_uncounted(facts: Facts, checklist: Checklist) -> bool:
    if INVENTORY not in checklist.questions:
        return False
    answer = facts.answer(facts.root, INVENTORY)
    return answer is None or answer.state is not State.KNOWN
