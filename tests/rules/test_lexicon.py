"""What may not even enter a rule."""

import pytest

from diag.rules.expressions import RuleError
from diag.rules.language import MAX_LENGTH, one_line


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x = 3", 3, "écrivez « == »"),
        ("a & b", 3, "écrivez « and »"),
        ("a | b", 3, "écrivez « or »"),
        ("x ≥ 3", 3, "écrivez « >= »"),
        ("x => 3", 3, "écrivez « >= »"),
        ("x =< 3", 3, "écrivez « <= »"),
        ("“x > 3”", 1, "guillemets droits"),
        ("quantité", 8, "sans accent"),
        ("x ** 2", 3, "n'existe pas"),
        ("x // 2", 3, "écrivez « / »"),
        ("x[0]", 2, "parenthèses"),
        ("x.y", 2, "n'existe pas"),
        ("x > 1 # note", 7, "n'existe pas"),
        ("x\u00a0> 1", 2, "espace insécable"),
        ("x > 1e5", 5, "nombre illisible"),
        ("x > 1_000", 5, "nombre illisible"),
        ("x > " + "9" * 31, 5, "nombre trop long"),
        ("t == 'été'", 6, "sans accent"),
        ("t == 'a", 6, "entre guillemets"),
        ("a is b", 3, "écrivez « == »"),
        ("lambda: a", 1, "« lambda »"),
        ("a if b else c", 3, "« and »"),
        ("acces == True", 10, "« not acces_internet »"),
        ("acces == true", 10, "« acces_internet »"),
        ("x == None", 6, "inconnu"),
    ],
)
def test_what_rules_lack_is_refused_with_its_column_and_a_remedy(
    text: str, column: int, words: str
) -> None:
    with pytest.raises(RuleError) as caught:
        one_line(text)
    assert caught.value.column == column
    assert words in caught.value.message


def test_a_rule_too_long_is_refused() -> None:
    with pytest.raises(RuleError, match="règle trop longue : 2001 caractères"):
        one_line("a" * (MAX_LENGTH + 1))


def test_lines_become_one_and_columns_stay() -> None:
    assert one_line("a\n\tand b") == "a  and b"


def test_an_error_tells_its_column() -> None:
    assert str(RuleError("bof", 7)) == "colonne 7 : bof"
