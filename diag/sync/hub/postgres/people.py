"""Devices, tokens and invitations in a hub's database."""

from collections.abc import Sequence
from typing import Any

from diag.sync.hub.postgres.connections import Connections
from diag.sync.hub.store import MAX_TRIES, Device, Invitation, Token

_DEVICE = """
select id, name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author from device
"""


_ADD_DEVICE = """
insert into device(name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id
"""


_INVITE = "insert into invitation values (%s, %s, %s, %s, %s, 0)"


_ACCEPT = """
delete from invitation where hash = %s and expires_at > %s and tries < %s
returning hash, person, territories, "right", expires_at
"""


_WRONG = "update invitation set tries = tries + 1"


_STALE = "delete from invitation where expires_at <= %s"


_IN_TURN = "lock table invitation in share row exclusive mode"


_REVOKE = "update device set revoked_at = %s where id = %s and revoked_at = 0"


_FORGET = "update device set person = '', name = '' where id = %s and person <> ''"


_DROP_TOKENS = "delete from token where device = %s"


_ADD_KEY = "insert into token values (%s, %s, %s, %s)"


_KEY = "select hash, device, expires_at, replaces from token where hash = %s"


_REPLACED = "delete from token where hash = %s"


_SETTLED = "update token set replaces = '' where hash = %s"


_SEEN = "update device set seen_at = %s where id = %s"


_ACCESS = "insert into access_log values (%s, %s, %s, '', 0)"


class PostgresPeople:
    """Who may come in; a code and a token are known by their hash alone."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        hashed, person, territories, right, expires = invitation
        row = (hashed, person, " ".join(territories), right, expires)
        with self._connections.writing() as connection:
            connection.execute(_INVITE, row)

    def accept(self, hashed: bytes, at: int) -> Invitation | None:
        """Take an invitation, which then is no more; None counts as a wrong try."""
        taken = (hashed, at, MAX_TRIES)
        with self._connections.writing() as connection:
            connection.execute(_IN_TURN)
            connection.execute(_STALE, (at,))
            row = connection.execute(_ACCEPT, taken, binary=True).fetchone()
            if row is None:
                connection.execute(_WRONG)
                return None
        key, person, territories, right, expires = row
        return Invitation(key, person, tuple(territories.split()), right, expires)

    def add_device(self, device: Device) -> int:
        """Add a device; return its number."""
        _, name, person, territories, *rest = device
        row = (name, person, " ".join(territories), *rest)
        with self._connections.writing() as connection:
            ((number,),) = connection.execute(_ADD_DEVICE, row).fetchall()
        return int(number)

    def devices(self) -> tuple[Device, ...]:
        """Return every device, revoked ones too, in order."""
        with self._connections.reading() as connection:
            rows = connection.execute(f"{_DEVICE} order by id").fetchall()
        return tuple(map(_device, rows))

    def device(self, number: int) -> Device | None:
        """Return a device."""
        with self._connections.reading() as connection:
            row = connection.execute(f"{_DEVICE} where id = %s", (number,)).fetchone()
        return _device(row) if row else None

    def revoke(self, number: int, at: int) -> bool:
        """Close the door to a device; False when there was none open."""
        with self._connections.writing() as connection:
            closed = connection.execute(_REVOKE, (at, number)).rowcount
            connection.execute(_DROP_TOKENS, (number,))
            connection.execute(_ACCESS, (at, number, "revoke"))
        return closed > 0

    def forget_person(self, number: int) -> bool:
        """Erase whose a device was, and what it was called; False when unknown."""
        with self._connections.writing() as connection:
            return connection.execute(_FORGET, (number,)).rowcount > 0

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        with self._connections.writing() as connection:
            connection.execute(_ADD_KEY, token)

    def token(self, hashed: bytes) -> Token | None:
        """Return a token."""
        with self._connections.reading() as connection:
            row = connection.execute(_KEY, (hashed,), binary=True).fetchone()
        return Token(*row) if row else None

    def used(self, token: Token, at: int) -> None:
        """Remember that a token was used; the one that it replaces is no more."""
        with self._connections.writing() as connection:
            connection.execute(_SEEN, (at, token.device))
            if token.replaces:
                connection.execute(_REPLACED, (token.replaces,))
                connection.execute(_SETTLED, (token.hash,))


def _device(row: Sequence[Any]) -> Device:
    number, name, person, territories, *rest = row
    return Device(number, name, person, tuple(territories.split()), *rest)
