"""Which way a rule goes when a fact rises, from its text."""

import pytest

from diag.checklist.search.monotony import Polarity, polarity
from diag.rules.language import parse_rule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", Polarity.RISES),
        ("not x", Polarity.FALLS),
        ("y > 1", Polarity.STAYS),
        ("x >= 1", Polarity.RISES),
        ("1 < x", Polarity.RISES),
        ("x <= 1", Polarity.FALLS),
        ("x == 1", Polarity.VARIES),
        ("not (x == 1)", Polarity.VARIES),
        ("x in ('a', 'b')", Polarity.VARIES),
        ("'a' in x", Polarity.RISES),
        ("'a' not in x", Polarity.FALLS),
        ("x > 1 and y > 1", Polarity.RISES),
        ("x > 1 or x < 0", Polarity.VARIES),
        ("x + 1 > y", Polarity.RISES),
        ("y - x > 1", Polarity.FALLS),
        ("-x > 1", Polarity.FALLS),
        ("2 * x > 1", Polarity.RISES),
        ("-2 * x > 1", Polarity.FALLS),
        ("x / 3 > 1", Polarity.RISES),
        ("x * y > 1", Polarity.VARIES),
        ("1 / x > 1", Polarity.VARIES),
        ("months_between(x, y) > 1", Polarity.FALLS),
        ("months_between(y, x) > 1", Polarity.RISES),
        ("count(salle, x > 1) > 2", Polarity.RISES),
        ("total(salle, x) > 2", Polarity.RISES),
        ("total(salle, y, x < 1) > 2", Polarity.FALLS),
        ("share(salle, x > 1) > 0.5", Polarity.RISES),
        ("share(salle, y, x > 1) > 0.5", Polarity.VARIES),
        ("smallest(salle, x, y) < 2", Polarity.FALLS),
        ("largest(salle, y, x) < 2", Polarity.VARIES),
    ],
)
def test_a_text_tells_its_direction_or_not(text: str, expected: Polarity) -> None:
    assert polarity(parse_rule(text).root, "x") is expected
