"""The spelling of a checklist's texts, by whoever knows French: a dictionary is given.

Proper names of sources are not read, nor acronyms, nor what an author lists in
`mots.txt`: the words of the trade.
"""

import re
from collections.abc import Callable, Iterator

from diag.rules.lint.french import texts_of
from diag.rules.loaded import Loaded
from diag.rules.problem import Problem

ALLOWED_FILE = "mots.txt"
"""Where a folder of checklists lists its own words, one a line."""

Knows = Callable[[str], bool]
"""Whether a word is French."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLACEHOLDER = re.compile(r"\{[^{}|]*\}")
_AGREED = re.compile(r"\{[^{}|]*\|([^{}|]*)\|([^{}]*)\}")
_CODE = re.compile(r"https?://\S+|\S+@\S+|\S*[_\d]\S*|\b\w+\.\w+\b")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’](?=\w)", re.IGNORECASE)


def spelling_problems(
    loaded: Loaded, knows: Knows, allowed: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """Yield each unknown word once, where it is first read."""
    asked: dict[str, bool] = {}
    for section, ident in loaded.nodes:
        if section == "sources":
            continue
        item = loaded.item(section, ident)
        for path, text in texts_of(item.node):
            for word in words_of(text):
                if word not in asked:
                    asked[word] = word.casefold() in allowed or knows(word)
                    if not asked[word]:
                        yield item.problem(
                            path,
                            f"« {'.'.join(path)} » : « {word} » n'est pas au "
                            "dictionnaire",
                            f"Corrigez-le, ou ajoutez-le à {ALLOWED_FILE}.",
                            "warning",
                        )


def words_of(text: str) -> Iterator[str]:
    """Yield the words to look up: no placeholder, code, acronym nor elided letter."""
    told = _AGREED.sub(r" \1 \2 ", text)
    told = _CODE.sub(" ", _PLACEHOLDER.sub(" ", told))
    for found in _WORD.findall(told):
        word = _ELIDED.sub("", found).replace("’", "'")
        if len(word) > 1 and not word.isupper():
            yield word


def allowed_words(text: str) -> frozenset[str]:
    """Return the words of an allow-list: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line.casefold() for line in lines if line)
