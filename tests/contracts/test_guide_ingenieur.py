"""The engineer's guide is true: its pictures, its keys."""

import html
import importlib.util
import re
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from diag.demo import demonstrate
from diag.tui.visit.commands import VISIT_COMMANDS
from tests.examples import cases
from tests.shared import copy_once_made

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guide-ingenieur.md").read_text(encoding="utf-8")


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("captures", DOCS / "captures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(svg: str) -> list[str]:
    """Return what a picture says, without its colours and places."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)
    return " ".join(html.unescape(text) for text in texts).split()


def test_the_guide_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"\(captures/([^)]+)\)", GUIDE)
    kept = [path.name for path in (DOCS / "captures").glob("*.svg")]

    assert sorted(shown) == sorted(kept)


@pytest.mark.parametrize("part", cases(("arrive", "walk"), "arrive"))
async def test_the_pictures_are_what_the_program_shows(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    captures = script()
    made = partial(copy_once_made, "demonstration", demonstrate)
    monkeypatch.setattr(captures, "demonstrate", made)

    async with captures.opened(tmp_path) as walk:
        await getattr(walk, part)()

    aged = [
        name
        for name, svg in walk.drawn.items()
        if words(svg) != words((DOCS / "captures" / name).read_text(encoding="utf-8"))
    ]
    assert aged == [], "the pictures have aged: python -m docs.captures"


def test_no_picture_calls_the_network() -> None:
    for path in (DOCS / "captures").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        found = set(re.findall(r"https?://[^\"]+", text))
        assert found == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("command", VISIT_COMMANDS, ids=lambda each: each.__name__)
def test_each_key_of_the_visit_is_told(command: type) -> None:
    key = command.key_names().split(" ou ")[0]  # type: ignore[attr-defined]  # a Command

    assert not key or f"| {key} |" in GUIDE
