from diag.assess.judge import assess, judge_of
from diag.assess.results import Assessment
from tests.assess.builders import boolean, checklist, criterion, facts


def test_a_checklist_is_compiled_once() -> None:
    grid = checklist([boolean("wifi")], [criterion("c", {1: "wifi"})])
    assert judge_of(grid) is judge_of(grid)
    assert judge_of(grid.model_copy()) is not judge_of(grid)


def test_only_the_last_few_checklists_are_kept() -> None:
    first = checklist([], [])
    kept = judge_of(first)
    for _ in range(8):
        judge_of(checklist([], []))
    assert judge_of(first) is not kept


def test_judging_is_pure() -> None:
    grid = checklist([boolean("wifi")], [criterion("c", {1: "wifi"})])
    school = facts({"wifi": True})
    assert assess(school, grid) == assess(school, grid)


def test_a_checklist_without_criteria_has_nothing_to_say() -> None:
    empty: Assessment = assess(facts(), checklist([boolean("wifi")], []))
    assert empty.overall.bounds is None
    assert empty.overall.completeness == 1
    assert not empty.advice
    assert not empty.alerts


def test_domains_come_in_the_order_of_the_checklist() -> None:
    grid = checklist(
        [boolean("wifi")],
        [criterion("c", {1: "wifi"}, domain="e"), criterion("b", {1: "wifi"})],
        domains={"d": 1, "e": 2},
    )
    assert [each.domain.id for each in assess(facts(), grid).domains] == ["d", "e"]
