"""The engineer's own mail server: where it is, how it is trusted, who writes."""

import ssl
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from diag.audit.session import AuditSession
from diag.journal.journal import get_setting, put_setting
from diag.model.base import Noun
from diag.model.enums import WORKING_READER, Audience
from diag.model.errors import DiagError
from diag.model.text import clean_line, email_problem, is_consumer_mailbox
from diag.words.dates import describe_day
from diag.words.vocabulary import AUDIENCES
from diag.workspace.disk import read_file
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


_ACCOUNT_KEY = "mail_account"
_LARGEST_CA = 1_000_000
_LAST_PORT = 65_535


class Security(StrEnum):
    """How the conversation is protected."""

    STARTTLS = "starttls"
    """Clear, then protected before anything is sent; most servers, port 587."""
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
    """Each message also goes to the sender, unseen by its readers."""
    ca: str = ""
    """The certificate authority to trust, PEM; empty: those of the system."""
    ca_name: str = ""
    """Name of the file that it came from."""


def account_of(workspace: Workspace) -> Account | None:
    """Return the mail account, or None when there is none."""
    kept = get_setting(workspace.journal, _ACCOUNT_KEY)
    try:
        return None if kept is None else Account.model_validate(kept)
    except ValidationError:
        return None


def needed_account(workspace: Workspace) -> Account:
    """Return the mail account.

    Raises:
        DiagError: when nobody has given it.
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
    """Return the address that one writes from, empty when there is none."""
    account = account_of(workspace)
    return account.sender if account else workspace.settings.email


def keep_account(workspace: Workspace, **fields: Any) -> Account:
    """Keep what is given of the mail account; the rest stays.

    Raises:
        DiagError: when it cannot be a mail account.
    """
    known = account_of(workspace)
    kept = known.model_dump() if known else {}
    given = {name: value for name, value in fields.items() if value is not None}
    whole = {
        "host": "",
        "port": PORTS[Security.STARTTLS],
        "security": Security.STARTTLS,
        "sender": workspace.settings.email,
        **kept,
        **given,
    }
    if "security" in given and "port" not in given:
        whole["port"] = PORTS[Security(given["security"])]
    account = _checked(whole)
    put_setting(workspace.journal, _ACCOUNT_KEY, account.model_dump(mode="json"))
    return account


def trusted_file(path: Path) -> dict[str, str]:
    """Return what is kept of a certificate authority's file.

    Raises:
        DiagError: when it is none.
    """
    content = read_file(path, _LARGEST_CA)
    if len(content) > _LARGEST_CA:
        raise DiagError(f"{path} : fichier trop gros pour un certificat.")
    try:
        text = content.decode("ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ValueError, ssl.SSLError) as error:
        raise DiagError(
            f"{path} : ce n'est pas un certificat d'autorité au format PEM "
            "(« -----BEGIN CERTIFICATE----- »). Demandez ce fichier à qui tient le "
            "serveur."
        ) from error
    return {"ca": text, "ca_name": path.name}


def trust(ca: str) -> ssl.SSLContext:
    """Return what certificates are checked against: an authority, or the system's."""
    return ssl.create_default_context(cadata=ca or None)


def is_this_machine(host: str) -> bool:
    """Return whether a host is this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


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


_ADDRESSES_KEY = "mail_addresses"
_OLD = 3
"""Years after which an address counts as old."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reader is written to, and what makes us think so."""

    to: tuple[str, ...]
    source: str
    """Where it comes from and how old that is, in French."""
    warnings: tuple[str, ...] = ()
    """What to look at before confirming."""


def address_of(session: AuditSession, audience: Audience) -> Address:
    """Return the address of a reader: the last one typed, else the official file's.

    Raises:
        DiagError: when none is known.
    """
    today = session.workspace.world.today()
    kept = _kept(session.workspace).get(_key(session, audience))
    if isinstance(kept, dict):
        to, day = tuple(map(str, kept["to"])), str(kept["on"])
        return _address(to, f"tapée ici le {describe_day(day)}", day, today)
    found, source, day = _official(session, audience)
    problem = email_problem(found)
    if problem:
        raise DiagError(
            f"Pas d'adresse pour {AUDIENCES[audience]} : {source or problem}. "
            f"Donnez-la : diag send {session.about.ref} --to {audience} "
            "--address ADRESSE."
        )
    return _address((found,), source, day, today)


def typed_address(session: AuditSession, typed: tuple[str, ...]) -> Address:
    """Return addresses as typed.

    Raises:
        DiagError: when one is no address.
    """
    to = tuple(dict.fromkeys(each.strip() for each in typed))
    for each in to:
        if problem := email_problem(each):
            raise DiagError(f"« {each[:80]} » : {problem}. Rien n'a été fait.")
    today = session.workspace.world.today()
    return _address(to, "tapée à l'instant", today.isoformat(), today)


def remember_address(
    session: AuditSession, audience: Audience, address: Address
) -> None:
    """Keep a typed address for the next time, with the day."""
    workspace = session.workspace
    entry = {"to": list(address.to), "on": workspace.world.today().isoformat()}
    kept = {**_kept(workspace), _key(session, audience): entry}
    put_setting(workspace.journal, _ADDRESSES_KEY, kept)


def _address(to: tuple[str, ...], source: str, day: str, today: date) -> Address:
    warnings = [
        f"{each} est chez un fournisseur grand public : est-ce bien une adresse de "
        "service ?"
        for each in to
        if is_consumer_mailbox(each)
    ]
    if not day:
        warnings.append("La date de cette adresse est inconnue.")
    elif today.year - int(day[:4]) >= _OLD:
        warnings.append(f"Adresse de {day[:4]} : vérifiez qu'elle sert encore.")
    return Address(to, source, tuple(warnings))


def _official(session: AuditSession, audience: Audience) -> tuple[str, str, str]:
    """Return an address, what it comes from (or why there is none), and its day."""
    about, territory = session.about, session.workspace.territory
    if audience.votes and about.insee:
        hall = territory.town_hall(about.insee)
        if hall is None:
            return "", "le fichier des mairies n'en a pas (diag import mairies)", ""
        dated = f", du {describe_day(hall.source_date)}" if hall.source_date else ""
        known = f"fichier des mairies{dated}"
        return hall.email, known if hall.email else hall.problem, hall.source_date
    if audience.teaches and about.school:
        school = about.school
        dated = f", fiche du {describe_day(school.updated)}" if school.updated else ""
        known = f"annuaire de l'éducation nationale{dated}"
        return school.email, known if school.email else "", school.updated
    return "", "aucun fichier officiel ne la donne", ""


def _key(session: AuditSession, audience: Audience) -> str:
    about = session.about
    if audience is WORKING_READER:
        return str(audience)
    if audience.oversees and about.school:
        return f"{audience}:{about.school.circonscription or about.department}"
    whose = about.insee if audience.votes else ""
    return f"{audience}:{whose or about.ref}"


def _kept(workspace: Workspace) -> dict[str, object]:
    found = get_setting(workspace.journal, _ADDRESSES_KEY)
    return found if isinstance(found, dict) else {}


SERVICE = "diag-smtp"
"""What the system's keyring files it under."""

NO_KEYRING = (
    "Ce système n'a pas de trousseau de mots de passe : le vôtre sera demandé à "
    "chaque envoi, et n'est gardé nulle part."
)
"""The sentence where nothing can keep a password."""


def kept_password(account: Account) -> SecretStr | None:
    """Return the password that the keyring holds; None when it holds none, or fails."""
    try:
        found = _keyring().get_password(SERVICE, _name(account))
    except Exception:  # noqa: BLE001 - keyrings fail in many ways; one can still type it
        return None
    return SecretStr(found) if found else None


def keep_password(account: Account, password: SecretStr) -> None:
    """Have the keyring keep a password.

    Raises:
        DiagError: when the system has no keyring, or it refuses.
    """
    from keyring.errors import NoKeyringError  # noqa: PLC0415 - 90 ms

    try:
        _keyring().set_password(SERVICE, _name(account), password.get_secret_value())
    except NoKeyringError:
        raise DiagError(NO_KEYRING) from None
    except Exception:  # noqa: BLE001 - any backend; its words may hold the password
        raise DiagError(
            "Le trousseau du système a refusé le mot de passe (verrouillé ?). "
            "Déverrouillez-le et recommencez ; sinon il sera demandé à chaque envoi."
        ) from None


def forget_password(account: Account) -> bool:
    """Have the keyring forget a password; False when it held none."""
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        _keyring().delete_password(SERVICE, _name(account))
    except KeyringError:
        return False
    return True


def has_keyring() -> bool:
    """Return whether this system keeps passwords."""
    from keyring.backends.fail import Keyring as Nothing  # noqa: PLC0415
    from keyring.backends.null import Keyring as Forgetful  # noqa: PLC0415

    return not isinstance(_keyring(), Nothing | Forgetful)


def _keyring() -> "KeyringBackend":
    from keyring import get_keyring  # noqa: PLC0415

    return get_keyring()


def _name(account: Account) -> str:
    return f"{account.user}@{account.host}"
