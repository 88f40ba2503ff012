"""A laptop's trust: the keyring, and the hubs that it knows.

A hub is known by the fingerprint of its authority. What a laptop keeps of a hub is a
file next to the journal, for its owner only; not in the journal, whose copies go to
shared folders. The token is kept by the system's keyring, or by that file.
"""

import os
import re
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from diag.model.errors import DiagError
from diag.sync.protocol import OfflineError, Right, Wire

if sys.platform != "win32":
    import fcntl
else:
    import msvcrt

# The keyring's module costs 90 ms: it is loaded when a secret is needed.


def open_private(path: str, flags: int) -> int:
    """Open a file, made for its owner alone: the `opener` of `open`."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, durably, whole or not at all."""
    with writing_private(path) as file:
        file.write(content)


@contextmanager
def writing_private(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write in, for its owner alone; it is there at the end, or not.

    Each program that writes it has a temporary file of its own.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{token_hex(4)}.part")
    try:
        with open(part, "xb", opener=open_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Have other programs that want this file wait, the threads of this one too.

    The system lets go of what is killed.

    Raises:
        OSError: when it cannot be made, or, on Windows, after ten seconds.
    """
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(lock, "ab", opener=open_private) as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        yield


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


FINGERPRINT = 32
"""Hexadecimal digits of the SHA-256 of an authority that an invitation carries."""

_NO_DATES = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name."""

_BLOCK = re.compile(f"{ssl.PEM_HEADER}.+?{ssl.PEM_FOOTER}", re.DOTALL)
_MOST = 16 * 1024
_TIMEOUT = 10.0


class Invited(NamedTuple):
    """What an administrator gives: one string, `https://hub:8443#fingerprint#code`."""

    url: str
    fingerprint: str
    """Empty when the hub has a certificate that all believe."""
    code: str

    def __str__(self) -> str:
        """Return the string."""
        return f"{self.url}#{self.fingerprint}#{self.code}"


def read_invitation(text: str) -> Invited:
    """Read what was typed or scanned.

    Raises:
        DiagError: when it is no invitation; describes what it looks like.
    """
    parts = text.strip().split("#")
    url = parts[0].rstrip("/")
    mark = parts[1].lower() if len(parts) == 3 else "?"  # noqa: PLR2004 -- three parts
    known = not mark or (
        len(mark) == FINGERPRINT and set(mark) <= set("0123456789abcdef")
    )
    if not is_address(url) or not known or not parts[-1]:
        raise DiagError(
            "Ce n'est pas une invitation. L'administrateur du serveur en donne une par "
            "« diag hub enrol » : https://serveur:8443#empreinte#code, à recopier en "
            "entier."
        )
    return Invited(url, mark, parts[2])


def is_address(url: str) -> bool:
    """Whether laptops can call a hub there: https, a host, a port if any."""
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:  # brackets or a port that cannot be
        return False
    plain = url.isascii() and not set(url) & set(' \\<>"')
    whole = not (address.query or address.fragment or address.username)
    return (
        address.scheme == "https"
        and bool(address.hostname and plain and whole)
        and port != 0
    )


def compute_fingerprint(authority: str) -> str:
    """Return the fingerprint of an authority, PEM, as an invitation carries it."""
    certificate = _certificate(authority)
    return sha256(certificate).hexdigest()[:FINGERPRINT] if certificate else ""


def _certificate(authority: str) -> bytes:
    """Return the bytes of the first certificate of a text; empty when there is none.

    Alone: the standard reader also takes « this, then another », which an attacker
    between the two could send to be believed under the fingerprint of the first.
    """
    first = _BLOCK.search(authority)
    try:
        return ssl.PEM_cert_to_DER_cert(first[0]) if first else b""
    except ValueError:
        return b""


def count_certificates(authority: str) -> int:
    """Return how many certificates a text holds."""
    return len(_BLOCK.findall(authority))


def build_trust(authority: str) -> ssl.SSLContext:
    """Return what to believe: this authority alone, or the public ones if none.

    Of an authority that was compared with an invitation, dates prove nothing more: a
    laptop whose clock is years off still finds its hub. Names are checked all the same.
    """
    trust = ssl.create_default_context(cadata=authority or None)
    if authority:
        trust.verify_flags |= _NO_DATES
    return trust


def fetch_authority(invited: Invited) -> str:
    """Return the authority of a hub, PEM; empty when it has a public certificate.

    Raises:
        OfflineError: when the hub does not answer.
        DiagError: when it is not the one of the invitation.
    """
    if not invited.fingerprint:
        return ""
    authority = _download(invited.url)
    if compute_fingerprint(authority) != invited.fingerprint:
        raise DiagError(
            f"{invited.url} : ce serveur n'est pas celui de l'invitation (empreinte "
            "différente). Rien n'a été envoyé. Vérifiez l'adresse, puis demandez à "
            "l'administrateur du serveur."
        )
    return ssl.DER_cert_to_PEM_cert(_certificate(authority))


def _download(url: str) -> str:
    """Return what a hub gives as its authority: not believed until it is compared.

    Nothing secret is sent, and nothing else is read, over this connection.
    """
    address = urlsplit(url)
    unproven = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unproven.check_hostname = False
    unproven.verify_mode = ssl.CERT_NONE
    connection = HTTPSConnection(
        address.hostname or "", address.port, timeout=_TIMEOUT, context=unproven
    )
    try:
        connection.request("GET", f"{address.path}/v1/ca")
        return connection.getresponse().read(_MOST).decode("ascii", errors="replace")
    except (OSError, HTTPException) as error:
        raise OfflineError(
            f"{url} ne répond pas. Vérifiez l'adresse et le réseau."
        ) from error
    finally:
        connection.close()


_FOLDER = "hubs"
"""Folder of the workspace."""

_SERVICE = "diag-hub"
"""What the system's keyring files tokens under."""


class Enrolment(Wire):
    """What a laptop keeps of a hub."""

    hub: str = Field(pattern=r"^[0-9a-f]{1,64}$")
    """Its id."""
    name: str
    """Name of its owner."""
    url: str
    authority: str = ""
    """The only authority that is believed, PEM; empty: the public ones."""
    token: str
    """Empty when the keyring keeps it."""
    expires: int
    """When the token ends, UTC milliseconds."""
    device: int
    """This laptop's number there."""
    territories: tuple[str, ...]
    right: Right
    key: str = ""
    """The hub's public keys: bundles are sealed for it as for a colleague."""


def read_enrolments(folder: Path) -> tuple[Enrolment, ...]:
    """Return the hubs that know a workspace, in the order of their files.

    Raises:
        DiagError: when a file cannot be read.
    """
    found = []
    for path in sorted((folder / _FOLDER).glob("*.json")):
        try:
            found.append(Enrolment.model_validate_json(path.read_bytes()))
        except ValidationError as error:
            raise DiagError(
                f"{path} est illisible. Supprimez-le, puis demandez une nouvelle "
                "invitation à l'administrateur du serveur."
            ) from error
    return tuple(found)


def keep_enrolment(folder: Path, enrolment: Enrolment) -> None:
    """Write what is known of a hub, for the owner alone, whole or not at all."""
    token = enrolment.token
    if token and keep_secret(_SERVICE, _token_name(enrolment), token):
        enrolment = enrolment.model_copy(update={"token": ""})
    content = enrolment.model_dump_json(indent=1).encode("utf-8")
    write_private(_locate(folder, enrolment.hub), content)


def read_token(enrolment: Enrolment) -> str:
    """Return the token that a hub gave to this laptop.

    Raises:
        DiagError: when the keyring keeps it and does not give it.
    """
    token = enrolment.token or read_secret(_SERVICE, _token_name(enrolment))
    if not token:
        raise DiagError(
            f"Le jeton pour {enrolment.name} n'est pas dans le trousseau de cette "
            "session. Ouvrez-la avec le compte qui a inscrit ce poste, ou demandez "
            "une nouvelle invitation à l'administrateur du serveur."
        )
    return token


def drop_enrolment(folder: Path, enrolment: Enrolment) -> None:
    """Forget a hub, and its token."""
    _locate(folder, enrolment.hub).unlink(missing_ok=True)
    if not enrolment.token:
        from keyring import get_keyring  # noqa: PLC0415 - 90 ms

        with suppress(Exception):  # any failure: it is of no use any more
            get_keyring().delete_password(_SERVICE, _token_name(enrolment))


def _token_name(enrolment: Enrolment) -> str:
    """Return under what a token is kept: two workspaces are two devices there."""
    return f"{enrolment.hub}-{enrolment.device}"


def _locate(folder: Path, hub: str) -> Path:
    return folder / _FOLDER / f"{hub}.json"
