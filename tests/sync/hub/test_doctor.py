"""What a keeper is told of a hub: each fault by name, and nothing is written."""

import json
import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import psycopg
import pytest

from diag.journal import changes
from diag.journal.errors import LockedError
from diag.journal.revision import now
from diag.journal.signatures import signable
from diag.model.errors import Health, Inspection
from diag.sync.hub import copies, postgres
from diag.sync.hub.doctor import Machine, examine, name_unsealing
from diag.sync.hub.files import BlobFiles
from diag.sync.hub.home import HubHome, certify
from diag.sync.hub.intake import look_at_cut_over
from diag.sync.hub.store import Store
from diag.sync.protocol import Enrolling, ProblemError
from tests.cli.running import diag
from tests.journal.builders import person
from tests.sync.databases import Server
from tests.sync.offices import (
    AUDITS,
    NearOffice,
    exchanged,
    journal_in,
    let_in,
    say,
    started,
)
from tests.sync.serving import free_port, made_home, served

WELL = Machine(
    has_systemd=True, hub="active", timer="active", is_on_time=True, free=2**40
)
DAY = 24 * 3600 * 1000
VALLEY, ANNE = AUDITS[0], person("anne")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> HubHome:
    """Give a hub that holds an audit and was copied; nobody serves it."""
    folder = tmp_path_factory.mktemp("kept")
    home = made_home(folder / "hub", free_port())
    with closing(home.store()) as store, journal_in(folder / "anne") as journal:
        hub = home.hub(store)
        started(journal, VALLEY, ANNE)
        say(journal, VALLEY, 7, ANNE)
        exchanged(journal, NearOffice(hub, let_in(hub)))
    home.certificate()
    copies.back_up(home)
    return home


@pytest.fixture
def home(kept: HubHome, tmp_path: Path) -> HubHome:
    return HubHome.open(copytree(kept.folder, tmp_path / "hub"))


def state_of(folder: Path) -> dict[Path, tuple[bytes, int]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def wrong(home: HubHome, machine: Machine = WELL, at: int = 0) -> dict[str, Inspection]:
    found = examine(home, machine, at or now())
    return {one.step: one for one in found if one.verdict}


def test_a_hub_that_runs_well_is_sound_and_nothing_is_written(kept: HubHome) -> None:
    with served(kept):
        before = state_of(kept.folder)
        found = examine(kept, WELL, now())
        after = state_of(kept.folder)

    assert [one for one in found if one.verdict] == []
    assert len(found) > 12
    assert {p: s for p, s in after.items() if p.suffix != ".db-shm"} == {
        p: s for p, s in before.items() if p.suffix != ".db-shm"
    }


def test_a_hub_that_is_stopped_is_told_with_what_to_do(home: HubHome) -> None:
    before = state_of(home.folder)
    there = ("hub", "--folder", str(home.folder), "doctor")

    done = diag(home.folder.parent, *there)
    told = diag(home.folder.parent, *there, "--json")

    after = state_of(home.folder)
    logs = {path for path in after if path.name.endswith(("-wal", "-shm"))}
    assert {p: s for p, s in after.items() if p not in logs} == before
    assert done.code == told.code == 1
    assert "rien ne répond" in done.out
    assert "diag hub serve" in done.out
    findings = json.loads(told.out)["findings"]
    assert {"step": "base", "verdict": "sound"}.items() <= findings[1].items()


@pytest.mark.parametrize(
    "told",
    [
        b"[" * 60_000,
        b"null",
        b'{"name": "\\u001b[2J", "app": "\\u001b[2J"}',
        b"<h1>503 Service Unavailable</h1>",
        b'{"type": "urn:diag:problem:busy"}',
    ],
    ids=["nested", "nothing", "moves the terminal", "another busy one", "busy"],
)
def test_what_answers_in_its_place_is_told_and_moves_no_terminal(
    home: HubHome, told: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings = home.settings.model_copy(
            update={"tls": "proxy", "url": f"https://localhost:{port}"}
        )
        other = HubHome(home.folder, settings)
        asked = threading.Thread(target=answer_once, args=(server, told))
        asked.start()
        found = wrong(other)
        asked.join()

    assert "\x1b" not in found["réponse"].sentence
    assert ("occupé" in found["réponse"].sentence) == (b"problem:busy" in told)


def answer_once(server: socket.socket, told: bytes) -> None:
    line, _ = server.accept()
    with line:
        line.recv(1_000)
        status = b"503 Busy" if b"503" in told or b"busy" in told else b"200 OK"
        line.sendall(b"HTTP/1.0 " + status + b"\r\n\r\n" + told)


def test_what_leaves_while_it_is_looked_at_is_no_fault(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running hub has files that live for a moment."""
    stat = Path.stat
    gone = home.folder / "hub.db.0123.part"
    gone.touch(0o600)

    def missing(path: Path, **words: bool) -> os.stat_result:
        if path == gone and not words:
            gone.unlink(missing_ok=True)
        return stat(path, **words)

    monkeypatch.setattr(Path, "stat", missing)

    assert "droits" not in wrong(home)


def open_to_all(home: HubHome) -> None:
    (home.folder / "backups").chmod(0o755)
    home.folder.chmod(0o750)


def near_its_end(home: HubHome) -> None:
    day = datetime.now(UTC) - timedelta(days=390)
    certify(home.folder / "tls", home.host, day)


def no_copy(home: HubHome) -> None:
    (home.folder / "last-copy.json").unlink()


def copy_gone(home: HubHome) -> None:
    for path in (home.folder / "backups").glob("hub-*.db"):
        path.unlink()
    last = json.loads((home.folder / "last-copy.json").read_bytes())
    last["path"] = str(home.folder / "backups" / Path(last["path"]).name)
    (home.folder / "last-copy.json").write_text(json.dumps(last), "utf-8")


def set_aside(home: HubHome) -> None:
    (home.folder / "hub-avant-restauration-2026-01-02-030405.db").touch(0o600)


def damaged_photo(home: HubHome) -> None:
    path = BlobFiles(home.folder / "blobs").path("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")


def burnt(home: HubHome) -> None:
    code = home.invite("Paul", ("*",), "write").code
    with closing(home.store()) as store:
        door = home.hub(store).door
        for _ in range(5):
            with pytest.raises(ProblemError, match="code"):
                door.enrol(Enrolling(code=code[:4] + "0" * 10, device="poste"))


def no_school(home: HubHome) -> None:
    with closing(sqlite3.connect(home.folder / "hub.db")) as connection:
        connection.execute("delete from directory")
        connection.commit()


@pytest.mark.parametrize(
    ("harm", "step", "remedy"),
    [
        (open_to_all, "droits", "chmod -R go="),
        (near_its_end, "certificat", "systemctl restart diag-hub"),
        (no_copy, "copies", "diag hub backup"),
        (copy_gone, "copies", "n'est plus là"),
        (set_aside, "restaurations", "diag hub restore --forget"),
        (damaged_photo, "photos", "supprimez-les"),
        (burnt, "invitations", "cinq codes faux pour Paul"),
        (no_school, "annuaire", "diag hub directory"),
    ],
)
def test_each_fault_is_told_by_its_name(
    home: HubHome, harm: Callable[[HubHome], None], step: str, remedy: str
) -> None:
    harm(home)

    found = wrong(home)

    assert {*found} - {"réponse"} == {step}
    assert found[step].verdict is Health.REPAIRABLE
    assert remedy in found[step].sentence


@pytest.mark.parametrize(
    ("machine", "days", "step", "remedy"),
    [
        (WELL._replace(hub="failed"), 0, "service", "systemctl status diag-hub"),
        (WELL._replace(timer="inactive"), 0, "service", "diag hub setup --service"),
        (WELL._replace(is_on_time=False), 0, "horloge", "timedatectl"),
        (
            WELL._replace(free=2**20),
            0,
            "place",
            "1 Mo libre, il en faut 1\u202f024 : agrandissez",
        ),
        (WELL, -2, "horloge", "elle retarde"),
        (WELL, 1, "copies", "diag hub backup"),
        (WELL, 40, "postes", "Camille Perrin (n° 1)"),
    ],
)
def test_what_the_machine_and_the_time_do_is_told(
    home: HubHome, machine: Machine, days: int, step: str, remedy: str
) -> None:
    found = wrong(home, machine, now() + days * DAY)

    assert remedy in found[step].sentence


def test_a_damaged_line_is_lost_and_ends_in_three(home: HubHome) -> None:
    with closing(sqlite3.connect(home.folder / "hub.db")) as connection:
        connection.execute("update rev set body = replace(body, '7', '9')")
        connection.commit()

    done = diag(home.folder.parent, "hub", "--folder", str(home.folder), "doctor")

    assert done.code == 3
    assert "perdu" in done.out
    assert "Restaurez" in done.out


def test_a_database_that_is_stopped_is_not_called_lost(home: HubHome) -> None:
    """Its keeper would have put an older copy in its place."""
    away = home.on(f"postgresql://diag@127.0.0.1:{free_port()}/hub")
    (told,) = (one for one in examine(away, WELL, now()) if one.step == "base")
    assert told.verdict is Health.REPAIRABLE


def test_a_database_that_is_busy_halfway_is_told(
    home: HubHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left to look at was passed over, and the hub was said to be well."""

    def answer_no_more(_store: Store) -> int:
        raise LockedError("occupée")

    monkeypatch.setattr(Store, "last_arrived", answer_no_more)
    assert "occupée" in wrong(home)["base"].sentence


def test_a_hub_in_postgresql_is_looked_at_too(
    tmp_path: Path, postgresql: Server
) -> None:
    """Its copy goes back for a moment into a database of its own.

    One that somebody named alike was dropped with what killed trials left.
    """
    address = postgresql.new_database()
    home = made_home(tmp_path / "hub", free_port()).on(address)
    copied = copies.back_up(home)

    def look(place: str = address) -> dict[str, Inspection]:
        return {one.step: one for one in examine(home.on(place), WELL, now())}

    with psycopg.connect(address, autocommit=True) as connection:
        # as a trial that was killed left it
        connection.execute("create database diag_essai_0123456789abcdef")
        connection.execute("create database diag_essai_2026")
        connection.execute("create role plain login")
        connection.execute("grant all on schema diag_hub to plain")
        connection.execute("grant select on all tables in schema diag_hub to plain")
        found, unable = look(), look(address.replace("//diag@", "//plain@"))
        names = connection.execute("select datname from pg_database").fetchall()
        copied.write_bytes(copied.read_bytes()[:-200])
        cut = look()

    assert found["base"].verdict is Health.SOUND
    assert found["PostgreSQL"].verdict is Health.SOUND
    assert found["copies"].verdict is Health.SOUND
    assert "dans une base à part" in found["copies"].sentence
    assert "non restaurée" in unable["copies"].sentence
    tried = [name for (name,) in names if name.startswith("diag_essai_")]
    assert tried == ["diag_essai_2026"]
    assert cut["copies"].verdict is Health.REPAIRABLE


def test_two_trials_of_a_copy_wait_for_each_other(
    tmp_path: Path, postgresql: Server
) -> None:
    """What the first has just made looks like what a killed one left."""
    address = postgresql.new_database()
    home = made_home(tmp_path / "hub", free_port()).on(address)
    copied, made = copies.back_up(home), "diag_essai_fedcba9876543210"
    exists = f"select count(*) from pg_database where datname = '{made}'"
    waits = (
        "select count(*) from pg_locks join pg_database on oid = database "
        "where locktype = 'advisory' and not granted and datname = current_database()"
    )

    with psycopg.connect(address, autocommit=True) as first:
        first.execute("select pg_advisory_lock(%s)", (postgres._TRYING,))
        first.execute(f"create database {made}")
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(postgres.try_copy, copied, address)
            while not second.done() and first.execute(waits).fetchone() == (0,):
                pass
            assert first.execute(exists).fetchone() == (1,)
            first.execute("select pg_advisory_unlock(%s)", (postgres._TRYING,))
            assert second.result()
        assert first.execute(exists).fetchone() == (0,)


def test_what_was_written_in_since_its_signature_is_named_after_a_month(
    home: HubHome, tmp_path: Path
) -> None:
    with closing(home.store()) as store, journal_in(tmp_path / "paul") as journal:
        hub = home.hub(store)
        office = NearOffice(hub, let_in(hub))
        exchanged(journal, office)
        signed = signable(journal, VALLEY.id)
        paul = person("paul", at=now())
        journal.write(changes.accepted(VALLEY.id, signed.digest, signed.lines), paul)
        exchanged(journal, office)
        assert "signatures" not in wrong(home, at=now() + 40 * DAY)

        say(journal, VALLEY, 9, paul)
        exchanged(journal, office)

    assert "signatures" not in wrong(home)
    late = wrong(home, at=now() + 40 * DAY)["signatures"]
    assert VALLEY.subject.code in late.sentence
    assert "descellés depuis plus de trente jours" in late.sentence


def test_what_a_late_clock_dates_is_not_for_a_month_what_came_today(
    home: HubHome, tmp_path: Path
) -> None:
    with closing(home.store()) as store, journal_in(tmp_path / "paul") as journal:
        hub = home.hub(store)
        office = NearOffice(hub, let_in(hub))
        exchanged(journal, office)
        signed = signable(journal, VALLEY.id)
        late = person("paul", at=now() - 400 * DAY)
        journal.write(changes.accepted(VALLEY.id, signed.digest, signed.lines), late)
        say(journal, VALLEY, 9, late)
        exchanged(journal, office)

    assert "signatures" not in wrong(home)
    assert "signatures" in wrong(home, at=now() + 40 * DAY)


def test_who_wrote_and_calls_for_a_month_without_sealing_is_named(
    home: HubHome,
) -> None:
    """A laptop that only reads, or may write and did not, has nothing to seal."""
    with closing(home.store()) as store:
        rights = (("anne", "write"), ("zoé", "read"), ("lou", "write"))
        for at, (who, right) in enumerate(rights):
            code = home.hub(store).door.invite(who, ("*",), right)
            key = f"{at}a" * 32
            asked = Enrolling(code=code, device="pc", author=who, sign_key=key)
            home.hub(store).door.enrol(asked)
        devices = [one._replace(seen_at=now() + 40 * DAY) for one in store.devices()]

        named = name_unsealing(store, look_at_cut_over(devices, {"another": now()}))

    assert [one.partition(" ")[0] for one in named] == ["anne"]


def test_a_laptop_let_in_yesterday_has_not_called_for_a_month(home: HubHome) -> None:
    with closing(home.store()) as store:
        code = home.hub(store).door.invite("anne", ("*",), "write")
        asked = Enrolling(code=code, device="pc", author="anne", sign_key="ab" * 32)
        home.hub(store).door.enrol(asked)
        devices = [
            one._replace(enrolled_at=now() + 39 * DAY, seen_at=now() + 40 * DAY)
            for one in store.devices()
        ]
        cut = look_at_cut_over(devices, {"another": now()})

        assert name_unsealing(store, cut) == []
