"""What placing a programme costs, and what it is worth beside an optimum.

    python -m benches.programme

Times of the processor, since others may share the machine. HiGHS is the yardstick: the
bound that it proves in a minute, which no plan can pass; `PEERS` names a Python that
has highspy (`.ci/run --long` makes one), without which it is left out, aloud.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from benches.budgets import hold
from benches.worlds.programme import YEARS, of_school, territory
from diag.programme.figures import worth
from diag.programme.placing import Schedule, schedule_of, what_if
from diag.programme.terms import Envelope, Operation, Precedence, Programme, Purse, bill
from tests.programme.oracle import adopted

BUDGET = 1.0
"""Seconds, for 300 schools."""
LEAST = 0.94
"""By euro, of the bound of HiGHS."""
SEEDS = (1, 2, 3)
_CABLING = "/cabler-les-classes"
ASKED = 30
"""What-ifs, on a territory of a third."""

_SOLVE = """
import sys, highspy
solver = highspy.Highs()
solver.setOptionValue("output_flag", False)
solver.readModel(sys.argv[1])
solver.setOptionValue("time_limit", 60.0)
solver.run()
found = solver.getInfo()
print(-found.objective_function_value, -found.mip_dual_bound)
"""


def main() -> None:
    for schools, communes in ((300, 120),):
        terms = territory(1, schools, communes)
        start = process_time()
        plan = schedule_of(terms)
        seconds = process_time() - start
        print(f"programme, {schools} schools, {len(plan.years)} operations in")
        hold(f"{len(terms.operations):,} operations placed", seconds, BUDGET, "s")
    beside_the_bound(replace(territory(1), socle_first=False))
    for name, share in stability().items():
        print(f"programme, {name}: {', '.join(f'{one:.1f} %' for one in share)}")
    ask()


def beside_the_bound(terms: Programme) -> None:
    """Print what a plan by euro is worth beside the optimum, law placed as ours."""
    plan = schedule_of(terms)
    ours = float(worth(plan, plan).points)
    python = os.environ.get("PEERS")
    if not python:
        print("programme, beside HiGHS: left out, PEERS names no Python with highspy")
        return
    with TemporaryDirectory() as folder:
        model = Path(folder) / "programme.lp"
        model.write_text("\n".join(problem(plan)), encoding="ascii")
        command = [python, "-c", _SOLVE, str(model)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    best, bound = map(float, done.stdout.split()[-2:])
    print(
        f"programme, by euro: {ours:,.0f} points of {bound:,.0f} at most; "
        f"HiGHS found {best:,.0f}"
    )
    hold("by euro, of HiGHS's bound", ours, LEAST, "pts", baseline=bound, at_least=True)


def problem(plan: Schedule) -> Iterator[str]:
    """Give the lines of the problem: all purses, what comes first, law placed as ours.

    A grouped purchase is joined once open, as the rule has it.
    """
    terms, last = plan.terms, plan.terms.years[-1]
    gains: list[str] = []
    once: list[str] = []
    order: list[str] = []
    purses: dict[tuple[Purse, int], list[str]] = {}
    fixed: list[str] = []
    free: list[str] = []
    groups = {
        name: each
        for name, each in terms.groupings.items()
        if name not in plan.dissolved
    }
    number = {each.id: index for index, each in enumerate(terms.operations)}
    for each in terms.operations:
        joined = (groups.get(line.grouping) for line in each.lines)
        opens = max((one.opens for one in joined if one), default=0)
        names = {year: f"x{number[each.id]}_{year}" for year in terms.years}
        for year, name in names.items():
            gains.append(f"- {float(each.points * (last - year + 1)):.9g} {name}")
            for (purse, at), cents in taken(plan, each, year):
                purses.setdefault((purse, at), []).append(f"+ {cents} {name}")
            for need in each.needs:
                late = [f"+ x{number[each.id]}_{y}" for y in terms.years if y <= year]
                there = [f"- x{number[need]}_{y}" for y in terms.years if y <= year]
                order.append(f"{' '.join([*late, *there])} <= 0")
            if each.turn is Precedence.LAW:
                fixed.append(f"{name} = {int(plan.years.get(each.id) == year)}")
            elif year < opens:
                fixed.append(f"{name} = 0")
            else:
                free.append(name)
        once.append(f"{' + '.join(names.values())} <= 1")
    yield from ("minimize", *gains, "subject to", *once, *order)
    for (purse, at), row in purses.items():
        yield f"{' '.join(row)} <= {held(terms, purse, at)}"
    yield from ("bounds", *fixed, "binaries", *free, "end")


def taken(
    plan: Schedule, operation: Operation, year: int
) -> Iterator[tuple[tuple[Purse, int], int]]:
    """Give what an operation takes of each purse, year by year, placed at one."""
    for purse, once, yearly in bill(
        plan.terms, operation, year, plan.dissolved
    ).charges:
        for at in plan.terms.years:
            stays = plan.terms.carries(purse) or at == year
            cents = (once if stays else 0) + yearly
            if at >= year and cents:
                yield (purse, at), cents


def held(terms: Programme, purse: Purse, at: int) -> int:
    """Return what may be planned of a purse by a year."""
    planned = dict(zip(terms.years, terms.planned(purse), strict=True))
    if not terms.carries(purse):
        return planned[at]
    return sum(cents for year, cents in planned.items() if year <= at)


def stability() -> dict[str, list[float]]:
    """Return the share of operations that change year, by change and by seed."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        terms = territory(seed)
        before = schedule_of(terms)
        for name, changed in (
            ("syndicat's 2028 -5 %", poorer(terms)),
            ("cabling +10 %", dearer(terms)),
            ("a school joins", grown(terms, seed)),
        ):
            for how, after in (
                ("afresh", changed),
                ("revised", replace(changed, adopted=adopted(before))),
            ):
                moved = before.moved(schedule_of(after))
                known = [one for one in moved if one in before.placements]
                share = 100 * len(known) / len(before.placements)
                found.setdefault(f"{name}, {how}", []).append(share)
    return found


def poorer(terms: Programme) -> Programme:
    purse = terms.shared_purse
    cents = terms.envelopes[purse].cents
    cut = (cents[0], cents[1] * 95 // 100, *cents[2:])
    carries = terms.envelopes[purse].carries
    return replace(terms, envelopes={**terms.envelopes, purse: Envelope(cut, carries)})


def dearer(terms: Programme) -> Programme:
    return replace(
        terms,
        operations=tuple(
            replace(
                each,
                lines=tuple(
                    replace(line, once=line.once * 110 // 100) for line in each.lines
                ),
            )
            if each.id.endswith(_CABLING)
            else each
            for each in terms.operations
        ),
    )


def grown(terms: Programme, seed: int) -> Programme:
    home = terms.operations[0].commune
    pupils, more = of_school(Random(seed), 9_000, home)
    weights = {**terms.weights, home: terms.weights[home] + 30 + pupils}
    return replace(terms, operations=(*terms.operations, *more), weights=weights)


def ask() -> None:
    """Print how many what-ifs land by their year, and what they move."""
    terms = territory(1, 100, 40)
    before = schedule_of(terms)
    chance = Random(1)
    late = [one for one, each in before.placements.items() if each.year != YEARS[0]]
    asked = chance.sample(late, ASKED)
    start = process_time()
    answers = [what_if(terms, before, one, YEARS[1]) for one in asked]
    each = (process_time() - start) / len(asked)
    landed = sum(one.lands for one in answers)
    moved = median(len(one.moved) for one in answers)
    receded = sum(bool(one.receded) for one in answers)
    print(
        f"programme, what-if: {landed} of {len(asked)} land, {moved:.0f} others move "
        f"(median), {receded} make one recede, {each:.2f} s each"
    )


if __name__ == "__main__":
    main()
