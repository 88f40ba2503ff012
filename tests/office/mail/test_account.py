from pathlib import Path

import pytest

from diag.journal.journal import put_setting
from diag.model.errors import DiagError
from diag.office.mail_server import (
    Security,
    account_of,
    keep_account,
    needed_account,
    sender_of,
    trusted_file,
)
from diag.workspace.workspace import Workspace
from tests.office.mail.post_office import certificate

TOLD = {"host": "smtp.vallombre.example", "sender": "camille@vallombre.example"}


def test_nothing_is_known_until_it_is_told(desk: Workspace) -> None:
    assert account_of(desk) is None
    assert sender_of(desk) == ""
    with pytest.raises(DiagError, match="diag outbox settings"):
        needed_account(desk)


def test_an_account_is_protected_unless_told_otherwise(desk: Workspace) -> None:
    made = keep_account(desk, **TOLD)
    assert (made.security, made.port) == (Security.STARTTLS, 587)
    assert needed_account(desk) == made
    assert sender_of(desk) == TOLD["sender"]


def test_what_is_not_told_again_stays(desk: Workspace) -> None:
    keep_account(desk, **TOLD, user="camille", port=2525)
    changed = keep_account(desk, host="autre.example", user=None)
    assert (changed.user, changed.port) == ("camille", 2525)
    assert keep_account(desk, security="tls").port == 465


@pytest.mark.parametrize(
    "told",
    [
        {"host": ""},
        {"host": "deux mots"},
        {"host": "é.example"},
        {"port": 0},
        {"port": 70_000},
        {"sender": "camille"},
        {"security": "none", "user": "camille"},
    ],
)
def test_what_cannot_be_an_account_is_refused(
    desk: Workspace, told: dict[str, object]
) -> None:
    with pytest.raises(DiagError):
        keep_account(desk, **{**TOLD, **told})
    assert account_of(desk) is None


def test_a_password_in_clear_stays_on_this_machine(desk: Workspace) -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        keep_account(desk, **{**TOLD, "host": host}, user="camille", security="none")


def test_an_authority_is_kept_whole_with_the_name_of_its_file(
    desk: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "autorite.pem"
    file.write_text(certificate().authority, encoding="ascii")
    made = keep_account(desk, **TOLD, **trusted_file(file))
    assert (made.ca, made.ca_name) == (file.read_text("ascii"), "autorite.pem")


@pytest.mark.parametrize("content", [b"", b"texte", b"\xff\xfe", b"-----BEGIN"])
def test_what_is_no_authority_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "faux.pem"
    file.write_bytes(content)
    with pytest.raises(DiagError, match="PEM"):
        trusted_file(file)


def test_an_account_of_another_version_is_told_again(desk: Workspace) -> None:
    put_setting(desk.journal, "mail_account", {"host": 3})
    assert account_of(desk) is None
