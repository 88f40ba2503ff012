"""Which constructions are rules."""

from fractions import Fraction

import pytest

from diag.model.enums import PlaceKind
from diag.rules.expressions import (
    Aggregate,
    AllOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Constant,
    Includes,
    IsAmong,
    NameNode,
    Not,
    RuleError,
)
from diag.rules.language import MAX_DEPTH, read_tree

X = NameNode("x", 0)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x", X),
        ("x >= 0.5", CompareNode(">=", X, Constant(Fraction(1, 2), 0), 0)),
        ("-3", Constant(-3, 0)),
        ("-x", Arithmetic("-", Constant(0, 0), X, 0)),
        ("'a' in x", Includes(X, ChoiceId("a", 0), negated=False, column=0)),
        ("x not in ('a')", IsAmong(X, (ChoiceId("a", 0),), negated=True, column=0)),
        (
            "1 < x < 2",
            AllOf(
                (
                    CompareNode("<", Constant(1, 0), X, 0),
                    CompareNode("<", X, Constant(2, 0), 0),
                ),
                0,
            ),
        ),
        ("not x", Not(X, 0)),
        ("count(salle)", Aggregate("count", PlaceKind.SALLE, None, None, None, 0)),
        ("count(lot, x)", Aggregate("count", PlaceKind.LOT, None, None, X, 0)),
        ("total(lot, x, x)", Aggregate("total", PlaceKind.LOT, X, None, X, 0)),
        ("share(lot, x, x)", Aggregate("share", PlaceKind.LOT, None, X, X, 0)),
    ],
)
def test_a_text_becomes_its_tree(text: str, tree: object) -> None:
    assert read_tree(text, 1) == tree


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x >", 4, "ne se lit plus ici"),
        ("(x > 1", 1, "ne se lit plus ici"),
        ("x > 1) or (x < 2", 6, "ne se lit plus ici"),
        ("x > 1 et y", 7, "écrivez « and »"),
        ("x > 1 ou y", 7, "écrivez « or »"),
        ("non x", 1, "écrivez « not »"),
        ("x == 'et' y", 11, "ne se lit plus ici"),
        ("x >= 30 casques", 6, "un nombre s'écrit seul, sans son unité"),
        ("x > 0,5", 1, "un décimal s'écrit avec un point"),
        ("x or 1", 6, "une condition est attendue"),
        ("(x > 1) + 1", 2, "un nombre, un choix"),
        ("x(1)", 1, "n'est pas une fonction"),
        ("cout(salle)", 1, "Vouliez-vous écrire « count »"),
        ("max(x, 1)", 1, "Les fonctions sont count, total"),
        ("count()", 1, "écrivez count(lieu)"),
        ("count(sale)", 7, "Vouliez-vous écrire « salle »"),
        ("count('salle')", 7, "écrivez count(lieu)"),
        ("total(salle)", 1, "écrivez total(lieu, nombre)"),
        ("share(salle, x, x, x)", 1, "écrivez share(lieu, condition)"),
        ("share(salle, 1)", 14, "une condition est attendue"),
        ("count(salle, count(lot) > 1)", 14, "ne peut pas en contenir un autre"),
        ("months_between(x)", 1, "months_between(date, date)"),
        ("x in y", 1, "« in » s'écrit"),
        ("'a' in 'b'", 1, "« in » s'écrit"),
        ("'a' in (x, x)", 1, "« in » s'écrit"),
        ("x == f'a'", 6, "est attendu ici"),
        ("x == u'a'", 6, "n'existe pas dans une règle"),
        ("x == b'a'", 6, "n'existe pas dans une règle"),
        ("x == 'a' 'b'", 6, "n'existe pas dans une règle"),
    ],
)
def test_what_is_no_rule_is_refused_where_it_stands(
    text: str, column: int, words: str
) -> None:
    with pytest.raises(RuleError) as caught:
        read_tree(text, 1)
    assert (caught.value.column, words in caught.value.message) == (column, True), (
        caught.value
    )


def test_nesting_is_limited() -> None:
    read_tree(" - ".join("x" * MAX_DEPTH), 1)
    with pytest.raises(RuleError, match="trop imbriquée"):
        read_tree(" - ".join("x" * (MAX_DEPTH + 1)), 1)
