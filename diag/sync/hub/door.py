"""Who may come in: codes, tokens, rights, territories. Secrets are known by hash."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import choice, token_urlsafe

from diag.model.text import clean_line
from diag.sync.hub.store import Device, Invitation, Store, Token
from diag.sync.problems import ProblemError
from diag.sync.protocol import RIGHTS, Enrolled, Enrolling, Renewed, Right

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is read as another."""


_CODE_LENGTH = 10


_CODE_LIFE = 15 * 60 * 1000


_TOKEN_LIFE = 180 * 24 * 3600 * 1000


_TOKEN_BYTES = 32


_SEEN_EVERY = 60_000


_TOKEN_PREFIX = "diag_"  # noqa: S105 -- what a secret scanner looks for, not a secret


@dataclass(frozen=True, slots=True)
class Caller:
    """A device that showed a good token."""

    device: int
    scopes: frozenset[str]
    right: Right
    token: Token

    def need(self, right: Right) -> None:
        """Refuse who has less than this right.

        Raises:
            ProblemError: `right`.
        """
        if RIGHTS.index(self.right) < RIGHTS.index(right):
            raise ProblemError(
                "right",
                f"Il a « {self.right} », il faut « {right} » : l'administrateur du "
                "serveur peut en donner une nouvelle invitation. Ce qui est saisi ici "
                "y reste.",
            )


class Door:
    """Lets devices in; the clock is the hub's, in UTC milliseconds."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def invite(self, person: str, territories: tuple[str, ...], right: Right) -> str:
        """Return a code that lets one device in, once, for a quarter of an hour."""
        code = "".join(choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))
        expires = self._clock() + _CODE_LIFE
        hashed = _hash(code)
        self._store.invite(Invitation(hashed, person, territories, right, expires))
        return code

    def enrol(self, asked: Enrolling) -> Enrolled:
        """Let a device in.

        Raises:
            ProblemError: `enrol-refused`, whatever is wrong with the code.
        """
        now = self._clock()
        found = self._store.accept(_hash(_spelt(asked.code)), now)
        if found is None:
            raise ProblemError("enrol-refused")
        name = clean_line(asked.device)  # shown on an administrator's terminal
        who = (name, found.person, found.territories, found.right)
        device = self._store.add_device(
            Device(0, *who, asked.sign_key, now, 0, 0, asked.author)
        )
        token, expires = self._token(device)
        return Enrolled(
            device=device,
            token=token,
            expires=expires,
            territories=found.territories,
            right=found.right,
        )

    def caller(self, token: str) -> Caller:
        """Return who shows a token.

        Raises:
            ProblemError: `token-revoked`, the same for unknown, expired and revoked.
        """
        found = self._store.token(_hash(token))
        device = self._store.device(found.device) if found else None
        now = self._clock()
        if not (found and device) or device.revoked_at or found.expires_at <= now:
            raise ProblemError("token-revoked")
        if found.replaces or abs(now - device.seen_at) > _SEEN_EVERY:
            self._store.used(found, now)
        scopes = frozenset(device.territories)
        return Caller(device.id, scopes, device.right, found)

    def rotate(self, caller: Caller) -> Renewed:
        """Give a new token; the old one works until the new one is used."""
        token, expires = self._token(caller.device, caller.token.hash)
        return Renewed(token=token, expires=expires)

    def drop_device(self, caller: Caller, number: int) -> None:
        """Revoke a device: oneself, or any for an administrator.

        Raises:
            ProblemError: `right`, or `not-found`.
        """
        if number != caller.device:
            caller.need("admin")
        if not self._store.revoke(number, self._clock()):
            raise ProblemError("not-found", "Ce poste n'est pas inscrit.")

    def _token(self, device: int, replaces: bytes = b"") -> tuple[str, int]:
        token = _TOKEN_PREFIX + token_urlsafe(_TOKEN_BYTES)
        expires = self._clock() + _TOKEN_LIFE
        self._store.add_token(Token(_hash(token), device, expires, replaces))
        return token, expires


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8")).digest()


def _spelt(code: str) -> str:
    """Return a code as it was given out, whatever was typed for it."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return plain.replace("O", "0").replace("I", "1").replace("L", "1")
