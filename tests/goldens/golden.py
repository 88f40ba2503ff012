"""Whole schools that nobody visited, told as data: what was said, what must be found.

One file a territory of the dossier, in `schools/`. `python -m tests.goldens.pin` writes
`expect` anew; a difference is read by a person before it is committed.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from diag.assess.examples import example_facts
from diag.assess.judge import judge_of
from diag.demo.stories import Somewhere, Story
from diag.model.audit import Facts
from diag.model.base import Noun
from diag.model.checklist import Checklist

FOLDER = Path(__file__).parent / "schools"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


class Golden(Noun):
    """One school, its audit, and the figures that it must get."""

    territory: str
    """Whose situation it resembles; the school itself is invented."""
    title: str
    story: tuple[str, ...]
    imported: dict[str, Any]
    """What the directory and the yearly files say of it."""
    audit: Story
    arithmetic: tuple[str, ...]
    """One domain at least, computed by hand."""
    expect: dict[str, Any]

    @property
    def visited(self) -> date:
        return self.audit.visits[-1].date


@cache
def golden(name: str) -> Golden:
    """Return a school by the name of its file."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return Golden.model_validate_json(text)


def facts_told(told: Golden, checklist: Checklist) -> Facts:
    """Return the facts of a school without the desk: quick, for a thousand mutants."""
    return example_facts(judge_of(checklist), as_example(told))


def as_example(told: Golden) -> dict[str, Any]:
    """Return a school as the golden examples of checklists are written."""
    return {
        "answers": {**told.imported, **_plain(told.audit.answers)},
        "places": _places(told.audit.places),
        "closed": [str(kind) for kind in told.audit.closed],
        "visit_date": told.visited.isoformat(),
    }


def _places(written: tuple[Somewhere, ...]) -> list[dict[str, Any]]:
    said: dict[str, dict[str, Any]] = {}
    places = []
    for place in written:
        answers = {**said.get(place.like, {}), **place.answers}
        said[place.name] = answers
        places.append({
            "kind": str(place.kind),
            "name": place.name,
            "in": place.parent or None,
            "answers": _plain(answers),
        })
    return places


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        question: _said(written)
        for question, written in answers.items()
        if written is not None
    }


def _said(written: Any) -> Any:
    if not isinstance(written, dict):
        return written
    state = written.get("state", "known")
    return written["value"] if state == "known" else {"state": state}
