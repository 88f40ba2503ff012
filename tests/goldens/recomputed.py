"""The figures of a whole school, by the oracle alone: nothing of `diag.assess`.

A school leaves a few facts unknown. For each criterion that reads some, every way to
complete them is judged; means and the rest follow DESIGN.md §4.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from random import Random

from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Kind, State
from diag.model.fact import Facts
from tests import oracle
from tests.completions import completions, possible_values
from tests.world import World, names_and_numbers

Slot = tuple[str, str]
Members = dict[str, tuple[int, frozenset[oracle.Judged | None]]]


Member = tuple[int, Fraction, Fraction]


@dataclass(frozen=True)
class _Domain:
    bounds: oracle.Interval | None
    completeness: int


def recomputed(facts: Facts, checklist: Checklist) -> dict[str, object]:
    """Return what `expect` must say of a school."""
    world = next(completions(facts, checklist, Random(0), 1))
    unknown = _unknown(facts, checklist)
    criteria = oracle.concerned(checklist, world.kinds[world.root])
    judged: Members = {}
    known: dict[str, Fraction | None] = {}
    for ident, criterion in criteria.items():
        worlds = [*_completed(criterion, world, unknown)]
        judged[ident] = (
            criterion.weight,
            frozenset[oracle.Judged | None]().union(
                *(oracle.judgements(criterion, each) for each in worlds)
            ),
        )
        known[ident] = _settled_share(criterion, worlds)
    averaged = {
        ident: judged[ident]
        for ident, each in criteria.items()
        if each.kind is not Kind.COMPLIANCE
    }
    domains = {
        domain.id: _domain(
            {k: v for k, v in averaged.items() if criteria[k].domain == domain.id},
            known,
        )
        for domain in checklist.domains
        if any(each.domain == domain.id for each in criteria.values())
    }
    weights = {domain.id: domain.weight for domain in checklist.domains}
    bounds = {ident: each.bounds for ident, each in domains.items()}
    blocking = [
        judged[ident][1]
        for ident, each in criteria.items()
        if each.kind is Kind.BLOCKING
    ]
    fires, to_confirm = _advice(checklist, judged)
    return {
        "overall": _shown(
            oracle.exact_mean(
                [(weights[i], *each) for i, each in bounds.items() if each], []
            )
        ),
        "socle": _socle(blocking),
        "domains": {
            ident: {"score": _shown(each.bounds), "completeness": each.completeness}
            for ident, each in domains.items()
        },
        "compliance": _compliance(criteria, judged),
        "fires": fires,
        "to_confirm": to_confirm,
    }


def _unknown(facts: Facts, checklist: Checklist) -> frozenset[Slot]:
    """Return what was said to be unknown; no question may wait for one of these."""
    found = frozenset(
        slot
        for slot, heads in facts.answers.items()
        if heads[0].state in {State.UNKNOWN, State.REFUSED}
    )
    names = {name for _, name in found}
    for question in checklist.questions.values():
        if question.relevant:
            assert not names & names_and_numbers(question.relevant)[0], question.id
    return found


def _completed(
    criterion: Criterion, world: World, unknown: frozenset[Slot]
) -> Iterator[World]:
    rules = [*filter(None, (criterion.applicable, *criterion.levels.values()))]
    names = frozenset[str]().union(*(names_and_numbers(each)[0] for each in rules))
    turns = frozenset[Fraction]().union(*(names_and_numbers(each)[1] for each in rules))
    slots = sorted(slot for slot in unknown if slot[1] in names)
    values = [possible_values(world.questions[name], turns) for _, name in slots]
    for chosen in product(*values):
        filled = dict(zip(slots, chosen, strict=True))
        yield replace(world, values={**world.values, **filled}) if slots else world


def _settled_share(criterion: Criterion, worlds: Sequence[World]) -> Fraction | None:
    """Return which part of the places in scope is settled; None: no place is."""
    settled = []
    for place, kind in worlds[0].kinds.items():
        if kind is criterion.place:
            found = {tuple(oracle.levels_at(criterion, each, place)) for each in worlds}
            if any(found):
                settled.append(len(found) == 1)
    return Fraction(sum(settled), len(settled)) if settled else None


def _domain(members: Members, known: Mapping[str, Fraction | None]) -> _Domain:
    sure: list[Member] = []
    undecided: list[Member] = []
    for weight, found in members.values():
        ends = [one for one in found if one]
        if ends:
            low = min(one.low_ratio for one in ends)
            high = max(one.high_ratio for one in ends)
            (undecided if None in found else sure).append((weight, low, high))
    counted = {
        ident: (weight, share)
        for ident, (weight, _) in members.items()
        if (share := known[ident]) is not None
    }
    whole = sum(weight for weight, _ in counted.values())
    settled = sum((weight * share for weight, share in counted.values()), Fraction())
    return _Domain(
        oracle.exact_mean(sure, undecided),
        oracle.rounded(settled / whole) if whole else 100,
    )


def _shown(bounds: oracle.Interval | None) -> list[int] | str:
    return [oracle.rounded(end) for end in bounds] if bounds else "sans_objet"


def _socle(found: Sequence[frozenset[oracle.Judged | None]]) -> str:
    fails = [
        None not in one and all(each is None or each.high == 0 for each in one)
        for one in found
    ]
    holds = [all(each is None or each.low >= 1 for each in one) for one in found]
    if any(fails):
        return "non_atteint"
    return "atteint" if all(holds) else "indetermine"


def _compliance(
    criteria: Mapping[str, Criterion], judged: Members
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for ident, criterion in sorted(criteria.items()):
        if criterion.kind is Kind.COMPLIANCE:
            found.setdefault(_status(judged[ident][1]), []).append(ident)
    return {status: found[status] for status in sorted(found)}


def _status(found: frozenset[oracle.Judged | None]) -> str:
    ends = [one for one in found if one]
    if not ends:
        return "sans_objet"
    if None not in found and min(one.low for one in ends) >= 1:
        return "conforme"
    if None not in found and max(one.high for one in ends) == 0:
        return "non_conforme"
    return "a_verifier"


def _advice(checklist: Checklist, judged: Members) -> tuple[list[str], list[str]]:
    fires, to_confirm = [], []
    for ident, each in sorted(checklist.recommendations.items()):
        if each.when.criterion not in judged:
            continue
        below = {
            end < each.when.below
            for one in judged[each.when.criterion][1]
            for end in ((one.low, one.high) if one else (each.when.below,))
        }
        if below == {True}:
            fires.append(ident)
        elif True in below:
            to_confirm.append(ident)
    return fires, to_confirm
