"""Prints how long a 20-room school of 181 criteria takes to judge, and a next question.

Each criterion has an action whose gain is worked out from the facts that it raises.
A school is judged from nothing when it is opened, and again after each answer: what
the answer does not move stands. The budget is that of judging again; answers of a room
and of the school change by turns, so that none finds itself judged already.

The bare baseline calls, in the same run, as many plain Python closures as the
checklist has rules to try at places, each comparing two integers. Each time is the
least of many runs, in milliseconds of processor: others may share the machine.
"""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from time import process_time_ns

from benches.budgets import hold
from diag.assess.facts import with_answers
from diag.assess.judge import Judge
from diag.assess.questions import next_questions
from diag.assess.spread import heat
from diag.audit.walk import walk_of
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Direction, Kind
from tests.assess.builders import (
    ECOLE,
    SALLE,
    Said,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    need,
    number,
    price,
    recommendation,
)

ROOMS = 20
CRITERIA = 181
ROOM_CRITERIA = 40
ASPECTS = 8
RUNS = 60
BUDGET_MS = 10
QUESTION_BUDGET_MS = 5
DOMAINS = {f"d{index}": index % 3 + 1 for index in range(8)}


def synthetic_checklist() -> Checklist:
    """Return 181 criteria over 8 domains, 40 of them judged in each room."""
    questions = [choice("type_salle", "classe", "bureau", "autre", place=SALLE)]
    criteria = []
    for index in range(CRITERIA):
        in_room = index < ROOM_CRITERIA
        place = SALLE if in_room else ECOLE
        name, flag = f"n{index}", f"b{index}"
        questions += [
            number(
                name,
                place,
                relevant=flag if index % 3 == 0 else "",
                better=Direction.UP,
            ),
            boolean(flag, place, better=Direction.UP),
        ]
        levels = {3: f"{name} >= 8 and {flag}", 2: f"{name} >= 5", 1: f"{name} >= 2"}
        if index % 10 == 9 and not in_room:
            levels[2] = f"share(salle, n{index % ROOM_CRITERIA} >= 2) >= 0.5"
        criteria.append(
            criterion(
                f"c{index}",
                levels,
                place=place,
                kind=(kind := list(Kind)[index % 3]),
                conforms_at=1 if kind is Kind.COMPLIANCE else None,
                weight=index % 4 + 1,
                applicable="type_salle == 'classe'" if in_room else "",
                domain=f"d{index % 8}",
            ).model_copy(update={"aspect": f"a{index % ASPECTS}" if in_room else ""})
        )
    advice = [
        recommendation(
            f"r{index}",
            f"c{index}",
            2,
            quantity=f"10 - n{index}" if index % 4 == 0 else "1",
            buys=[need("p", count="2 * quantite")] if index % 2 else (),
            effect={f"n{index}": 8, f"b{index}": True},
        )
        for index in range(CRITERIA)
    ]
    prices = [price("p", 5_000, 10_000, 20_000)]
    return checklist(questions, criteria, advice, prices, DOMAINS)


def synthetic_facts(*, known: bool) -> Facts:
    """Return a school of 20 rooms, half of it answered or all of it."""

    def answers(first: int, last: int, seed: int) -> dict[str, Said]:
        found: dict[str, Said] = {}
        for index in range(first, last):
            if known or index % 2:
                found[f"n{index}"] = (index * 7 + seed) % 11
                found[f"b{index}"] = bool((index + seed) % 3)
        return found

    rooms = {
        f"salle {room}": {
            "type_salle": "bureau" if room % 5 == 4 else "classe",
            **answers(0, ROOM_CRITERIA, room),
        }
        for room in range(ROOMS)
    }
    return facts(answers(ROOM_CRITERIA, CRITERIA, 3), rooms)


def bare_closures(count: int) -> Callable[[], None]:
    """Return the baseline: that many closures, called once each."""

    def closure(threshold: int) -> Callable[[int], bool]:
        return lambda value: value >= threshold

    closures = [closure(index % 11) for index in range(count)]

    def run() -> None:
        for each in closures:
            each(5)

    return run


def milliseconds(run: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = process_time_ns()
        run()
        times.append(process_time_ns() - start)
    return min(times) / 1e6


def after_one_answer(school: Facts) -> list[Facts]:
    """Return the school after one answer or another, of a room and of itself."""
    room = next(place for place in school.places if place != school.root)
    return [
        with_answers(school, {(place, question): value})
        for value in (1, 5, 9)
        for place, question in ((room, "n7"), (school.root, "n77"))
    ]


def walked(school: Facts, checklist: Checklist) -> list[tuple[str, str]]:
    """Return what a visit has left to ask."""
    stops = walk_of(school, checklist).stops
    return [stop.key for stop in stops if stop.is_left]


def main() -> None:
    judge = Judge(synthetic_checklist())
    rules = sum(
        (len(gauge.levels) + 1) * (ROOMS if gauge.criterion.place is SALLE else 1)
        for gauge in judge.gauges.values()
    )
    baseline = milliseconds(bare_closures(rules))
    print(f"baseline: {rules} bare closures {baseline:.3f} ms")

    def show(what: str, run: Callable[[], object], budget: float = 0) -> None:
        spent = milliseconds(run)
        print(f"{what}: {spent:.1f} ms = {spent / baseline:.0f} x baseline")
        if budget:
            hold(what, spent, budget, "ms")

    for label, known in (("half answered", False), ("all answered", True)):
        school = synthetic_facts(known=known)
        assessment = judge.assess(school)
        answered = cycle(after_one_answer(school))
        show(
            f"assess {ROOMS} rooms, {CRITERIA} criteria, {label}",
            partial(judge.assess, school),
        )
        show(
            f"reassess after one answer, {label}",
            lambda: judge.assess(next(answered), since=assessment),  # noqa: B023
            BUDGET_MS,
        )
        show(
            f"reassess without advice, {label}",
            lambda: judge.assess(next(answered), (), since=assessment),  # noqa: B023
        )
        show(
            f"next question, {label}",
            partial(next_questions, school, judge.checklist, 1, assessment=assessment),
            QUESTION_BUDGET_MS,
        )
        left = walked(school, judge.checklist)
        show(
            f"heat of {ROOMS} rooms, {ASPECTS} aspects, {label}",
            partial(heat, judge.checklist, assessment, left),
            BUDGET_MS,
        )


if __name__ == "__main__":
    main()
