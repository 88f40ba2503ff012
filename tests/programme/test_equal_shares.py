"""Who pays what of a shared operation, beside another program that computes it.

pabutools runs in a Python of its own, that `PEERS` names: `.ci/run --long` makes one.
"""

import json
import os
import subprocess
from fractions import Fraction
from random import Random

import pytest

from diag.programme.terms import split_cost

ELECTIONS = 60
UNIT = 1_000
"""Cents of one voter: a commune has as many voters as its right has units."""

_ELECT = """
import json, sys
from pabutools.fractions import frac
from pabutools.election import CardinalBallot, CardinalProfile, Additive_Cardinal_Sat
from pabutools.election import Instance, Project
from pabutools.rules import method_of_equal_shares
elections, paid = json.load(sys.stdin), []
for cost, communes in elections:
    project = Project("shared", cost)
    voters = [
        CardinalBallot({project: frac(worth, units)})
        for units, worth in communes.values() for _ in range(units)
    ]
    whole = Instance([project], budget_limit=len(voters))
    profile = CardinalProfile(voters, instance=whole)
    found = method_of_equal_shares(
        whole, profile, Additive_Cardinal_Sat, analytics=True
    )
    turn = found.details.iterations[0]
    spent = [
        str(before - after) for before, after in zip(
            turn.voters_budget, turn.voters_budget_after_selection
        )
    ]
    paid.append(spent if list(found) else None)
json.dump(paid, sys.stdout)
"""


@pytest.mark.long
def test_who_pays_what_is_what_pabutools_finds() -> None:
    python = os.environ.get("PEERS")
    if not python:
        pytest.skip("PEERS ne nomme aucun Python qui ait pabutools : rien à comparer")
    chance = Random(1)
    elections = []
    for _ in range(ELECTIONS):
        communes = {
            f"c{number}": (chance.randint(1, 9), chance.randint(1, 40))
            for number in range(chance.randint(2, 8))
        }
        whole = sum(units for units, _ in communes.values())
        elections.append((chance.randint(1, whole), communes))
    done = subprocess.run(
        [python, "-c", _ELECT],
        input=json.dumps(elections),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == ELECTIONS
    for (cost, communes), spent in zip(elections, found, strict=True):
        ours = split_cost(
            cost * UNIT,
            {name: units * UNIT for name, (units, _) in communes.items()},
            {name: Fraction(worth) for name, (_, worth) in communes.items()},
        )
        voters = iter(spent)
        for name, (units, _) in communes.items():
            theirs = sum((Fraction(next(voters)) for _ in range(units)), Fraction())
            assert abs(ours[name] - theirs * UNIT) <= 1
