from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from diag.tui.lists import NARROW, TINY, Lines, ListColumn, ListLine, shared_widths
from diag.tui.text import line
from tests.tui.waiting import visible, wait_for, wait_to_show


class Shown(App[None]):
    """One list, and what was chosen in it."""

    def __init__(
        self, lines: Sequence[ListLine], columns: Sequence[ListColumn]
    ) -> None:
        super().__init__()
        self._lines = lines
        self._columns = columns
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield Lines(self._columns, empty="Rien.")

    def on_mount(self) -> None:
        self.query_one(Lines).show(self._lines)
        self.query_one(Lines).focus()

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        self.chosen.append(event.key)


COLUMNS = (
    ListColumn("Nom"),
    ListColumn("Nombre", 8, right=True),
    ListColumn("Plus", 6, least=NARROW),
)


def many(count: int) -> list[ListLine]:
    return [ListLine(f"k{n}", (f"nom {n}", str(n), "x")) for n in range(count)]


async def test_the_cursor_walks_pages_and_jumps() -> None:
    app = Shown(many(6000), COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        lines = app.query_one(Lines)
        await pilot.press("down", "pagedown", "up")
        assert lines.key == "k22"
        await pilot.press("end", "enter")
        await wait_for(pilot, lambda: app.chosen == ["k5999"], "the last chosen")
        assert any("nom 5999" in line for line in visible(pilot))
        await pilot.press("home")
        assert lines.key == "k0"


async def test_the_cursor_steps_over_headings() -> None:
    lines = [
        ListLine("", (" A",)),
        *many(2),
        ListLine("", (" B",)),
        ListLine("last", ("z", "", "")),
    ]
    app = Shown(lines, COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = app.query_one(Lines)
        seen = [shown.key]
        for _ in range(3):
            await pilot.press("down")
            seen.append(shown.key)
        assert seen == ["k0", "k1", "last", "last"]
        await pilot.press("pageup")
        assert shown.key == "k0"


async def test_only_the_lines_that_changed_and_the_cursor_are_drawn_again() -> None:
    app = Shown(many(5), COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = app.query_one(Lines)
        await wait_for(pilot, lambda: "nom 4" in "".join(visible(pilot)), "the list")
        drawn: list[int] = []
        real = shown.render_line
        shown.render_line = lambda y: drawn.append(y) or real(y)  # type: ignore[method-assign,func-returns-value] # watches it
        changed = [*many(5)[:4], ListLine("k4", ("autre", "4", "x"))]
        shown.show(changed, "k1")
        await wait_for(pilot, lambda: "autre" in "".join(visible(pilot)), "it")

        titles = 1
        assert set(drawn) == {titles + row for row in (0, 1, 4)}


async def test_the_cursor_stays_on_its_line_when_others_come() -> None:
    app = Shown(many(5), COLUMNS)
    async with app.run_test(size=(80, 24)):
        shown = app.query_one(Lines)
        shown.cursor = 3
        shown.show(many(50)[2:])
        assert (shown.key, shown.cursor) == ("k3", 1)
        shown.show(many(50), "k40")
        assert shown.key == "k40"


async def test_an_empty_list_says_so_and_chooses_nothing() -> None:
    app = Shown((), COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "end", "pagedown", "enter")
        await wait_for(
            pilot, lambda: any("Rien." in one for one in visible(pilot)), "empty"
        )
        assert app.chosen == []


async def test_a_click_moves_and_a_second_one_chooses() -> None:
    app = Shown(many(5), COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Lines, offset=(3, 3))
        assert app.query_one(Lines).key == "k2"
        await pilot.click(Lines, offset=(3, 3))
        await wait_for(pilot, lambda: app.chosen == ["k2"], "chosen")
        await pilot.click(Lines, offset=(3, 0))
        await pilot.click(Lines, offset=(3, 20))
        assert app.query_one(Lines).key == "k2"


async def test_columns_are_cut_aligned_and_dropped_when_narrow() -> None:
    app = Shown([ListLine("a", ("é" * 200, "12", "plus"))], COLUMNS)
    async with app.run_test(size=(120, 10)) as pilot:
        await wait_for(pilot, lambda: "Plus" in visible(pilot)[0], "wide")
        assert visible(pilot)[1].endswith("…      12  plus")
        await pilot.resize_terminal(60, 10)
        await wait_for(pilot, lambda: "Plus" not in visible(pilot)[0], "narrow")
        assert visible(pilot)[1].endswith("…      12")


async def test_half_a_screen_keeps_what_names_a_line() -> None:
    columns = (
        ListColumn("Nom"),
        ListColumn("Où", 20, narrow=12, tiny=6),
        ListColumn("x", 9, least=TINY),
    )
    app = Shown(
        [ListLine("k", ("École du Moulin", "Chantelombe", "en cours"))], columns
    )
    async with app.run_test(size=(36, 10)) as pilot:
        assert visible(pilot)[1] == " École du Moulin        Chantelombe"
        await pilot.resize_terminal(60, 10)
        await wait_for(pilot, lambda: "en cours" in visible(pilot)[1], "all of it")
        assert "Chantelombe" in visible(pilot)[1]


async def test_what_is_said_of_nothing_is_read_whole() -> None:
    app = Shown([], COLUMNS)
    async with app.run_test(size=(30, 10)) as pilot:
        lines = app.query_one(Lines)
        lines.empty = "Aucune école ne répond. Essayez un mot de moins, ou Échap."
        lines.refresh()
        await wait_for(pilot, lambda: "mot de moins" in visible(pilot)[3], "all of it")
        assert visible(pilot)[2:5] == [
            " Aucune école ne répond.",
            " Essayez un mot de moins, ou",
            " Échap.",
        ]


async def test_a_text_takes_the_room_of_an_empty_end() -> None:
    columns = (ListColumn("Nom"), ListColumn("Où", 12))
    long = "École élémentaire du Moulin"
    lines = [ListLine("a", (long, "")), ListLine("b", (long, "ici, à côté"))]
    app = Shown(lines, columns)
    async with app.run_test(size=(36, 10)) as pilot:
        assert visible(pilot)[1] == f" {long}"
        assert visible(pilot)[2] == " École élémentaire du…  ici, à côté"


async def test_a_column_with_room_to_spare_gives_it_to_one_that_is_cut() -> None:
    columns = (ListColumn("Nom"), ListColumn("Où", 6), ListColumn("Notes", 30))
    cells = ("École 東京", "Fontbrune-sur-Ombre", "rien")
    app = Shown([ListLine("a", cells)], columns)
    async with app.run_test(size=(80, 10)) as pilot:
        await wait_to_show(pilot, *cells)
        long = "x" * 66
        app.query_one(Lines).show([ListLine("a", (long, "ici", ""))])
        await wait_to_show(pilot, long, "ici")


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 90)), min_size=1, max_size=7),
    st.integers(0, 200),
)
def test_no_cell_is_cut_while_another_column_has_more_than_its_need(
    columns: list[tuple[int, int]], room: int
) -> None:
    asked, needs = zip(*columns, strict=True)
    widths = shared_widths(asked, needs, room)
    lacking = [size < need for size, need in zip(widths, needs, strict=True)]
    sparing = [size > need for size, need in zip(widths, needs, strict=True)]
    assert not (any(lacking) and any(sparing))
    assert sum(widths) <= max(room, sum(map(min, asked, needs)))
    if any(lacking):
        assert sum(widths) >= room, "a cell is cut only where no room is left"


@given(st.lists(st.text(), min_size=1))
def test_the_need_of_a_column_is_its_longest_cell_as_it_is_shown(
    cells: list[str],
) -> None:
    lines = Lines((ListColumn("Nom"),))
    lines.lines = [ListLine("k", (each,)) for each in cells]
    ((_, need),) = lines._needs()
    assert need == max(3, *(cell_len(line(each)) for each in cells))
