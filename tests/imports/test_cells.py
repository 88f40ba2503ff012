from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.imports import cells
from diag.model.text import check_letter, clean_line, is_uai


@pytest.mark.parametrize(
    ("reader", "written", "value"),
    [
        (cells.uai, "0350122T", "0350122T"),
        (cells.uai, " 0350122t ", "0350122T"),
        (cells.uai, "350122T", "0350122T"),
        (cells.insee, "35016", "35016"),
        (cells.insee, "9342", "09342"),
        (cells.insee, "2a004", "2A004"),
        (cells.department, "9", "009"),
        (cells.department, "33", "033"),
        (cells.department, "2A", "02A"),
        (cells.department, "974", "974"),
        (cells.postcode, "9130", "09130"),
        (cells.phone, "561685144", "0561685144"),
        (cells.phone, "05 62 00 95 10", "0562009510"),
        (cells.phone, "+33 5 62 00 95 10", "0562009510"),
        (cells.phone, "05.62.00.95.10", "0562009510"),
        (cells.rpi, "9045", "009045"),
        (cells.rpi, "035009", "035009"),
        (cells.siret, "213 500 168 00025", "21350016800025"),
        (cells.iso_date, "2026-05-27", "2026-05-27"),
        (cells.iso_date, "27/05/2026", "2026-05-27"),
        (cells.iso_date, "2026-05-27T22:00:00+00:00", "2026-05-27"),
        (cells.latitude, "43,2105", "43.2105"),
        (cells.longitude, "-1.9294895003671315", "-1.9294895003671315"),
        (cells.email, "ce.0350122T@ac-rennes.fr", "ce.0350122T@ac-rennes.fr"),
        (
            cells.line_of_text,
            "Ecole  primaire\u00a0\tdu Bourg",
            "Ecole primaire du Bourg",
        ),
        (cells.line_of_text, "-", ""),
        (cells.line_of_text, "E\u0301cole\u202e", "École"),
        (cells.school_year, "2022", "2022-2023"),
        (cells.school_year, "2022-2023", "2022-2023"),
        (cells.flag, "1", 1),
        (cells.flag, "0", 0),
        (cells.flag, "", None),
    ],
)
def test_a_cell_is_read_and_excel_s_damage_mended(
    reader: Callable[[str], object], written: str, value: object
) -> None:
    assert reader(written) == value


@pytest.mark.parametrize(
    "reader",
    [
        *(cells.insee, cells.department, cells.postcode, cells.phone, cells.siret),
        *(cells.rpi, cells.iso_date, cells.latitude, cells.email, cells.line_of_text),
    ],
)
def test_an_empty_cell_is_empty(reader: Callable[[str], str]) -> None:
    assert reader("") == ""


@pytest.mark.parametrize(
    ("reader", "written", "told"),
    [
        (cells.uai, "0350122X", "(T attendu)"),
        (cells.uai, "350122X", "n'est pas un UAI"),
        (cells.uai, "0350122", "n'est pas un UAI"),
        (cells.uai, "٠350122T", "n'est pas un UAI"),
        (cells.uai, "", "n'est pas un UAI"),
        (cells.insee, "342", "n'est pas un code INSEE"),
        (cells.postcode, "BP 12", "n'est pas un code postal"),
        (cells.phone, "12", "n'est pas un numéro de téléphone"),
        (cells.siret, "2,17003E+13", "Excel l'a perdu"),
        (cells.siret, "2.17003E+13", "Excel l'a perdu"),
        (cells.siret, "2135001680002", "n'est pas un SIRET"),
        (cells.iso_date, "31/02/2026", "n'est pas une date"),
        (cells.iso_date, "46169", "n'est pas une date"),
        (cells.latitude, "févr-05", "n'est pas une coordonnée"),
        (cells.latitude, "120.5", "n'est pas une coordonnée"),
        (cells.email, "https://ecole.example", "page web"),
        (cells.line_of_text, "Ecole \ufffd", "caractère illisible"),
        (cells.line_of_text, "x" * 501, "plus de 500 caractères"),
        (cells.school_year, "2022-2024", "n'est pas une rentrée"),
        (cells.school_year, "", "n'est pas une rentrée"),
        (cells.flag, "peut-être", "n'est pas 0 ou 1"),
    ],
)
def test_what_cannot_be_read_says_why(
    reader: Callable[[str], object], written: str, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        reader(written)


def test_counts_and_decimals_keep_to_their_bounds() -> None:
    assert cells.count("12", 99) == 12
    assert cells.count("46.0", 99) == 46
    assert cells.decimal("84,9", 30, 210) == "84.9"
    for wrong in ("", "-1", "100", "2.5", "douze"):
        with pytest.raises(ValueError, match="nombre"):
            cells.count(wrong, 99)
    with pytest.raises(ValueError, match="de 30 à 210"):
        cells.decimal("12", 30, 210)


@pytest.mark.parametrize(
    ("insee", "department"),
    [("35016", "035"), ("2A004", "02A"), ("97411", "974"), ("99901", "999")],
)
def test_a_commune_s_code_tells_its_department(insee: str, department: str) -> None:
    assert cells.department_of(insee) == department


@given(st.integers(0, 9_999_999))
def test_lost_zeros_come_back_only_when_the_letter_fits(number: int) -> None:
    digits = f"{number:07d}"
    whole = digits + check_letter(digits)
    short = whole.lstrip("0")
    try:
        assert is_uai(cells.uai(short))
    except ValueError:
        assert len(short) < 5


@given(st.text(max_size=40))
def test_any_cell_is_read_or_refused(written: str) -> None:
    for reader in (
        *(cells.uai, cells.insee, cells.department, cells.postcode, cells.phone),
        *(cells.siret, cells.siren, cells.rpi, cells.iso_date, cells.latitude),
        *(cells.email, cells.line_of_text, cells.school_year, cells.flag),
    ):
        try:
            value = reader(written)
        except ValueError:
            continue
        assert value is None or clean_line(str(value)) == str(value)
