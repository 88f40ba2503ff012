"""A mail server: where it is, who writes, its password; a conversation with it.

One message, one clear outcome. Everything goes in the order that leaves no doubt: the
message's last line is kept back until all the rest has gone, so that a line cut before
it surely sent nothing.
"""

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import SecretStr, ValidationError

from diag.imports.source import read_file
from diag.journal.journal import get_setting, put_setting
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.text import clean_line, email_problem
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
    host, sender = clean_line(whole["host"]), clean_line(whole["sender"])
    user = clean_line(whole.get("user", ""))
    account = Account(**{**whole, "host": host, "sender": sender, "user": user})
    if not host or " " in host or not host.isascii():
        raise DiagError(f"« {host[:80]} » n'est pas un nom de serveur (--host).")
    if not 0 < account.port <= _LAST_PORT:
        raise DiagError(f"{account.port} n'est pas un port (--port 587).")
    if problem := email_problem(sender):
        raise DiagError(f"« {sender[:80]} » : {problem} (--sender ADRESSE).")
    if account.security is Security.NONE and user and not _is_this_machine(host):
        raise DiagError(
            "Sans chiffrement, votre mot de passe passerait en clair sur le réseau. "
            "Rien n'a été changé. Choisissez --security starttls ou tls."
        )
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


def _is_this_machine(host: str) -> bool:
    """Return whether a host is this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


# Its password, in the keyring of the system.

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


# The conversation.

_SHOWN = 300


class AccountError(DiagError):
    """The server does not let us in: nothing was tried, every message waits."""


class ReachError(DiagError):
    """The server cannot be reached now: later, perhaps."""


class LaterError(DiagError):
    """This message surely did not leave; it may be tried again."""


class NeverError(DiagError):
    """The server does not want this message."""


class DeliveryUnknownError(DiagError):
    """Nobody knows whether this message left: a person decides."""


def decode_reply(code: int, reply: bytes | str) -> str:
    """Return a server's own words, harmless on a screen: « 550 Unknown user »."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"« {code} {clean_line(text[: 4 * _SHOWN])[:_SHOWN]} »"


def certificate_sentence(error: ssl.SSLCertVerificationError, account: Account) -> str:
    """Return why a certificate is refused, and what to do about it."""
    why = str(error.verify_message or error.reason or "")
    start = f"Le certificat du serveur {account.host} est refusé"
    if "ostname mismatch" in why or "IP address mismatch" in why:
        return (
            f"{start} : il est au nom d'un autre serveur. Rien n'a été envoyé. "
            "Vérifiez le nom : diag outbox settings --host NOM."
        )
    if "expired" in why or "not yet valid" in why:
        return (
            f"{start} : sa date n'est pas valable. Rien n'a été envoyé. Vérifiez "
            "l'heure de cet ordinateur, puis prévenez qui tient le serveur."
        )
    return (
        f"{start} : son autorité est inconnue de cet ordinateur ({why}). Rien n'a été "
        "envoyé, pas même votre mot de passe. Si c'est bien votre serveur, demandez à "
        "qui le tient le fichier de son autorité, puis : "
        "diag outbox settings --ca-file FICHIER.pem. Sinon, changez de réseau."
    )


_ME = "[127.0.0.1]"
"""How we present ourselves: a laptop has no name, and its own is nobody's business."""

_END = b".\r\n"
_REFUSED = 500
_DONE = 200
_ASKS_MORE = 300
_NOT_NOW = 400
_HANGS_UP = 421
_DOTTED = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for an answer, in seconds."""

    answer: float = 30
    end: float = 300
    """Once the message is whole: servers look at it before they answer."""


class Server:
    """A mail server that let us in."""

    def __init__(
        self, smtp: smtplib.SMTP, account: Account, patience: Patience
    ) -> None:
        self._smtp = smtp
        self._account = account
        self._patience = patience
        self.may_have_left = False
        """Whether the last message may have gone whole."""

    @property
    def alive(self) -> bool:
        """Whether the line still is open."""
        return self._smtp.sock is not None

    @classmethod
    def enter(
        cls,
        account: Account,
        password: SecretStr | None,
        patience: Patience | None = None,
    ) -> Self:
        """Connect, protect the line, sign in.

        Raises:
            AccountError: refused: certificate, password, no protection.
            ReachError: not reachable, too slow, or busy.
        """
        wait = patience or Patience()
        place = account.host, account.port
        with _reaching(account):
            smtp = (
                smtplib.SMTP_SSL(
                    *place,
                    local_hostname=_ME,
                    timeout=wait.answer,
                    context=trust(account.ca),
                )
                if account.security is Security.TLS
                else smtplib.SMTP(*place, local_hostname=_ME, timeout=wait.answer)
            )
        try:
            with _reaching(account):
                smtp.ehlo_or_helo_if_needed()
                if account.security is Security.STARTTLS:
                    _protect(smtp, account)
                if account.user:
                    _sign_in(smtp, account, password)
        except BaseException:
            smtp.close()
            raise
        return cls(smtp, account, wait)

    def send(self, sender: str, to: Sequence[str], message: bytes) -> str:
        """Send one message to all its readers or to none; return what was answered.

        Raises:
            LaterError: it surely did not leave; may be tried again.
            NeverError: the server does not want it.
            DeliveryUnknownError: it may have left.
        """
        self.may_have_left = False
        try:
            self._announce(sender, to, len(message))
            self._send_bytes(
                b"%b\r\n" % _DOTTED.sub(b"..", message).removesuffix(b"\r\n")
            )
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise LaterError(_lost(self._account, error)) from None
        return self._end()

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError, smtplib.SMTPException):
            if self._smtp.sock is not None:
                self._smtp.quit()
        self._smtp.close()

    def _announce(self, sender: str, to: Sequence[str], size: int) -> None:
        sized = [f"size={size}"] if self._smtp.has_extn("size") else []
        self._check(*self._smtp.mail(sender, sized), about=sender)
        copies = [sender] * (self._account.copy_to_self and sender not in to)
        for each in (*to, *copies):
            self._check(*self._smtp.rcpt(each), about=each)
        code, reply = self._smtp.docmd("DATA")
        if not _ASKS_MORE <= code < _ASKS_MORE + 100:
            self._check(code, reply, about=", ".join(to), takes=False)

    def _end(self) -> str:
        self.may_have_left = True
        try:
            self._wait_for(self._patience.end)
            self._send_bytes(_END)
            code, reply = self._smtp.getreply()
            self._wait_for(self._patience.answer)
        except (OSError, smtplib.SMTPException):
            self._smtp.close()
            raise self._doubt("sa réponse n'est pas arrivée") from None
        if code < _DONE or _ASKS_MORE <= code < _NOT_NOW:
            self._smtp.close()
            raise self._doubt("sa réponse ne veut rien dire")
        self._check(code, reply)
        return decode_reply(code, reply)

    def _doubt(self, why: str) -> DeliveryUnknownError:
        return DeliveryUnknownError(
            f"Le serveur {self._account.host} avait reçu tout le message, mais {why} : "
            "il est peut-être parti. Il ne sera pas renvoyé sans vous."
        )

    def _check(
        self, code: int, reply: bytes, *, about: str = "", takes: bool = True
    ) -> None:
        """Raise what an answer means, unless the server takes what was sent."""
        if takes and _DONE <= code < _ASKS_MORE:
            return
        self.may_have_left = False
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()
        if code == _HANGS_UP:
            self._smtp.close()
        for_whom = f" pour {about}" if about else ""
        words = f"{self._account.host}{for_whom} : {decode_reply(code, reply)}"
        if code >= _REFUSED:
            raise NeverError(f"Refusé par {words}.")
        raise LaterError(f"Pas maintenant, dit {words}.")

    def _wait_for(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _send_bytes(self, data: bytes) -> None:
        self._smtp.send(data)


def _protect(smtp: smtplib.SMTP, account: Account) -> None:
    if not smtp.has_extn("starttls"):
        raise AccountError(
            f"Le serveur {account.host} ne propose pas de chiffrement sur le port "
            f"{account.port}. Rien n'a été envoyé. Essayez : "
            "diag outbox settings --security tls."
        )
    smtp.starttls(context=trust(account.ca))
    smtp.ehlo_or_helo_if_needed()


def _sign_in(smtp: smtplib.SMTP, account: Account, password: SecretStr | None) -> None:
    """Say who we are; smtplib's own login does not take accents."""
    if password is None:
        raise AccountError("Le mot de passe manque. Rien n'a été envoyé.")
    offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
    secret = password.get_secret_value()
    if "PLAIN" in offered:
        secret_line = _coded(f"\x00{account.user}\x00{secret}")
        code, reply = smtp.docmd("AUTH", f"PLAIN {secret_line}")
    elif "LOGIN" in offered:
        code, reply = smtp.docmd("AUTH", f"LOGIN {_coded(account.user)}")
        if _ASKS_MORE <= code < _ASKS_MORE + 100:
            code, reply = smtp.docmd(_coded(secret))
    else:
        raise AccountError(
            f"Le serveur {account.host} ne demande pas de mot de passe ici, ou pas "
            "d'une façon que diag connaisse. Rien n'a été envoyé. Vérifiez --port et "
            "--security (diag outbox settings)."
        )
    if _DONE <= code < _ASKS_MORE:
        return
    words = decode_reply(code, reply)
    if code < _REFUSED:
        raise ReachError(f"Pas maintenant, dit {account.host} : {words}.")
    raise AccountError(
        f"Le serveur {account.host} refuse votre nom ou votre mot de passe : {words}. "
        "Rien n'a été envoyé. Corrigez : diag outbox settings --user NOM --password."
    )


def _coded(text: str) -> str:
    return b64encode(text.encode("utf-8")).decode("ascii")


@contextmanager
def _reaching(account: Account) -> Iterator[None]:
    """Return in French why a server did not let us in; never with what we sent."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise AccountError(certificate_sentence(error, account)) from None
    except ssl.SSLError as error:
        raise AccountError(
            f"La liaison chiffrée avec {account.host} ne s'établit pas "
            f"({error.reason or 'TLS'}). Rien n'a été envoyé. Vérifiez --port et "
            "--security (diag outbox settings)."
        ) from None
    except smtplib.SMTPResponseException as error:
        words = f"{account.host} : {decode_reply(error.smtp_code, error.smtp_error)}"
        if error.smtp_code >= _REFUSED:
            refused = f"Refusé par {words}. Rien n'a été envoyé."
            raise AccountError(refused) from None
        raise ReachError(f"Pas maintenant, dit {words}.") from None
    except (OSError, smtplib.SMTPException) as error:
        raise ReachError(_lost(account, error)) from None


def _lost(account: Account, error: Exception) -> str:
    # smtplib tells a timeout as a line that was cut.
    if TimeoutError in {type(error), type(error.__context__)}:
        why = "ne répond pas assez vite"
    elif isinstance(error, ConnectionRefusedError):
        why = "n'accepte pas de connexion"
    elif isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        why = "a coupé la liaison"
    else:
        why = "est injoignable (pas de réseau ?)"
    return f"Le serveur {account.host} {why}."
