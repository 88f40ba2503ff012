"""A draft of a checklist: questions as they were read, what was not, and its files.

A draft judges nothing: it has questions and no criterion. Whatever a grid holds that no
question can is named with its line, never dropped in silence.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, filterfalse
from typing import NamedTuple

from diag.checklist.lint import RESERVED
from diag.model.enums import PlaceKind, QuestionType
from diag.model.errors import DiagError
from diag.model.text import clean_text, fold

MOST_QUESTIONS = 2000
"""Questions of the longest grid that is read: seven times the shipped ones."""

MOST_ROWS, MOST_NESTED = 20_000, 50
"""Rows of a form that are read, and groups opened one in another."""

_LONGEST_ID, _LONGEST_LABEL = 40, 300


class GridRefusedError(DiagError):
    """A grid that cannot be read at all."""


class Unsupported(NamedTuple):
    """Something of a grid that no checklist can hold."""

    sheet: str
    line: int
    problem: str
    """French, a sentence: what it is, what became of it."""

    def __str__(self) -> str:
        return f"{self.sheet}, ligne {self.line} : {self.problem}"


@dataclass(slots=True)
class DraftQuestion:
    """One question as it will be written."""

    id: str
    label: str
    type: QuestionType
    line: int
    """Row of the grid."""
    domain: str
    """Title of the domain."""
    place: PlaceKind = PlaceKind.ECOLE
    ask: str = ""
    """Empty with `look`: its label is asked."""
    look: str = ""
    hint: str = ""
    unit: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    """Id → label, in order."""
    bounds: tuple[str, str] | None = None
    relevant: str = ""
    """Rule, once translated."""
    is_required: bool = False


@dataclass(slots=True)
class GridDraft:
    """What a grid becomes."""

    title: str
    sheet: str
    """The sheet that the questions come from."""
    questions: list[DraftQuestion] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)

    def miss(self, line: int, problem: str, sheet: str = "") -> None:
        """Name what is not taken over."""
        self.unsupported.append(Unsupported(sheet or self.sheet, line, problem))


class Names:
    """Ids given one by one: short, each once, none that rules read otherwise."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def give(self, text: str, otherwise: str) -> str:
        """Return an id made of a text, or of another where it has no letter."""
        base = slug(text, "_") or slug(otherwise, "_")
        if not base[:1].isalpha():
            base = f"q_{base}".rstrip("_")
        name, rank = base, 1
        while name in self._taken:
            rank += 1
            name = f"{base}_{rank}"
        self._taken.add(name)
        return name


def slug(text: str, joint: str) -> str:
    """Return a text in small ASCII letters and digits, joined; maybe empty."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    return joint.join(words)[:_LONGEST_ID].strip(joint)


def choice_ids(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of choices by their names in the grid, each once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for rank, (name, label) in enumerate(labels.items(), 1):
        base = slug(name, "_") or slug(label, "_") or f"choix_{rank}"
        free = (f"{base}_{number}" for number in count(rank))
        ident = (
            base if base not in taken else next(filterfalse(taken.__contains__, free))
        )
        taken.add(ident)
        found[name] = ident
    return found


def line_of_label(text: str) -> str:
    """Return a label on one line, bounded; without the marks of Markdown and HTML."""
    try:
        plain = clean_text(re.sub(r"<[^>]{1,200}>|[*_#`]{1,3}", " ", text[:5000]))
    except ValueError:
        return ""
    words = " ".join(plain.split())
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…"


def files_of(draft: GridDraft) -> dict[str, str]:
    """Return the files of a draft, by name: an edition, then a file a domain."""
    titles = list(dict.fromkeys(one.domain for one in draft.questions))
    slugs: dict[str, str] = {}
    for rank, title in enumerate(titles, 1):
        base = slug(title, "-") or f"domaine-{rank}"
        if not base[0].isalpha() or base in {*_FIXED, *slugs.values()}:
            base = f"domaine-{base}"[:_LONGEST_ID].strip("-")
        slugs[title] = f"{base}-{rank}" if base in slugs.values() else base
    listed = ", ".join(slugs.values())
    files = {
        "edition.yaml": f'title: {_text(draft.title)}\nversion: "brouillon"\n'
        f"domains: [{listed}]\n"
    }
    for title, ident in slugs.items():
        own = (one for one in draft.questions if one.domain == title)
        head = (
            f"domain: {{id: {ident}, title: {_text(title)}, weight: 1}}\n\nquestions:\n"
        )
        lines = (f"{line}\n" for one in own for line in _lines(one))
        files[f"{ident}.yaml"] = head + "".join(lines)
    return files


_FIXED = frozenset({
    *("edition", "lieux", "synonymes", "prix", "aides", "echeances", "finances"),
    *("sources", "formulaires", "controles"),
})  # fmt: skip
"""Files that are no domain's."""


def _lines(one: DraftQuestion) -> Iterator[str]:
    yield f"  - id: {one.id}"
    yield f"    place: {one.place}"
    yield f"    type: {one.type}"
    yield f"    label: {_text(one.label)}"
    asked = one.ask or ("" if one.look else one.label)
    texts = {"ask": asked, "look": one.look, "hint": one.hint, "unit": one.unit}
    for key, text in texts.items():
        if text:
            yield f"    {key}: {_text(text)}"
    if one.choices:
        yield "    choices:"
        for ident, label in one.choices.items():
            yield f"      - {{id: {_text(ident)}, label: {_text(label)}}}"
    if one.bounds:
        yield f"    range: [{', '.join(map(_text, one.bounds))}]"
    if one.relevant:
        yield f"    relevant: {_text(one.relevant)}"
    if one.is_required:
        yield "    required: true"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
