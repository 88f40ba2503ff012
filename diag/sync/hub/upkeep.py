"""What checks a hub's database whole, and completes an older one."""

import json
from contextlib import closing
from hashlib import sha256

from diag.journal.errors import DamagedError
from diag.sync.hub.engine import Transaction, encode
from diag.sync.hub.rows import AUDIT, read_audit
from diag.sync.hub.writing import ADD_AUTHOR, ADD_UNPROVEN, Writing

_SUMS = "select n, id, last_seq, digest from audit"
_ROWS = "select audit, seq, id, body, erased from rev order by audit, seq"
_OPAQUE_ROWS = "select id, body, erased from opaque"

_FORMER_UNPROVEN = """
select r.audit, r.id, r.body, d.author
from rev r join device d on d.id = r.received_from
where d.author <> '' order by r.audit, r.seq
"""


def verify_log(transaction: Transaction, place: object, *, unread: bool = True) -> None:
    """Check every hash and every sum of a database.

    `unread`: it has a table for what it cannot read; older copies have none.

    Raises:
        DamagedError: at the first thing that is not what was received.
    """
    sums = {number: rest for number, *rest in transaction.rows(_SUMS)}
    left = {number: [0, 0] for number in sums}

    def damaged(number: int) -> DamagedError:
        return DamagedError(
            f"{place} : l'audit {sums[number][0]} n'est plus ce qui avait été reçu. "
            "Restaurez une sauvegarde plus ancienne : les postes rendront la suite."
        )

    with closing(transaction.stream(_ROWS)) as rows:
        for number, seq, key, body, erased in rows:
            seen = left[number]
            if seq != seen[0] + 1 or not (
                erased or sha256(encode(body)).digest() == key
            ):
                raise damaged(number)
            seen[0] = seq
            seen[1] ^= int.from_bytes(key)
    for key, body, erased in transaction.rows(_OPAQUE_ROWS) if unread else ():
        if not erased and sha256(encode(body)).digest() != key:
            raise DamagedError(
                f"{place} : une modification d'une version plus récente n'est plus ce "
                "qui avait été reçu. Restaurez une sauvegarde plus ancienne."
            )
    for number, (_, revisions, digest) in sums.items():
        if left[number] != [revisions, int.from_bytes(digest)]:
            raise damaged(number)


def fill_authors(transaction: Transaction) -> None:
    """Record who wrote in each audit of a database that did not keep it."""
    pairs = set()
    with closing(transaction.stream(_ROWS)) as rows:
        for audit, _seq, _key, body, _erased in rows:
            pairs.add((audit, str(json.loads(body)["author"])))
    listed = [{"audit": audit, "label": label} for audit, label in sorted(pairs)]
    transaction.many(ADD_AUTHOR, listed)


def fill_sums(transaction: Transaction) -> None:
    """Digest the ids of each audit of a database that kept no such sum."""
    writing = Writing(transaction)
    for row in map(read_audit, transaction.rows(AUDIT)):
        writing.sum_up(row)


def fill_unproven(transaction: Transaction) -> None:
    """Record which lines of a database their author did not give."""
    rows = transaction.rows(_FORMER_UNPROVEN)
    lacking = [
        {"audit": audit, "id": key, "sender": sender}
        for audit, key, body, sender in rows
        if json.loads(body)["author"] != sender
    ]
    for row in lacking:
        transaction.run(ADD_UNPROVEN, **row)
