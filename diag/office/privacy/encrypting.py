"""Encryption of a workspace: who holds the key, and its copy for the office."""

import json
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes
from typing import Any

from diag.journal import connection, encryption
from diag.journal.connection import driver
from diag.journal.journal import FILE
from diag.model.errors import DiagError
from diag.sync.bundle.keys import (
    FILE as FILE_KEYS,
)
from diag.sync.bundle.keys import (
    load_age,
    read_identities,
    read_recipients,
)
from diag.sync.trust import read_enrolments
from diag.workspace.disk import write_whole

IN_CLEAR = (
    "Restent en clair : les exports, rapports et audits exportés, vos grilles "
    "(overlay), diag.log, les preuves d'effacement, les serveurs de ce poste (hubs), "
    "et les copies faites avant."
)
"""What encryption does not cover, shown each time."""

_SECRETS = (
    "En clair aussi, faute de trousseau, lisibles de vous seul : {names}. Qui les lit "
    "peut se faire passer pour ce poste : perdu, faites-le révoquer au serveur."
)

_SHORTEST = 12


def in_clear(folder: Path) -> tuple[str, ...]:
    """Return what stays in clear, secrets that no keyring keeps among it."""
    keys_there = (folder / FILE_KEYS).exists()
    tokens = any(one.token for one in read_enrolments(folder))
    names = [
        *(["ses clés (keys.json)"] if keys_there else []),
        *(["les jetons de ses serveurs (hubs)"] if tokens else []),
    ]
    warning = _SECRETS.format(names=" et ".join(names))
    return (IN_CLEAR, warning) if names else (IN_CLEAR,)


def new_key(passphrase: str | None) -> tuple[bytes, dict[str, Any]]:
    """Return a fresh key and its mark: in the keyring, or under a passphrase.

    Raises:
        DiagError: when SQLCipher is missing, nothing holds the key, or the passphrase
            is too short.
    """
    driver()
    key = token_bytes(connection.KEY_BYTES)
    if passphrase is None:
        return key, connection.held_by_keyring(key)
    if len(passphrase) < _SHORTEST:
        raise DiagError(
            f"Phrase de passe trop courte : {_SHORTEST} caractères au moins, quatre "
            "ou cinq mots sans lien par exemple."
        )
    return key, connection.held_by_passphrase(key, passphrase)


def prepare(folder: Path, key: bytes, mark: dict[str, Any]) -> None:
    """Have a new workspace made encrypted."""
    connection.remember(key)
    encryption.prepare(folder, mark)


def encrypt(folder: Path, key: bytes, mark: dict[str, Any]) -> None:
    """Encrypt the workspace that is there.

    Raises:
        DiagError: when there is none, or it is encrypted already, or open elsewhere.
    """
    _needed(folder)
    if encryption.is_encrypted(folder):
        raise DiagError(f"{folder} est déjà chiffré. Rien n'a été changé.")
    encryption.encrypt(folder, key, mark)


def decrypt(folder: Path, key: bytes | None = None) -> None:
    """Put a workspace back in clear, with a key come from the escrow if need be.

    Raises:
        DiagError: when it is not encrypted, open elsewhere, or the key is not its own.
    """
    _needed(folder)
    if not encryption.is_encrypted(folder):
        raise DiagError(f"{folder} n'est pas chiffré. Rien n'a été changé.")
    if key is not None:
        connection.remember(key)
    own = key_of(folder)
    encryption.decrypt(folder, own)


def key_of(folder: Path) -> bytes:
    """Return the key of an encrypted workspace.

    Raises:
        DiagError: when it is not encrypted, or its key cannot be had.
    """
    key = connection.key_of(folder / FILE)
    if key is None:
        raise DiagError(f"{folder} n'est pas chiffré.")
    return key


def escrow(folder: Path, key: bytes, recipients: Sequence[str]) -> Path:
    """Seal a key for the office's age keys; return the file to hand over.

    Raises:
        DiagError: when one is no age key.
    """
    found = read_recipients(recipients)
    content = json.dumps({"key": key.hex(), "id": connection.key_id(key)})
    path = folder / f"sequestre-{connection.key_id(key)}.age"
    write_whole(path, load_age().encrypt(content.encode(), found))
    return path


def from_escrow(folder: Path, identity: Path) -> bytes:
    """Open the escrow of a workspace with the office's private key.

    Raises:
        DiagError: when there is none, or that key does not open it.
    """
    openers = read_identities(identity)
    mark = json.loads(encryption.mark_of(folder).read_text(encoding="utf-8"))
    path = folder / f"sequestre-{mark['key']}.age"
    try:
        content = json.loads(load_age().decrypt(path.read_bytes(), openers))
    except (OSError, load_age().DecryptError) as error:
        raise DiagError(
            f"{path} : séquestre absent, ou fait pour une autre clé."
        ) from error
    return bytes.fromhex(content["key"])


def _needed(folder: Path) -> None:
    if not (folder / FILE).exists():
        raise DiagError(f"Aucun espace de travail dans {folder}.")
