"""Who may come in: codes, enrolments, tokens, and the page of supervision."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import choice, token_urlsafe
from typing import Self

from diag.model.text import clean_line
from diag.sync.hub.devices import KnownKeyError, KnownLabelError
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE, Device, Invitation, Token
from diag.sync.protocol import (
    RIGHTS,
    Admission,
    Enrolling,
    ProblemError,
    Renewed,
    Right,
)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is read as another."""

_PUBLIC = 4
"""Characters of a code that name the invitation; wrong tries close that one alone."""

_SECRET = 10
_INSEE = 5
"""Characters of a commune's code: a department's has two or three."""

_CODE_LIFE = 15 * 60 * 1000
_TOKEN_LIFE = 180 * 24 * 3600 * 1000
_TOKEN_BYTES = 32

_SPENT_FOR = 10 * 60 * 1000
"""Milliseconds for which a replaced token still serves: a sync may be under way."""

_TICKET, _SESSION = "ticket:", "page:"
"""What is hashed before a secret of the page: it is no token of the protocol."""

_TICKET_LIFE = 60_000
_SESSION_LIFE = 8 * 3600 * 1000
_SEEN_EVERY = 60_000
_TOKEN_PREFIX = "diag_"  # noqa: S105 -- what a secret scanner looks for, not a secret


@dataclass(frozen=True, slots=True)
class Caller:
    """A device that showed a good token."""

    device: int
    scopes: frozenset[str]
    """Where it may read."""
    writable: frozenset[str]
    right: Right
    token: Token

    @classmethod
    def of(cls, device: Device, token: Token) -> Self:
        """Return a device as the hub knows it."""
        return cls(
            device.id, device.scopes(), device.scopes("write"), device.right, token
        )

    def need_writing(self) -> None:
        """Refuse a device that may write nowhere.

        Raises:
            ProblemError: `right`.
        """
        if not self.writable:
            self.need("write")

    def need(self, right: Right) -> None:
        """Refuse a device that has less than this right.

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
    """Lets devices in; the clock is the hub's. Secrets are known by hash."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def invite(self, person: str, territories: tuple[str, ...], right: Right) -> str:
        """Return a code that lets one device in, once, for a quarter of an hour."""
        expires, made = self._clock() + _CODE_LIFE, False
        while not made:
            public, secret = _draw(_PUBLIC), _draw(_SECRET)
            given = (person, territories, right, expires)
            made = self._store.invite(Invitation(public, _hash(secret), *given))
        return f"{public}{secret}"

    def enrol(self, asked: Enrolling) -> Admission:
        """Let a device in.

        Raises:
            ProblemError: `enrol-refused`, whatever is wrong with the code; `known-key`
                for a key that was shown here before: who holds a copy of it, revoked
                or not, must not write in the name of who comes in anew; `known-label`
                for the label of another person.
        """
        at = self._clock()
        typed = asked.code.upper().replace("-", "").replace(" ", "")
        code = typed.replace("O", "0").replace("I", "1").replace("L", "1")
        public, secret = code[:_PUBLIC], code[_PUBLIC:]
        try:
            shown = (asked.sign_key, asked.author)
            found = self._store.accept(public, _hash(secret), at, *shown)
        except KnownKeyError as error:
            raise ProblemError("known-key") from error
        except KnownLabelError as error:
            raise ProblemError("known-label") from error
        if found is None:
            raise ProblemError("enrol-refused")
        name = clean_line(asked.device)  # shown on an administrator's terminal
        owner = (name, found.person, found.territories, found.right)
        device = self._store.add_device(
            Device(0, *owner, asked.sign_key, at, 0, 0, asked.author)
        )
        token, expires = self._add_token(device)
        return Admission(
            device=device,
            token=token,
            expires=expires,
            territories=found.territories,
            right=found.right,
        )

    def caller(self, token: str) -> Caller:
        """Return the device that shows a token.

        Raises:
            ProblemError: `token-revoked`, the same for unknown, expired and revoked;
                `cloned` for a token that another copy of the device has replaced.
        """
        if token.startswith((_TICKET, _SESSION)):  # as those secrets are hashed
            raise ProblemError("token-revoked")
        found = self._store.token(_hash(token))
        device = self._store.device(found.device) if found else None
        at = self._clock()
        if found and device and found.expires_at < 0:  # it has replaced that one
            if device.revoked_at or at + found.expires_at > _SPENT_FOR:
                if not device.revoked_at:  # two hold what one was given: none is served
                    self._store.stop_cloned(device.id, at)
                raise ProblemError("cloned")
            return Caller.of(device, found)
        if not (found and device) or device.revoked_at or found.expires_at <= at:
            raise ProblemError("token-revoked")
        if found.replaces or abs(at - device.seen_at) > _SEEN_EVERY:
            self._store.record_use(found, at)
        return Caller.of(device, found)

    def rotate(self, caller: Caller) -> Renewed:
        """Give a new token; the old one works a moment more once that is used."""
        token, expires = self._add_token(caller.device, caller.token.hash)
        return Renewed(token=token, expires=expires)

    def give_ticket(self, caller: Caller) -> str:
        """Return what opens the page of supervision, once, within a minute.

        Raises:
            ProblemError: `right`.
        """
        self.supervised(caller)
        self._store.drop_ended(self._clock())
        return self._let_read(_TICKET, caller.device, _TICKET_LIFE)

    def open_page(self, ticket: str) -> str:
        """Return a session for a ticket, which ends there; empty for a wrong one."""
        found = self._store.take_token(_hash(f"{_TICKET}{ticket}"))
        if found is None or found.expires_at <= self._clock():
            return ""
        return self._let_read(_SESSION, found.device, _SESSION_LIFE)

    def find_visitor(self, session: str) -> Caller | None:
        """Return the device whose person reads the page; None for a wrong session."""
        found = self._store.token(_hash(f"{_SESSION}{session}"))
        device = self._store.device(found.device) if found else None
        if not (found and device) or device.revoked_at:
            return None
        if found.expires_at <= self._clock():
            return None
        return Caller.of(device, found)

    def supervised(self, caller: Caller) -> frozenset[str]:
        """Return the territories that a device reviews.

        Raises:
            ProblemError: `right`, when there is none.
        """
        device = self._store.device(caller.device)
        scopes = device.scopes("review") if device else frozenset[str]()
        if not scopes:
            raise ProblemError(
                "right",
                "La supervision demande le droit « review » : l'administrateur du "
                "serveur peut en donner une nouvelle invitation.",
            )
        return scopes

    def close_page(self, session: str) -> None:
        """End a session."""
        self._store.take_token(_hash(f"{_SESSION}{session}"))

    def record_reading(self, caller: Caller) -> None:
        """Remember who read the page, and when."""
        self._store.record_reading(caller.device, self._clock())

    def _let_read(self, use: str, device: int, life: int) -> str:
        """Return a secret that opens the page, and nothing of the protocol."""
        secret = token_urlsafe(_TOKEN_BYTES)
        expires = self._clock() + life
        self._store.add_token(Token(_hash(f"{use}{secret}"), device, expires, b""))
        return secret

    def drop_device(self, caller: Caller, number: int) -> None:
        """Revoke a device: the caller's own, or one of where the caller administers.

        Raises:
            ProblemError: `right`; `not-found`, for an administrator only.
        """
        if number != caller.device:
            own, other = self._store.device(caller.device), self._store.device(number)
            over = own.scopes("admin") if own else frozenset[str]()
            if not over:
                caller.need("admin")
                raise ProblemError("right")
            if other is None:
                raise ProblemError("not-found", "Ce poste n'est pas inscrit.")
            if not all(self._is_within(name, over) for name in other.scopes()):
                detail = "Ce poste lit aussi un territoire que vous n'administrez pas."
                raise ProblemError("right", detail)
        if not self._store.revoke(number, self._clock()):
            raise ProblemError("not-found", "Ce poste n'est pas inscrit.")

    def _is_within(self, name: str, over: frozenset[str]) -> bool:
        """Say whether a territory is one of others, or a commune of them."""
        if not over.isdisjoint({EVERYWHERE, name}):
            return True
        places, is_commune = self._store.places, len(name) == _INSEE
        is_known = is_commune and places({name}) > 0
        return is_known and places(over | {name}) == places(over)

    def _add_token(self, device: int, replaces: bytes = b"") -> tuple[str, int]:
        token = _TOKEN_PREFIX + token_urlsafe(_TOKEN_BYTES)
        expires = self._clock() + _TOKEN_LIFE
        self._store.add_token(Token(_hash(token), device, expires, replaces))
        return token, expires


def _draw(length: int) -> str:
    return "".join(choice(_ALPHABET) for _ in range(length))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8")).digest()
