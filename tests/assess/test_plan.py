"""The numbered plan: order, dates, what waits, what is behind us."""

from datetime import date

from diag.assess.plan import RANK, advised, plan_of
from diag.model.audit import FollowUp, OwnAdvice
from diag.model.enums import READERS, FollowUpState, Owner, Trigger
from tests.documents.builders import TODAY, facts, report


def followed(
    recommendation: str, state: FollowUpState, place: str | None = None
) -> FollowUp:
    return FollowUp(recommendation=recommendation, state=state, place=place)


def test_numbers_follow_each_other_without_a_gap() -> None:
    refs = [action.ref for action in report().plan]
    assert refs == [f"{RANK}{rank}" for rank in range(1, len(refs) + 1)]


def test_an_action_that_waits_stands_under_the_one_it_waits_for() -> None:
    actions = {action.id: action for action in report().plan.actions}
    order = list(actions)
    assert order.index("equiper") == order.index("cabler") + 1
    assert (actions["cabler"].under, actions["equiper"].under) == ("", "cabler")
    assert actions["equiper"].conditional
    assert not actions["equiper"].ready


def test_a_delay_counts_from_today_or_from_what_comes_first() -> None:
    due = {action.id: action.due for action in report().plan.actions}
    assert due["filtrer"] == date(2026, 3, 19)
    assert due["cabler"] is None
    assert due["equiper"] == date(2027, 3, 12)
    assert report().date == TODAY


def test_the_plan_keeps_the_order_of_the_assessment() -> None:
    told = report().assessment.advice
    sure = [one for one in told if one.trigger is Trigger.FIRES]
    ids = [one.id for one in plan_of(told, (), TODAY).actions]
    assert ids == [one.recommendation.id for one in sure]


def test_what_the_engineer_adds_for_the_law_comes_before_improvements() -> None:
    own = OwnAdvice(id="peindre", title="Peindre", owner=Owner.ECOLE)
    told = report().assessment.advice
    law = sum(one.is_law for one in told)
    for is_law, place in ((True, law), (False, len(told))):
        every = (*told, advised(own, TODAY.year, is_law=is_law))
        ids = [one.id for one in plan_of(every, (), TODAY).actions]
        assert ids.index("peindre") == place


def test_a_danger_comes_before_the_law() -> None:
    told = report().assessment.advice
    fibre = next(one for one in told if one.recommendation.id == "fibre")
    danger = fibre._replace(is_danger=True)
    every = [danger if one is fibre else one for one in told]
    assert plan_of(every, (), TODAY).actions[0].id == "fibre"


def test_what_is_to_be_confirmed_stands_apart() -> None:
    plan = report(facts({("ecole", "filtrage"): True}, closed=False)).plan
    assert not plan.actions
    assert {one.advice.trigger for one in plan.to_confirm} == {Trigger.TO_CONFIRM}


def test_what_is_set_aside_or_done_is_closed_and_costs_nothing() -> None:
    told = report(follow_ups=(followed("fibre", FollowUpState.ECARTEE),))
    assert [one.id for one in told.plan.closed] == ["fibre"]
    assert all(row.action.id != "fibre" for row in told.budget.rows)


def test_the_last_follow_up_of_the_school_counts() -> None:
    told = report(
        follow_ups=(
            followed("fibre", FollowUpState.DECIDEE),
            followed("fibre", FollowUpState.COMMANDEE),
            followed("fibre", FollowUpState.FAITE, place="CP"),
        )
    )
    action = told.plan.action("fibre")
    assert action is not None
    assert action.state is FollowUpState.COMMANDEE
    assert not action.undecided


def test_an_action_is_named_alike_in_every_document() -> None:
    told = report()
    titles = {
        audience: [told.title(action, audience) for action in told.plan]
        for audience in READERS
    }
    assert len({len(one) for one in titles.values()}) == 1
