"""What holds for every checklist and every audit, against an independent judge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diag.assess.facts import with_answers
from diag.assess.judge import Judge, assess
from diag.assess.results import Advice, Assessment, Cost
from diag.model.audit import PARENT_KINDS, Answer
from diag.model.checklist import Question
from diag.model.enums import (
    Compliance,
    Gate,
    Kind,
    Nature,
    PlaceKind,
    QuestionType,
    Socle,
    Standing,
    State,
    Trigger,
)
from diag.model.text import Quantity
from tests.assess.agreement import (
    disagreements,
    escapes,
    lines,
    order,
    outside,
    told,
    wider,
)
from tests.assess.builders import (
    SALLE,
    checklist,
    criterion,
    need,
    recommendation,
    require,
)
from tests.assess.strategies import (
    PRICES,
    QUESTIONS,
    Audit,
    audits,
    conditions,
    heads,
    values,
)
from tests.completions import completions, facts_of
from tests.examples import examples
from tests.world import World

Property = Callable[..., None]


def quick(count: int) -> Callable[[Property], Property]:
    """Run a property on that many examples, however slow each is."""
    return settings(
        examples(count),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@quick(150)
@given(audits())
def test_the_engine_says_what_the_oracle_says(audit: Audit) -> None:
    assert disagreements(audit.facts, audit.checklist) == []


@pytest.mark.long
@quick(2_000)
@given(audits())
def test_the_engine_says_what_the_oracle_says_of_thousands(audit: Audit) -> None:
    assert disagreements(audit.facts, audit.checklist) == []


@quick(60)
@given(audits())
def test_every_completion_lies_within_the_bounds(audit: Audit) -> None:
    assert not [*outside(audit.facts, audit.checklist, limit=8)]


@pytest.mark.long
@quick(1_000)
@given(audits())
def test_every_completion_of_many_audits_lies_within(audit: Audit) -> None:
    assert not [*outside(audit.facts, audit.checklist, limit=30)]


@quick(100)
@given(audits(), st.integers())
def test_places_of_a_complete_audit_stand_where_plain_arithmetic_says(
    audit: Audit, seed: int
) -> None:
    world = completion_of(audit, seed)
    assessment = assess(facts_of(world, audit.facts), audit.checklist)
    for result in assessment.criteria.values():
        for verdict in result.verdicts:
            level = world.level(result.criterion, verdict.place)
            if level is None:
                assert verdict.standing is Standing.OUT
            else:
                assert (verdict.low, verdict.high) == (level, level)
                assert verdict.standing is Standing.IN


@quick(100)
@given(audits(), st.integers())
def test_a_complete_audit_is_judged_to_the_point(audit: Audit, seed: int) -> None:
    assessment = assess(
        facts_of(completion_of(audit, seed), audit.facts), audit.checklist
    )
    scores = [assessment.overall, *(each.score for each in assessment.domains)]
    for score in scores:
        assert score.bounds is None or score.bounds.low == score.bounds.high
        assert score.standing is not Standing.MAYBE
        assert score.completeness == 1
    assert assessment.socle is not Socle.INDETERMINE
    for result in assessment.criteria.values():
        assert result.compliance is not Compliance.A_VERIFIER
    for each in assessment.advice:
        assert each.trigger is Trigger.FIRES
        assert each.gate is not Gate.CHECK_FIRST


def completion_of(audit: Audit, seed: int) -> World:
    """Return one way to complete an audit; there may be none: a part above a whole."""
    closed = replace(audit.facts, closed=frozenset())
    world = next(completions(closed, audit.checklist, Random(seed), 40), None)
    assume(world is not None)
    assert world is not None
    return world


@quick(150)
@given(audits(), st.data())
def test_a_fact_that_becomes_known_never_widens(
    audit: Audit, data: st.DataObject
) -> None:
    slots = [
        (place.id, question)
        for place in audit.facts.places.values()
        for question in QUESTIONS
        if question.place is place.kind
        and not is_bound(question)
        and all(
            head.state in {State.UNKNOWN, State.REFUSED}
            for head in audit.facts.answers.get((place.id, question.id), ())
        )
    ]
    assume(slots)
    more = audit.facts
    for place, question in data.draw(st.lists(st.sampled_from(slots), max_size=3)):
        said = data.draw(values(question).map(lambda value: Answer(State.KNOWN, value)))
        if question.void and data.draw(st.booleans()):
            said = Answer(State.NOT_APPLICABLE)
        more = with_answers(more, {(place, question.id): said})
    narrows(assess(audit.facts, audit.checklist), assess(more, audit.checklist))


def is_bound(question: Question) -> bool:
    """Say whether an answer may be refused for another: a part, or a whole."""
    wholes = {each.at_most for each in QUESTIONS}
    return bool(question.at_most) or question.id in wholes


def narrows(before: Assessment, after: Assessment) -> None:
    """Check that an assessment of the same places keeps what another says."""
    assert not [*escapes(before, after)]
    assert not [*wider(before.basket, after.basket)]
    assert not [*wider(before.due, after.due)]


@quick(60)
@given(audits(), st.data())
def test_a_settled_conflict_never_widens(audit: Audit, data: st.DataObject) -> None:
    bound = {question.id for question in QUESTIONS if is_bound(question)}
    settled = {
        slot: heads if slot[1] in bound else (data.draw(st.sampled_from(heads)),)
        for slot, heads in audit.facts.answers.items()
    }
    after = assess(replace(audit.facts, answers=settled), audit.checklist)
    narrows(assess(audit.facts, audit.checklist), after)


@quick(100)
@given(audit=audits(), data=st.data(), is_spread=st.booleans())
def test_what_answers_do_not_move_stands(
    audit: Audit, data: st.DataObject, *, is_spread: bool
) -> None:
    judge = Judge(EACH_ALONE if is_spread else audit.checklist)
    places = audit.facts.places
    slots = [(ident, one) for ident in places for one in _asked_at(places[ident].kind)]
    answers = dict(audit.facts.answers)
    for slot in data.draw(st.lists(st.sampled_from(slots), min_size=1, max_size=3)):
        answers[slot] = data.draw(heads(slot[1]))
    after = replace(
        audit.facts, answers={slot: each for slot, each in answers.items() if each}
    )
    for advised in (None, ()):
        before = judge.assess(audit.facts, advised)
        assert judge.assess(after, since=before) == judge.assess(after)


_TOPS = {
    QuestionType.BOOLEAN: "{0}",
    QuestionType.CHOICE: "{0} == '{1}'",
    QuestionType.CHOICES: "'{1}' in {0}",
    QuestionType.DATE: "{0} < visit_date",
    QuestionType.INTEGER: "{0} >= 2",
    QuestionType.NUMBER: "{0} >= 1",
}
_JUDGED = [each for each in QUESTIONS if each.type in _TOPS]
EACH_ALONE = checklist(
    QUESTIONS,
    [
        criterion(
            f"c_{one.id}",
            {3: _TOPS[one.type].format(one.id, *(each.id for each in one.choices))},
            place=one.place,
        )
        for one in _JUDGED
    ],
    [
        recommendation(
            f"r_{one.id}",
            f"c_{one.id}",
            3,
            where="cantine" if one.id == "wifi" else "",
            quantity=one.id if one.type is QuestionType.INTEGER else "1",
            requires=(require("c_wifi", 3),) if one.id != "wifi" else (),
            effect={one.id: True} if one.type is QuestionType.BOOLEAN else {},
            buys=[need("cable", count="eleves")] if one.place is SALLE else (),
        )
        for one in _JUDGED
    ],
    PRICES,
)
"""Each question alone in a criterion: another moves it by relevance, or as a whole.

What waits for the Wi-Fi waits for an action that a canteen decides of."""


def _asked_at(kind: PlaceKind) -> list[str]:
    return [each.id for each in QUESTIONS if each.place is kind]


@quick(60)
@given(audits())
def test_closing_every_list_and_dating_the_visit_never_widens(audit: Audit) -> None:
    closed = replace(
        audit.facts,
        closed=frozenset(PARENT_KINDS),
        visit_date=audit.facts.visit_date or date(2026, 10, 1),
    )
    narrows(assess(audit.facts, audit.checklist), assess(closed, audit.checklist))


@quick(100)
@given(audits())
def test_the_places_and_the_quantity_of_an_action_are_one_set(audit: Audit) -> None:
    for each in assess(audit.facts, audit.checklist).advice:
        sure = [one for one in each.targets if one.trigger is Trigger.FIRES]
        possible = [one for one in each.targets if one.trigger is not Trigger.FIRES]
        assert each.targets
        assert all(one.quantity.low >= 1 for one in sure)
        assert all(one.quantity.low == 0 for one in possible)
        assert each.quantity.low == sum(one.quantity.low for one in sure)
        assert each.quantity.high is None or each.quantity.high >= len(each.targets)
        assert (each.trigger is Trigger.FIRES) is bool(sure)


@quick(100)
@given(audits())
def test_what_a_place_lacks_is_advised_there_whatever_others_have(
    audit: Audit,
) -> None:
    assessment = assess(audit.facts, audit.checklist)
    advised = {
        (each.recommendation.id, target.place)
        for each in assessment.advice
        for target in each.targets
    }
    for action in audit.checklist.recommendations.values():
        for verdict in assessment.criteria[action.when.criterion].verdicts:
            falls_short = (
                verdict.standing is Standing.IN
                and verdict.given is True
                and verdict.high < action.when.below
            )
            is_covered = any(
                action.id in each.covers
                for each in audit.checklist.recommendations.values()
            )
            if falls_short and not is_covered and not action.when.where:
                assert (action.id, verdict.place) in advised


@quick(100)
@given(audits())
def test_the_shares_of_all_actions_add_up_to_the_basket(audit: Audit) -> None:
    assessment = assess(audit.facts, audit.checklist)
    assert together([each.cost for each in assessment.advice]) == lines(
        assessment.basket
    )
    assert together([each.due for each in assessment.advice]) == lines(assessment.due)


@quick(100)
@given(audits())
def test_the_basket_costs_no_more_than_each_action_alone(audit: Audit) -> None:
    assessment = assess(audit.facts, audit.checklist)
    apart = together([each.alone for each in assessment.advice])
    for item, quantity in lines(assessment.basket).items():
        assert quantity.low <= apart[item].low
        if quantity.high is None:
            assert apart[item].high is None
    for part, whole in (
        (assessment.due.once_ttc, assessment.basket.once_ttc),
        (assessment.due.yearly_ttc, assessment.basket.yearly_ttc),
    ):
        assert part.low <= whole.low


def together(costs: list[Cost]) -> dict[str, Quantity]:
    """Return how many of each item several costs count."""
    found: dict[str, Quantity] = {}
    for cost in costs:
        for item, quantity in lines(cost).items():
            so_far = found.get(item, Quantity(0, 0))
            ends = so_far.high, quantity.high
            high = None if None in ends else sum(end for end in ends if end is not None)
            found[item] = Quantity(so_far.low + quantity.low, high)
    return found


@quick(100)
@given(audits())
def test_dangers_come_first_then_the_law_then_what_blocks(audit: Audit) -> None:
    assessment = assess(audit.facts, audit.checklist)
    ranks = [
        rank(each, assessment)
        for each in assessment.advice
        if each.gate is not Gate.WAITS
    ]
    assert ranks == sorted(ranks)


def rank(advice: Advice, assessment: Assessment) -> int:
    """Return how urgent an action is, the least first."""
    criterion = assessment.criteria[advice.recommendation.when.criterion].criterion
    reasons = (
        advice.is_danger,
        advice.is_law,
        criterion.kind is Kind.BLOCKING,
        advice.is_legal and criterion.nature is Nature.CONSIGNE,
        True,
    )
    return reasons.index(True)


@quick(60)
@given(audits(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_and_places_is_irrelevant(
    audit: Audit, random: Random
) -> None:
    criteria = list(audit.checklist.criteria.items())
    places = list(audit.facts.places.items())
    answers = list(audit.facts.answers.items())
    for each in (criteria, places, answers):
        random.shuffle(each)
    shuffled = assess(
        replace(audit.facts, places=dict(places), answers=dict(answers)),
        audit.checklist.model_copy(update={"criteria": dict(criteria)}),
    )
    assert summary(shuffled) == summary(assess(audit.facts, audit.checklist))


@quick(60)
@given(audits(), conditions(SALLE))
def test_removing_what_is_surely_out_changes_nothing(audit: Audit, level: str) -> None:
    school = replace(
        audit.facts,
        closed=audit.facts.closed | {SALLE},
        answers={
            **audit.facts.answers,
            **{
                (place.id, "type_salle"): (Answer(State.KNOWN, "bureau"),)
                for place in audit.facts.places_of(SALLE)
            },
        },
    )
    out = criterion("out", {1: level}, place=SALLE, applicable="type_salle == 'classe'")
    with_it = audit.checklist.model_copy(
        update={"criteria": {**audit.checklist.criteria, "out": out}}
    )
    assessment = assess(school, with_it)
    assert assessment.criteria["out"].standing is Standing.OUT
    without = summary(assess(school, audit.checklist))
    assert {**summary(assessment), "out": None} == {"out": None, **without}


def summary(assessment: Assessment) -> dict[str, object]:
    """Return what must not depend on any order, or on what is out."""
    found: dict[str, object] = {
        ident: told(result) for ident, result in assessment.criteria.items()
    }
    found |= {each.domain.id: each.score for each in assessment.domains}
    found["overall"] = assessment.overall
    found["socle"] = assessment.socle
    found["order"] = order(assessment)
    found["basket"] = lines(assessment.basket)
    found["due"] = lines(assessment.due)
    found["advice"] = [
        (each.trigger, each.quantity, each.gain) for each in assessment.advice
    ]
    return found
