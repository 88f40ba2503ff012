"""Codes in files: which numbers are official, which addresses can serve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.demo.territory import with_key
from diag.model.text import (
    check_letter,
    email_problem,
    is_consumer_mailbox,
    is_siren,
    normal_insee,
    normal_siren,
    normal_uai,
)


@pytest.mark.parametrize(
    "address",
    [
        "mairie@valbrise.example",
        "ce.9990001A@ac-vallombre.example",
        "mairie-st-aubin@commune.bzh",
        "accueil+ecole@sous.domaine.example",
    ],
)
def test_an_ordinary_address_has_no_problem(address: str) -> None:
    assert email_problem(address) == ""


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "adresse inconnue"),
        ("inconnu", "adresse inconnue"),
        ("Inconnu", "adresse inconnue"),
        ("https://www.mairie-cestas.frnous-contacter", "page web"),
        ("www.valbrise.example/contact", "page web"),
        ("a@valbrise.example; b@valbrise.example", "plusieurs adresses"),
        ("chaudardes.mairie@orange", "adresse mal formée"),
        ("mairieavelesges@orange.", "adresse mal formée"),
        ("mairie valbrise@valbrise.example", "adresse mal formée"),
        ("mairie..valbrise@valbrise.example", "adresse mal formée"),
        (".mairie@valbrise.example", "adresse mal formée"),
        ("mairie@-valbrise.example", "adresse mal formée"),
        ("mairie@valbrise.example\n", "adresse mal formée"),
        ("a" * 250 + "@valbrise.example", "adresse mal formée"),
    ],
)
def test_anything_else_says_why_it_is_no_address(written: str, problem: str) -> None:
    assert email_problem(written) == problem


@given(st.text())
def test_what_is_accepted_fits_an_e_mail_header(text: str) -> None:
    assert email_problem(text) or (text.isascii() and " " not in text)


@pytest.mark.parametrize("domain", ["gmail.com", "Orange.fr", "yahoo.co.uk", "free.fr"])
def test_a_mailbox_at_a_public_provider_may_be_someone_s_own(domain: str) -> None:
    assert is_consumer_mailbox(f"direction@{domain}")


@pytest.mark.parametrize("domain", ["ac-rennes.fr", "free-school.example", ""])
def test_a_mailbox_elsewhere_is_not(domain: str) -> None:
    assert not is_consumer_mailbox(f"direction@{domain}")


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


@pytest.mark.parametrize("digits", ["０１２３４５６７８", "٠١٢٣٤٥٦٧٨"])
def test_digits_of_another_script_make_no_code(digits: str) -> None:
    """They passed, and made a school that no official file has."""
    for normal, typed in (
        (normal_uai, digits[:7] + check_letter(digits[:7])),
        (normal_insee, digits[:5]),
        (normal_siren, digits),
    ):
        with pytest.raises(ValueError, match="n'est pas"):
            normal(typed)
