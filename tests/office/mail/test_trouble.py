import ssl

import pytest

from diag.office.mail_server import certificate_sentence, decode_reply
from tests.office.mail.post_office import Office

ACCOUNT = Office(port=587).account(host="smtp.vallombre.example")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            b"5.1.1 User unknown\nsee\n  the docs",
            "« 550 5.1.1 User unknown see the docs »",
        ),
        ("boîte pleine".encode(), "« 550 boîte pleine »"),
        (b"bo\xeete", "« 550 bo\ufffdte »"),
        ("\x1b[31m\u202erouge\x07", "« 550 [31mrouge »"),
        (b"", "« 550  »"),
    ],
)
def test_a_servers_words_are_shown_and_nothing_more(
    said: bytes | str, told: str
) -> None:
    assert decode_reply(550, said) == told


def test_a_server_that_talks_too_much_is_cut() -> None:
    assert len(decode_reply(550, b"x" * 100_000)) < 320


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("certificate has expired", "sa date"),
        ("certificate is not yet valid", "sa date"),
        ("Hostname mismatch, certificate is not valid for 'x'.", "un autre serveur"),
        ("IP address mismatch, certificate is not valid", "un autre serveur"),
        ("self-signed certificate", "--ca-file"),
        ("unable to get local issuer certificate", "--ca-file"),
    ],
)
def test_a_certificate_refused_says_what_to_do(said: str, told: str) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_message = said
    sentence = certificate_sentence(error, ACCOUNT)
    assert told in sentence
    assert "smtp.vallombre.example" in sentence
    assert "Rien n'a été envoyé" in sentence
