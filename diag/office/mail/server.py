"""A conversation with a mail server: one message, one clear outcome.

Everything goes in the order that leaves no doubt: the message's last line is kept
back until all the rest has gone, so that a line cut before it surely sent nothing.
"""

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from diag.documents.mail import as_sent
from diag.journal.outbox import MailState, Outbox, Posted
from diag.model.errors import DiagError
from diag.model.text import clean_line
from diag.office.mail.account import Account, Security, trust
from diag.workspace.workspace import Workspace

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

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


FIRST_DELAY = 60
LONGEST_DELAY = 12 * 3600
"""Seconds before a message is tried again: doubled each time, up to half a day."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message."""

    posted: Posted
    rank: int
    of: int
    """How many this round had to send."""
    state: MailState
    said: str
    """The server's own words, or why it did not leave, in French."""


Tell = Callable[[Delivery], None]
"""Called with each message as it starts (`sending`, no words yet), then as it ends."""


def delay(attempts: int) -> int:
    """Return how many seconds to wait after so many attempts."""
    doubled = FIRST_DELAY << min(max(attempts - 1, 0), 10)
    return min(doubled, LONGEST_DELAY)


def due(workspace: Workspace, *, at_once: bool = False) -> tuple[Posted, ...]:
    """Return what is to be sent now; `at_once`, whatever its next attempt."""
    now = workspace.world.clock()
    waiting = Outbox(workspace.journal).waiting()
    return tuple(one for one in waiting if at_once or one.next_at <= now)


def pause(workspace: Workspace) -> float | None:
    """Return how many seconds until something is due; None when nothing waits."""
    waiting = Outbox(workspace.journal).waiting()
    if not waiting:
        return None
    soonest = min(one.next_at for one in waiting)
    return max(0.0, (soonest - workspace.world.clock()) / 1000)


def send_all(
    workspace: Workspace,
    messages: Sequence[Posted],
    enter: Callable[[], Server],
    report: Tell,
) -> tuple[Delivery, ...]:
    """Send messages, on one line where it holds; report each as it starts and ends.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Delivery] = []
    server: Server | None = None
    outbox, unreachable = Outbox(workspace.journal), ""
    try:
        for rank, posted in enumerate(messages, 1):
            if not unreachable and (server is None or not server.alive):
                try:
                    server = enter()
                except ReachError as error:
                    unreachable = str(error)
            if unreachable or server is None:
                # An attempt that did not reach the server counts.
                is_ours = outbox.begin(posted.number, workspace.world.clock())
                result = _later(workspace, posted, unreachable) if is_ours else None
            else:
                report(Delivery(posted, rank, len(messages), MailState.SENDING, ""))
                result = _send(workspace, posted, server)
            if result is not None:
                outcomes.append(Delivery(posted, rank, len(messages), *result))
                report(outcomes[-1])
    finally:
        if server is not None:
            server.close()
    return tuple(outcomes)


def send_until_done(
    workspace: Workspace,
    enter: Callable[[], Server],
    report: Tell,
    wait: Callable[[float], None],
) -> tuple[Delivery, ...]:
    """Send what waits, round after round, until nothing does; return each outcome.

    What is refused or in doubt waits for a person, not for us.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Delivery] = []
    while (seconds := pause(workspace)) is not None:
        if seconds:
            wait(seconds)
        outcomes.extend(send_all(workspace, due(workspace), enter, report))
    return tuple(outcomes)


def _send(
    workspace: Workspace, posted: Posted, server: Server
) -> tuple[MailState, str] | None:
    """Send one message; None when another program took it before."""
    outbox, now = Outbox(workspace.journal), workspace.world.clock()
    message = as_sent(
        outbox.body(posted.number), datetime.fromtimestamp(now // 1000, UTC)
    )
    if not outbox.begin(posted.number, now):
        return None
    try:
        reply = server.send(posted.sender, posted.dispatch.to, message)
    except LaterError as error:
        return _later(workspace, posted, str(error))
    except NeverError as error:
        outbox.refuse(posted.number, str(error))
        return MailState.FAILED, str(error)
    except DeliveryUnknownError as error:
        outbox.doubt(posted.number, str(error))
        return MailState.SENDING, str(error)
    except BaseException:
        # Interrupted: what surely did not leave waits again, the rest is for a person.
        if not server.may_have_left:
            outbox.postpone(posted.number, now, "Envoi interrompu avant la fin.")
        raise
    today = workspace.world.today().isoformat()
    sent = posted.dispatch.model_copy(update={"on": today})
    outbox.delivered(posted, sent, workspace.origin)
    return MailState.SENT, reply


def _later(workspace: Workspace, posted: Posted, problem: str) -> tuple[MailState, str]:
    until = workspace.world.clock() + 1000 * delay(posted.attempts + 1)
    Outbox(workspace.journal).postpone(posted.number, until, problem)
    return MailState.WAITING, problem
