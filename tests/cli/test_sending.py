"""`diag send` and `diag outbox` as a person types them, against real servers."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from keyring.backends.fail import Keyring as NoKeyring

from diag.cli import diag as group
from diag.cli import speak_french
from diag.journal.journal import FILE
from diag.model.errors import DiagError
from diag.office import mail_server as password
from diag.words.dates import written_day
from tests.audit.builders import SCHOOL, know_mairies
from tests.cli.running import Run, command, environment
from tests.office.mail.post_office import ABRUPT, SILENT, Office, certificate, opened
from tests.shared import copy_once_made

SECRET = "sésame-très-secret"
MAIRIE = "mairie@courvaux-sur-ombre.example"
TO_TOWN_HALL = ("send", SCHOOL, "--to", "mairie")
QUEUE = (*TO_TOWN_HALL, "--queue", "--yes", "--provisional")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one audit opened, on a machine without keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(password, "_keyring", NoKeyring)
    copy_once_made("mairies", know_mairies, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    """A mail server of this machine, known to the workspace."""
    with opened() as served:
        told = ("--host", "127.0.0.1", "--port", str(served.port))
        sender = ("--sender", "camille@vallombre.example", "--security", "none")
        assert diag(home, "outbox", "settings", *told, *sender).code == 0
        yield served


def diag(home: Path, *words: str, stdin: str = "") -> Run:
    """Run a command here: a process of its own costs a second each time."""
    asked = ["--workspace", str(home), *words]
    speak_french()
    done = CliRunner().invoke(group, asked, input=stdin, standalone_mode=False)
    match done.exception:
        case None | SystemExit():
            return Run(done.exit_code, done.stdout, done.stderr)
        case click.Abort():
            return Run(130, done.stdout, done.stderr)
        case DiagError():
            return Run(1, done.stdout, f"{done.stderr}{done.exception}")
        case _:
            raise done.exception


def listed(home: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        diag(home, "outbox", "list", "--json").out
    )
    return found


def test_a_draft_is_written_once_address_and_state_are_agreed_to(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "brouillons"
    done = diag(home, *TO_TOWN_HALL, "--no-open", "--out", str(out), stdin="o\noui\n")
    assert done.code == 0
    assert f"Pour la mairie : {MAIRIE} (fichier des mairies, du 5" in done.err
    assert "partira marqué « provisoire »" in done.err
    *files, draft = map(Path, done.out.split())
    assert draft == out / "courriel-mairie.eml"
    assert [path.suffix for path in files] == [".pdf", ".odt"]
    message = message_from_bytes(draft.read_bytes(), policy=default)
    assert message["Subject"].startswith("Provisoire – Diagnostic numérique")
    status = diag(home, "audit", "status", SCHOOL)
    assert f"mairie : brouillon pour {MAIRIE}, provisoire" in status.out
    (told,) = json.loads(diag(home, "audit", "status", SCHOOL, "--json").out)[
        "dispatches"
    ]
    assert (told["way"], told["to"]) == ("draft", [MAIRIE])
    assert f"envoi : la mairie, {written_day(told['on'])}, {MAIRIE}" in (
        diag(home, "audit", "history", SCHOOL).out
    )


@pytest.mark.parametrize("typed", ["", "n\n", "o\n", "o\nnon\n"])
def test_without_agreement_nothing_is_written(
    home: Path, tmp_path: Path, typed: str
) -> None:
    out = tmp_path / "brouillons"
    done = diag(home, *TO_TOWN_HALL, "--no-open", "--out", str(out), stdin=typed)
    assert done.code == 130
    assert not out.exists()
    assert "document" not in diag(home, "audit", "status", SCHOOL).out


def test_an_address_that_nobody_knows_stops_everything(home: Path) -> None:
    done = diag(home, *TO_TOWN_HALL, "--to", "academie", "--yes", "--provisional")
    assert done.code == 1
    assert "Pas d'adresse pour l'académie" in done.err
    assert done.out == ""


def test_a_typed_address_is_for_one_reader_at_a_time(home: Path) -> None:
    told = ("--address", "ien@ac-vallombre.example")
    done = diag(home, *TO_TOWN_HALL, "--to", "academie", *told)
    assert (done.code, "un seul destinataire" in done.err) == (1, True)
    done = diag(
        home, "send", SCHOOL, "--to", "academie", *told, "--no-open", stdin="o\no\n"
    )
    assert (done.code, "tapée à l'instant" in done.err) == (0, True)


def test_the_reserved_sheet_is_handed_over_never_sent(home: Path) -> None:
    told = ("--address", "informatique@vallombre.example", "--no-open")
    done = diag(home, "send", SCHOOL, "--to", "reserve", *told, stdin="o\no\n")
    assert (done.code, done.out) == (1, "")
    assert f"diag report {SCHOOL} --audience reserve" in done.err
    assert "en main propre" in done.err


def test_a_queued_report_is_sent_once(home: Path, office: Office) -> None:
    assert "n° 1, en attente" in diag(home, *QUEUE).out
    assert diag(home, *QUEUE).code == 1
    done = diag(home, "outbox", "send", "--wait")
    assert done.code == 0
    assert f"1/1 n° 1, {MAIRIE} : envoi…" in done.err
    assert f"1/1 n° 1, {MAIRIE} : envoyé, « 250" in done.out
    assert "vide" in done.err
    assert diag(home, "outbox", "send", "--now").code == 0
    (taken,) = office.taken
    assert b"X-Unsent" not in taken
    assert "mairie : envoyé à" in diag(home, "audit", "status", SCHOOL).out
    again = diag(home, *TO_TOWN_HALL, "--queue", stdin="n\n")
    assert "Déjà parti" in again.err


def test_a_message_may_be_dropped_before_it_leaves(home: Path, office: Office) -> None:
    diag(home, *QUEUE)
    assert diag(home, "outbox", "cancel", "1", stdin="n\n").code == 130
    assert diag(home, "outbox", "cancel", "1", stdin="o\n").code == 0
    assert listed(home) == []
    missing = diag(home, "outbox", "cancel", "1")
    assert (missing.code, "Pas de message n° 1" in missing.err) == (1, True)


def test_a_message_that_the_disk_changed_does_not_leave_and_is_dropped(
    home: Path, office: Office
) -> None:
    diag(home, *QUEUE)
    with closing(sqlite3.connect(home / "diag.db")) as connection:
        connection.execute("update outbox set dispatch = substr(dispatch, 2)")
        connection.commit()

    sent = diag(home, "outbox", "send", "--now")
    assert "a changé sur le disque" in sent.err
    assert office.taken == []
    assert "diag outbox cancel 1" in diag(home, "outbox", "retry", "1").err
    seen = diag(home, "doctor")
    assert seen.code == 1
    assert "messages abîmés, qui ne partiront pas : n° 1" in seen.out

    dropped = diag(home, "outbox", "cancel", "1")
    assert dropped.code == 0
    assert "avait changé sur le disque" in dropped.out
    assert listed(home) == []
    assert "messages abîmés, retirés : n° 1 le" in diag(home, "doctor").out


def test_what_stays_is_said_with_its_reason(home: Path, office: Office) -> None:
    office.rcpt = ["450 Try later", "550 No such user"]
    diag(home, *QUEUE)
    done = diag(home, "outbox", "send")
    assert done.code == 1
    assert "« 450 Try later »" in done.err
    assert "outbox send --now" in done.err
    done = diag(home, "outbox", "send", "--now")
    assert (done.code, "« 550 No such user »" in done.err) == (1, True)
    assert "refusé" in diag(home, "outbox", "list").out
    assert diag(home, "outbox", "retry", "1").code == 0
    assert diag(home, "outbox", "send").code == 0


def test_what_has_perhaps_left_is_not_sent_again(
    home: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.data = [ABRUPT]
    receive = office.handle_DATA
    on_disk: list[tuple[str]] = []

    async def look_at_disk(*words: Any) -> str:
        with closing(sqlite3.connect(home / FILE)) as connection:
            on_disk.extend(connection.execute("select state from outbox"))
        return await receive(*words)

    monkeypatch.setattr(office, "handle_DATA", look_at_disk)
    diag(home, *QUEUE)
    assert diag(home, "outbox", "send").code
    assert on_disk == [("sending",)], "a program that dies now leaves it so"
    doubted(home, office)


@pytest.mark.long
def test_killed_between_the_message_and_the_answer_it_is_not_sent_again(
    home: Path, office: Office
) -> None:
    office.data = [SILENT]
    diag(home, *QUEUE)
    running = subprocess.Popen(
        command("outbox", "send"),
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert office.arrived.wait(60)
    running.kill()
    assert running.wait(60) in {-signal.SIGTERM, -9, 1}
    doubted(home, office)


def doubted(home: Path, office: Office) -> None:
    """See that the message that went off is for a person to say arrived."""
    assert [one["state"] for one in listed(home)] == ["sending"]
    done = diag(home, "outbox", "send", "--now")
    assert "Peut-être parti" in done.err
    assert len(office.taken) == 1
    assert diag(home, "outbox", "retry", "1", stdin="n\n").code == 130
    assert diag(home, "outbox", "cancel", "1", "--arrived").code == 0
    assert [one["state"] for one in listed(home)] == ["sent"]
    assert len(office.taken) == 1


def test_a_password_is_typed_and_kept_nowhere(home: Path, tmp_path: Path) -> None:
    mine = certificate()
    authority = tmp_path / "autorite.pem"
    authority.write_text(mine.authority, encoding="ascii")
    with opened(Office(password=SECRET), starttls=mine.context) as office:
        told = ("--host", "127.0.0.1", "--port", str(office.port), "--user", "camille")
        sender = ("--sender", "camille@vallombre.example")
        shown = diag(home, "outbox", "settings", *told, *sender)
        assert "pas de trousseau" in shown.err
        diag(home, *QUEUE)
        unknown = diag(home, "outbox", "send", stdin=f"{SECRET}\n")
        assert (unknown.code, "--ca-file" in unknown.err) == (1, True)
        assert office.logins == []
        shown = diag(home, "outbox", "settings", "--ca-file", str(authority))
        assert "autorite.pem" in shown.out
        wrong = diag(home, "outbox", "send", stdin="autre-secret\n")
        assert (wrong.code, "refuse votre nom" in wrong.err) == (1, True)
        right = diag(home, "outbox", "send", stdin=f"{SECRET}\n")
        assert (right.code, len(office.taken)) == (0, 1)
    for run in (shown, unknown, wrong, right):
        assert SECRET not in run.out + run.err
        assert "autre-secret" not in run.out + run.err
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes()


def test_a_machine_without_keyring_says_so(home: Path, office: Office) -> None:
    diag(home, "outbox", "settings", "--user", "camille")
    kept = diag(home, "outbox", "settings", "--password", stdin=f"{SECRET}\n")
    assert (kept.code, "demandé à chaque envoi" in kept.err) == (1, True)
    assert SECRET not in kept.out + kept.err
    assert SECRET.encode() not in (home / FILE).read_bytes()
    forgotten = diag(home, "outbox", "settings", "--forget-password")
    assert "Rien à retirer" in forgotten.out


def test_settings_are_asked_for_before_sending(home: Path) -> None:
    done = diag(home, "outbox", "send")
    assert (done.code, "diag outbox settings --host" in done.err) == (1, True)
    done = diag(home, *QUEUE)
    assert (done.code, "--sender" in done.err) == (1, True)


def test_settings_show_everything_but_the_password(home: Path, office: Office) -> None:
    told = json.loads(diag(home, "outbox", "settings", "--json").out)
    assert told == {
        "ca_name": "",
        "copy_to_self": False,
        "host": "127.0.0.1",
        "port": office.port,
        "security": "none",
        "sender": "camille@vallombre.example",
        "user": "",
    }


def test_erasing_says_that_the_outbox_keeps_a_copy(home: Path, office: Office) -> None:
    answer = ("audit", "answer", SCHOOL, "debit_descendant", "42")
    assert diag(home, *answer).code == 0
    revision = diag(home, "audit", "history", SCHOOL).out.splitlines()[-1].split()[0]
    diag(home, *QUEUE)
    erase = ("audit", "erase", SCHOOL, revision, "--reason", "demande", "--yes")
    assert "diag outbox list" in diag(home, *erase).out
