"""A search by the words one types: ranked, by ear, and one letter off.

Every word must be found. A word weighs what the text that it stands in weighs, times
its rarity, times how well it is found: as it is, begun, as it sounds, or mistyped.
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Generic, NamedTuple, TypeVar

from diag.model.text import fold

Item = TypeVar("Item")

_EXACT, _LAST_BEGUN, _BEGUN, _BY_EAR, _ONE_OFF, _TWO_OFF = 1.0, 0.85, 0.7, 0.6, 0.5, 0.3
_WORTH = 0.22
"""Share of the best score under which nothing is shown."""

_EMPTY = (
    "le la les un une des de du au aux en et ou ce cette ces est sont que qui quoi "
    "dans sur par pour avec se sa son ses votre vos"
)
_EMPTY_WORDS = frozenset(_EMPTY.split())
_HYPHENED = re.compile(r"(?<![^\W_])([^\W_]+)-([^\W_]+)")
_MOST_WORDS = 24
"""Words of a free text that are looked for: 2 ms at most."""

_LEAST_TYPO, _LEAST_TWO, _MOST_TYPO = 4, 7, 24
"""Letters from which a word may be a letter off, and two; those of the longest one."""


class Text(NamedTuple):
    """A text that leads to an item, and what a word found in it weighs."""

    words: str
    weight: float


class Hit(NamedTuple, Generic[Item]):
    """Something found, the best first."""

    item: Item
    score: float


class SearchIndex(Generic[Item]):
    """Items, found by the words of their texts."""

    def __init__(
        self,
        items: Iterable[tuple[Item, Sequence[Text]]],
        whole: Iterable[str] = (),
    ) -> None:
        """Read the items; `whole` are words that are never the beginning of others."""
        self._items: list[Item] = []
        self._found: dict[str, dict[int, float]] = defaultdict(dict)
        self._whole = {term for word in whole for term in terms(word)}
        for number, (item, texts) in enumerate(items):
            self._items.append(item)
            for text in texts:
                for term in terms(text.words):
                    weighs = self._found[term]
                    weighs[number] = max(weighs.get(number, 0.0), text.weight)
        self._sorted = sorted(self._found)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_hole: dict[str, list[str]] = defaultdict(list)
        for term in self._sorted:
            if _may_be_mistyped(term):
                self._by_sound[_sound(term)].append(term)
                for holed in _holed(term):
                    self._by_hole[holed].append(term)

    def search(self, words: str) -> list[Hit[Item]]:
        """Return what every typed word finds, the best first."""
        typed = terms(words)
        scores: Mapping[int, float] | None = None
        for rank, word in enumerate(typed):
            found = self._scores(word, is_last=rank == len(typed) - 1)
            scores = (
                found
                if scores is None
                else {n: scores[n] + found[n] for n in scores.keys() & found.keys()}
            )
        return self._ranked(scores or {})

    def search_any(self, words: str) -> list[Hit[Item]]:
        """Return what some of the words find, the best first: a free text is one."""
        scores: dict[int, float] = defaultdict(float)
        for word in dict.fromkeys(terms(words)[:_MOST_WORDS]):
            for number, score in self._scores(word, is_last=False).items():
                scores[number] += score
        return self._ranked(scores)

    def _ranked(self, scores: Mapping[int, float]) -> list[Hit[Item]]:
        ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
        return [
            Hit(self._items[number], score)
            for number, score in ranked
            if score >= ranked[0][1] * _WORTH
        ]

    def _scores(self, word: str, *, is_last: bool) -> Mapping[int, float]:
        """Return how well a typed word finds each item: of all that it may be."""
        likely = {word: _EXACT} if word in self._found else {}
        if word not in self._whole and len(word) > 1:
            begun = self._sorted[bisect_left(self._sorted, word) :]
            for term in takewhile(lambda term: term.startswith(word), begun):
                likely.setdefault(term, _LAST_BEGUN if is_last else _BEGUN)
        if not likely and _may_be_mistyped(word):
            most_off = 2 if len(word) >= _LEAST_TWO else 1
            for holed in _holed(word):
                for term in self._by_hole.get(holed, ()):
                    if (off := _distance(word, term)) <= most_off:
                        likely[term] = _ONE_OFF if off == 1 else _TWO_OFF
            likely |= dict.fromkeys(self._by_sound.get(_sound(word), ()), _BY_EAR)
        best: dict[int, float] = {}
        for term, quality in likely.items():
            holders = self._found[term]
            rarity = math.log(1 + len(self._items) / len(holders))
            for number, weight in holders.items():
                score = weight * quality * rarity
                best[number] = max(best.get(number, 0.0), score)
        return best


def terms(text: str) -> list[str]:
    """Return the words that count, less their endings: « Wi-Fi » is also « wifi »."""
    joined = " ".join("".join(pair) for pair in _HYPHENED.findall(text))
    return [
        _stem(word)
        for word in fold(f"{text} {joined}").split()
        if word not in _EMPTY_WORDS and (len(word) > 1 or word.isdigit())
    ]


def _stem(word: str) -> str:
    """Drop the plural and the feminine, as who types in a hurry does."""
    if len(word) > 2 and word[-1] in "sx":  # noqa: PLR2004 - « os » stays
        word = word[:-1]
    return word[:-1] if len(word) > 5 and word.endswith("e") else word  # noqa: PLR2004


def _may_be_mistyped(word: str) -> bool:
    return _LEAST_TYPO <= len(word) <= _MOST_TYPO and not word.isdigit()


_SOUNDS = (
    *(("eau", "o"), ("au", "o"), ("ph", "f"), ("qu", "k"), ("ch", "S"), ("gn", "N")),
    *(("an", "a"), ("en", "a"), ("em", "a"), ("am", "a"), ("ain", "in"), ("ein", "in")),
    *(("ai", "e"), ("ei", "e"), ("y", "i"), ("h", ""), ("c", "k"), ("z", "s")),
)
_TWICE = re.compile(r"(.)\1+")


def _sound(word: str) -> str:
    """Return what a word sounds like: « tablo » is « tableau »."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _TWICE.sub(r"\1", word)


@lru_cache(4096)
def _holed(word: str) -> frozenset[str]:
    """Return a word and the same with a letter out: what two near words share."""
    return frozenset({word, *(word[:n] + word[n + 1 :] for n in range(len(word)))})


def _distance(one: str, other: str) -> int:
    """Count letters added, left out, changed or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        following = [n]
        for m, facing in enumerate(other, 1):
            least = min(row[m] + 1, following[-1] + 1, row[m - 1] + (letter != facing))
            if before and m > 1 and (letter, one[n - 2]) == (other[m - 2], facing):
                least = min(least, before[m - 2] + 1)
            following.append(least)
        before, row = row, following
    return row[-1]
