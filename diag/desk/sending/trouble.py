"""What can go wrong with a mail server, and what it means for the message."""

import ssl

from diag.desk.sending.account import Account
from diag.model.errors import DiagError
from diag.model.text import clean_line

_SHOWN = 300


class AccountError(DiagError):
    """The server does not let us in: nothing was tried, every message waits."""


class ReachError(DiagError):
    """The server cannot be reached now: later, perhaps."""


class LaterError(DiagError):
    """This message surely did not leave; it may be tried again."""


class NeverError(DiagError):
    """The server does not want this message."""


class DoubtError(DiagError):
    """Nobody knows whether this message left: a person decides."""


def spoken(code: int, said: bytes | str) -> str:
    """Return a server's own words, harmless on a screen: « 550 Unknown user »."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"« {code} {clean_line(text[: 4 * _SHOWN])[:_SHOWN]} »"


def certificate_sentence(error: ssl.SSLCertVerificationError, account: Account) -> str:
    """Return why a certificate is refused, and what to do about it."""
    said = str(error.verify_message or error.reason or "")
    start = f"Le certificat du serveur {account.host} est refusé"
    if "ostname mismatch" in said or "IP address mismatch" in said:
        return (
            f"{start} : il est au nom d'un autre serveur. Rien n'a été envoyé. "
            "Vérifiez le nom : diag outbox settings --host NOM."
        )
    if "expired" in said or "not yet valid" in said:
        return (
            f"{start} : sa date n'est pas valable. Rien n'a été envoyé. Vérifiez "
            "l'heure de cet ordinateur, puis prévenez qui tient le serveur."
        )
    return (
        f"{start} : son autorité est inconnue de cet ordinateur ({said}). Rien n'a été "
        "envoyé, pas même votre mot de passe. Si c'est bien votre serveur, demandez à "
        "qui le tient le fichier de son autorité, puis : "
        "diag outbox settings --ca-file FICHIER.pem. Sinon, changez de réseau."
    )
