"""Who may come in: invitations, devices, tokens; codes, and the page of supervision."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import choice, token_urlsafe
from typing import Any, Self

from diag.model.text import clean_line
from diag.sync.hub.tables import (
    EVERYWHERE,
    IN_SCOPE,
    Device,
    Engine,
    Heard,
    Invitation,
    Token,
    scope,
)
from diag.sync.hub.writing import LOG
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

_MAX_TRIES = 5
"""Wrong codes after which the invitation that they name is closed."""

_READING = "page"
"""The verb of the log of accesses for who read the page of supervision."""

ACTIVITY = 30 * 24 * 3600 * 1000
"""Milliseconds for which it is kept who read the page, and who sent how much."""

_CLONED = "cloned"
"""The verb of the log of accesses for a device of which a copy has called."""

SPENT = 180 * 24 * 3600 * 1000
"""Milliseconds for which a token that was replaced is still known as such."""

_TAKE = """
delete from token where hash = :hash returning hash, device, expires_at, replaces
"""

_DROP_ENDED = "delete from token where expires_at > 0 and expires_at <= :at"
_DROP_ACTIVITY = """
delete from access_log where verb in ('page', 'push') and at < :before
"""
_LOGGED = "select distinct device from access_log where verb = :verb"

_DEVICES = """
select id, name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author from device
"""

_ADD_DEVICE = """
insert into device(name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author)
values (:name, :person, :territories, :right, :sign_key, :enrolled_at, :seen_at,
  :revoked_at, :author) returning id
"""

_REVOKE = "update device set revoked_at = :at where id = :device and revoked_at = 0"
_FORGET = "update device set person = '', name = '' where id = :n and person <> ''"
_SEEN = "update device set seen_at = :at where id = :device"

_HEAR = """
insert into heard values (:device, :app, :pending, :gap) on conflict(device)
do update set app = excluded.app, pending = excluded.pending, gap = excluded.gap
"""

_HEARD = "select device, app, pending, gap from heard"

_INVITE = """
insert into invitation
values (:public, :hash, :person, :territories, :right, :expires_at, 0)
on conflict do nothing
"""

_INVITED = """
select public, hash, person, territories, "right", expires_at from invitation
where public = :public and tries < :most
"""

_KNOWN_KEY = "select count(*) from device where sign_key = :key"
_CLOSE = "delete from invitation where public = :public"
_COUNT_TRY = "update invitation set tries = tries + 1 where public = :public"

_INVITATIONS = """
select public, hash, person, territories, "right", expires_at, tries from invitation
"""

_DROP_STALE = "delete from invitation where expires_at <= :at"
_ADD_KEY = "insert into token values (:hash, :device, :expires_at, :replaces)"
_FIND_KEY = "select hash, device, expires_at, replaces from token where hash = :hash"
_DROP_KEYS = "delete from token where device = :device"
_SPEND = "update token set expires_at = :spent where hash = :replaces"

_SPEND_ALL = """
update token set expires_at = :spent where device = :device and expires_at > 0
"""

_DROP_SPENT = "delete from token where expires_at < 0 and expires_at > :before"
_SETTLE = "update token set replaces = :none where hash = :hash"

_PLACES = f"select count(*) from directory where {IN_SCOPE}"  # noqa: S608 -- our own text

_LABELLED = """
select count(*) from device where author = :author and person <> :person
"""


class KnownKeyError(Exception):
    """A device that is let in shows a key that the hub has seen before."""


class KnownLabelError(Exception):
    """A device that is let in signs with the label of another person."""


class Devices:
    """Who may call a hub, over any engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def invite(self, invitation: Invitation) -> bool:
        """Keep an invitation; False when another has its public part."""
        with self.engine.writing() as transaction:
            return transaction.run(_INVITE, **_spread(invitation)) > 0

    def accept(
        self, public: str, hashed: bytes, at: int, sign_key: str = "", author: str = ""
    ) -> Invitation | None:
        """Take an invitation, which ends there; None counts as a wrong try at it.

        Raises:
            KnownKeyError: when a device had this key: the invitation still serves.
            KnownLabelError: when the label is another person's: it still serves too.
        """
        with self.engine.writing() as transaction:
            transaction.alone("invitation")
            transaction.run(_DROP_STALE, at=at)
            rows = transaction.rows(_INVITED, public=public, most=_MAX_TRIES)
            found = _read_invitation(rows[0]) if rows else None
            if found is None or not compare_digest(found.hash, hashed):
                transaction.run(_COUNT_TRY, public=public)
                return None
            ((known,),) = transaction.rows(_KNOWN_KEY, key=sign_key)
            if sign_key and known:
                raise KnownKeyError
            owner = {"author": author, "person": found.person}
            ((others,),) = transaction.rows(_LABELLED, **owner)
            if author and others:
                raise KnownLabelError
            transaction.run(_CLOSE, public=public)
        return found

    def invitations(self) -> tuple[tuple[Invitation, bool], ...]:
        """Return those that were not taken, and whether wrong codes closed each."""
        rows = self._rows(_INVITATIONS)
        return tuple(
            (_read_invitation(row), tries >= _MAX_TRIES) for *row, tries in rows
        )

    def add_device(self, device: Device) -> int:
        """Add a device; return its number."""
        with self.engine.writing() as transaction:
            ((number,),) = transaction.rows(_ADD_DEVICE, **_spread(device))
        return int(number)

    def devices(self) -> tuple[Device, ...]:
        """Return every device, revoked ones too, in order."""
        return tuple(map(_read_device, self._rows(f"{_DEVICES} order by id")))

    def device(self, number: int) -> Device | None:
        """Return a device."""
        rows = self._rows(f"{_DEVICES} where id = :device", device=number)
        return _read_device(rows[0]) if rows else None

    def hear(self, number: int, said: Heard) -> None:
        """Remember what a device declared of itself."""
        self._run(_HEAR, device=number, **said._asdict())

    def heard(self) -> dict[int, Heard]:
        """Return what each device declared of itself, those that did."""
        return {number: Heard(*said) for number, *said in self._rows(_HEARD)}

    def places(self, scopes: Collection[str]) -> int:
        """Return how many subjects of the directory are in these territories."""
        return int(self._rows(_PLACES, **scope(scopes))[0][0])

    def revoke(self, number: int, at: int) -> bool:
        """Close the door to a device; False when there was none open."""
        with self.engine.writing() as transaction:
            closed = transaction.run(_REVOKE, device=number, at=at)
            transaction.run(_DROP_KEYS, device=number)
            transaction.run(LOG, at=at, device=number, verb="revoke", audit="", n=0)
        return closed > 0

    def stop_cloned(self, number: int, at: int) -> None:
        """Close the door to a device and to its copy: whoever calls gets the reason."""
        with self.engine.writing() as transaction:
            transaction.run(_REVOKE, device=number, at=at)
            transaction.run(_SPEND_ALL, device=number, spent=-at)
            transaction.run(LOG, at=at, device=number, verb=_CLONED, audit="", n=0)

    def cloned(self) -> frozenset[int]:
        """Return the devices of which a copy has called."""
        rows = self._rows(_LOGGED, verb=_CLONED)
        return frozenset(device for (device,) in rows)

    def forget_person(self, number: int) -> bool:
        """Erase the names of a device and of its person; False when unknown."""
        with self.engine.writing() as transaction:
            transaction.forgets = True
            return transaction.run(_FORGET, n=number) > 0

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        self._run(_ADD_KEY, **token._asdict())

    def token(self, hashed: bytes) -> Token | None:
        """Return a token."""
        rows = self._rows(_FIND_KEY, hash=hashed)
        return Token(*rows[0]) if rows else None

    def take_token(self, hashed: bytes) -> Token | None:
        """Return a token, which ends there; those whose time is over go too."""
        with self.engine.writing() as transaction:
            rows = transaction.rows(_TAKE, hash=hashed)
        return Token(*rows[0]) if rows else None

    def drop_ended(self, at: int) -> None:
        """Forget the tokens whose time is over."""
        self._run(_DROP_ENDED, at=at)

    def record_reading(self, device: int, at: int) -> None:
        """Remember who read the page; for as long as activity is kept."""
        with self.engine.writing() as transaction:
            transaction.run(LOG, at=at, device=device, verb=_READING, audit="", n=0)

    def drop_activity(self, at: int) -> None:
        """Forget who read and who sent, once that was long enough ago."""
        self._run(_DROP_ACTIVITY, before=at - ACTIVITY)

    def record_use(self, token: Token, at: int) -> None:
        """Remember that a token was used; it ends the one that it replaces."""
        with self.engine.writing() as transaction:
            transaction.run(_SEEN, at=at, device=token.device)
            if token.replaces:
                transaction.run(_SPEND, replaces=token.replaces, spent=-at)
                transaction.run(_DROP_SPENT, before=SPENT - at)
                transaction.run(_SETTLE, hash=token.hash, none=b"")

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.reading() as transaction:
            return transaction.rows(sql, **values)

    def _run(self, sql: str, **values: Any) -> None:
        with self.engine.writing() as transaction:
            transaction.run(sql, **values)


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

    def __init__(self, store: Devices, clock: Callable[[], int]) -> None:
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
        return Caller.of(device, found) if found.expires_at > self._clock() else None

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


def _spread(row: Device | Invitation) -> dict[str, Any]:
    return {**row._asdict(), "territories": " ".join(row.territories)}


def _read_invitation(row: Sequence[Any]) -> Invitation:
    public, hashed, person, territories, *rest = row
    return Invitation(public, hashed, person, tuple(territories.split()), *rest)


def _read_device(row: Sequence[Any]) -> Device:
    number, name, person, territories, *rest = row
    return Device(number, name, person, tuple(territories.split()), *rest)
