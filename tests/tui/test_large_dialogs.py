"""Dialogs as large as a screen of 80 columns cover what is below them."""

from pathlib import Path

import pytest

from diag.tui.dialogs import Notice
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, visible, wait_for

EDGES = set("╭│╰")


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("ctrl+r", "Avant de partir ·"),
        ("f6", "Lieux de l'école"),
        ("ctrl+p", "commande   Lieux"),
    ],
)
async def test_a_list_over_a_place_leaves_no_stray_text(
    tmp_path: Path, key: str, seen: str
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        await pilot.press(key)
        await wait_for(pilot, lambda: shows(pilot, seen), seen)
        assert {line[0] for line in visible(pilot)[:-1]} <= EDGES


async def test_a_long_text_takes_every_line_but_the_keys(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        screen.app.push_screen(Notice("\n".join(map(str, range(60))), "Long"))
        await wait_for(pilot, lambda: shows(pilot, "Long"), "the text")
        assert "╭" in visible(pilot)[0]
        assert "╰" in visible(pilot)[-2]
