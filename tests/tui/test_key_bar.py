from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Static

from diag.tui.commands import Command, CommandType, Sturdy
from diag.tui.place import KeyBar
from tests.tui.waiting import visible, wait_for


class First(Command, keys="a", title="Première", footer=True):
    """Faire la première chose."""


class Second(Command, keys="f2,b", title="Seconde", footer=True):
    """Faire la seconde chose."""


class Keyed(Sturdy, App[None]):
    OFFERS: ClassVar[tuple[CommandType, ...]] = (First, Second)
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.possible: dict[CommandType, bool | None] = {}
        self.asked = 0

    def can(self, command: CommandType) -> bool | None:
        self.asked += 1
        return self.possible.get(command, True)

    def compose(self) -> ComposeResult:
        yield Static()
        yield KeyBar()

    def on_first(self) -> None:
        self.done.append("first")

    def on_second(self) -> None:
        self.done.append("second")


async def test_a_key_clicked_is_pressed() -> None:
    app = Keyed()
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        assert visible(pilot)[-1].split() == ["a", "Première", "F2", "Seconde"]
        await pilot.click(KeyBar, offset=(17, 0))
        await wait_for(pilot, lambda: app.done, "the click")

        assert app.done == ["second"]


async def test_a_click_beside_the_keys_or_on_a_grey_one_does_nothing() -> None:
    app = Keyed()
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        app.possible[First] = None
        app.refresh_bindings()
        keys = app.screen.query_one(KeyBar)
        await wait_for(pilot, lambda: not keys.shown[0].enabled, "the grey key")
        await pilot.click(KeyBar, offset=(3, 0))
        await pilot.click(KeyBar, offset=(38, 0))
        await pilot.click(KeyBar, offset=(17, 0))
        await wait_for(pilot, lambda: app.done, "the last click")

        assert app.done == ["second"]


async def test_a_key_that_is_not_possible_is_not_shown() -> None:
    app = Keyed()
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        app.possible[First] = False
        app.refresh_bindings()
        await wait_for(pilot, lambda: "Première" not in visible(pilot)[-1], "one key")

        assert visible(pilot)[-1].split() == ["F2", "Seconde"]


async def test_keys_are_read_once_however_often_they_change_before_they_are_drawn() -> (
    None
):
    app = Keyed()
    asked: list[int] = []
    async with app.run_test(size=(40, 5)) as pilot:
        for times in (1, 9):
            visible(pilot)
            before = app.asked
            for _ in range(times):
                app.refresh_bindings()
            await pilot.pause()
            visible(pilot)
            asked.append(app.asked - before)

        assert asked[0] == asked[1] > 0


async def test_a_key_that_does_not_fit_whole_is_left_out() -> None:
    app = Keyed()
    async with app.run_test(size=(20, 5), notifications=True, tooltips=True) as pilot:
        assert visible(pilot)[-1].split() == ["a", "Première"]
        await pilot.resize_terminal(40, 5)
        await wait_for(pilot, lambda: "Seconde" in visible(pilot)[-1], "the room")


async def test_the_tooltip_says_what_the_key_under_the_pointer_does() -> None:
    app = Keyed()
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        keys = app.screen.query_one(KeyBar)
        await pilot.hover(KeyBar, offset=(2, 0))
        await wait_for(pilot, lambda: keys.tooltip, "a tooltip")

        assert keys.tooltip == First.help_text()
