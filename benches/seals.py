"""What seals cost: bytes of a week on the wire, signing, verifying, on the real code.

    python -m benches.seals [SEALS]

A week is five audits of 600 revisions, sealed each time 120 more are there, as by five
syncs an audit: 25 seals unless told otherwise. Beside it, what one signature a revision
would take. Printed, with limits on ratios: what was measured when seals were designed.
"""

import gzip
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benches.worlds.sync import EACH, audit_lines
from diag.journal import seals
from diag.journal.journal import Journal
from diag.journal.revision import Origin, parse
from diag.journal.seals import Card, Seal, Signer

WEEK = 5
"""Audits of a week."""
MOST_BYTES = 8
"""What a sealed line may add on the wire; four prove it, the rest is its seal's."""
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1")
PUBLIC = PRIVATE.public_key().public_bytes_raw().hex()
SIGNER = Signer(PUBLIC, lambda content: PRIVATE.sign(content).hex())


def main() -> None:
    """Print the figures; fail over the limit."""
    each = (int(sys.argv[1]) if len(sys.argv) > 1 else 25) // WEEK
    with tempfile.TemporaryDirectory() as folder, Journal.open(Path(folder)) as journal:
        seals.is_signed(PUBLIC, b"", SIGNER.sign(b""))  # what loads once
        plain = [line for number in range(WEEK) for line in audit_lines(number)]
        signing = sum(written(journal, number, each) for number in range(WEEK))
        audits = [one.audit for one in journal.manifest()]
        lines = [line for audit in audits for line in journal.lines(audit)]
        before, after = wire(plain), wire(lines)
        count = len(lines) - len(plain)
        print(f"{len(plain):,} revisions, {count} seals")
        print(f"on the wire, gzip: {before:,} bytes, sealed {after:,}", end=" ")
        added = (after - before) / len(plain)
        print(f"(+{after / before - 1:.0%}; {added:.1f} a line, at most {MOST_BYTES})")
        signed = wire([line + SIGNER.sign(line).encode() for line in plain])
        print(f"one signature a revision instead: +{signed / before - 1:.0%}")
        print(f"sealing: {signing / count * 1e6:,.0f} µs a seal, its commit included")
        measured(journal, audits, lines)
    assert added <= MOST_BYTES


def written(journal: Journal, number: int, each: int) -> float:
    """Write an audit, sealed so many times; return the seconds of sealing."""
    lines, total = audit_lines(number), 0.0
    revision = parse(lines[-1])
    origin = Origin(revision.author, revision.device)
    for at in range(each):
        part = len(lines) // each
        journal.ingest(lines[at * part : None if at == each - 1 else (at + 1) * part])
        total += timed(lambda: seals.seal(journal, revision.audit, SIGNER, origin))
    return total


def measured(journal: Journal, audits: list[str], lines: list[bytes]) -> None:
    """Print what it takes to verify, and to show the proofs of one audit."""
    author = parse(lines[0]).author
    seals.keep_colleague(journal, Card(PUBLIC, author, "", (), 0, 0))
    found = [one for line in lines if (one := Seal.of(parse(line)))]
    ids = {
        audit: [parse(line).key for line in journal.lines(audit)] for audit in audits
    }
    week = timed(
        lambda: [one.is_signed and one.covers(ids[one.audit]) for one in found]
    )
    shown = timed(lambda: seals.proofs_of(journal, audits[0]))
    proofs = seals.proofs_of(journal, audits[0])
    sealed = sum(one.proof is seals.Proof.SEALED for one in proofs.values())
    signatures = timed(lambda: [one.is_signed for one in found])
    print(f"verifying the week: {week * 1e3:.1f} ms", end=", ")
    print(f"{signatures / len(found) * 1e6:,.0f} µs a signature")
    print(f"5,000 seals, 600,000 lines: {week / len(found) * 5_000:.1f} s")
    print(f"proofs of one audit of {EACH}: {shown * 1e3:.1f} ms, {sealed} sealed")


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds of processor something took."""
    start = process_time()
    work()
    return process_time() - start


def wire(lines: list[bytes]) -> int:
    """Return the bytes of lines, gzip."""
    return len(gzip.compress(b"\n".join(lines), 6, mtime=0))


if __name__ == "__main__":
    main()
