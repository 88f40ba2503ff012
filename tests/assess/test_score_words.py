"""Money on screen: a range as long as the quantity is one, summed as it is shown."""

import pytest

from diag.assess.results import Cost
from diag.assess.words import short_cost
from tests.assess.test_money import cost, plain


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ((cost(3, 3, 10_000, 20_000, 30_000),), "600 €"),
        ((cost(1, 3, 10_000, 20_000, 30_000),), "200 à 600 €"),
        ((cost(0, 3, 1_000, 2_000, 3_000, yearly=True),), "0 à 60 € par an"),
        ((cost(1, None, 10_000, 20_000, 30_000),), "au moins 200 €"),
        (
            (cost(2, 2, 5_000, 10_000, 15_000), cost(0, 1, 5_000, 10_000, 15_000)),
            "200 à 300 €",
        ),
        ((cost(0, None, 10_000, 20_000, 30_000),), "à chiffrer"),
        (
            tuple(cost(0, None, 1, 2, 3, yearly=each) for each in (False, True)),
            "à chiffrer",
        ),
        ((), "sans dépense"),
    ],
)
def test_a_range_is_told_as_long_as_the_quantity_is_one(
    costs: tuple[Cost, ...], said: str
) -> None:
    assert plain(short_cost(*costs)) == said
