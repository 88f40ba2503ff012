"""Whom a laptop believes: the authority of its hub, known by a fingerprint."""

import re
import ssl
from hashlib import sha256
from http.client import HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from diag.model.errors import DiagError
from diag.sync.problems import OfflineError

FINGERPRINT = 32
"""Hexadecimal digits of the SHA-256 of an authority that an invitation carries."""


_BLOCK = re.compile(f"{ssl.PEM_HEADER}.+?{ssl.PEM_FOOTER}", re.DOTALL)


_MOST = 16 * 1024


_TIMEOUT = 10.0


class Invited(NamedTuple):
    """What an administrator gives: one string, `https://hub:8443#fingerprint#code`."""

    url: str
    fingerprint: str
    """Empty when the hub has a certificate that everyone believes."""
    code: str

    def __str__(self) -> str:
        """Return the string."""
        return f"{self.url}#{self.fingerprint}#{self.code}"


def read_invitation(text: str) -> Invited:
    """Read what was typed or scanned.

    Raises:
        DiagError: when it is no invitation; says what one looks like.
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
    """Say whether laptops can call a hub there: https, a host, a port if any."""
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


def fingerprint_of(authority: str) -> str:
    """Return the fingerprint of an authority, PEM, as an invitation carries it."""
    certificate = _certificate(authority)
    return sha256(certificate).hexdigest()[:FINGERPRINT] if certificate else ""


def _certificate(authority: str) -> bytes:
    """Return the bytes of the first certificate of a text; empty when there is none.

    Alone: the standard reader also takes « this one, then another », which whoever
    stands between could send to be believed under the fingerprint of the first.
    """
    first = _BLOCK.search(authority)
    try:
        return ssl.PEM_cert_to_DER_cert(first[0]) if first else b""
    except ValueError:
        return b""


def certificates_in(authority: str) -> int:
    """Return how many certificates a text holds."""
    return len(_BLOCK.findall(authority))


def trust_in(authority: str) -> ssl.SSLContext:
    """Return whom to believe: this authority alone, or the public ones if none."""
    return ssl.create_default_context(cadata=authority or None)


def fetch_authority(invited: Invited) -> str:
    """Return the authority of a hub, PEM; empty when it has a public certificate.

    Raises:
        OfflineError: when the hub does not answer.
        DiagError: when it is not the one of the invitation.
    """
    if not invited.fingerprint:
        return ""
    authority = _download(invited.url)
    if fingerprint_of(authority) != invited.fingerprint:
        raise DiagError(
            f"{invited.url} : ce serveur n'est pas celui de l'invitation (empreinte "
            "différente). Rien n'a été envoyé. Vérifiez l'adresse, puis demandez à "
            "l'administrateur du serveur."
        )
    return ssl.DER_cert_to_PEM_cert(_certificate(authority))


def _download(url: str) -> str:
    """Return what a hub says its authority is: not believed until it is compared.

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
