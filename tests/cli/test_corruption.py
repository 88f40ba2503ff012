"""Whatever the disk changed, what is printed is right, or the change is told."""

import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from time import process_time

import pytest

from tests.audit.small_edition import ship
from tests.cli.corrupting import COMMANDS, Found, Matrix

SEED = 20261128
SAMPLE = 60
LONG = int(os.environ.get("DIAG_CORRUPTIONS", "1000"))
FIRST = int(os.environ.get("DIAG_CORRUPTIONS_FROM", "0"))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp("changed")
    with pytest.MonkeyPatch.context() as patch:
        ship(folder / "grilles", patch)
        yield Matrix(folder / "desk")


def tried(matrix: Matrix, seed: int, commands: int) -> list[tuple[str, Found]]:
    chance = Random(seed)
    what, data = matrix.changed(chance)
    chosen = chance.sample(COMMANDS, commands)
    return [(what, matrix.look(data, command)) for command in chosen]


def lies(tries: list[tuple[str, Found]]) -> list[tuple[str, Found]]:
    return [one for one in tries if one[1].verdict in {"wrong", "failed"}]


def test_right_or_told(matrix: Matrix) -> None:
    tries = [
        one for seed in range(SEED, SEED + SAMPLE) for one in tried(matrix, seed, 2)
    ]

    assert not lies(tries)
    assert {one.verdict for _, one in tries} == {"right", "told"}


@pytest.mark.long
def test_a_thousand_corruptions_are_right_or_told(matrix: Matrix) -> None:
    began, counts, wrong = process_time(), Counter[tuple[str, str]](), []
    for seed in range(FIRST, FIRST + LONG):
        tries = tried(matrix, seed, len(COMMANDS))
        counts.update((one.command, one.verdict) for _, one in tries)
        wrong += [(seed, *one) for one in lies(tries)]
    for name in sorted({name for name, _ in counts}):
        row = {
            word: counts[name, word] for word in ("right", "told", "wrong", "failed")
        }
        print(f"{name:>20} : {row}")
    print(
        f"{LONG} altérations, {sum(counts.values())} commandes, "
        f"{process_time() - began:.0f} s de calcul"
    )

    assert not wrong
