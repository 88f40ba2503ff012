"""Two workspaces and a real hub, over TLS with its own authority."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.journal.journal import Editions, Journal
from diag.journal.revision import now
from diag.model.errors import DiagError
from diag.sync import transfer
from diag.sync.exchange import ExchangeEvent, SyncResult
from diag.sync.http import HttpTransport, enrol
from diag.sync.hub import app
from diag.sync.hub.files import PART, BlobFiles
from diag.sync.hub.home import AUTHORITY, CERTIFICATE, certify, make_authority
from diag.sync.meeting import synchronise_with
from diag.sync.protocol import HubLimits, OfflineError, ProblemError
from diag.sync.transfer import Transfer
from diag.sync.trust import (
    Enrolment,
    build_trust,
    fetch_authority,
    read_enrolments,
    read_invitation,
)
from tests.examples import cases
from tests.journal.builders import NOON, person
from tests.journal.worlds import content
from tests.sync.offices import AUDITS, ROOTS, journal_in, photographed, say, started
from tests.sync.serving import Served, cutting, free_port, made_home, served

VALLEY, *_ = AUDITS
ANNE, BRUNO = person("anne"), person("bruno")
DAY = 24 * 3600 * 1000
"""In milliseconds."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hub")
    limits = HubLimits(piece_bytes=1_000)
    with served(made_home(folder / "hub", free_port(), limits)) as running:
        yield running


def sync(
    journal: Journal, enrolment: Enrolment, told: ExchangeEvent | None = None
) -> SyncResult:
    event = told or ExchangeEvent(pauses=())
    return synchronise_with(journal, enrolment, event, NOON)


def test_two_workspaces_meet_at_a_hub(hub: Served, tmp_path: Path) -> None:
    with journal_in(tmp_path / "a") as anne, journal_in(tmp_path / "b") as bruno:
        started(anne, VALLEY, ANNE)
        say(anne, VALLEY, 3, ANNE)
        edition = Editions(anne).keep(b'{"une":"edition"}')
        anne.write(changes.pinned(VALLEY.id, edition), ANNE)
        photo = photographed(anne, bytes(range(256)) * 10, 1, ANNE)
        ours = enrol(tmp_path / "a", hub.invite(), "portable d'Anne")
        theirs = enrol(tmp_path / "b", hub.invite("999"), "portable de Bruno")

        given = sync(anne, ours)
        taken = sync(bruno, theirs)

        assert (given.problem, given.pushed, given.sent) == ("", 4, 2)
        assert (taken.problem, taken.pulled, taken.received) == ("", 4, 2)
        assert given.is_whole
        assert taken.is_whole
        assert content(anne.connection) == content(bruno.connection)
        assert Editions(bruno).read(edition) == b'{"une":"edition"}'
        assert AttachmentStore(tmp_path / "b").get(photo) == bytes(range(256)) * 10
        assert not (tmp_path / "b" / "incoming").exists()
        assert sync(bruno, theirs).pulled == 0


def test_what_a_laptop_keeps_of_a_hub_is_for_its_owner_alone(
    hub: Served, tmp_path: Path
) -> None:
    signs = "ab" * 32
    invited = hub.invite("999", right="read")
    kept = enrol(tmp_path, invited, "portable", sign_key=signs)

    (path,) = (tmp_path / "hubs").iterdir()
    assert read_enrolments(tmp_path) == (kept,)
    assert path.stat().st_mode & 0o077 == 0
    assert (kept.territories, kept.right) == (("999",), "read")
    assert kept.name == "Vallombre Numérique"
    assert hub.store.devices()[-1].sign_key == signs
    assert kept.key == hub.home.key
    assert kept.key.startswith("diag1-")


def test_an_invitation_serves_once(hub: Served, tmp_path: Path) -> None:
    invitation = hub.invite()
    enrol(tmp_path, invitation, "portable")

    with pytest.raises(ProblemError, match="Une invitation sert une fois") as raised:
        enrol(tmp_path, invitation, "autre")

    assert raised.value.kind == "enrol-refused"


def test_a_hub_of_another_authority_is_refused_before_anything_is_said(
    hub: Served, tmp_path: Path
) -> None:
    invited = read_invitation(hub.invite())
    wrong = invited._replace(fingerprint="0" * 32)

    with pytest.raises(DiagError, match="n'est pas celui de l'invitation"):
        enrol(tmp_path, str(wrong), "portable")

    make_authority(tmp_path / "other", "Autre", datetime.now(UTC))
    other = (tmp_path / "other" / "ca.pem").read_text("ascii")
    for trust in (build_trust(other), ssl.create_default_context()):
        office = HttpTransport(invited.url, trust)
        with pytest.raises(OfflineError, match="certificat"):
            office.hello()
        office.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://hub:8443",
        "http://hub:8443##CODE",
        "https://hub:8443#abc#CODE",
        "https://hub:8443##",
        "https://#" + "0" * 32 + "#CODE",
    ],
)
def test_what_is_no_invitation_is_said_so(text: str, tmp_path: Path) -> None:
    with pytest.raises(DiagError, match="Ce n'est pas une invitation"):
        enrol(tmp_path, text, "portable")


def test_an_office_with_a_public_certificate_gives_no_fingerprint() -> None:
    invited = read_invitation(" https://diag.example.org/##K7 \n")

    assert invited.url == "https://diag.example.org"
    assert fetch_authority(invited) == ""


def test_a_revoked_laptop_is_told_what_to_do(hub: Served, tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        started(journal, VALLEY, ANNE)
        enrolment = enrol(tmp_path, hub.invite(), "perdu")
        hub.store.revoke(enrolment.device, NOON)

        outcome = sync(journal, enrolment)

    assert "plus, autorisé" in outcome.problem
    assert "diag sync enrol" in outcome.problem


def test_a_hub_that_is_not_there_is_told_and_nothing_is_lost(
    hub: Served, tmp_path: Path
) -> None:
    with journal_in(tmp_path) as journal:
        enrolment = enrol(tmp_path, hub.invite(), "portable")
        nowhere = enrolment.model_copy(
            update={"url": f"https://127.0.0.1:{free_port()}"}
        )

        assert "ne répond pas" in sync(journal, nowhere).problem


@pytest.mark.parametrize("years", [-40, 0, 40])
def test_a_token_near_its_end_is_renewed_and_the_old_one_serves_a_moment_more(
    hub: Served, tmp_path: Path, years: int
) -> None:
    """By the clock of the hub: late by a year, a laptop once let its own lapse."""
    here = now() + years * 365 * DAY
    with journal_in(tmp_path) as journal:
        given = enrol(tmp_path, hub.invite(), "portable")
        synchronise_with(journal, given, ExchangeEvent(), here)
        assert read_enrolments(tmp_path) == (given,)

        old = given.model_copy(update={"expires": now() + DAY})
        synchronise_with(journal, old, ExchangeEvent(), here)
        (renewed,) = read_enrolments(tmp_path)

        assert renewed.token != old.token
        assert sync(journal, old).problem == ""
        assert sync(journal, renewed).problem == ""
        assert sync(journal, old).problem == ""


def through(enrolment: Enrolment, port: int) -> Enrolment:
    return enrolment.model_copy(update={"url": f"https://127.0.0.1:{port}"})


def test_cut_at_some_bytes_a_sync_goes_on_the_next_time(tmp_path: Path) -> None:
    cut_at(tmp_path, (0, 500, 1_900, 2_300, 2_900, 5_000), 4)


@pytest.mark.long
def test_cut_at_hundreds_of_bytes_a_sync_goes_on_the_next_time(tmp_path: Path) -> None:
    cut_at(tmp_path, range(0, 6_000, 41), 60)


def cut_at(tmp_path: Path, bytes_passed: Sequence[int], at_least: int) -> None:
    with (
        served(
            made_home(tmp_path / "hub", free_port(), HubLimits(piece_bytes=700))
        ) as hub,
        cutting(hub.port) as cutter,
        journal_in(tmp_path / "a") as anne,
        journal_in(tmp_path / "b") as bruno,
    ):
        started(anne, VALLEY, ANNE)
        say(anne, VALLEY, 3, ANNE)
        photographed(anne, bytes(range(256)) * 8, 1, ANNE)
        started(bruno, VALLEY, BRUNO)
        ours = through(enrol(tmp_path / "a", hub.invite(), "a"), cutter.port)
        theirs = through(enrol(tmp_path / "b", hub.invite(), "b"), cutter.port)
        cuts, number = 0, 1
        for journal, enrolment in ((anne, ours), (bruno, theirs)):
            for way in ("up", "down"):
                number += 1
                say(journal, VALLEY, number, ANNE)
                photographed(anne, bytes([number]) * 2_000, number, ANNE)
                for most in bytes_passed:
                    setattr(cutter, way, most)
                    cuts += bool(sync(journal, enrolment).problem)
                setattr(cutter, way, 10**12)
                assert sync(journal, enrolment).problem == ""
        for journal, enrolment in ((anne, ours), (bruno, theirs), (anne, ours)):
            assert sync(journal, enrolment).is_whole
        assert cuts > at_least
        assert content(anne.connection) == content(bruno.connection)
        assert (
            AttachmentStore(tmp_path / "b").sizes()
            == AttachmentStore(tmp_path / "a").sizes()
        )


def part_of(hub: Served, sha: str, content: bytes) -> None:
    """Leave at a hub what one killed before its end leaves."""
    whole = BlobFiles(hub.home.folder / "blobs").path(sha)
    whole.parent.mkdir(parents=True, exist_ok=True)
    whole.with_name(sha + PART).write_bytes(content)


def test_a_part_as_long_as_the_whole_is_not_taken_for_it(
    hub: Served, tmp_path: Path
) -> None:
    """A hub killed before it looked at the last piece never had the photo.

    The laptop believed it had, and let go of its own once the audit was closed.
    """
    right, wrong = bytes(range(250)) * 10, bytes(range(240)) * 10
    with journal_in(tmp_path / "a") as anne:
        started(anne, VALLEY, ANNE)
        ours = enrol(tmp_path / "a", hub.invite(), "portable d'Anne")
        shas = [
            photographed(anne, right, 11, ANNE),
            photographed(anne, wrong, 12, ANNE),
        ]
        part_of(hub, shas[0], right)
        part_of(hub, shas[1], b"x" * len(wrong))

        first, again = sync(anne, ours), sync(anne, ours)

        assert (first.sent, len(first.refused)) == (1, 1)
        assert shas[0] in first.there
        assert shas[1] not in first.there
        assert "sera renvoyé" in first.refused[0]
        assert (again.sent, again.refused) == (1, [])
        blobs = BlobFiles(hub.home.folder / "blobs")
        assert [blobs.held(sha) for sha in shas] == [None, None]


def test_a_hub_that_cannot_say_it_has_the_whole_is_not_believed(
    tmp_path: Path,
) -> None:
    """A release that only counts bytes: told, and the photo stays here."""

    class Counting(HttpTransport):
        def missing(self, shas: Sequence[str]) -> dict[str, int]:
            return dict.fromkeys(shas, 2_500)

        def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
            raise ProblemError("offset", offset=total)

    with journal_in(tmp_path / "a") as anne:
        started(anne, VALLEY, ANNE)
        photographed(anne, bytes(2_500), 13, ANNE)
        office = Counting("https://hub", build_trust(""))
        giving = Transfer(anne, HubLimits())

        giving.run(office)

        assert (giving.sent, len(giving.refused), giving.there) == (0, 1, set())


def test_no_part_of_a_photo_lies_in_clear_beside_an_encrypted_journal(
    hub: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "is_encrypted", lambda _folder: True)
    with journal_in(tmp_path / "a") as anne, journal_in(tmp_path / "b") as bruno:
        started(anne, VALLEY, ANNE)
        photo = photographed(anne, bytes(range(251)) * 10, 14, ANNE)
        sync(anne, enrol(tmp_path / "a", hub.invite(), "a"))
        theirs = enrol(tmp_path / "b", hub.invite("999"), "b")
        (tmp_path / "b" / "incoming").write_text("where parts would be")

        assert sync(bruno, theirs).problem == ""

        assert AttachmentStore(tmp_path / "b").get(photo) == bytes(range(251)) * 10


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_photo_advances_at_each_try_however_soon_the_line_is_cut(
    tmp_path: Path, way: str
) -> None:
    """Under a megabyte, a photo that was cut once began again for ever."""
    with (
        served(made_home(tmp_path / "hub", free_port())) as hub,
        cutting(hub.port) as cutter,
        journal_in(tmp_path / "a") as anne,
        journal_in(tmp_path / "b") as bruno,
    ):
        started(anne, VALLEY, ANNE)
        ours, theirs = (enrol(tmp_path / one, hub.invite(), one) for one in "ab")
        for journal, who in ((anne, ours), (bruno, theirs)):
            assert sync(journal, who).is_whole
        photographed(anne, bytes(range(256)) * 2_000, 1, ANNE)
        setattr(cutter, way, 120_000)
        if way == "up":
            assert 0 < count_tries(hub, anne, through(ours, cutter.port)) <= 5
        else:  # what came before a cut is kept, and the rest asked for at once
            assert sync(anne, ours).is_whole
            assert count_tries(hub, bruno, through(theirs, cutter.port)) == 0
            assert cutter.passed["down"] > 500_000


@pytest.mark.parametrize("way", cases(("up", "down"), "down"))
def test_small_photos_share_requests_and_advance_where_the_line_is_cut(
    tmp_path: Path, way: str
) -> None:
    with (
        served(made_home(tmp_path / "hub", free_port())) as hub,
        cutting(hub.port) as cutter,
        journal_in(tmp_path / "a") as anne,
        journal_in(tmp_path / "b") as bruno,
    ):
        started(anne, VALLEY, ANNE)
        ours, theirs = (enrol(tmp_path / one, hub.invite(), one) for one in "ab")
        for journal, who in ((anne, ours), (bruno, theirs)):
            assert sync(journal, who).is_whole
        shas = [photographed(anne, bytes([n]) * 20_000, n, ANNE) for n in range(30)]
        setattr(cutter, way, 120_000)
        if way == "up":
            assert 0 < count_tries(hub, anne, through(ours, cutter.port)) <= 7
        else:
            assert sync(anne, ours).is_whole
            assert count_tries(hub, bruno, through(theirs, cutter.port)) <= 1
        assert sync(bruno, theirs).is_whole
        held = AttachmentStore(tmp_path / "b")
        assert all(held.get(sha) == bytes([n]) * 20_000 for n, sha in enumerate(shas))


def test_a_first_sync_ends_on_a_line_that_is_cut_every_64_kib(tmp_path: Path) -> None:
    """A batch never shrank: where it did not pass once, it never did."""
    chance = Random(1)
    with (
        served(made_home(tmp_path / "hub", free_port())) as hub,
        cutting(hub.port) as cutter,
        journal_in(tmp_path / "a") as anne,
        journal_in(tmp_path / "b") as bruno,
    ):
        started(anne, VALLEY, ANNE)
        notes = [
            changes.noted(
                VALLEY.id, ROOTS[VALLEY.id], f"q{n}", chance.randbytes(2_000).hex()
            )
            for n in range(60)
        ]
        anne.write_many(notes, ANNE)
        cutter.up = cutter.down = 64 * 1024
        waits: list[float] = []
        for journal, name in ((anne, "a"), (bruno, "b")):
            who = through(enrol(tmp_path / name, hub.invite(), name), cutter.port)
            result = sync(journal, who, ExchangeEvent(wait=waits.append))
            assert (result.problem, result.is_whole) == ("", True)
        assert waits
        assert content(anne.connection) == content(bruno.connection)


def count_tries(hub: Served, journal: Journal, who: Enrolment) -> int:
    """Sync until all is there; return how many times it was cut before."""
    for tries in range(20):
        hub.settle()
        if sync(journal, who).is_whole:
            return tries
    return 20


@pytest.mark.parametrize("first", [b"", b"GET /v1/hello HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_line_on_which_no_request_comes_whole_is_closed(
    hub: Served, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand of them locked everyone out, as long as they stayed."""
    monkeypatch.setattr(app, "_IDLE", 0.05)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE

    def answered() -> bytes:
        """Return what comes until the hub closes the line."""
        wire = socket.create_connection(("127.0.0.1", hub.port), 60)
        with trust.wrap_socket(wire) as line:
            line.sendall(first + b"GET /v1/hello HTTP/1.1\r\nHost: ")
            return b"".join(iter(lambda: line.recv(4_096), b""))

    # On a busy machine a line may be closed before the first request.
    assert any(answered().startswith(first and b"HTTP/1.1 200") for _ in range(50))


@pytest.mark.parametrize("year", [1990, 2090])
def test_a_clock_that_makes_a_certificate_lapse_is_told(
    tmp_path: Path, year: int
) -> None:
    """A public authority is strict about dates: it was once « not your server's »."""
    day = datetime(year, 1, 1, tzinfo=UTC)
    make_authority(tmp_path, "Autre époque", day)
    certify(tmp_path, "127.0.0.1", day)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            near, _ = listening.accept()
            with suppress(OSError), serving.wrap_socket(near, server_side=True):
                pass

        thread = Thread(target=answer)
        thread.start()
        port = listening.getsockname()[1]
        authority = (tmp_path / AUTHORITY).read_text("ascii")
        trust = ssl.create_default_context(cadata=authority)
        office = HttpTransport(f"https://127.0.0.1:{port}", trust)
        before = datetime.now().astimezone()
        with pytest.raises(OfflineError, match="réglez l'horloge") as raised:
            office.hello()
        office.close()
        thread.join()

    days = {f"{day:%d/%m/%Y}" for day in (before, datetime.now().astimezone())}
    assert any(day in str(raised.value) for day in days), "midnight may pass"
