"""Sheets are read once, and again when the colours change."""

from collections.abc import Iterable
from inspect import unwrap

import pytest
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet

from diag.tui.app import ReadOnce


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the sheets that Textual's own parser reads, as it reads them."""
    sheets: list[str] = []

    def counted(scope: str, css: str, *rest: object, **named: object) -> object:
        sheets.append(css)
        return parse(scope, css, *rest, **named)  # type: ignore[arg-type] # passed on

    read_anew = unwrap(Stylesheet._parse_rules)
    monkeypatch.setattr(Stylesheet, "_parse_rules", read_anew)
    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    return sheets


def colours(rules: Iterable[RuleSet]) -> list[str]:
    return [rule.styles.color.hex for rule in rules]


def test_a_new_sheet_is_read_alone_and_new_colours_have_all_read_again(
    read: list[str],
) -> None:
    first, other = "A { color: $ink; }", "B { color: #0000ff; }"
    styles = ReadOnce(variables={"ink": "#ff0000"})
    styles.add_source(first, ("a", ""))
    styles.reparse()
    styles.add_source(other, ("b", ""))
    styles.reparse()
    assert read == [first, other]
    assert colours(styles.rules) == ["#FF0000", "#0000FF"]

    styles.set_variables({"ink": "#00ff00"})
    styles.reparse()
    assert read == [first, other, first, other]
    assert colours(styles.rules) == ["#00FF00", "#0000FF"]
