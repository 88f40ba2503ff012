"""Whatever the disk changed, what is printed is right, or the change is told."""

import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from tests.audit.small_edition import ship
from tests.cli.corrupting import COMMANDS, Found, Matrix, look_apart

SEED = 20261128
SAMPLE = 8
LONG = int(os.environ.get("DIAG_CORRUPTIONS", "1000"))
FIRST = int(os.environ.get("DIAG_CORRUPTIONS_FROM", "0"))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp("changed")
    with pytest.MonkeyPatch.context() as patch:
        ship(folder / "grilles", patch)
        yield Matrix(folder / "desk")


def lies(tries: list[tuple[str, Found]]) -> list[tuple[str, Found]]:
    return [one for one in tries if one[1].verdict in {"wrong", "failed"}]


def test_right_or_told(matrix: Matrix) -> None:
    tries = []
    for seed in range(SEED, SEED + SAMPLE):
        chance = Random(seed)
        what, data = matrix.changed(chance)
        tries += [
            (what, matrix.look(data, each)) for each in chance.sample(COMMANDS, 2)
        ]

    assert not lies(tries)
    assert {one.verdict for _, one in tries} == {"right", "told"}


@pytest.mark.long
def test_a_thousand_corruptions_are_right_or_told(matrix: Matrix) -> None:
    counts, wrong = Counter[tuple[str, str]](), []
    for number in range(LONG):
        seed = FIRST + number
        what, data = matrix.changed(Random(seed))
        tries = [(f"{seed}: {what}", one) for one in look_apart(matrix, data)]
        counts.update((one.command, one.verdict) for _, one in tries)
        wrong += lies(tries)
        if number % 50 == 0 or lies(tries):
            print(f"{number + 1} of {LONG}, so far {_sum_up(counts)}", lies(tries))
    for name in sorted({name for name, _ in counts}):
        print(f"{name:>20} : {_sum_up(counts, name)}")
    print(f"{LONG} altérations : {_sum_up(counts)}, {_computed():.0f} s de calcul")

    assert not wrong


def _sum_up(counts: Counter[tuple[str, str]], name: str = "") -> dict[str, int]:
    sums = dict.fromkeys(("right", "told", "wrong", "failed"), 0)
    for (command, verdict), number in counts.items():
        sums[verdict] += number if command == (name or command) else 0
    return sums


def _computed() -> float:
    """Return the seconds of processor of the children that ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
