"""The numbers by which communes and syndicats are known, as they are typed."""

import pytest

from diag.demo.territory import with_key
from diag.model.codes import is_siren, normal_insee, normal_siren


@pytest.mark.parametrize(
    ("typed", "kept"), [("80021", "80021"), (" 2a 004 ", "2A004"), ("99901", "99901")]
)
def test_an_insee_code_is_read_as_it_is_typed(typed: str, kept: str) -> None:
    assert normal_insee(typed) == kept


@pytest.mark.parametrize("typed", ["8002", "800211", "2C004", "Amiens", ""])
def test_what_is_no_insee_code_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="n'est pas un code INSEE"):
        normal_insee(typed)


def test_a_siren_is_read_without_its_spaces() -> None:
    siren = with_key("25990001")
    assert normal_siren(f" {siren[:3]} {siren[3:6]} {siren[6:]} ") == siren


def test_a_wrong_digit_of_a_siren_is_seen() -> None:
    siren = with_key("25990001")
    for rank, digit in enumerate(siren):
        wrong = f"{siren[:rank]}{(int(digit) + 1) % 10}{siren[rank + 1 :]}"
        assert not is_siren(wrong)
        with pytest.raises(ValueError, match="un chiffre est faux"):
            normal_siren(wrong)


def test_what_is_no_siren_is_refused() -> None:
    with pytest.raises(ValueError, match="neuf chiffres"):
        normal_siren("2599")
