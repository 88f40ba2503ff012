"""The folder of a hub: settings, territories, certificates, copies, serving."""

import json
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Barrier, BrokenBarrierError

import pytest
from cryptography import x509

from diag.journal.seals import successor_of
from diag.model.errors import DiagError
from diag.sync.hub import app, copies
from diag.sync.hub.files import BlobFiles
from diag.sync.hub.home import (
    CERTIFICATE,
    HubHome,
    HubSettings,
    certify,
    find_unknown_territories,
    is_due,
    make_authority,
    parse_territory,
)
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from diag.sync.protocol import Enrolling, ProblemError
from diag.sync.trust import compute_fingerprint, read_invitation
from tests.sync.offices import SCHOOLS, let_in

NOON = 1_795_000_000_000
DAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
SETTINGS = HubSettings(name="Vallombre", url="https://hub.vallombre.example:8443")


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    return HubHome.create(tmp_path / "hub", SETTINGS)


def test_a_hub_opens_as_it_was_made(home: HubHome) -> None:
    again = HubHome.open(home.folder)

    assert again.settings == SETTINGS
    assert (again.host, again.port) == ("hub.vallombre.example", 8443)
    assert home.folder.stat().st_mode & 0o077 == 0
    assert (home.folder / "hub.json").stat().st_mode & 0o077 == 0
    for key in (home.folder / "tls").glob("*-key.pem"):
        assert key.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_nobody_else_reads_a_hub_nor_its_copies(tmp_path: Path) -> None:
    """A folder that was there stayed 755, and photos were 644 wherever copies go."""
    folder, elsewhere = tmp_path / "hub", tmp_path / "copies"
    usual = os.umask(0o022)
    try:
        for each in (folder, elsewhere):
            each.mkdir(mode=0o755)
        made = HubHome.create(folder, SETTINGS)
        blobs = BlobFiles(folder / "blobs")
        blobs.put("0" * 64, 0, b"half", 9)
        blobs.put(sha256(b"whole").hexdigest(), 0, b"whole", 5)
        copies.back_up(made, elsewhere)
    finally:
        os.umask(usual)

    files = [one for each in (folder, elsewhere) for one in each.rglob("*")]
    open_to_all = [one for one in files if one.is_file() and one.stat().st_mode & 0o77]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(files) > 10
    assert open_to_all == []


def test_an_invitation_carries_the_address_the_fingerprint_and_a_code(
    home: HubHome,
) -> None:
    invited = read_invitation(str(home.invite("Anne", ("999",), "write")))

    assert invited.url == SETTINGS.url
    assert invited.fingerprint == compute_fingerprint(home.authority)
    assert len(invited.code) == 14


def test_a_department_is_let_in_as_the_directory_spells_it(home: HubHome) -> None:
    """« 95 » once let in a laptop that saw nothing: the list says `095`."""
    code = home.invite("Anne", ("95", "95127"), "write").code
    store = home.store()
    try:
        let_in = home.hub(store).door.enrol(Enrolling(code=code, device="poste"))
    finally:
        store.close()

    assert let_in.territories == ("095", "95127")


def test_a_certificate_of_the_office_needs_no_authority_here(tmp_path: Path) -> None:
    make_authority(tmp_path, "Vallombre", DAY)
    certify(tmp_path, SETTINGS.name, DAY)
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_bytes((tmp_path / "hub.pem").read_bytes())
    files = {"tls": "files", "certificate": str(tmp_path / "cert.pem")}
    files["key"] = str(tmp_path / "key.pem")
    home = HubHome.create(tmp_path / "hub", SETTINGS.model_copy(update=files))

    assert home.certificate() == (tmp_path / "cert.pem", tmp_path / "key.pem")
    assert home.invite("Anne", ("*",), "read").fingerprint == ""
    with pytest.raises(DiagError, match="introuvable"):
        HubHome.create(
            tmp_path / "b", SETTINGS.model_copy(update={**files, "key": "rien.pem"})
        )


def test_the_certificate_is_renewed_near_its_end_by_the_same_authority(
    tmp_path: Path,
) -> None:
    make_authority(tmp_path, "Vallombre", DAY)
    assert is_due(tmp_path, DAY)
    certify(tmp_path, "192.0.2.7", DAY)

    assert not is_due(tmp_path, DAY + timedelta(days=300))
    assert is_due(tmp_path, DAY + timedelta(days=340))
    pem = (tmp_path / CERTIFICATE).read_bytes()
    certificate, issuer = x509.load_pem_x509_certificates(pem)
    certificate.verify_directly_issued_by(issuer)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert str(names.value.get_values_for_type(x509.IPAddress)[0]) == "192.0.2.7"


@pytest.mark.durable
def test_hubs_that_start_at_once_all_have_a_whole_certificate(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One makes it, the others wait: each made its own, over that of another."""
    met, made = Barrier(2), list[Path]()

    def certify_slowly(folder: Path, host: str, day: datetime) -> None:
        made.append(folder)
        with suppress(BrokenBarrierError):  # nobody else comes
            met.wait(timeout=0.1)
        certify(folder, host, day)

    def start(hub: HubHome) -> None:
        SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(*hub.certificate())

    monkeypatch.setattr("diag.sync.hub.home.certify", certify_slowly)
    hubs = [HubHome.open(home.folder) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        assert [*pool.map(start, hubs)] == [None] * 2

    assert made == [home.folder / "tls"]
    assert not list((home.folder / "tls").glob("*.part"))


def test_a_key_of_another_certificate_is_replaced_with_it(home: HubHome) -> None:
    folder, day = home.folder / "tls", datetime.now(UTC)
    pem = home.certificate()[0]
    first = pem.read_bytes()
    certify(folder, home.host, day)
    mark = b"-----BEGIN CERTIFICATE-----"
    pem.write_bytes(first.split(mark, 1)[0] + mark + pem.read_bytes().split(mark, 1)[1])
    assert is_due(folder, day)

    SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(*home.certificate())


def test_two_files_of_a_former_hub_become_one(home: HubHome) -> None:
    folder, pem = home.folder / "tls", home.certificate()[0]
    mark = b"-----BEGIN CERTIFICATE-----"
    key, chain = pem.read_bytes().split(mark, 1)
    (folder / "hub-key.pem").write_bytes(key)
    pem.write_bytes(mark + chain)

    SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(*home.certificate())

    assert not (folder / "hub-key.pem").exists()


def test_an_authority_whose_key_is_another_is_refused(
    home: HubHome, tmp_path: Path
) -> None:
    make_authority(tmp_path / "other", "Vallombre", DAY)
    (tmp_path / "other" / "ca-key.pem").replace(home.folder / "tls" / "ca-key.pem")

    with pytest.raises(DiagError, match="ne vont pas ensemble"):
        home.certificate()


def test_an_office_pair_that_does_not_match_is_refused(
    home: HubHome, tmp_path: Path
) -> None:
    first, second = tmp_path / "cert.pem", tmp_path / "key.pem"
    for path in (first, second):
        certify(home.folder / "tls", home.host, datetime.now(UTC))
        path.write_bytes(home.certificate()[0].read_bytes())
    files = {"tls": "files", "certificate": str(first), "key": str(second)}
    made = HubHome.create(tmp_path / "office", SETTINGS.model_copy(update=files))

    with pytest.raises(DiagError, match=r"cert\.pem et .*key\.pem"):
        made.certificate()


def test_settings_that_cannot_be_read_name_the_field(home: HubHome) -> None:
    told = json.loads((home.folder / "hub.json").read_bytes())
    (home.folder / "hub.json").write_text(
        json.dumps({**told, "tls": "aucun"}), encoding="utf-8"
    )

    with pytest.raises(DiagError, match="tls"):
        HubHome.open(home.folder)


def test_a_whole_hub_comes_back_on_a_new_machine(home: HubHome, tmp_path: Path) -> None:
    data = b"photo"
    sha = sha256(data).hexdigest()
    BlobFiles(home.folder / "blobs").put(sha, 0, data, len(data))
    copied = copies.back_up(home, tmp_path / "elsewhere")

    assert copies.restore(tmp_path / "new", copied) is None
    again = HubHome.open(tmp_path / "new")

    assert again.authority == home.authority
    assert again.certificate()[1].exists()
    assert BlobFiles(tmp_path / "new" / "blobs").read(sha, 0, 9) == (data, 5)


def test_who_was_revoked_since_a_copy_stays_so_once_it_is_back(home: HubHome) -> None:
    """A stolen laptop was let in again."""
    with closing(home.store()) as store:
        tokens = [let_in(home.hub(store)) for _ in range(2)]
    copied = copies.back_up(home)
    with closing(home.store()) as store:
        stolen, kept = (home.hub(store).door.caller(one).device for one in tokens)
        store.revoke(stolen, NOON)

    copies.restore(home.folder, copied)

    with closing(home.store()) as store:
        revoked = {one.id: one.revoked_at for one in store.devices()}
        with pytest.raises(ProblemError):
            home.hub(store).door.caller(tokens[0])
    assert revoked == {stolen: NOON, kept: 0}


@pytest.mark.parametrize("since", [False, True])
def test_who_was_copied_is_still_told_so_once_a_copy_is_back(
    home: HubHome, *, since: bool
) -> None:
    """Revoked anew, it had no token left to be told by."""
    with closing(home.store()) as store:
        token = let_in(home.hub(store))
        device = home.hub(store).door.caller(token).device
        if not since:
            store.stop_cloned(device, NOON)
        copied = copies.back_up(home)
        if since:
            store.stop_cloned(device, NOON)

    copies.restore(home.folder, copied)

    with closing(home.store()) as store, pytest.raises(ProblemError) as told:
        home.hub(store).door.caller(token)
    assert told.value.kind == "cloned"


def test_a_damaged_attachment_is_not_copied(home: HubHome, tmp_path: Path) -> None:
    path = BlobFiles(home.folder / "blobs").path("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"autre chose")

    copies.back_up(home, tmp_path / "elsewhere")

    assert list(BlobFiles(tmp_path / "elsewhere" / "blobs").all()) == []


def test_a_copy_that_is_not_one_changes_nothing(home: HubHome, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"rien")
    before = (home.folder / "hub.db").read_bytes()

    with pytest.raises(DiagError):
        copies.restore(home.folder, tmp_path / "x.db")

    assert (home.folder / "hub.db").read_bytes() == before


def test_a_hub_that_runs_is_not_replaced(home: HubHome) -> None:
    copied = copies.back_up(home)
    store = home.store()
    try:
        with pytest.raises(DiagError, match="le serveur est en marche"):
            copies.restore(home.folder, copied)
    finally:
        store.close()


def test_copies_are_kept_a_day_then_one_a_day_then_no_more(tmp_path: Path) -> None:
    def named(at: datetime) -> Path:
        return tmp_path / at.strftime("hub-%Y-%m-%d-%H%M%S.db")

    hours = [named(DAY - timedelta(hours=hour)) for hour in range(24 * 33)]
    others = [tmp_path / "hub-notes.db"]

    for path in (*hours, *others):
        path.touch()

    copies._drop_outdated(tmp_path, ".db", DAY)

    kept = [path for path in hours if path.exists()]
    assert kept[:25] == hours[:25]
    assert len(kept[25:]) == 29
    assert all(path.name.endswith("-230000.db") for path in kept[25:])
    assert all(path.exists() for path in others)


@pytest.mark.parametrize("number", [0, 2])
def test_an_authority_to_pin_is_one_certificate(
    home: HubHome, tmp_path: Path, number: int
) -> None:
    chain = tmp_path / "chaine.pem"
    chain.write_text(f"# autorité\n{home.authority * number}", encoding="utf-8")
    settings = SETTINGS.model_copy(update={"tls": "proxy", "authority": str(chain)})

    with pytest.raises(DiagError, match="il en faut un"):
        HubHome.create(tmp_path / "autre", settings)

    assert not (tmp_path / "autre").exists()


@pytest.mark.parametrize("suffix", ["", ".age"])
def test_copies_of_an_erased_attachment_expire_as_those_of_the_database(
    tmp_path: Path, suffix: str
) -> None:
    """They were kept for ever, while the runbook promised thirty days."""
    held, copied = BlobFiles(tmp_path / "hub"), BlobFiles(tmp_path / "copies")
    month = 31 * 24 * 3600
    for name, there, age in (
        ("aa" * 32, True, month),
        ("bb" * 32, False, month),
        ("cc" * 32, False, month // 2),
    ):
        path = copied.path(name).with_name(name + suffix)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        at = path.stat().st_mtime - age
        os.utime(path, (at, at))
        if there:
            held.path(name).parent.mkdir(parents=True)
            held.path(name).write_bytes(b"x")

    copies.drop_erased(held, copied.folder, suffix)
    held.drop("aa" * 32)
    copies.drop_erased(held, copied.folder, suffix)

    left = sorted(path.name for path in copied.folder.glob("??/??/*"))
    assert left == ["aa" * 32 + suffix, "cc" * 32 + suffix]


def test_what_a_restoration_set_aside_goes_after_a_month(home: HubHome) -> None:
    """It holds what was erased since, and stayed for ever."""
    now = datetime.now(UTC)
    days = {age: (now - timedelta(days=age)).date().isoformat() for age in (2, 45)}
    names = {
        age: f"hub-avant-restauration-{day}-101112.db" for age, day in days.items()
    }
    for name in (*names.values(), "hub-avant-restauration-mes-notes.txt"):
        (home.folder / name).write_bytes(b"x")

    copies.back_up(home)

    assert (home.folder / names[2]).exists()
    assert not (home.folder / names[45]).exists()
    assert (home.folder / "hub-avant-restauration-mes-notes.txt").exists()


HOSTILE = "Anne\x1b]0;titre\x07\nRoy"


def test_names_hold_nothing_that_moves_a_terminal(tmp_path: Path) -> None:
    home = HubHome.create(
        tmp_path / "hub", SETTINGS.model_copy(update={"name": HOSTILE})
    )
    code = home.invite(HOSTILE, ("999",), "write").code
    store = home.store()
    try:
        home.hub(store).door.enrol(Enrolling(code=code, device=HOSTILE))
        (device,) = store.devices()
    finally:
        store.close()

    said = (HubHome.open(home.folder).settings.name, device.person, device.name)
    assert said == ("Anne]0;titre Roy",) * 3


@pytest.mark.parametrize("name", ["", " \n", "\udcff"])
def test_a_name_that_cannot_be_shown_is_told(home: HubHome, name: str) -> None:
    with pytest.raises(DiagError, match=r"Nom refusé|manque un nom"):
        home.invite(name, ("999",), "write")


def test_an_address_that_is_taken_is_told(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "log_to_stderr", lambda: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]

        with pytest.raises(DiagError, match=f"ne peut pas écouter 127.0.0.1:{port}"):
            app.serve(home, host="127.0.0.1", port=port)


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


class Killed(BaseException):
    """The program ends there."""


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize("passed", range(5))
def test_killed_after_any_write_a_change_of_key_leaves_one_that_laptops_find(
    home: HubHome, monkeypatch: pytest.MonkeyPatch, passed: int, *, is_lost: bool
) -> None:
    """Cut between its two writes, it led laptops to a key that nobody held."""
    first = home.keys.card.sign
    home.rekey(1)
    second = home.keys.card.sign
    whole, left = Path.replace, [passed]

    def replace(path: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        done = whole(path, target)
        left[0] -= 1
        if not left[0]:
            raise Killed
        return done

    monkeypatch.setattr(Path, "replace", replace)
    with suppress(Killed):
        home.rekey(2, is_lost=is_lost)
    monkeypatch.setattr(Path, "replace", whole)

    now = HubHome.open(home.folder).keys.card.sign
    if is_lost and now != second:
        assert home.vouched == ()
        return
    for reached in (first, second):
        while following := successor_of(reached, home.vouched):
            reached = following  # noqa: PLW2901 -- key after key
        assert reached == now
    home.rekey(3)
    assert [card.key for card in home.vouched][-1] == home.keys.card.sign


def test_changes_of_key_at_once_follow_one_another(home: HubHome) -> None:
    """Two were vouched for by the same key: laptops were led to either of them."""
    first = home.keys.card.sign
    with ThreadPoolExecutor(4) as programs:
        list(programs.map(HubHome.open(home.folder).rekey, range(4)))

    reached = first
    for _ in range(4):
        reached = successor_of(reached, home.vouched)
    assert reached == home.keys.card.sign
