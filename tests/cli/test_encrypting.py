"""`diag init --encrypted`, `encrypt`, `decrypt`, as scripts call them."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyrage
import pytest

from diag.journal import connection, encryption
from diag.journal.attachments import AttachmentStore
from diag.journal.facts import open_audit
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.sync.trust import Enrolment, write_private
from tests.audit.builders import workspace
from tests.cli.running import Run, diag
from tests.journal.builders import forget_keys

pytestmark = pytest.mark.durable

pytest.importorskip("sqlcipher3")

PHRASE = "cheval agrafe pile juste"
UAI = "9990148G"
PHOTO = b"\xff\xd8une photo"


@pytest.fixture(autouse=True)
def _no_key_is_left() -> Iterator[None]:
    """Let no later test be told that a key of these does not open its file."""
    yield
    forget_keys()


def run(home: Path, *words: str, phrase: str = PHRASE, stdin: str = "") -> Run:
    with typed(home, phrase):
        return diag(home, *words, stdin=stdin)


def typed(home: Path, phrase: str) -> AbstractContextManager[object]:
    """Have the commands that run meanwhile read a phrase; no key of others is left."""
    home.mkdir(exist_ok=True)
    file = home.parent / "phrase.txt"
    file.write_text(phrase, encoding="utf-8")
    forget_keys()
    return patch.dict(os.environ, {"DIAG_PASSPHRASE_FILE": str(file)})


def test_a_workspace_is_made_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_N", 2**15)  # as the program that reads it
    home = tmp_path / "home"
    words = ("--author", "Camille Perrin", "--encrypted", "--key", "passphrase")

    made = run(home, "init", *words)
    with typed(home, PHRASE):
        right = diag(home, "audit", "list")
    wrong = run(home, "audit", "list", phrase="autre chose que cela")

    assert made.code == 0, made.err
    assert "Restent en clair" in made.out
    assert b"Perrin" not in (home / "diag.db").read_bytes()
    assert right.code == 0, right.err
    assert wrong.code == 1
    assert "n'ouvre pas" in wrong.err


def test_the_office_opens_what_was_put_in_escrow(tmp_path: Path) -> None:
    home, office = tmp_path / "home", pyrage.x25519.Identity.generate()
    workspace(home).close()
    secret = tmp_path / "office.txt"
    secret.write_text(f"# office\n{office}\n", encoding="utf-8")
    options = ("--key", "passphrase", "--escrow", str(office.to_public()))

    kept = run(home, "encrypt", *options, stdin="n\n")
    done = run(home, "encrypt", *options, stdin="oui\n")
    again = run(home, "encrypt", *options, "--yes")
    copied = run(home, "backup")
    lost = run(home, "decrypt", "--yes", phrase="perdue à jamais")
    opened = run(
        home, "decrypt", "--yes", "--identity", str(secret), phrase="perdue à jamais"
    )

    assert kept.code == 130
    assert done.code == 0, done.err
    assert "Séquestre" in done.out
    assert "déjà chiffré" in again.err
    assert copied.code == 0, copied.err
    assert lost.code == 1
    assert opened.code == 0, opened.err
    assert json.loads(run(home, "audit", "list", "--json").out) == []
    assert "n'est pas chiffré" in run(home, "decrypt", "--yes").err


@pytest.mark.parametrize("cut", ["journal", "recorder"])
def test_encryption_that_a_full_disk_cut_is_finished_under_the_same_key(
    tmp_path: Path, cut: str
) -> None:
    home = tmp_path / "home"
    own = workspace(home)
    open_audit(own.journal, "2026", Subject(kind=PlaceKind.ECOLE, code=UAI), own.origin)
    own.close()
    AttachmentStore(home).put(PHOTO, "image/jpeg")
    full = OSError(errno.ENOSPC, "full")
    convert = connection.convert

    def no_room(path: Path, *words: Any, **more: Any) -> None:
        if path.name == "diag.db":
            raise full
        convert(path, *words, **more)

    stopped = (
        patch.object(connection, "convert", no_room)
        if cut == "journal"
        else patch.object(encryption, "encipher_segments", side_effect=full)
    )
    with stopped:
        first = run(home, "encrypt", "--key", "passphrase", "--yes")
    again = run(home, "encrypt", "--key", "passphrase", "--yes")

    assert (first.code, again.code) == (1, 0), again.err
    with typed(home, PHRASE):
        assert AttachmentStore(home).get(sha256(PHOTO).hexdigest()) == PHOTO
    assert not any(UAI in one.read_text() for one in home.glob("recorder/*"))
    assert "déjà chiffré" in run(home, "encrypt", "--yes").err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--key", "passphrase"), "trop courte"),
        (("--key", "keyring"), "trousseau"),
    ],
)
def test_what_cannot_hold_the_key_is_told_before_anything_is_made(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    home = tmp_path / "home"
    done = run(home, "init", "--author", "C", "--encrypted", *options, phrase="court")

    assert done.code == 1
    assert said in done.err
    assert not (home / "diag.db").exists()


def test_secrets_that_no_keyring_keeps_are_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace(home).close()
    bare = run(home, "encrypt", "--key", "passphrase", "--yes")
    assert run(home, "decrypt", "--yes").code == 0
    assert run(home, "bundle", "keys").code == 0
    hub = Enrolment(
        hub="ab12",
        name="Vallombre",
        url="https://hub",
        token="diag_secret",
        expires=0,
        device=1,
        territories=("*",),
        right="write",
    )
    write_private(home / "hubs" / "ab12.json", hub.model_dump_json().encode())

    told = run(home, "encrypt", "--key", "passphrase", "--yes")

    assert "(hubs)" in bare.out
    assert "keys.json" not in bare.out
    assert "ses clés (keys.json) et les jetons de ses serveurs (hubs)" in told.out
    assert "diag_secret" not in told.out + told.err
