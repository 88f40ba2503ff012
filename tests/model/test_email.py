import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.codes import email_problem, is_consumer_mailbox


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
