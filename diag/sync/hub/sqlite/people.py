"""Devices, tokens and invitations in a hub's SQLite file."""

from collections.abc import Sequence

from diag.sync.hub.sqlite.connections import Connections
from diag.sync.hub.store import MAX_TRIES, Device, Invitation, Token

_DEVICE = """
select id, name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author from device
"""


_ADD_DEVICE = """
insert into device(name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


_INVITE = "insert into invitation values (?, ?, ?, ?, ?, 0)"


_ACCEPT = """
delete from invitation where hash = ? and expires_at > ? and tries < ?
returning hash, person, territories, "right", expires_at
"""


_WRONG = "update invitation set tries = tries + 1"


_STALE = "delete from invitation where expires_at <= ?"


_REVOKE = "update device set revoked_at = ? where id = ? and revoked_at = 0"


_FORGET = "update device set person = '', name = '' where id = ? and person <> ''"


_DROP_TOKENS = "delete from token where device = ?"


_ADD_KEY = "insert into token values (?, ?, ?, ?)"


_KEY = "select hash, device, expires_at, replaces from token where hash = ?"


_REPLACED = "delete from token where hash = ?"


_SETTLED = "update token set replaces = x'' where hash = ?"


_SEEN = "update device set seen_at = ? where id = ?"


_ACCESS = "insert into access_log values (?, ?, ?, '', 0)"


class SqlitePeople:
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
        with self._connections.writing() as connection:
            connection.execute(_STALE, (at,))
            row = connection.execute(_ACCEPT, (hashed, at, MAX_TRIES)).fetchone()
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
            number = connection.execute(_ADD_DEVICE, row).lastrowid
        assert number is not None
        return number

    def devices(self) -> tuple[Device, ...]:
        """Return every device, revoked ones too, in order."""
        with self._connections.reading() as connection:
            rows = connection.execute(f"{_DEVICE} order by id").fetchall()
        return tuple(map(_device, rows))

    def device(self, number: int) -> Device | None:
        """Return a device."""
        with self._connections.reading() as connection:
            row = connection.execute(f"{_DEVICE} where id = ?", (number,)).fetchone()
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
            self._connections.forgets()
            return connection.execute(_FORGET, (number,)).rowcount > 0

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        with self._connections.writing() as connection:
            connection.execute(_ADD_KEY, token)

    def token(self, hashed: bytes) -> Token | None:
        """Return a token."""
        with self._connections.reading() as connection:
            row = connection.execute(_KEY, (hashed,)).fetchone()
        return Token(*row) if row else None

    def used(self, token: Token, at: int) -> None:
        """Remember that a token was used; the one that it replaces is no more."""
        with self._connections.writing() as connection:
            connection.execute(_SEEN, (at, token.device))
            if token.replaces:
                connection.execute(_REPLACED, (token.replaces,))
                connection.execute(_SETTLED, (token.hash,))


def _device(row: Sequence[object]) -> Device:
    number, name, person, territories, right, sign_key, *times, author = row
    assert isinstance(number, int)
    enrolled, seen, revoked = (int(str(each)) for each in times)
    scopes = tuple(str(territories).split())
    who = (number, str(name), str(person), scopes, str(right), str(sign_key))
    return Device(*who, enrolled, seen, revoked, str(author))
