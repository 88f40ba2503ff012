"""Whom a laptop believes: what an invitation is, and what its fingerprint proves."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.sync import trust
from diag.sync.hub import home
from diag.sync.trust import (
    Invited,
    compute_fingerprint,
    fetch_authority,
    read_invitation,
)

DAY = datetime(2026, 11, 25, tzinfo=UTC)
URL = "https://hub.vallombre.example:8443"


def made(folder: Path, name: str) -> str:
    """Return an authority, PEM, whose bytes end in padding once written in base 64."""
    for letters in range(20):  # a signature's length is drawn: one in three has none
        place = folder / f"{name}{letters}"
        home.make_authority(place, name + "x" * letters, DAY)
        text = (place / home._AUTHORITY).read_text("ascii")
        if text.splitlines()[-2].endswith("="):
            return text
    raise AssertionError


@pytest.mark.parametrize("between", ["", "\n", "\n# autre\n"])
def test_an_authority_put_after_the_true_one_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """Both once passed under the fingerprint of the first: any hub was believed."""
    true, false = made(tmp_path, "Vallombre"), made(tmp_path, "Intrus")
    sent = true.strip() + between + false
    monkeypatch.setattr(trust, "_download", lambda _url: sent)

    pinned = fetch_authority(Invited(URL, compute_fingerprint(true), "CODE"))

    assert pinned == true
    assert len(trust.build_trust(pinned).get_ca_certs()) == 1


def test_another_authority_first_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, false = made(tmp_path, "Vallombre"), made(tmp_path, "Intrus")
    monkeypatch.setattr(trust, "_download", lambda _url: false + true)

    with pytest.raises(DiagError, match="n'est pas celui de l'invitation"):
        fetch_authority(Invited(URL, compute_fingerprint(true), "CODE"))


@pytest.mark.parametrize("text", ["", "bonjour", ssl.PEM_HEADER, "-----BEGIN"])
def test_what_is_no_certificate_has_no_fingerprint(text: str) -> None:
    assert compute_fingerprint(text) == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://[abc",
        "https://hub:99999",
        "https://hub:huit",
        "https://hub:0",
        "https://hub mairie",
        "https://",
        "http://hub:8443",
        "https://qui@hub:8443",
        "https://hub?x",
    ],
)
def test_an_address_that_cannot_be_is_no_invitation(address: str) -> None:
    with pytest.raises(DiagError, match="Ce n'est pas une invitation"):
        read_invitation(f"{address}##CODE")
