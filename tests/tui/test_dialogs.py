"""What a dialog shows and does when its text is longer than the screen."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.tui.dialogs import Ask, Confirm, ListChoice, Notice, TickSeveral, Weigh
from tests.examples import cases
from tests.tui.builders import new_app
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

LONG = "\n".join(f"- conformité {number} !" for number in range(60))


async def wait_to_see(pilot: Pilot[None], text: str) -> None:
    await wait_for(pilot, lambda: shows(pilot, text), text)


async def wait_to_lose(pilot: Pilot[None], text: str) -> None:
    await wait_for(pilot, lambda: not shows(pilot, text), f"no more {text}")


@pytest.mark.parametrize("size", cases([(80, 24), (80, 14)], (80, 14)))
async def test_a_long_question_scrolls_over_its_answers(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        for dialog in (Confirm, Weigh):
            shown = dialog(LONG, yes="Confirmer", no="Laisser")
            app.push_screen(shown)
            await wait_for(pilot, lambda: app.screen is shown, "the dialog")  # noqa: B023 - awaited here
            await wait_to_see(pilot, "conformité 0 !")
            for key, told, seen in (
                ("down", "conformité 0 !", False),
                ("up", "conformité 0 !", True),
                ("pagedown", "conformité 1 !", False),
                ("pageup", "conformité 0 !", True),
                ("end", "conformité 59 !", True),
                ("home", "conformité 0 !", True),
            ):
                await pilot.press(key)
                await (wait_to_see if seen else wait_to_lose)(pilot, told)
                await wait_to_show(pilot, "Confirmer", "Laisser")
            await pilot.press("escape")


async def test_a_long_text_scrolls_under_its_title(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        app.push_screen(Notice(LONG, "Ce n'est pas possible"))
        await wait_to_see(pilot, "conformité 0 !")
        await pilot.press("end")
        await wait_to_see(pilot, "conformité 59 !")
        await wait_to_show(pilot, "Ce n'est pas possible")


async def test_what_is_ticked_stands_over_the_screen_below(tmp_path: Path) -> None:
    """It stood alone in a corner: its style named every dialog but this one."""
    app = new_app(tmp_path)
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_to_see(pilot, "Chercher une école")
        app.push_screen(TickSeveral("Quels réseaux ?", [ListChoice("a", "École")]))
        await wait_to_show(pilot, "[ ] École", "Chercher une école")
        (asked,) = (one for one in visible(pilot) if "Quels réseaux" in one)
        assert asked.index("│") == 12, "in the middle"


async def test_what_french_keeps_together_stays_so(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(44, 24), notifications=True, tooltips=True) as pilot:
        for dialog in (Notice, Confirm, Ask):
            shown = dialog("Ceci ne se lit pas : « 42 Mbit/s » ! " * 6)
            app.push_screen(shown)
            await wait_for(pilot, lambda: app.screen is shown, "the dialog")  # noqa: B023 - awaited here
            await wait_to_see(pilot, "Ceci ne")
            inside = [line.strip(" │") for line in visible(pilot)]
            assert any("«" in line for line in inside)
            assert not [
                line for line in inside if line.endswith("«") or line[:1] in set(":!»")
            ]
            await pilot.press("escape")


EDGES = set("╭│╰")


async def test_a_list_over_a_place_leaves_no_stray_text(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: shows(pilot, "commande   Salles"), "the list")
        assert {line[0] for line in visible(pilot)[:-1]} <= EDGES


async def test_a_long_text_takes_every_line_but_the_keys(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        screen.app.push_screen(Notice("\n".join(map(str, range(60))), "Long"))
        await wait_for(pilot, lambda: shows(pilot, "Long"), "the text")
        assert "╭" in visible(pilot)[0]
        assert "╰" in visible(pilot)[-2]
