"""Which key opens a file: none for a plain one, else the one that its mark names.

The mark of `diag.db` is `diag-chiffrement.json`, beside it: the key's id and who holds
the key (the system's keyring, or a passphrase that wraps it). Copies have their own.
Where there is a mark, or a key at hand, a plain file is told by its first bytes.
"""

import json
import os
import sys
from base64 import b64decode, b64encode
from hashlib import scrypt, sha256
from pathlib import Path
from typing import Any

from diag.journal.errors import JournalError

PASSPHRASE_FILE = "DIAG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
"""The variable that names a file holding the passphrase, for scripts."""

KEY_BYTES = 32
SERVICE = "diag-journal"
"""Under which name the system's keyring keeps keys."""

_SUFFIX = "-chiffrement.json"
_JOURNAL = "diag"
_PLAIN = b"SQLite format 3\x00"
_N, _R, _P = 2**15, 8, 1
"""scrypt: 32 MiB and a tenth of a second for each guess."""

_known: dict[str, bytes] = {}
_held: dict[tuple[int, int], int] = {}
"""Descriptors of the files whose first bytes were read, by device and inode."""


class LockedAwayError(JournalError):
    """The key cannot be had; the message says what to do."""


def mark_path(path: Path) -> Path:
    """Return where the mark of a file is, whatever its extension."""
    return path.with_name(f"{path.stem}{_SUFFIX}")


def mark_for(path: Path) -> Path | None:
    """Return the mark that tells the key of a file, if there is one."""
    journal = f"{_JOURNAL}{_SUFFIX}"
    places = (mark_path(path), path.parent / journal, path.parent.parent / journal)
    return next((each for each in places if each.is_file()), None)


def is_plain(path: Path) -> bool:
    """Say whether a file holds a plain database."""
    try:
        return _first_bytes(path) == _PLAIN
    except OSError:
        return False


def _first_bytes(path: Path) -> bytes:
    """Read the start of a file, whose descriptor stays open.

    Closing one would drop every lock that this program holds on the file (POSIX):
    another program that leaves would believe that it is alone, and delete the log.
    """
    if sys.platform == "win32":
        with path.open("rb") as file:
            return file.read(len(_PLAIN))
    found = path.stat()
    name = (found.st_dev, found.st_ino)
    if name not in _held:
        for gone in [each for each, at in _held.items() if not os.fstat(at).st_nlink]:
            os.close(_held.pop(gone))
        _held[name] = os.open(path, os.O_RDONLY)
    return os.pread(_held[name], len(_PLAIN), 0)


def key_of(path: Path) -> bytes | None:
    """Return the key of a file; None when it is plain, or nothing says otherwise.

    Raises:
        LockedAwayError: when the key cannot be had.
    """
    mark = mark_for(path)
    if (mark is None and not _known) or is_plain(path):
        return None
    if mark is not None:
        return _unlocked(mark)
    is_new = not path.exists() or not path.stat().st_size
    return None if is_new else next(iter(_known.values()), None)


def key_id(key: bytes) -> str:
    """Return the name of a key, which tells nothing of it."""
    return sha256(b"diag key" + key).hexdigest()[:16]


def remember(key: bytes) -> None:
    """Keep a key for as long as the program runs."""
    _known[key_id(key)] = key


def forget_all() -> None:
    """Lock every file again."""
    _known.clear()
    while _held:
        os.close(_held.popitem()[1])


def held_by_keyring(key: bytes) -> dict[str, Any]:
    """Hand a key to the system's keyring; return its mark.

    Raises:
        LockedAwayError: when this computer has none.
    """
    import keyring  # noqa: PLC0415 - an encrypted workspace only
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    try:
        keyring.set_password(SERVICE, key_id(key), key.hex())
        kept = keyring.get_password(SERVICE, key_id(key))
    except KeyringError:
        kept = None
    if kept != key.hex():
        raise LockedAwayError(
            "Ce système n'a pas de trousseau où garder la clé. Choisissez une phrase "
            "de passe : --key passphrase."
        )
    return {"v": 1, "key": key_id(key), "held": "keyring"}


def held_by_passphrase(key: bytes, passphrase: str) -> dict[str, Any]:
    """Wrap a key with a passphrase; return its mark."""
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - 20 ms
        AESGCM,
    )

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, None)
    return {
        "v": 1,
        "key": key_id(key),
        "held": "passphrase",
        "salt": b64encode(salt).decode(),
        "sealed": b64encode(nonce + sealed).decode(),
    }


def passphrase_given(question: str) -> str:
    """Return the passphrase: from the file that scripts name, else asked.

    Raises:
        LockedAwayError: when nobody can give it.
    """
    named = os.environ.get(PASSPHRASE_FILE)
    if named:
        try:
            return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise LockedAwayError(
                f"{named} : le fichier de la phrase de passe ne se lit pas "
                f"({error.strerror}). Corrigez {PASSPHRASE_FILE}."
            ) from error
    if sys.stdin is None or not sys.stdin.isatty():
        raise LockedAwayError(
            "Cet espace de travail est chiffré. Donnez sa phrase de passe sur un "
            f"terminal, ou dans un fichier que nomme {PASSPHRASE_FILE}."
        )
    from getpass import getpass  # noqa: PLC0415 - an encrypted workspace only

    return getpass(f"{question} : ")


def _unlocked(mark: Path) -> bytes:
    try:
        told = json.loads(mark.read_text(encoding="utf-8"))
        name, held = str(told["key"]), told["held"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LockedAwayError(
            f"{mark} : ce fichier, qui dit comment ouvrir le journal, est abîmé. "
            "Remettez celui d'une copie de la même époque."
        ) from error
    if name not in _known:
        key = _from_keyring(name) if held == "keyring" else _unwrapped(told, mark)
        _known[name] = key
    return _known[name]


def _from_keyring(name: str) -> bytes:
    import keyring  # noqa: PLC0415 - an encrypted workspace only
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    try:
        kept = keyring.get_password(SERVICE, name)
    except KeyringError:
        kept = None
    if not kept:
        raise LockedAwayError(
            f"La clé {name} de cet espace de travail n'est pas dans le trousseau de "
            "cette session. Ouvrez-le avec le compte qui l'a chiffré, ou demandez à "
            "l'office de l'ouvrir : diag decrypt --identity CLE."
        )
    return bytes.fromhex(kept)


def _unwrapped(told: dict[str, Any], mark: Path) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 20 ms
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - 20 ms
        AESGCM,
    )

    passphrase = passphrase_given("Phrase de passe de l'espace de travail")
    sealed = b64decode(told["sealed"])
    stretched = _stretched(passphrase, b64decode(told["salt"]))
    try:
        return AESGCM(stretched).decrypt(sealed[:12], sealed[12:], None)
    except InvalidTag as error:
        raise LockedAwayError(
            f"Cette phrase de passe n'ouvre pas {mark.parent}. Rien n'a été changé. "
            "Réessayez ; si elle est perdue, l'office peut l'ouvrir avec la clé mise "
            "sous séquestre : diag decrypt --identity CLE."
        ) from error


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return scrypt(
        passphrase.encode("utf-8"),
        salt=salt,
        n=_N,
        r=_R,
        p=_P,
        maxmem=2**26,
        dklen=KEY_BYTES,
    )
