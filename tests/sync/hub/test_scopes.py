"""Territories as people type them."""

from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.sync.hub.home import find_unknown_territories, parse_territory
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from tests.sync.offices import SCHOOLS


@pytest.mark.parametrize(
    ("typed", "scope"),
    [
        ("95", "095"),
        ("095", "095"),
        ("1", "001"),
        ("2a", "02A"),
        ("02B", "02B"),
        ("974", "974"),
        ("95127", "95127"),
        ("2a004", "2A004"),
        (" Syndicat ", "syndicat"),
        ("*", "*"),
    ],
)
def test_a_territory_is_spelt_as_the_directory_does(typed: str, scope: str) -> None:
    assert parse_territory(typed) == scope


@pytest.mark.parametrize("typed", ["", "vallombre", "9512", "Val d'Oise", "٩٥"])
def test_what_is_no_territory_says_what_one_is(typed: str) -> None:
    with pytest.raises(DiagError, match="inconnu : un département"):
        parse_territory(typed)


def test_a_territory_without_a_school_is_told(tmp_path: Path) -> None:
    store = Store(SqliteEngine(tmp_path / "hub.db"))
    store.put_directory(SCHOOLS.items())

    asked = ["999", "77", "syndicat", "*"]

    assert find_unknown_territories(store, asked) == ["77"]
    store.close()
