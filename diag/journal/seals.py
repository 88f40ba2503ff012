"""Seals: what a person's key vouches for, and how each line of an audit came here.

A seal is a revision about `seal/<16 hex of SHA-256(key)>`. It names a set of lines by
the first four bytes of their ids, and proves the set by one root: a line added, changed
or backdated in somebody's name is under no seal. It holds no content.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from itertools import chain, islice, product
from typing import Any, Final, NamedTuple

from diag.journal import proof, subjects
from diag.journal.journal import Journal
from diag.journal.revision import (
    MAX_PARENTS,
    Json,
    NewRevision,
    Origin,
    Revision,
    dumps,
    read,
)
from diag.journal.school_lines import is_begun

MOST: Final = 4_096
"""Lines under one seal: it stays shorter than a line may be."""

UNPROVEN: Final = "donnée par un autre que son auteur, et sans son sceau"
"""Why a line that nothing proves does not enter, once seals are required."""

_PREFIX = 4
_COMBINATIONS = 16
"""How many sets are tried where two ids begin alike: one was ground to look so."""

_SEALED = b"diag-seal-2\0"
_CARD = b"diag-card-1\0"

_SEALS = """
select body from rev where audit = (select n from audit where id = ?)
  and subject >= ? and subject < ? and erased = 0 order by lam, id
"""

_IDS = """
select id, json_extract(body, '$.author'), json_extract(body, '$.device') from rev
where audit = (select n from audit where id = ?)
  and not (subject >= ? and subject < ?) order by id
"""

_MARK_IDS = """
select id from rev where audit = (select n from audit where id = ?)
  and (subject >= ? and subject < ? or subject = ?)
"""

_TO_LOOK_AT = """
select a.id from audit a join tally t on t.audit = a.n
left join sealing s on s.audit = a.n
where s.digest is not t.digest order by a.n
"""

_LOOKED_AT = """
insert or replace into sealing
select audit, digest from tally where audit = (select n from audit where id = ?)
"""

_BROUGHT = """
select r.id, json_extract(r.body, '$.author') from brought b
join rev r on r.audit = b.audit and r.subject = b.subject and r.id = b.id
where b.bundle = ? and not r.subject glob 'seal/*'
"""

_RELAYED = "select id, sender from relayed"
_RELAY = "insert or ignore into relayed values (?, ?)"
_CARDS = "select key, author from card order by since"
_SIGNED_CARDS = "select key, author, since from card where hub_key <> ''"
_RIGHTS = """
select author, json_extract(body, '$.role'), json_extract(body, '$.territories')
from card where hub_key <> '' and revoked = 0
"""

_ADMIN = "admin"
_OWNERS = "select key, author, hub_key, revoked from card order by since"
_HUB_KEYS = "select distinct hub_key from card where hub_key <> ''"

_KEEP_CARD = """
insert or replace into card(key, author, since, revoked, hub_key, body)
values (?, ?, ?, ?, ?, ?)
"""


class Proof(StrEnum):
    """What shows that a line is its author's."""

    SEALED = "sealed"
    """A key of its author signed it."""
    DEVICE = "device"
    """A device of its author gave it, or it was written here."""
    RELAYED = "relayed"
    """Somebody else gave it, and no seal covers it."""
    OLD = "old"
    """A hub held it before there were seals."""


class LineProof(NamedTuple):
    """What shows that a line is its author's, and who gave it if somebody else did."""

    proof: Proof
    sender: str = ""
    """Label or name of who relayed it."""


class Card(NamedTuple):
    """Whose key it is: signed by a hub when it let the device in."""

    key: str
    """Ed25519, hexadecimal."""
    author: str
    """The label of what its owner writes."""
    role: str
    territories: tuple[str, ...]
    since: int
    revoked: int
    """When it was revoked, by the hub's clock; 0: it is not."""
    sig: str = ""

    def content(self) -> bytes:
        """Return what is signed."""
        fields: dict[str, Json] = {**self._asdict(), "territories": [*self.territories]}
        del fields["sig"]
        return _CARD + dumps(fields).encode()

    @property
    def text(self) -> str:
        """What is kept of it, its signature too: canonical JSON."""
        return dumps({**self._asdict(), "territories": [*self.territories]})


HUB: Final = "hub"
"""The role, and the label, of the key by which a hub signs now; no device has it."""


def successor_of(hub_key: str, cards: Iterable[Card]) -> str:
    """Return the key for which a hub's key vouches: by it the hub signs from then on.

    Empty when it vouches for none; the last one when it did so twice.
    """
    found = ""
    for card in cards:
        if card.role == HUB and is_signed(hub_key, card.content(), card.sig):
            found = card.key
    return found


class Signer(NamedTuple):
    """A key that seals."""

    key: str
    """Its public part, hexadecimal."""
    sign: Callable[[bytes], str]
    """Returns the signature of some bytes, hexadecimal."""


class Seal(NamedTuple):
    """A seal as it was read: not believed before it is verified."""

    audit: str
    key: str
    n: int
    root: str
    ids: str
    parents: tuple[str, ...]
    sig: str

    @classmethod
    def of(cls, revision: Revision) -> "Seal | None":
        """Return the seal of a revision; None when it has no right form."""
        value = revision.value
        if not isinstance(value, dict):
            return None
        key, n, root, ids, sig = map(value.get, ("key", "n", "root", "ids", "sig"))
        if not all(isinstance(text, str) for text in (key, root, ids, sig)):
            return None
        seal = cls(
            revision.audit, str(key), n if type(n) is int else 0, str(root), str(ids),
            revision.parents, str(sig),
        )  # fmt: skip
        is_named = revision.subject in {subject_of(seal.key), subjects.HUB_SEAL}
        is_right = is_named and 0 < seal.n <= MOST and len(seal.prefixes) == seal.n
        return seal if is_right else None

    @property
    def prefixes(self) -> tuple[bytes, ...]:
        """The first bytes of each id; none when they cannot be read."""
        try:
            content = b64decode(self.ids, validate=True)
        except ValueError:
            return ()
        return tuple(
            content[at : at + _PREFIX] for at in range(0, len(content), _PREFIX)
        )

    @property
    def is_signed(self) -> bool:
        """Whether its key signed it."""
        content = _signed_content(self.audit, self.parents, self.n, self.root, self.ids)
        return is_signed(self.key, content, self.sig)

    def covers(self, ids: Iterable[bytes]) -> frozenset[bytes]:
        """Return which of these ids it covers: all that it names, or none."""
        alike: dict[bytes, list[bytes]] = {}
        for ident in ids:
            alike.setdefault(ident[:_PREFIX], []).append(ident)
        named = [alike.get(prefix, []) for prefix in dict.fromkeys(self.prefixes)]
        if not all(named):
            return frozenset()
        # What may be intended: all that begin alike, or one of each.
        everything = [ident for ids in named for ident in ids]
        whole = [everything] if len(everything) == self.n else []
        one_each = map(list, product(*named)) if len(named) == self.n else ()
        for chosen in islice(chain(whole, one_each), _COMBINATIONS):
            if _root(chosen) == self.root:
                return frozenset(chosen)
        return frozenset()


def subject_of(key: str) -> str:
    """Return the subject of the seals of a key."""
    return subjects.seal(sha256(key.encode()).hexdigest()[:16])


def _signed_content(
    audit: str, parents: Iterable[str], n: int, root: str, ids: str
) -> bytes:
    """Return what a seal signs."""
    fields: dict[str, Json] = {
        "audit": audit,
        "ids": ids,
        "n": n,
        "parents": sorted(parents),
        "root": root,
    }
    return _SEALED + dumps(fields).encode()


def is_signed(key: str, content: bytes, sig: str) -> bool:
    """Whether a key, Ed25519 in hexadecimal, signed some bytes."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 30 ms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(sig), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _root(ids: Iterable[bytes]) -> str:
    return sha256(b"".join(sorted(ids))).hexdigest()


def seal_value(
    signer: Signer, audit: str, parents: tuple[str, ...], ids: Iterable[bytes]
) -> dict[str, Json]:
    """Return the value of a seal of some lines."""
    ordered = sorted(ids)
    root, n = _root(ordered), len(ordered)
    short = b64encode(b"".join(ident[:_PREFIX] for ident in ordered)).decode()
    content = _signed_content(audit, parents, n, root, short)
    fields: dict[str, Json] = {"key": signer.key, "n": n, "root": root, "ids": short}
    return {**fields, "sig": signer.sign(content)}


def seal(journal: Journal, audit: str, signer: Signer, origin: Origin) -> int:
    """Seal what the origin's author wrote here and no seal of theirs covers.

    Return how many seals; none in an audit that is not begun.
    """
    lines = _unsealed(journal, audit, signer.key, origin)
    subject = subject_of(signer.key)
    heads = journal.current(audit, subject)
    parents = tuple(sorted(head.id for head in heads[-MAX_PARENTS:]))
    starts = range(0, len(lines), MOST)
    with journal.transaction() as connection:
        for start in starts:
            value = seal_value(signer, audit, parents, lines[start : start + MOST])
            draft = NewRevision(audit, subject, value, parents=parents)
            parents = (journal.add(draft, origin).id,)
        connection.execute(_LOOKED_AT, [audit])
    return len(starts)


def audits_to_seal(journal: Journal) -> list[str]:
    """Return the audits that changed since they were looked at."""
    return [audit for (audit,) in journal.select(_TO_LOOK_AT)]


def _unsealed(journal: Journal, audit: str, key: str, origin: Origin) -> list[bytes]:
    """Return the ids to seal: of the author's lines, less what somebody else gave.

    At a key's first seal here, those of any device: what was written before seals, or
    with a key that is lost.
    """
    if not is_begun(journal, audit):
        return []
    mine = {key, *(k for k, label in cards_of(journal) if label == origin.author)}
    seals = [one for one in seals_of(journal, audit) if one.key in mine]
    is_first = not any(one.key == key for one in seals)
    relayed = dict(journal.select(_RELAYED))
    own = {
        ident: device
        for ident, author, device in authored_in(journal, audit)
        if author == origin.author and ident not in relayed
    }
    sealed = {ident for one in seals if one.is_signed for ident in one.covers(own)}
    return [
        ident
        for ident, device in own.items()
        if ident not in sealed and (is_first or device == origin.device)
    ]


def authored_in(journal: Journal, audit: str) -> list[tuple[bytes, str, str]]:
    """Return the id, the author and the device of each line, seals left out."""
    rows = journal.select(_IDS, [audit, *subjects.inside(subjects.SEALS)])
    return [(ident, author, device) for ident, author, device in rows]


def seals_of(journal: Journal, audit: str) -> list[Seal]:
    """Return the seals of an audit that have a right form, in order."""
    rows = journal.select(_SEALS, [audit, *subjects.inside(subjects.SEALS)])
    found = (Seal.of(read(body)) for (body,) in rows)
    return [one for one in found if one]


def covered_by_hubs(
    found: Iterable[Seal], hubs: Collection[str], ids: Collection[bytes]
) -> set[bytes]:
    """Return what hubs held before there were seals, as their keys attest."""
    signed = [one for one in found if one.key in hubs and one.is_signed]
    return {ident for one in signed for ident in one.covers(ids)}


def sealed_by(
    found: Iterable[Seal],
    owners: Mapping[str, str],
    authors: Mapping[str, Collection[bytes]],
) -> set[bytes]:
    """Return what seals cover of each author's lines, by a key of that author.

    `owners`: key → label; `authors`: label → ids.
    """
    return {
        ident
        for one in found
        if one.key in owners and one.is_signed
        for ident in one.covers(authors.get(owners[one.key], ()))
    }


def proofs_of(journal: Journal, audit: str) -> dict[bytes, LineProof]:
    """Return what shows that each line of an audit is its author's."""
    rows = authored_in(journal, audit)
    authors: dict[str, set[bytes]] = {}
    for ident, author, _ in rows:
        authors.setdefault(author, set()).add(ident)
    labels, hubs = dict(journal.select(_CARDS)), hub_keys(journal)
    found = seals_of(journal, audit)
    old = covered_by_hubs(found, hubs, [ident for ident, *_ in rows])
    sealed = sealed_by((one for one in found if one.key not in hubs), labels, authors)
    relayed = dict(journal.select(_RELAYED))
    proofs = {}
    for ident, *_ in rows:
        if ident in sealed:
            proofs[ident] = LineProof(Proof.SEALED)
        elif ident in relayed:
            proofs[ident] = LineProof(Proof.RELAYED, relayed[ident])
        else:
            proofs[ident] = LineProof(Proof.OLD if ident in old else Proof.DEVICE)
    return proofs


def check_known(journal: Journal) -> None:
    """Show that what proves lines is no longer what was written, if so.

    Raises:
        DamagedError: when it cannot be read.
    """
    for table in ("card", "relayed"):
        journal.check_table(table)


def knows_cards(journal: Journal) -> bool:
    """Say whether any key is known to be somebody's: else nothing can be shown."""
    return bool(journal.select("select 1 from card limit 1"))


def cards_of(journal: Journal) -> list[tuple[str, str]]:
    """Return the keys that are known, and the label of what each one's owner writes."""
    return [(key, author) for key, author in journal.select(_CARDS)]


def owners(journal: Journal, *, carded: bool = False) -> dict[str, str]:
    """Return the label of each key that is not revoked.

    `carded`: of those alone that a hub signed.
    """
    return {
        key: author
        for key, author, hub_key, revoked in journal.select(_OWNERS)
        if not revoked and (hub_key or not carded)
    }


def hub_keys(journal: Journal) -> frozenset[str]:
    """Return the keys by which hubs signed cards."""
    return frozenset(key for (key,) in journal.select(_HUB_KEYS))


def keep_cards(journal: Journal, hub_key: str, cards: Iterable[Card]) -> list[Card]:
    """Keep what a hub signed; return what was new.

    `hub_key`: by which it signs; a card that it did not sign is left.
    """
    with journal.transaction():
        return add_cards(journal, hub_key, cards)


def add_cards(journal: Journal, hub_key: str, cards: Iterable[Card]) -> list[Card]:
    """Keep what a hub signed, inside a transaction; return what was new."""
    known = {body for (body,) in journal.select("select body from card")}
    written = {card.text: card for card in cards}
    new = {
        body: card
        for body, card in written.items()
        if body not in known and is_signed(hub_key, card.content(), card.sig)
    }
    for body, card in new.items():
        row = (card.key, card.author, card.since, card.revoked, hub_key, body)
        journal.connection.execute(_KEEP_CARD, row)
    if new:
        proof.seal(journal.connection, "card")
    return [*new.values()]


def keep_colleague(journal: Journal, card: Card) -> bool:
    """Keep whose a key is by its owner's word; False when others vouch for more.

    A label that another key has is left to it.
    """
    known = journal.select(_CARDS)
    if any(card.key == key or card.author == author for key, author in known):
        return False
    with journal.transaction() as connection:
        row = (card.key, card.author, card.since, card.revoked, "", "")
        connection.execute(_KEEP_CARD, row)
        proof.seal(connection, "card")
    return True


def administrators(journal: Journal) -> frozenset[str]:
    """Return the labels of who administers somewhere, by the cards that hubs signed."""
    return _who_have(journal, _ADMIN)


def reviewers(journal: Journal) -> frozenset[str]:
    """Return the labels of who reviews, or administers, somewhere."""
    return _who_have(journal, "review") | _who_have(journal, _ADMIN)


def _who_have(journal: Journal, right: str) -> frozenset[str]:
    return frozenset(
        author
        for author, role, territories in journal.select(_RIGHTS)
        if role == right or f'={right}"' in territories
    )


def revoked_keys(journal: Journal) -> frozenset[str]:
    """Return the keys that a hub revoked: their lines come from that hub alone."""
    rows = journal.select("select key from card where revoked <> 0")
    return frozenset(key for (key,) in rows)


def keys_and_dates(journal: Journal) -> list[tuple[str, str, int]]:
    """Return the keys that a hub signed, the label of each, and since when."""
    return [*map(tuple, journal.select(_SIGNED_CARDS))]


def kept_cards(journal: Journal) -> list[str]:
    """Return the cards that hubs signed, as they were kept: a bundle carries them."""
    rows = journal.select("select body from card where hub_key <> '' order by since")
    return [body for (body,) in rows]


def keep_relayed(journal: Journal, senders: Iterable[tuple[bytes, str]]) -> None:
    """Keep who gave the lines that were not given by their author."""
    rows = [*senders]
    if rows:
        with journal.transaction():
            mark_relayed(journal, rows)


def mark_brought(
    journal: Journal, bundle: str, labels: Collection[str], sender: str
) -> None:
    """Keep who gave the lines of a bundle that are not its writer's.

    Inside the transaction that takes it in.
    """
    mark_relayed(
        journal,
        [
            (ident, sender)
            for ident, author in journal.select(_BROUGHT, [bundle])
            if author not in labels
        ],
    )


def mark_relayed(journal: Journal, rows: Iterable[tuple[bytes, str]]) -> None:
    """Keep who gave some lines that are not theirs, inside a transaction."""
    journal.connection.executemany(_RELAY, rows)
    proof.seal(journal.connection, "relayed")


def digest_of_content(journal: Journal, audit: str) -> str:
    """Return the digest of an audit less its seals and its claims."""
    return without_marks(journal, audit, journal.digest(audit))


def without_marks(journal: Journal, audit: str, whole: str) -> str:
    """Return a digest of all that an audit holds, less its seals and its claims.

    Neither describes a school; the first version wrote none: its digests stand.
    """
    digest = int(whole, 16)
    marks = [*subjects.inside(subjects.SEALS), subjects.CLAIM]
    for (ident,) in journal.select(_MARK_IDS, [audit, *marks]):
        digest ^= int.from_bytes(ident)
    return f"{digest:064x}"


def read_card(text: str) -> Card | None:
    """Return a card as it was kept; None when it has no right form."""
    try:
        return card_of(json.loads(text))
    except ValueError:
        return None


def card_of(value: Any) -> Card | None:
    """Return a card as it came; None when it has no right form."""
    try:
        fields = {**value, "territories": tuple(value["territories"])}
        card = Card(**{name: fields[name] for name in Card._fields})
        _ = card.text  # refuses what no JSON of ours holds
    except (KeyError, TypeError, ValueError):
        return None
    texts = (card.key, card.author, card.role, card.sig, *card.territories)
    numbers = (card.since, card.revoked)
    is_right = all(isinstance(text, str) for text in texts) and all(
        type(number) is int for number in numbers
    )
    return card if is_right else None
