"""Rules as texts: what reads, what they say they read."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.enums import PlaceKind
from diag.rules.expressions import RuleError
from diag.rules.language import parse_rule, thresholds

WORDS = [
    *("a", "debit", "salle", "'x'", '"y"', "0", "1.5", "and", "or", "not", "in"),
    *("(", ")", ",", "+", "-", "*", "/", "<", ">=", "==", "!=", " ", "\n", "count("),
    *("share(salle,", "total(", "months_between(", "lambda", "if", "=", "[", "**"),
]


@pytest.mark.parametrize(
    "text",
    [
        "debit >= 30",
        "type_salle == 'classe' and prises_rj45 < 2",
        'type_salle == "classe"',
        "not (acces_internet or repli)",
        "1 <= prises < 4",
        "'office' in suites",
        "'office' not in suites",
        "type_salle in ('classe', 'bcd')",
        "type_salle not in ('classe')",
        "count(salle) > 0",
        "count(salle, type_salle == 'classe') / nb_classes >= 0.75",
        "share(salle, prises >= 2, type_salle == 'classe') >= 0.5",
        "total(lot, quantite_lot, en_service) >= 2 * nb_eleves / 5",
        "smallest(salle, debit_wifi, type_salle == 'classe') >= 10",
        "largest(salle, debit_wifi) - 3 > -delta",
        "months_between(sauvegarde, visit_date) <= 12",
        "2 * quantite",
    ],
)
def test_the_constructions_of_the_language_read(text: str) -> None:
    assert parse_rule(text).text == text


def test_a_rule_on_several_lines_reads() -> None:
    rule = parse_rule("  debit >= 30\n  and nb_classes > 0\n")
    assert rule.names == {"debit", "nb_classes"}


def test_names_inside_aggregates_are_told_apart() -> None:
    rule = parse_rule("count(salle, prises < nb) > seuil and share(lot, neuf) >= 0.5")
    assert rule.names == {"seuil"}
    assert rule.inner_names == {
        PlaceKind.SALLE: {"prises", "nb"},
        PlaceKind.LOT: {"neuf"},
    }
    assert rule.kinds == {PlaceKind.SALLE, PlaceKind.LOT}


def test_thresholds_are_the_numbers_that_a_name_is_compared_with() -> None:
    rule = parse_rule("1 <= x < 0.5 or count(salle, p >= 2) > 3 or x + 1 > 9")
    assert thresholds(rule) == {
        "x": {Fraction(1), Fraction(1, 2)},
        "p": {Fraction(2)},
    }


def test_a_decimal_is_exact() -> None:
    (threshold,) = thresholds(parse_rule("x > 0.1"))["x"]
    assert threshold == Fraction(1, 10)


@given(st.text(max_size=60))
def test_any_text_reads_or_says_where_it_does_not(text: str) -> None:
    assert_reads_or_refuses(text)


@given(st.lists(st.sampled_from(WORDS), max_size=24))
def test_any_heap_of_words_reads_or_says_where_it_does_not(words: list[str]) -> None:
    assert_reads_or_refuses(" ".join(words))
    assert_reads_or_refuses("".join(words))


@pytest.mark.parametrize("text", ["-" * 1999 + "1", "(" * 999 + "1" + ")" * 999])
def test_a_nest_of_operators_is_refused_not_crashed_on(text: str) -> None:
    with pytest.raises(RuleError):
        parse_rule(text)


def assert_reads_or_refuses(text: str) -> None:
    refusal = refusal_of(text)
    assert refusal is None or 1 <= refusal.column <= len(text) + 1


def refusal_of(text: str) -> RuleError | None:
    try:
        parse_rule(text)
    except RuleError as error:
        return error
    return None
