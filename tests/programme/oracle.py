"""The placing of a programme again, from its page alone: slow, naive, another hand.

Nothing is kept from one question to the next: what is left of a purse is counted from
all that was placed, each time that it is asked.
"""

from fractions import Fraction
from math import floor
from typing import NamedTuple

from diag.model.enums import BudgetSection
from diag.programme.placing import Schedule
from diag.programme.terms import Adopted, Operation, Precedence, Programme

INV, FON = BudgetSection.INVESTISSEMENT, BudgetSection.FONCTIONNEMENT


class Answer(NamedTuple):
    years: dict[str, int]
    first: dict[str, int]
    rights: dict[str, int]
    withdrawn: set[str]


def adopted(plan: Schedule) -> Adopted:
    """Return what a revision of this plan starts from."""
    shared = {each.id for each in plan.terms.operations if each.served}
    return Adopted(
        dict(plan.years),
        dict(plan.rights),
        dict(plan.first_rights),
        {
            name: dict(plan.placements[name].parts)
            for name in shared & plan.years.keys()
        },
    )


def answer(terms: Programme) -> Answer:
    withdrawn: set[str] = set()
    while True:
        found = Run(terms, withdrawn).answer()
        small = [
            name
            for name, group in sorted(terms.groupings.items())
            if name not in withdrawn
            and sum(
                line.quantity
                for op in terms.operations
                for line in op.lines
                if line.grouping == name
                and op.id in found.years
                and group.opens <= found.years[op.id] <= group.closes
            )
            < group.at_least
        ]
        if not small:
            return found
        withdrawn = withdrawn | {small[0]}


def level(
    total: int, weight: dict[str, Fraction], most: dict[str, int]
) -> dict[str, int]:
    """Water-filling: the level λ with Σ min(most, λ·w) = total, then whole cents."""
    able = sorted(one for one in most if most[one] > 0 and weight.get(one, 0) > 0)
    total = min(total, sum(most[one] for one in able))
    parts = dict.fromkeys(most, 0)
    if total <= 0:
        return parts
    steps = sorted({Fraction(most[one]) / weight[one] for one in able})

    def poured(height: Fraction) -> Fraction:
        return sum(
            (min(Fraction(most[c]), height * weight[c]) for c in able), Fraction()
        )

    below = Fraction(0)
    for step in steps:
        if poured(step) >= total:
            rising = [c for c in able if Fraction(most[c]) / weight[c] > below]
            height = below + (total - poured(below)) / sum(weight[c] for c in rising)
            break
        below = step
    open_ = [c for c in able if height * weight[c] < most[c]]
    for c in able:
        parts[c] = most[c] if c not in open_ else floor(height * weight[c])
    for c in open_[: total - sum(parts.values())]:
        parts[c] += 1
    return parts


class Run:
    def __init__(self, terms: Programme, withdrawn: set[str]) -> None:
        self.t, self.withdrawn = terms, withdrawn
        self.ops = {op.id: op for op in terms.operations}
        self.then = dict(terms.adopted.years) if terms.adopted else {}
        self.placed: dict[str, int] = {}
        self.parts: dict[str, dict[str, int]] = {}

    # money

    def joined(self, op: Operation) -> set[str]:
        return {line.grouping for line in op.lines} & (
            set(self.t.groupings) - self.withdrawn
        )

    def opens(self, op: Operation) -> int:
        return max([
            self.t.years[0],
            *(self.t.groupings[g].opens for g in self.joined(op)),
        ])

    def once(self, op: Operation, year: int, section: BudgetSection) -> int:
        total = 0
        for line in op.lines:
            if line.section == section:
                total += line.once
                if line.grouping in self.joined(op):
                    group = self.t.groupings[line.grouping]
                    if group.opens <= year <= group.closes:
                        total -= floor(line.once * group.discount)
        return total

    def yearly(self, op: Operation) -> int:
        return sum(line.yearly for line in op.lines)

    def syndicat_part(self, op: Operation, year: int) -> int:
        return floor(self.once(op, year, INV) * op.rate)

    def costs(
        self, op: Operation, year: int
    ) -> dict[tuple[str, BudgetSection], tuple[int, int]]:
        own = self.once(op, year, INV)
        part = self.syndicat_part(op, year)
        costs = {(self.t.syndicat, INV): (part, 0)}
        key = (op.commune, INV)
        costs[key] = (costs.get(key, (0, 0))[0] + own - part, 0)
        costs[op.commune, FON] = (self.once(op, year, FON), self.yearly(op))
        return {key: cost for key, cost in costs.items() if cost != (0, 0)}

    def marked(
        self, op: Operation, key: tuple[str, BudgetSection], by: int, *, carry: bool
    ) -> int:
        return sum(
            e.cents
            for e in self.t.earmarks
            if e.operation == op.id and tuple(e.purse) == key
            if e.year == by or (carry and e.year < by)
        )

    def carry(self, key: tuple[str, BudgetSection]) -> bool:
        for purse, envelope in self.t.envelopes.items():
            if tuple(purse) == key:
                return envelope.carries and key[1] == INV
        return False

    def eaten(
        self, op: Operation, start: int, key: tuple[str, BudgetSection], at: int
    ) -> int:
        """What an operation placed at `start` has taken of a purse, seen at a year."""
        cost = self.costs(op, start).get(key)
        if cost is None or at < start:
            return 0
        once, yearly = cost
        carry = self.carry(key)
        need = (once if carry or at == start else 0) + yearly
        return max(need - self.marked(op, key, at, carry=carry), 0)

    def remaining(self, key: tuple[str, BudgetSection], at: int) -> int:
        total = 0
        for purse, envelope in self.t.envelopes.items():
            if tuple(purse) == key:
                for year, cents in zip(self.t.years, envelope.cents, strict=True):
                    if year == at or (self.carry(key) and year < at):
                        total += floor(Fraction(cents * 100) / (100 + self.t.reserve))
        return total - sum(
            self.eaten(self.ops[name], year, key, at)
            for name, year in self.placed.items()
        )

    def fits(self, op: Operation, year: int) -> bool:
        return all(
            self.eaten(op, year, key, at) <= self.remaining(key, at)
            for key in self.costs(op, year)
            for at in self.t.years
            if at >= year
            and (at == year or self.carry(key) or self.costs(op, year)[key][1])
        )

    # rights

    def asked_of_right(self, op: Operation, year: int) -> int:
        key = (self.t.syndicat, INV)
        kept = sum(
            e.cents
            for e in self.t.earmarks
            if e.operation == op.id and tuple(e.purse) == key and e.year <= year
        )
        return max(self.syndicat_part(op, year) - kept, 0)

    def served(self, op: Operation) -> list[str]:
        return [c for c, w in op.served if w > 0] if op.served else [op.commune]

    def wants(self, ops: list[Operation]) -> dict[str, int]:
        return {
            c: sum(
                self.syndicat_part(op, self.opens(op))
                for op in ops
                if c in self.served(op)
            )
            for c in self.t.weights
        }

    def has(self, commune: str) -> int:
        spent = sum(parts.get(commune, 0) for parts in self.parts.values())
        return self.rights.get(commune, 0) - spent

    def covered(self, op: Operation, year: int) -> bool:
        held = sum(max(self.has(c), 0) for c in self.served(op))
        return self.asked_of_right(op, year) <= held

    def pay(self, op: Operation, year: int) -> dict[str, int]:
        cost = self.asked_of_right(op, year)
        if not op.served:
            return {op.commune: cost}
        then = self.t.adopted.parts.get(op.id) if self.t.adopted else None
        if then and sum(then.values()) == cost:
            return dict(then)
        worth = dict(op.served)
        held = {c: max(self.has(c), 0) for c in worth}
        parts = level(cost, worth, held)
        beyond = cost - sum(parts.values())
        if beyond:
            extra = level(beyond, worth, dict.fromkeys(worth, beyond))
            parts = {c: parts[c] + extra[c] for c in parts}
        return parts

    # order

    def key(self, op: Operation) -> tuple[object, ...]:
        half = -(-len(self.t.years) // 2)
        cost = sum(self.once(op, self.opens(op), s) for s in (INV, FON))
        cost += half * self.yearly(op)
        worth = Fraction(op.points) / cost if cost else Fraction(op.points)
        if op.turn <= Precedence.LOCKED:
            return (int(op.turn), 0, 0, 0, -worth, op.id)
        wave = list(self.then).index(op.id) if op.id in self.then else len(self.then)
        group = int(op.turn)
        if op.turn is Precedence.BLOCKING and not self.t.socle_first:
            group = int(Precedence.REST)
        if group == Precedence.REST:
            worth *= op.weight
        due = (op.due or 0) if op.turn is Precedence.LAW else 0
        return (2, wave, group, due, -worth, op.id)

    def ordered(self) -> list[Operation]:
        order: list[str] = []
        lost: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in order or name in lost:
                return
            if name in path:
                lost.add(name)
                return
            for need in self.ops[name].needs:
                if need in self.ops:
                    visit(need, (*path, name))
                    if need in lost:
                        lost.add(name)
                        return
            if name not in lost:
                order.append(name)

        for op in sorted(self.t.operations, key=self.key):
            visit(op.id, ())
        return [self.ops[name] for name in order]

    # the whole

    def answer(self) -> Answer:
        horizon = sum(
            floor(Fraction(cents * 100) / (100 + self.t.reserve))
            for purse, envelope in self.t.envelopes.items()
            if tuple(purse) == (self.t.syndicat, INV)
            for cents in envelope.cents
        )
        first = level(
            horizon, dict(self.t.weights), self.wants(list(self.t.operations))
        )
        self.rights = dict(first)
        if self.t.adopted:
            self.rights = {
                c: self.t.adopted.rights.get(c, 0)
                + first.get(c, 0)
                - self.t.adopted.first_rights.get(c, 0)
                for c in {*first, *self.t.adopted.rights}
            }
        waiting = self.ordered()
        turn = 0
        while True:
            for op in waiting:
                year = self.year_of(op)
                if year is not None:
                    self.parts[op.id] = self.pay(op, year)
                    self.placed[op.id] = year
            left = [op for op in waiting if op.id not in self.placed]
            if not left or (turn and len(left) == len(waiting)):
                return Answer(self.placed, first, self.rights, self.withdrawn)
            waiting, turn = left, turn + 1
            self.release(waiting)

    def release(self, waiting: list[Operation]) -> None:
        wants = self.wants(waiting)
        over = {c: self.has(c) - wants[c] for c in wants}
        spare = {c: max(over[c], 0) for c in over}
        short = {c: max(-over[c], 0) for c in over}
        given = level(sum(spare.values()), dict(self.t.weights), short)
        weights = {c: Fraction(spare[c]) for c in spare}
        taken = level(sum(given.values()), weights, spare)
        for c in wants:
            self.rights[c] = self.rights.get(c, 0) + given[c] - taken[c]

    def year_of(self, op: Operation) -> int | None:
        if op.turn <= Precedence.LOCKED:
            if op.year not in self.t.years:
                return None
            if op.turn is Precedence.DECIDED:
                return op.year
            ready = all(
                need in self.placed and self.placed[need] <= op.year
                for need in op.needs
            )
            return op.year if ready and self.fits(op, op.year) else None
        if any(need not in self.placed for need in op.needs):
            return None
        least = max([self.opens(op), *(self.placed[need] for need in op.needs)])
        years = [year for year in self.t.years if year >= least]
        then = self.then.get(op.id)
        if then in years:
            years = [then, *(year for year in years if year != then)]
        free = then is not None or op.turn is Precedence.LAW
        for year in years:
            if (free or self.covered(op, year)) and self.fits(op, year):
                return year
        return None
