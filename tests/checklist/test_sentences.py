"""Every key of every form, spoilt in turn: the sentences that its author reads.

`sentences.txt` holds them all. After an intended change, write it again with
`python -m tests.checklist.test_sentences`, and read the difference.
"""

import copy
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from diag.checklist.load import Harvest
from tests.checklist.test_dated_tables import AIDS, DEADLINES
from tests.rules.written import FILES

GOLDEN = Path(__file__).with_name("sentences.txt")

WRONG: tuple[Any, ...] = (
    *(None, "", 3, True, "mot inconnu", ["a"], {"a": 1}, "0.75"),
    *(10**12, "Été", [], {}, -1, [2, 1], "2026-13-45", ["a", None], "\u202e"),
)
"""Values put in the place of another: two for each key, taken in turn."""

Way = tuple[str | int, ...]


def spoilt_files() -> Iterator[tuple[str, str, str]]:
    """Yield what is done, the file that it is done to, and its new text."""
    values = cycle(WRONG)
    files = {**FILES, "aides.yaml": AIDS, "echeances.yaml": DEADLINES}
    for file, text in files.items():
        tree = yaml.load(text, _Texts)
        seen: set[Way] = set()
        for way in _ways(tree):
            kind = tuple("" if isinstance(step, int) else step for step in way)
            if kind in seen:
                continue
            seen.add(kind)
            named = f"{file} {'.'.join(map(str, way))}"
            yield f"{named}: absent", file, _changed(tree, way)
            if isinstance(way[-1], str):
                yield f"{named}: misspelt", file, _changed(tree, way, f"{way[-1]}x")
            for value in islice(values, 2):
                yield f"{named}: {value!r}", file, _changed(tree, way, way[-1], value)


class _Texts(yaml.SafeLoader):
    """Reads dates as the texts that they are in a checklist."""


_Texts.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _ways(tree: Any, way: Way = ()) -> Iterator[Way]:
    if way:
        yield way
    steps = tree.items() if isinstance(tree, dict) else ()
    for step, child in enumerate(tree) if isinstance(tree, list) else steps:
        yield from _ways(child, (*way, step))


def _changed(tree: Any, way: Way, name: Any = None, *value: Any) -> str:
    """Return a text without one of its values, or with another name or value."""
    changed = copy.deepcopy(tree)
    around = changed
    for step in way[:-1]:
        around = around[step]
    if name == way[-1]:
        around[name] = value[0]
    else:
        kept = around.pop(way[-1])
        if name:
            around[name] = kept
    return yaml.safe_dump(changed, allow_unicode=True, sort_keys=False, width=10_000)


def sentences() -> str:
    """Return each case and its sentences."""
    lines = []
    for name, file, text in spoilt_files():
        harvest = Harvest()
        harvest.take(file, text.encode())
        problems = harvest.loaded().problems
        lines += [f"# {name}", *(str(problem) for problem in problems)]
    return "\n".join(lines) + "\n"


def test_each_key_spoilt_has_its_sentence() -> None:
    assert sentences() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(sentences(), encoding="utf-8")
