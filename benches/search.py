"""What a search costs: the index, its memory, a key; and a school's name mistyped.

    python -m benches.search

On the shipped checklists, fifteen rooms and 6,000 schools. A key is every beginning of
what people type, as the palette and « Noter » look for it, the least of a few, since
others may share the machine: the worst is printed, it is the one that is felt.
"""

import tracemalloc
from collections.abc import Callable, Iterable
from time import perf_counter

from benches.budgets import hold
from diag.assess.judge import judge_of, rooted
from diag.audit.walk import AuditSearch, walk_of
from diag.checklist import shipped_checklists
from diag.checklist.load import load_checklists
from diag.model.audit import Facts, Place
from diag.model.enums import PlaceKind
from diag.model.text import SearchIndex, Text

KEY_MS, INDEX_MIB = 2.0, 12.0
"""Budgets, printed beside what was measured, never asserted."""

ROOMS, SCHOOLS, ROUNDS = 15, 6_000, 3

TYPED = (
    *("wifi", "wify", "vidéo projecteur", "tablo", "rgpd", "dbeit", "sauvgarde"),
    *("prise classe 7", "câble arraché", "formation maitres"),
)
NOTED = "fils nus sous l'évier, prise arrachée, courant coupé à dix heures douze"
SYLLABLES = ("mar", "ron", "niers", "cour", "vaux", "bel", "mont", "fleu", "ri", "val")


def main() -> None:
    judge = judge_of(
        rooted(load_checklists(shipped_checklists()).draft, PlaceKind.ECOLE)
    )
    start = perf_counter()
    search = AuditSearch(judge)
    taken = perf_counter() - start
    tracemalloc.start()
    again = AuditSearch(judge)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert again.index is not search.index
    print(f"index: {1e3 * taken:.0f} ms")
    hold("index of Chercher", held / 2**20, INDEX_MIB, "MiB")
    places = {"e": Place(id="e", kind=PlaceKind.ECOLE, parent=None, name="École")}
    for rank in range(1, ROOMS + 1):
        ident = f"s{rank}"
        room = Place(id=ident, kind=PlaceKind.SALLE, parent="e", name=f"Classe {rank}")
        places[ident] = room
    walk = walk_of(Facts(root="e", places=places), judge.checklist)
    _print("a key, searched", lambda text: search.find(walk, text), _begun(TYPED))
    _print("a key, noted", lambda text: search.propose(walk, text), _begun([NOTED]))
    names = {
        f"{a}{b}{c}" for a in SYLLABLES for b in SYLLABLES for c in (*SYLLABLES, "")
    }
    start = perf_counter()
    spelled = SearchIndex((one, [Text(one, 1.0)]) for one in sorted(names)[:SCHOOLS])
    print(
        f"names of schools: {1e3 * (perf_counter() - start):.0f} ms, {len(names)} words"
    )
    _print("a key, mistyped", spelled.search, _begun(["maronniers", "courveaux"]))


def _begun(texts: Iterable[str]) -> list[str]:
    return [text[:end] for text in texts for end in range(1, len(text) + 1)]


def _print(what: str, search: Callable[[str], object], keys: list[str]) -> None:
    times = sorted(min(_once(search, key) for _ in range(ROUNDS)) for key in keys)
    middle, worst = times[len(times) // 2], times[-1]
    print(f"{what}: {middle:.2f} ms")
    hold(f"{what}, the worst", worst, KEY_MS, "ms")


def _once(search: Callable[[str], object], key: str) -> float:
    start = perf_counter()
    search(key)
    return 1e3 * (perf_counter() - start)


if __name__ == "__main__":
    main()
