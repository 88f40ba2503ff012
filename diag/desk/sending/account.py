"""The engineer's own mail server: where it is, how it is trusted, who writes."""

import ssl
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.base import Noun
from diag.model.email import email_problem
from diag.model.errors import DiagError
from diag.model.text import clean_line

_KEY = "mail_account"
_LARGEST_CA = 1_000_000
_LAST_PORT = 65_535


class Security(StrEnum):
    """How the conversation is protected."""

    STARTTLS = "starttls"
    """Clear, then protected before anything is said; most servers, port 587."""
    TLS = "tls"
    """Protected from the first byte, port 465."""
    NONE = "none"
    """A relay of the local network that asks no password."""


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
"""Where each is usually found."""


class Account(Noun):
    """A mail account; its password is elsewhere."""

    host: str
    port: int
    security: Security
    sender: str
    """Address that one writes from."""
    user: str = ""
    """Empty for a server that asks no password."""
    copy_to_self: bool = False
    """Each message also goes to the sender, its readers not told."""
    ca: str = ""
    """The certificate authority to trust, PEM; empty: those of the system."""
    ca_name: str = ""
    """Name of the file that it came from."""


def account_of(workspace: Workspace) -> Account | None:
    """Return the mail account, or None when nobody has told it."""
    kept = get_setting(workspace.journal, _KEY)
    try:
        return None if kept is None else Account.model_validate(kept)
    except ValidationError:
        return None


def needed_account(workspace: Workspace) -> Account:
    """Return the mail account.

    Raises:
        DiagError: when nobody has told it; says how.
    """
    account = account_of(workspace)
    if account is None:
        raise DiagError(
            "Votre serveur d'envoi n'est pas encore connu. Dites-le une fois : "
            "diag outbox settings --host smtp.exemple.fr --user VOUS "
            "--sender VOUS@exemple.fr."
        )
    return account


def sender_of(workspace: Workspace) -> str:
    """Return the address that one writes from, empty when nobody has told it."""
    account = account_of(workspace)
    return account.sender if account else workspace.settings.email


def keep_account(workspace: Workspace, **told: Any) -> Account:
    """Keep what is told of the mail account; what is not told stays.

    Raises:
        DiagError: when it cannot be a mail account; says what is wrong.
    """
    known = account_of(workspace)
    kept = known.model_dump() if known else {}
    said = {name: value for name, value in told.items() if value is not None}
    whole = {**_first(workspace), **kept, **said}
    if "security" in said and "port" not in said:
        whole["port"] = PORTS[Security(said["security"])]
    account = _checked(whole)
    put_setting(workspace.journal, _KEY, account.model_dump(mode="json"))
    return account


def trusted_file(path: Path) -> dict[str, str]:
    """Return what is kept of a certificate authority's file.

    Raises:
        DiagError: when it is none.
    """
    content = path.read_bytes()
    try:
        text = content.decode("ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ValueError, ssl.SSLError) as error:
        raise DiagError(
            f"{path} : ce n'est pas un certificat d'autorité au format PEM "
            "(« -----BEGIN CERTIFICATE----- »). Demandez ce fichier à qui tient le "
            "serveur."
        ) from error
    if len(content) > _LARGEST_CA:
        raise DiagError(f"{path} : fichier trop gros pour un certificat.")
    return {"ca": text, "ca_name": path.name}


def trust(ca: str) -> ssl.SSLContext:
    """Return what certificates are checked against: an authority, or the system's."""
    return ssl.create_default_context(cadata=ca or None)


def is_this_machine(host: str) -> bool:
    """Say whether a host is this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _first(workspace: Workspace) -> dict[str, Any]:
    return {
        "host": "",
        "port": PORTS[Security.STARTTLS],
        "security": Security.STARTTLS,
        "sender": workspace.settings.email,
    }


def _checked(whole: dict[str, Any]) -> Account:
    host, sender = clean_line(whole["host"]), clean_line(whole["sender"])
    user = clean_line(whole.get("user", ""))
    account = Account(**{**whole, "host": host, "sender": sender, "user": user})
    if not host or " " in host or not host.isascii():
        raise DiagError(f"« {host[:80]} » n'est pas un nom de serveur (--host).")
    if not 0 < account.port <= _LAST_PORT:
        raise DiagError(f"{account.port} n'est pas un port (--port 587).")
    if problem := email_problem(sender):
        raise DiagError(f"« {sender[:80]} » : {problem} (--sender ADRESSE).")
    if account.security is Security.NONE and user and not is_this_machine(host):
        raise DiagError(
            "Sans chiffrement, votre mot de passe passerait en clair sur le réseau. "
            "Rien n'a été changé. Choisissez --security starttls ou tls."
        )
    return account
