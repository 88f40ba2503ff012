"""The oracle, on what to ask next: how urgent each question left is, and its stake."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from diag.assess.results import Verdict
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Criterion, Question
from diag.model.enums import Compliance, Kind, QuestionType, Standing, State
from diag.rules.expressions import names_in
from tests.oracle import Judged, compliance_at
from tests.reading import rule_of

Slot = tuple[str, str]
"""A question or a criterion, and a place."""

UNREADABLE = {QuestionType.TEXT, QuestionType.PHOTO}


def left_to_ask(
    facts: Facts, checklist: Checklist
) -> Mapping[Slot, tuple[int, Fraction]]:
    """Return the class and the stake of each open question, by itself and place."""
    judged = Judged(facts, checklist)
    return {
        (question.id, place): (
            urgency(judged, question, place),
            stake(judged, question, place),
        )
        for question, place in _open(judged)
    }


def _open(judged: Judged) -> Iterator[tuple[Question, str]]:
    for place in judged.facts.places.values():
        for question in judged.checklist.questions.values():
            if question.place is place.kind and question.type not in UNREADABLE:
                relevant = judged.reading.holds(question.relevant, place.id)
                if relevant is not False and not _is_told(judged, question, place.id):
                    yield question, place.id


def _is_told(judged: Judged, question: Question, place: str) -> bool:
    """Say whether one answer was given that stands: a value, a refusal, sans objet."""
    heads = judged.facts.answers.get((place, question.id), ())
    stand = {State.KNOWN, State.REFUSED}
    if question.void:
        stand.add(State.NOT_APPLICABLE)
    return len(heads) == 1 and heads[0].state in stand


def urgency(judged: Judged, question: Question, place: str) -> int:
    """Return the class of a question at a place, 0 the first."""
    led_to = [*verdicts(judged, question, place)]
    if question.danger:
        return 0
    if any(is_to_be_checked(criterion, verdict) for criterion, verdict in led_to):
        return 1
    if question.id in gates(judged.checklist):
        return 2
    blocks = any(may_block(criterion, verdict) for criterion, verdict in led_to)
    return 3 if blocks else 4


def is_to_be_checked(criterion: Criterion, verdict: Verdict) -> bool:
    """Say whether one does not know if a rule is met at a place."""
    return (
        criterion.kind is Kind.COMPLIANCE
        and compliance_at(criterion, verdict) is Compliance.A_VERIFIER
    )


def may_block(criterion: Criterion, verdict: Verdict) -> bool:
    """Say whether one does not know if a blocking criterion holds at a place."""
    unsure = verdict.standing is Standing.MAYBE or verdict.low < 1 <= verdict.high
    is_out = verdict.standing is Standing.OUT
    return criterion.kind is Kind.BLOCKING and unsure and not is_out


def stake(judged: Judged, question: Question, place: str) -> Fraction:
    """Return how much narrower the overall is, all it leads to standing at its low."""
    lowered = {
        (criterion.id, verdict.place)
        for criterion, verdict in verdicts(judged, question, place)
    }
    return width(judged) - width(Judged(judged.facts, judged.checklist, {}, lowered))


def width(judged: Judged) -> Fraction:
    """Return how wide the overall interval is."""
    bounds = judged.overall.bounds
    return bounds.high - bounds.low if bounds else Fraction()


def verdicts(
    judged: Judged, question: Question, place: str
) -> Iterator[tuple[Criterion, Verdict]]:
    """Yield what a question leads to: here, inside or above."""
    led_to = moved(judged, question.id, place)
    for result in judged.criteria.values():
        criterion = result.criterion
        read = names(criterion.applicable, criterion.given, *criterion.levels.values())
        read |= names(criterion.weigh_by)
        for verdict in result.verdicts:
            if any(
                name in read and verdict.place in near(judged, at)
                for name, at in led_to
            ):
                yield criterion, verdict


def moved(judged: Judged, name: str, place: str) -> set[Slot]:
    """Return a question and those that it makes relevant, or is the whole of."""
    found: set[Slot] = set()
    left = {(name, place)}
    while left:
        slot = left.pop()
        found.add(slot)
        for other in judged.checklist.questions.values():
            if slot[0] in names(other.relevant) | {other.at_most}:
                here = near(judged, slot[1])
                left |= {
                    (other.id, each)
                    for each in here
                    if judged.facts.places[each].kind is other.place
                } - found
    return found


def near(judged: Judged, place: str) -> set[str]:
    """Return a place, those that hold it and those inside it."""
    reading = judged.reading
    inside = {each for each in judged.facts.places if place in reading.line(each)}
    return {*reading.line(place), *inside}


def gates(checklist: Checklist) -> set[str]:
    """Return what a `given` or a `relevant` names."""
    rules = [each.given for each in checklist.criteria.values()]
    return names(*rules, *(each.relevant for each in checklist.questions.values()))


def names(*rules: str) -> set[str]:
    """Return the names that rules read, inside aggregates and outside."""
    return {name for rule in rules if rule for name in names_in(rule_of(rule).root)}
