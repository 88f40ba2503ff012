"""What a laptop believes, and what it keeps of the hubs that know it."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.sync import trust
from diag.sync.exchange import ExchangeEvent
from diag.sync.hub.home import AUTHORITY, CERTIFICATE, certify, make_authority
from diag.sync.meeting import synchronise_with
from diag.sync.trust import (
    Enrolment,
    Invited,
    compute_fingerprint,
    drop_enrolment,
    fetch_authority,
    keep_enrolment,
    read_enrolments,
    read_invitation,
    read_token,
)
from tests.journal.builders import NOON
from tests.sync.conftest import Memory
from tests.sync.offices import journal_in

DAY = datetime(2026, 11, 25, tzinfo=UTC)
URL = "https://hub.vallombre.example:8443"


def made(folder: Path, name: str) -> str:
    """Return an authority, PEM, whose bytes end in padding once written in base 64."""
    for letters in range(20):  # a signature's length is drawn: one in three has none
        place = folder / f"{name}{letters}"
        make_authority(place, name + "x" * letters, DAY)
        text = (place / AUTHORITY).read_text("ascii")
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


HUB = Enrolment(
    hub="ab12",
    name="Vallombre Numérique",
    url="https://hub.vallombre.example:8443",
    token="diag_secret",
    expires=NOON,
    device=3,
    territories=("*",),
    right="write",
)


def on_disk(folder: Path) -> str:
    (path,) = (folder / "hubs").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    return path.read_text("utf-8")


def test_the_keyring_keeps_the_token_and_the_file_does_not(
    tmp_path: Path, memory: Memory
) -> None:
    keep_enrolment(tmp_path, HUB)
    (known,) = read_enrolments(tmp_path)

    assert "diag_secret" not in on_disk(tmp_path)
    assert list(memory.kept.values()) == ["diag_secret"]
    assert read_token(known) == "diag_secret"


def test_without_a_keyring_its_file_keeps_it(tmp_path: Path) -> None:
    keep_enrolment(tmp_path, HUB)
    (known,) = read_enrolments(tmp_path)

    assert "diag_secret" in on_disk(tmp_path)
    assert read_token(known) == "diag_secret"


def test_a_renewed_token_takes_the_place_of_the_old_one(
    tmp_path: Path, memory: Memory
) -> None:
    keep_enrolment(tmp_path, HUB)
    keep_enrolment(tmp_path, HUB.model_copy(update={"token": "diag_renewed"}))
    (known,) = read_enrolments(tmp_path)

    assert read_token(known) == "diag_renewed"
    assert list(memory.kept.values()) == ["diag_renewed"]


def test_two_workspaces_of_a_session_keep_two_tokens(
    tmp_path: Path, memory: Memory
) -> None:
    other = HUB.model_copy(update={"device": 4, "token": "diag_other"})
    keep_enrolment(tmp_path / "a", HUB)
    keep_enrolment(tmp_path / "b", other)
    (known,) = read_enrolments(tmp_path / "a")

    assert read_token(known) == "diag_secret"


def test_a_hub_that_is_forgotten_leaves_no_token(
    tmp_path: Path, memory: Memory
) -> None:
    keep_enrolment(tmp_path, HUB)
    (known,) = read_enrolments(tmp_path)
    drop_enrolment(tmp_path, known)

    assert read_enrolments(tmp_path) == ()
    assert memory.kept == {}


def test_a_locked_keyring_and_a_foreign_session_are_told(
    tmp_path: Path, memory: Memory
) -> None:
    keep_enrolment(tmp_path, HUB)
    (known,) = read_enrolments(tmp_path)
    memory.locked = True
    with pytest.raises(DiagError, match="verrouillé"):
        read_token(known)
    memory.locked = False
    memory.kept.clear()

    with journal_in(tmp_path / "laptop") as journal:
        outcome = synchronise_with(journal, known, ExchangeEvent(), NOON)

    assert "trousseau de cette session" in outcome.problem


def shaken(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    """Have two ends shake hands in memory.

    Raises:
        SSLError: when the client does not believe the server.
    """
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(down, up, server_hostname=name)
    there = server.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for end in (here, there):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    here.do_handshake()


@pytest.mark.parametrize("year", [2010, 2026, 2090])
def test_an_authority_that_was_compared_is_believed_whatever_the_clock(
    tmp_path: Path, year: int
) -> None:
    day = datetime(year, 1, 1, tzinfo=UTC)
    for name in ("hub", "autre"):
        make_authority(tmp_path / name, name, day)
    certify(tmp_path / "hub", "hub.vallombre.example", day)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "hub" / CERTIFICATE)
    own, other = (
        trust.build_trust((tmp_path / name / AUTHORITY).read_text("ascii"))
        for name in ("hub", "autre")
    )

    shaken(own, server, "hub.vallombre.example")

    with pytest.raises(ssl.SSLCertVerificationError, match=r"(?i)hostname"):
        shaken(own, server, "ailleurs.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(other, server, "hub.vallombre.example")
    assert not trust.build_trust("").verify_flags & trust._NO_DATES
