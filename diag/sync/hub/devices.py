"""Who may call a hub: invitations, devices, tokens; what is remembered of each."""

from collections.abc import Sequence
from hmac import compare_digest
from typing import Any

from diag.sync.hub.tables import Device, Engine, Heard, Invitation, Token
from diag.sync.hub.writing import LOG

MAX_TRIES = 5
"""Wrong codes after which the invitation that they name is closed."""

READING = "page"
"""The verb of the log of accesses for who read the page of supervision."""

ACTIVITY = 30 * 24 * 3600 * 1000
"""Milliseconds for which it is kept who read the page, and who sent how much."""

CLONED = "cloned"
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
            rows = transaction.rows(_INVITED, public=public, most=MAX_TRIES)
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
            (_read_invitation(row), tries >= MAX_TRIES) for *row, tries in rows
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
            transaction.run(LOG, at=at, device=number, verb=CLONED, audit="", n=0)

    def cloned(self) -> frozenset[int]:
        """Return the devices of which a copy has called."""
        rows = self._rows(_LOGGED, verb=CLONED)
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
            transaction.run(LOG, at=at, device=device, verb=READING, audit="", n=0)

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


def _spread(row: Device | Invitation) -> dict[str, Any]:
    return {**row._asdict(), "territories": " ".join(row.territories)}


def _read_invitation(row: Sequence[Any]) -> Invitation:
    public, hashed, person, territories, *rest = row
    return Invitation(public, hashed, person, tuple(territories.split()), *rest)


def _read_device(row: Sequence[Any]) -> Device:
    number, name, person, territories, *rest = row
    return Device(number, name, person, tuple(territories.split()), *rest)
