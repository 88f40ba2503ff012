"""Storms of sizes, and a long day: nothing breaks, nothing grows."""

import ast
import gc
import re
import sys
from collections.abc import Callable
from functools import _lru_cache_wrapper
from pathlib import Path
from random import Random

import pytest
from textual.pilot import Pilot

from diag import tui
from diag.tui.app import DiagApp
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.waiting import shows, wait_for

SIZES = [(80, 24), (1, 1), (20, 5), (300, 90), (79, 23), (100, 30), (160, 50), (40, 12)]
HOURS = 8
MOVES_AN_HOUR = 160
GROWTH = 1.01
"""What Python may hold in the afternoon, by the least that it held in the morning.

Not 1: a screen that was just left may still be there, 0.8 %. One kept each hour would
be 5 % after the day.
"""


def go_everywhere(app: DiagApp) -> list[tuple[Callable[[], None], str]]:
    """Return each place and a word that stands in it."""
    return [
        (app.go_territory, "Chantelombe"),
        (lambda: app.go_school(SCHOOL), "Marronniers"),
        (lambda: app.go_visit(SCHOOL), "Réponse"),
        (lambda: app.go_bilan(SCHOOL), "Loi : "),
    ]


@pytest.mark.long  # the gate changes the size of every place, in `test_every_screen`
async def test_a_storm_of_sizes_leaves_every_screen_whole(tmp_path: Path) -> None:
    chance = Random(3)
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        for go, word in go_everywhere(app):
            go()
            for width, height in chance.choices(SIZES, k=8):
                await pilot.resize_terminal(width, height)
            await pilot.resize_terminal(80, 24)
            await wait_for(pilot, lambda: shows(pilot, word), word)  # noqa: B023 - awaited at once


async def an_hour(app: DiagApp, pilot: Pilot[None], chance: Random) -> None:
    """Move, answer, undo, look at the bilan, come back."""
    app.go_visit(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
    for _ in range(MOVES_AN_HOUR // 20):
        await pilot.press(*chance.choices(("down", "up"), k=16))
        await pilot.press("asterisk")
        await wait_for(pilot, lambda: shows(pilot, "pourquoi ?"), "a reason")
        await pilot.press(*"absent", "enter")
        await wait_for(pilot, lambda: not shows(pilot, "pourquoi ?"), "saved")
        await pilot.press("ctrl+z")
    await pilot.press("f2", "right", "down", "left", "up", "f2")
    app.go_bilan(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Loi : "), "the bilan")
    await pilot.press("down", "enter", "down", "escape")
    app.go_territory()
    await wait_for(pilot, lambda: shows(pilot, "Chantelombe"), "the territory")


def forget_what_is_bounded() -> None:
    """Empty the caches of so many entries at most: one that fills is no growth."""
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] in {"diag", "textual", "rich"}:
            for value in tuple(vars(module).values()):
                inside = vars(value).values() if isinstance(value, type) else ()
                for each in (value, *inside):
                    if isinstance(each, _lru_cache_wrapper):
                        each.cache_clear()


@pytest.mark.long
async def test_memory_does_not_grow_over_a_day(tmp_path: Path) -> None:
    chance = Random(8)
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        held = []
        for _ in range(HOURS):
            await an_hour(app, pilot, chance)
            forget_what_is_bounded()
            gc.collect()
            held.append(sys.getallocatedblocks())

    print(f"\nblocks of memory held after each of {HOURS} hours: {held}")
    _, *warm = held  # the first hour loads what is used for the first time
    half = len(warm) // 2
    assert min(warm[half:]) < min(warm[:half]) * GROWTH


def test_no_worker_prints_what_it_is_given() -> None:
    """Textual describes a worker by its arguments: a report is 4,8 million letters.

    An empty description is none.
    """
    told = [
        f"{path.name}: {each.name}"
        for path in Path(tui.__path__[0]).rglob("*.py")
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and len(each.args.args) + len(each.args.kwonlyargs) > 1
        for words in map(ast.unparse, each.decorator_list)
        if words.startswith("work") and not re.search("description='.", words)
    ]
    assert not told
