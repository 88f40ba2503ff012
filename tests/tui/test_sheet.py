from textual.app import App, ComposeResult
from textual.content import Content

from diag.tui.text import DrawnLine, TextSheet
from tests.tui.waiting import shows, visible, wait_for


def lines(*texts: str) -> list[DrawnLine]:
    return [DrawnLine(Content(text), text[:1]) for text in texts]


class Reading(App[None]):
    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = texts
        self.picked: list[str] = []

    def compose(self) -> ComposeResult:
        yield TextSheet()

    @property
    def sheet(self) -> TextSheet:
        return self.query_one(TextSheet)

    def on_mount(self) -> None:
        self.sheet.show(lambda _width: lines(*self.texts))

    def on_text_sheet_picked(self, event: TextSheet.Picked) -> None:
        self.picked.append(event.key)


async def test_only_the_lines_that_changed_are_drawn_again() -> None:
    app = Reading("un", "deux", "trois")
    async with app.run_test(size=(20, 5), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "trois"), "the text")
        drawn: list[int] = []
        real = app.sheet.render_line
        app.sheet.render_line = lambda y: drawn.append(y) or real(y)  # type: ignore[method-assign,func-returns-value] # watches it
        app.sheet.show(lambda _width: lines("un", "DEUX", "trois"))
        await wait_for(pilot, lambda: shows(pilot, "DEUX"), "the change")

        assert set(drawn) == {1}


async def test_what_does_not_fit_is_said_and_read_by_scrolling() -> None:
    app = Reading(*(f"ligne {n}" for n in range(12)))
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "8 lignes de plus"), "what is left")
        app.sheet.scroll_by(100)
        await wait_for(pilot, lambda: shows(pilot, "ligne 11"), "the end")

        assert visible(pilot)[-1].startswith("Tout est lu")
        app.sheet.scroll_by(-100)
        await wait_for(pilot, lambda: visible(pilot)[0] == "ligne 0", "the top")


async def test_a_text_that_changes_stays_where_one_reads() -> None:
    app = Reading(*(f"ligne {n}" for n in range(12)))
    async with app.run_test(size=(40, 5), notifications=True, tooltips=True) as pilot:
        app.sheet.scroll_by(3)
        app.sheet.show(
            lambda _width: lines(*(f"autre {n}" for n in range(12))), from_top=False
        )
        await wait_for(pilot, lambda: visible(pilot)[0] == "autre 3", "the same place")


async def test_a_click_tells_what_stands_there_and_beside_nothing() -> None:
    app = Reading("un", "", "trois")
    async with app.run_test(size=(20, 6), notifications=True, tooltips=True) as pilot:
        await pilot.click(TextSheet, offset=(1, 1))
        await pilot.click(TextSheet, offset=(1, 5))
        await pilot.click(TextSheet, offset=(1, 2))
        await wait_for(pilot, lambda: app.picked, "the click")

        assert app.picked == ["t"]


async def test_a_text_is_laid_out_again_for_another_width() -> None:
    app = Reading()
    async with app.run_test(size=(20, 5), notifications=True, tooltips=True) as pilot:
        app.sheet.show(lambda width: lines(f"large de {width}"))
        await wait_for(pilot, lambda: shows(pilot, "large de 20"), "the width")
        await pilot.resize_terminal(30, 5)
        await wait_for(pilot, lambda: shows(pilot, "large de 30"), "the other width")
