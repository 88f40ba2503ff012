"""An invented territory with its operations: the same for the same seed.

300 schools of 120 communes, some 34,000 pupils and 3,400 operations, envelopes at 45 %
of what they need.
"""

from fractions import Fraction
from random import Random
from typing import NamedTuple

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

SYNDICAT = "syndicat:200099999"
YEARS = (2027, 2028, 2029, 2030, 2031)


class _Kind(NamedTuple):
    turn: Precedence
    least: int
    """Euros, once; 0: a service, of running costs."""
    most: int
    yearly: int
    gain: Fraction
    """Of the school's score, from 0 to 1."""
    articles: tuple[str, ...] = ("",)
    """Grouped purchases that it may join."""


_KINDS = (
    _Kind(Precedence.LAW, 50, 900, 0, Fraction(1, 100)),
    _Kind(Precedence.BLOCKING, 200, 1_500, 0, Fraction(6, 100), ("", "bornes")),
    _Kind(Precedence.BLOCKING, 150, 2_000, 0, Fraction(5, 100)),
    _Kind(Precedence.REST, 100, 2_500, 0, Fraction(4, 100), ("", "ecrans")),
    _Kind(Precedence.REST, 100, 1_200, 60, Fraction(3, 100), ("", "bornes")),
    _Kind(Precedence.REST, 0, 400, 120, Fraction(2, 100)),
)
_PUPILS = (20, 45, 70, 100, 130, 160, 180, 200)


def territory(seed: int, schools: int = 300, communes: int = 120) -> Programme:
    """Return the terms of an invented territory."""
    chance = Random(seed)
    names = [f"commune:{10_000 + number}" for number in range(communes)]
    homes = [*names, *(chance.choice(names) for _ in range(schools - communes))]
    operations: list[Operation] = []
    weights = dict.fromkeys(names, Fraction(0))
    for number, home in enumerate(homes):
        pupils = chance.choice(_PUPILS)
        weights[home] += 30 + pupils
        operations += of_school(chance, number, home, pupils)
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


def of_school(chance: Random, number: int, home: str, pupils: int) -> list[Operation]:
    """Return the operations of a school, some of which wait for the one before."""
    made: list[Operation] = []
    for rank in range(chance.randint(8, 15)):
        kind = chance.choice(_KINDS)
        euros = chance.randint(kind.least, kind.most)
        article = chance.choice(kind.articles)
        line = Article(
            INVESTMENT if kind.least else RUNNING,
            euros * 100,
            kind.yearly * 100,
            chance.randint(1, 6),
            article,
        )
        waits = made and chance.random() < 0.15
        made.append(
            Operation(
                f"{number:04}/{rank:02}",
                home,
                (line,),
                Fraction(40, 100),
                kind.gain * chance.randint(50, 150) * pupils,
                kind.turn,
                chance.choice(YEARS) if kind.turn is Precedence.LAW else None,
                needs=(made[-1].id,) if waits else (),
            )
        )
    return made


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
