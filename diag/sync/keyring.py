"""Secrets of a machine: in its keyring, or in files that only their owner reads."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from diag.model.errors import DiagError

# The keyring's module costs 90 ms: it is loaded when a secret is needed.


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, durably, whole or not at all.

    Each program that writes it has a temporary file of its own.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_secret(service: str, name: str) -> str | None:
    """Return what the keyring keeps; None when it keeps nothing, or there is none.

    Raises:
        DiagError: when it does not answer: what is asked may be there.
    """
    from keyring import get_keyring  # noqa: PLC0415 - 90 ms
    from keyring.errors import NoKeyringError  # noqa: PLC0415 - 90 ms

    try:
        return get_keyring().get_password(service, name)
    except NoKeyringError:
        return None
    except Exception:  # noqa: BLE001 - keyrings fail in many ways, all reported alike
        raise DiagError(
            "Le trousseau du système ne répond pas (verrouillé ?) : les clés de ce "
            "poste y sont peut-être. Déverrouillez-le, puis recommencez."
        ) from None


def keep_secret(service: str, name: str, text: str) -> bool:
    """Have the keyring keep a text; return whether it really does."""
    from keyring import get_keyring  # noqa: PLC0415 - 90 ms

    try:
        get_keyring().set_password(service, name, text)
        return get_keyring().get_password(service, name) == text
    except Exception:  # noqa: BLE001 - any failure: a file keeps it then
        return False


def forget_secret(service: str, name: str) -> None:
    """Have the keyring forget a text, if it keeps it."""
    from keyring import get_keyring  # noqa: PLC0415 - 90 ms

    with suppress(Exception):  # any failure: what is forgotten is of no use any more
        get_keyring().delete_password(service, name)
