"""Kleene's logic."""

import pytest

from diag.rules.expressions import Truth, either, negation

TRUTHS: tuple[Truth, ...] = (True, None, False)


@pytest.mark.parametrize("left", TRUTHS)
@pytest.mark.parametrize("right", TRUTHS)
def test_either_is_kleenes(left: Truth, right: Truth) -> None:
    rank = {False: 0, None: 1, True: 2}
    by_rank = {value: key for key, value in rank.items()}
    assert either(left, right) is by_rank[max(rank[left], rank[right])]


def test_negation_keeps_the_unknown() -> None:
    assert [negation(truth) for truth in TRUTHS] == [False, None, True]
