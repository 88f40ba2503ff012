"""Builders: an audit, its people, what they say; never a clock nor chance."""

import os
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from diag.journal import connection
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin, Revision
from diag.model.audit import (
    Answer,
    Audit,
    Place,
    Subject,
    Value,
    audit_id,
    root_place_id,
)
from diag.model.enums import PlaceKind, Provenance, State

CAMPAIGN = "2026-2027"
SUBJECT = Subject(kind=PlaceKind.ECOLE, code="9990001A")
AUDIT = Audit(id=audit_id(CAMPAIGN, SUBJECT), campaign=CAMPAIGN, subject=SUBJECT)
ROOT = root_place_id(AUDIT.id, PlaceKind.ECOLE)
NOON = 1_790_000_000_000


def person(label: str, *, device: str = "", at: int = NOON) -> Origin:
    """Return someone whose clock ticks a second a sentence, with countable nonces."""
    ticks, nonces = count(at, 1000), count(1)
    seed = label.encode()[-4:].rjust(4, b"_")
    return Origin(
        label,
        device or f"laptop-{label}",
        clock=lambda: next(ticks),
        nonce=lambda: seed + next(nonces).to_bytes(4),
    )


def known(value: Value, provenance: Provenance = Provenance.OBSERVED) -> Answer:
    return Answer(State.KNOWN, value, provenance)


def room(number: int, name: str = "") -> Place:
    return Place(
        id=f"00000000-0000-4000-8000-{number:012d}",
        kind=PlaceKind.SALLE,
        parent=ROOT,
        name=name or f"Salle {number}",
    )


def apart(journal: Journal, draft: NewRevision, origin: Origin, *seen: str) -> Revision:
    """Write as someone who saw these heads only: none, by default."""
    return journal.write(replace(draft, parents=seen), origin)


class Quarantined(NamedTuple):
    """A line that was refused, kept to be looked at."""

    id: str
    line: str
    problem: str


def quarantined(journal: Journal) -> tuple[Quarantined, ...]:
    """Return the lines that were refused."""
    rows = journal.select("select id, body, problem from quarantine order by id")
    return tuple(Quarantined(key.hex(), *rest) for key, *rest in rows)


def forget_keys() -> None:
    """Lock every file again, as a new process finds it."""
    connection._known.clear()
    while connection._held:
        os.close(connection._held.popitem()[1])
