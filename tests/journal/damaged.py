"""A journal of a year, and what disks do to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from diag.journal import changes
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin
from diag.model.audit import Answer
from diag.model.enums import State

AUDITS = [str(uuid5(UUID(int=0), str(number))) for number in range(20)]
PLACES = [str(uuid5(UUID(int=1), str(number))) for number in range(20)]
PAGE = 4096

Damage = Callable[[bytearray], None]


def write_year(journal: Journal, origin: Origin, each: int) -> dict[bytes, bytes]:
    """Write twenty audits of so many lines, a sixth of 1 to 6 kB; return them, by id.

    Of 600 each they are 12,000 lines, thirty megabytes.
    """
    chance = Random(11)
    found = {}
    for audit in AUDITS:
        for revision in journal.write_many(_drafts(audit, each, chance), origin):
            found[revision.key] = revision.line
    journal.compact()
    return found


def _drafts(audit: str, each: int, chance: Random) -> Iterator[NewRevision]:
    for number in range(each):
        place, question = PLACES[number // 30], f"question_numero_{number % 30}"
        if number % 6 == 5:
            text = _prose(chance, chance.randrange(1_000, 5_700))
            yield changes.noted(audit, place, question, text)
        else:
            said = Answer(State.KNOWN, number, reason=_prose(chance, 60))
            yield changes.answered(audit, place, question, said)


def _prose(chance: Random, length: int) -> str:
    words = (f"{chance.getrandbits(24):x}" for _ in range(length // 7))
    return " ".join(words)


def cut_at(part: float) -> Damage:
    """Keep the first part of a file."""

    def damage(content: bytearray) -> None:
        del content[int(len(content) * part) :]

    return damage


def zeroed_first(content: bytearray) -> None:
    """Zero the first sixteen pages: the header, the roots."""
    content[: 16 * PAGE] = bytes(16 * PAGE)


def random_tenth(content: bytearray) -> None:
    """Have a page out of ten replaced by anything."""
    chance = Random(5)
    for page in range(len(content) // PAGE):
        if chance.randrange(10) == 0:
            content[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)


def many_bits(content: bytearray) -> None:
    """Flip a bit every so many bytes: a thousand in a whole year."""
    chance = Random(6)
    for _ in range(len(content) // 28_000):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


DAMAGES: dict[str, tuple[Damage, float]] = {
    "cut at 90 %": (cut_at(0.9), 0.88),
    "cut at 60 %": (cut_at(0.6), 0.58),
    "cut at 30 %": (cut_at(0.3), 0.28),
    "first 16 pages zeroed": (zeroed_first, 0.99),
    "a tenth of the pages random": (random_tenth, 0.85),
    "a bit of 28 kB flipped": (many_bits, 0.95),
}
"""What happens to a file, and which share of its lines comes back at least."""


def damaged(content: bytes, damage: Damage, folder: Path, name: str) -> Path:
    """Write a damaged copy of a file; return where."""
    changed = bytearray(content)
    damage(changed)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(changed)
    return path
