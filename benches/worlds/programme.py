"""An invented territory with its operations: the same for the same seed.

300 schools of 120 communes and some 3,400 operations: the votes of schools derived from
the whole ones, at the shipped prices. Envelopes hold 45 % of what they need.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random
from typing import NamedTuple

from diag.audit.votes import votes_of
from diag.programme.operations import Contender, candidates_of
from diag.programme.terms import (
    INVESTMENT,
    RUNNING,
    Article,
    Envelope,
    GroupPurchase,
    Operation,
    Precedence,
    Programme,
    Purse,
)
from tests.documents.builders import report
from tests.goldens.derived import derived_school
from tests.shipped import shipped

SYNDICAT = "syndicat:200099999"
YEARS = (2027, 2028, 2029, 2030, 2031)

_TRIED = 160
"""Schools derived, of which those of a usual size with much to do are kept."""

_MOST_PUPILS, _LEAST_VOTES = 220, 9

_JOINED = {"borne_wifi": "bornes", "videoprojecteur_interactif": "ecrans"}
"""Row of the price table → the grouped purchase that buys it."""


class _Model(NamedTuple):
    """What schools like one have to do."""

    pupils: int
    contenders: tuple[Contender, ...]


@cache
def _models() -> tuple[_Model, ...]:
    checklist, found = shipped(), []
    for number in range(_TRIED):
        facts = derived_school(number, checklist)
        pupils = facts.answers[facts.root, "nb_eleves"][0].value
        assert isinstance(pupils, int)
        if pupils > _MOST_PUPILS:
            continue
        told = report(facts, checklist).public
        every = candidates_of("ecole", told, votes_of(told), {})
        contenders = tuple(one for one in every if isinstance(one, Contender))
        if len(contenders) >= _LEAST_VOTES:
            found.append(_Model(pupils, contenders))
    return tuple(found)


def territory(seed: int, schools: int = 300, communes: int = 120) -> Programme:
    """Return the terms of an invented territory."""
    chance = Random(seed)
    names = [f"commune:{10_000 + number}" for number in range(communes)]
    homes = [*names, *(chance.choice(names) for _ in range(schools - communes))]
    operations: list[Operation] = []
    weights = dict.fromkeys(names, Fraction(0))
    for number, home in enumerate(homes):
        pupils, made = of_school(chance, number, home)
        weights[home] += 30 + pupils
        operations += made
    return Programme(
        YEARS,
        SYNDICAT,
        tuple(operations),
        envelopes(operations, Fraction(45, 100)),
        weights,
        Fraction(15),
        {
            "bornes": GroupPurchase(Fraction(12, 100), 2028, 2029, 40),
            "ecrans": GroupPurchase(Fraction(8, 100), 2028, 2031, 10_000),
        },
    )


def of_school(chance: Random, number: int, home: str) -> tuple[int, list[Operation]]:
    """Return the pupils of a school, and its operations."""
    model = chance.choice(_models())
    made = []
    for contender in model.contenders:
        asked = contender.operation
        lines = tuple(
            replace(line, grouping=_JOINED.get(priced.price, ""))
            for line, priced in zip(asked.lines, contender.priced, strict=True)
        )
        is_law = asked.turn is Precedence.LAW
        made.append(
            replace(
                asked,
                id=_renamed(asked.id, number),
                commune=home,
                lines=lines,
                rate=Fraction(40, 100),
                # No two schools are alike: their scores rise unevenly.
                points=asked.points * chance.randint(80, 120) / 100,
                due=chance.choice(YEARS) if is_law else asked.due,
                needs=tuple(_renamed(one, number) for one in asked.needs),
            )
        )
    return model.pupils, made


def _renamed(operation: str, number: int) -> str:
    return f"{number:04}/{operation.partition('/')[2]}"


def envelopes(operations: list[Operation], part: Fraction) -> dict[Purse, Envelope]:
    """Return envelopes that hold a part of what is needed, the same every year."""
    needs: dict[Purse, int] = {}

    def add(payer: str, line: Article, cents: int) -> None:
        purse = Purse(payer, line.section)
        needs[purse] = needs.get(purse, 0) + cents

    for each in operations:
        for line in each.lines:
            drawn = int(line.once * each.rate) if line.section == INVESTMENT else 0
            add(SYNDICAT, line, drawn)
            add(each.commune, line, line.once - drawn)
            running = Purse(each.commune, RUNNING)
            needs[running] = needs.get(running, 0) + line.yearly * len(YEARS)
    return {
        purse: Envelope(
            (int(need * part / len(YEARS)),) * len(YEARS), purse.section == INVESTMENT
        )
        for purse, need in needs.items()
    }
