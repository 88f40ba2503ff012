"""Every key of every form, spoilt in turn: the sentences that its author reads.

`sentences.txt` holds them all. After an intended change, write it again with
`python -m tests.checklist.test_sentences`, and read the difference.
"""

import copy
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.checklist.load import Harvest
from tests.checklist.test_dated_tables import AIDS, DEADLINES, FINANCES
from tests.rules.written import FILES

GOLDEN = Path(__file__).with_name("sentences.txt")

WRONG: tuple[Any, ...] = (
    *(None, "", 3, True, "mot inconnu", ["a"], {"a": 1}, "0.75"),
    *(10**12, "Été", [], {}, -1, [2, 1], "2026-13-45", ["a", None], "\u202e"),
)
"""Values put in the place of another: two for each key, taken in turn."""

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The one in C, where there is one: eight times as fast."""

Way = tuple[str | int, ...]


_SAID_RARELY = (
    ("edition.yaml", "[vieux-critere]", "[vieux-critere, {id: ancien, by: debit}]"),
    ("prix.yaml", "    unit: prise\n", "    unit: prise\n    pack: 10\n"),
    ("lieux.yaml", "type: choice\n", "type: choice\n    better: [autre, [classe]]\n"),
    ("reseau.yaml", "type: boolean\n", "type: boolean\n    danger: true\n"),
    (
        "reseau.yaml",
        "unit: Mbit/s\n",
        (
            "unit: Mbit/s\n    measures: [{key: internet.debit_descendant, "
            'scope: ligne, aggregate: median, round: "0.1"}]\n'
        ),
    ),
    ("reseau.yaml", "[0, 50]\n", "[0, 50]\n    at_most: debit\n    void: true\n"),
    ("reseau.yaml", "kind: blocking\n", 'kind: blocking\n    socle_share: "3/4"\n'),
    ("reseau.yaml", "    applicable: acces", "    weigh_by: debit\n    given: acces"),
    ("reseau.yaml", "below: 2}", "below: 2, where: acces_internet}"),
    ("reseau.yaml", "at_least: 1}", 'at_least: 1, share: "1"}'),
    ("reseau.yaml", "use: poste,", "use: poste, at: salle,"),
    (
        "reseau.yaml",
        "    delay: P6M\n",
        "    delay: P6M\n    covers: [monter-en-debit]\n",
    ),
    ("reseau.yaml", "    delay: P6M\n", '    delay: P6M\n    at_most: "30"\n'),
    (
        "reseau.yaml",
        "kind: improvement\n",
        "kind: compliance\n    conforms_at: 1\n",
    ),
    (
        "reseau.yaml",
        "    nature: usage\nrecommendations:",
        (
            "    nature: loi\n"
            '    law: {text: "Loi", article: "7", read_on: 2026-01-31}\n'
            "    binds: [commune]\n    deadline: fin-du-cuivre\nrecommendations:"
        ),
    ),
)
"""Keys that the small checklist does not need."""


def whole_files() -> dict[str, str]:
    """Return files where every key of every form is written."""
    files = {
        **FILES,
        "aides.yaml": AIDS,
        "echeances.yaml": DEADLINES,
        "finances.yaml": FINANCES,
    }
    for file, right, wrong in _SAID_RARELY:
        assert files[file].count(right) == 1, right
        files[file] = files[file].replace(right, wrong)
    return files


def spoilt_files() -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Yield what is done, the file that it is done to, and what writes it anew."""
    values = cycle(WRONG)
    for file, text in whole_files().items():
        tree = yaml.load(text, _Texts)
        seen: set[Way] = set()
        for way in _ways(tree):
            kind = tuple("" if isinstance(step, int) else step for step in way)
            if kind in seen:
                continue
            seen.add(kind)
            named = f"{file} {'.'.join(map(str, way))}"
            yield f"{named}: absent", file, partial(_changed, tree, way)
            if isinstance(way[-1], str):
                misspelt = partial(_changed, tree, way, f"{way[-1]}x")
                yield f"{named}: misspelt", file, misspelt
            for value in islice(values, 2):
                other = partial(_changed, tree, way, way[-1], value)
                yield f"{named}: {value!r}", file, other


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
    text: str = yaml.dump(
        changed, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=10_000
    )
    return text


def sentences(step: int = 1) -> str:
    """Return each case and its sentences; every so many with a step."""
    lines = []
    for name, file, spoil in islice(spoilt_files(), None, None, step):
        harvest = Harvest()
        harvest.take(file, spoil().encode())
        problems = harvest.loaded().problems
        lines += [f"# {name}", *(str(problem) for problem in problems)]
    return "\n".join(lines) + "\n"


def test_what_is_spoilt_had_nothing_to_mend() -> None:
    harvest = Harvest()
    for file, text in whole_files().items():
        harvest.take(file, text.encode())
    assert harvest.loaded().problems == ()


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
def test_each_key_spoilt_has_its_sentence(step: int) -> None:
    cases = re.split(r"(?m)^(?=# )", GOLDEN.read_text(encoding="utf-8"))
    assert sentences(step) == "".join(cases[1::step])


if __name__ == "__main__":
    GOLDEN.write_text(sentences(), encoding="utf-8")
