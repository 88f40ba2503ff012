"""What holds for every checklist and every audit, against an independent judge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diag.answers.types import TYPES
from diag.assess.facts import with_answers
from diag.assess.judge import assess, judge_of
from diag.assess.questions import next_questions
from diag.assess.results import Assessment
from diag.assess.scores import Averages
from diag.model.checklist import Checklist, RollUp
from diag.model.enums import Standing, State
from diag.model.fact import PARENT_KINDS, Answer, Facts
from tests import oracle
from tests.assess.agreement import disagreements, unsettled, widened
from tests.assess.builders import SALLE, checklist, criterion
from tests.assess.strategies import (
    QUESTIONS,
    ROLL_UPS,
    Audit,
    audits,
    conditions,
    facts,
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


@quick(100)
@given(audits())
def test_every_completion_lies_within_the_bounds(audit: Audit) -> None:
    assert disagreements(audit.facts, audit.checklist, limit=15) == []


@pytest.mark.long
@quick(2_000)
@given(audits())
def test_every_completion_of_thousands_of_audits_lies_within(audit: Audit) -> None:
    assert disagreements(audit.facts, audit.checklist, limit=60) == []


@quick(100)
@given(audits(), st.integers())
def test_a_complete_audit_is_judged_to_the_point(audit: Audit, seed: int) -> None:
    (world,) = completions_of(audit.facts, audit.checklist, seed)
    complete = facts_of(world, audit.facts)
    assessment = assess(complete, audit.checklist)
    assert not [*unsettled(assessment, oracle.outcome(world, audit.checklist))]


def completions_of(facts: Facts, checklist: Checklist, seed: int) -> list[World]:
    worlds = completions(replace(facts, closed=frozenset()), checklist, Random(seed), 1)
    return list(worlds)


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
        and all(
            head.state in {State.UNKNOWN, State.REFUSED}
            for head in audit.facts.answers.get((place.id, question.id), ())
        )
    ]
    assume(slots)
    known = audit.facts
    for place, question in data.draw(st.lists(st.sampled_from(slots), max_size=3)):
        known = with_answers(known, {(place, question.id): data.draw(values(question))})
    before = assess(audit.facts, audit.checklist)
    assert not [*widened(before, assess(known, audit.checklist))]


@quick(60)
@given(audits(), st.data())
def test_a_settled_conflict_never_widens(audit: Audit, data: st.DataObject) -> None:
    settled = {
        slot: (data.draw(st.sampled_from(heads)),)
        for slot, heads in audit.facts.answers.items()
    }
    after = assess(replace(audit.facts, answers=settled), audit.checklist)
    before = assess(audit.facts, audit.checklist)
    assert not [*widened(before, after)]


@quick(60)
@given(audits())
def test_closing_every_list_and_dating_the_visit_never_widens(audit: Audit) -> None:
    closed = replace(
        audit.facts,
        closed=frozenset(PARENT_KINDS),
        visit_date=audit.facts.visit_date or date(2026, 10, 1),
    )
    before = assess(audit.facts, audit.checklist)
    assert not [*widened(before, assess(closed, audit.checklist))]


@quick(40)
@given(audits())
def test_a_next_question_narrows_as_judging_everything_again_does(
    audit: Audit,
) -> None:
    now = width(audit.facts, audit.checklist)
    rules = judge_of(audit.checklist).readers
    for each in next_questions(audit.facts, audit.checklist, 20):
        ident = each.question.id
        widths = [
            width(
                with_answers(audit.facts, {(each.place, ident): value}), audit.checklist
            )
            for value in TYPES[each.question.type].candidates(
                each.question, rules.rules(ident), audit.facts.visit_date
            )
        ]
        assert each.narrowing == max(Fraction(), now - min(widths, default=now))


@quick(40)
@given(audits())
def test_a_gain_is_the_rise_of_the_overall_low_that_the_effect_leaves(
    audit: Audit,
) -> None:
    judged = assess(audit.facts, audit.checklist)
    averages = Averages(judged.domains)
    now = averages.bounds.low if averages.bounds else Fraction()
    for each in judged.advice:
        once = averages.bounds_once(each.recommendation.effect)
        assert each.gain == (once.low if once else Fraction()) - now


def width(school: Facts, grid: Checklist) -> Fraction:
    bounds = assess(school, grid).overall.bounds
    return bounds.high - bounds.low if bounds else Fraction()


@quick(100)
@given(facts(), ROLL_UPS, st.data())
def test_a_better_fact_never_lowers_its_own_criterion(
    school: Facts, roll_up: RollUp, data: st.DataObject
) -> None:
    judged = checklist(
        QUESTIONS,
        [
            criterion(
                "c",
                {3: "prises >= 3 and wifi", 2: "prises >= 2", 1: "not prises < 1"},
                place=SALLE,
                applicable=data.draw(st.sampled_from(("", "type_salle == 'classe'"))),
                roll_up=roll_up,
            )
        ],
    )
    better = {
        slot: (replace(heads[0], value=min(int(str(heads[0].value)) + 1, 3)),)
        for slot, heads in school.answers.items()
        if slot[1] == "prises" and [each.state for each in heads] == [State.KNOWN]
    }
    before = assess(school, judged).criteria["c"]
    improved = replace(school, answers={**school.answers, **better})
    after = assess(improved, judged).criteria["c"]
    assert before.bounds.low <= after.bounds.low
    assert before.bounds.high <= after.bounds.high
    for one, other in zip(before.verdicts, after.verdicts, strict=True):
        assert (one.low, one.high) <= (other.low, other.high)


@quick(60)
@given(audits(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_and_places_is_irrelevant(
    audit: Audit, random: Random
) -> None:
    criteria = list(audit.checklist.criteria.items())
    advice = list(audit.checklist.recommendations.items())
    places = list(audit.facts.places.items())
    answers = list(audit.facts.answers.items())
    for each in (criteria, advice, places, answers):
        random.shuffle(each)
    shuffled = assess(
        replace(audit.facts, places=dict(places), answers=dict(answers)),
        audit.checklist.model_copy(
            update={"criteria": dict(criteria), "recommendations": dict(advice)}
        ),
    )
    assert summary(shuffled) == summary(assess(audit.facts, audit.checklist))


@quick(60)
@given(audits(), conditions(SALLE), ROLL_UPS)
def test_removing_what_is_surely_out_changes_nothing(
    audit: Audit, level: str, roll_up: RollUp
) -> None:
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
    out = criterion(
        "out",
        {1: level},
        place=SALLE,
        applicable="type_salle == 'classe'",
        roll_up=roll_up,
    )
    with_it = audit.checklist.model_copy(
        update={"criteria": {**audit.checklist.criteria, "out": out}}
    )
    assessment = assess(school, with_it)
    assert assessment.criteria["out"].standing is Standing.OUT
    without = summary(assess(school, audit.checklist))
    assert summary(assessment) == {"out": None, **without}


def summary(assessment: Assessment) -> dict[str, object]:
    """Return what must not depend on any order, or on what is out."""
    found: dict[str, object] = {
        ident: None if result.standing is Standing.OUT else result.bounds
        for ident, result in assessment.criteria.items()
    }
    found |= {each.domain.id: each.score for each in assessment.domains}
    found["overall"] = assessment.overall
    found["socle"] = assessment.socle
    found["advice"] = [
        (each.recommendation.id, each.trigger, each.quantity, each.gain)
        for each in assessment.advice
    ]
    return found
