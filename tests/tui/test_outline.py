from textual.app import App, ComposeResult
from textual.events import Resize
from textual.pilot import Pilot

from diag.audit.bilan import OutlineLine, Tone, heading
from diag.tui.outline import Outline
from tests.tui.waiting import visible, wait_for

HOSTILE = ("[", "[/", "[/x]", "[a[0]]", "[type=x, v={'a[0]'}]", "\x1b[31m", "\u202eab")
LONG = "un constat " * 30


def leaf(key: str, text: str = "", aside: str = "") -> OutlineLine:
    return OutlineLine(key, text or key, aside)


def branch(key: str, *inner: OutlineLine, aside: str = "") -> OutlineLine:
    return OutlineLine(key, key, aside, inner=lambda: inner)


LINES = (
    heading("tête", "Conformité", "2 à vérifier"),
    branch("un", leaf("un/a"), branch("un/b", leaf("un/b/x", "x tout au fond"))),
    branch("deux", leaf("deux/a", LONG, "faux")),
    leaf("trois"),
)


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Outline()

    def on_mount(self) -> None:
        self.query_one(Outline).show(LINES)
        self.query_one(Outline).focus()

    @property
    def outline(self) -> Outline:
        return self.query_one(Outline)


def at(app: Shown) -> str:
    line = app.outline.line
    return line.key if line else ""


def screen(pilot: Pilot[None]) -> str:
    return "\n".join(visible(pilot))


async def test_one_starts_on_what_unfolds_never_on_a_heading() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: at(app) == "un")


async def test_before_its_size_is_heard_of_it_paints_no_column_of_letters() -> None:
    class Deaf(Outline):
        def on_resize(self, event: Resize) -> None:  # type: ignore[override]  # to stop it
            event.prevent_default()

    class Opened(App[None]):
        def on_mount(self) -> None:
            self.mount(outline := Deaf())
            outline.show(LINES)

    async with Opened().run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "deux" in screen(pilot))
        (head,) = (line for line in visible(pilot) if "Conformité" in line)
        assert head.rstrip().endswith("2 à vérifier")


async def test_enter_unfolds_in_place_and_folds_again() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await wait_for(pilot, lambda: "un/a" in screen(pilot))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "un/a" not in screen(pilot))
        assert at(app) == "un"


async def test_arrows_go_in_and_out() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "down", "down", "enter", "down")
        await wait_for(pilot, lambda: at(app) == "un/b/x")
        assert app.outline.path == ("un/b/x", "un/b", "un")
        await pilot.press("left")
        await wait_for(pilot, lambda: at(app) == "un/b")
        await pilot.press("left", "left")
        await wait_for(pilot, lambda: at(app) == "un")
        assert "un/a" in screen(pilot)


async def test_the_ends_and_pages_are_reached_by_their_keys() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await wait_for(pilot, lambda: at(app) == "trois")
        await pilot.press("home")
        await wait_for(pilot, lambda: at(app) == "tête")
        await pilot.press("pagedown")
        await wait_for(pilot, lambda: at(app) == "trois")
        await pilot.press("pageup")
        await wait_for(pilot, lambda: at(app) == "tête")


async def test_long_text_is_wrapped_whole_and_hostile_text_shown() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.outline.show([leaf(f"h{n}", text) for n, text in enumerate(HOSTILE)])
        await wait_for(pilot, lambda: "[type=x, v={'a[0]'}]" in screen(pilot))
        app.outline.show([leaf("long", LONG, "au bout")])
        await wait_for(pilot, lambda: screen(pilot).count("constat") == 30)
        assert all(len(line) <= 80 for line in visible(pilot))


async def test_no_guillemet_is_left_alone_at_the_end_of_a_line() -> None:
    app = Shown()
    words = "« mot » " * 40
    async with app.run_test(size=(31, 24)) as pilot:
        app.outline.show([leaf("long", words.replace("« ", "«\u00a0"))])
        await wait_for(pilot, lambda: screen(pilot).count("mot") == 40)
        assert not [line for line in visible(pilot) if line.endswith("«")]


async def test_what_is_unfolded_and_the_cursor_stay_when_lines_are_read_again() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "down", "down")
        await wait_for(pilot, lambda: at(app) == "un/b")
        app.outline.show((leaf("zéro"), *LINES))
        await wait_for(pilot, lambda: "zéro" in screen(pilot))
        assert at(app) == "un/b"
        app.outline.show(())
        await wait_for(pilot, lambda: not screen(pilot).strip())
        await pilot.press("enter", "down", "left", "pagedown")
        assert app.outline.line is None


async def test_a_click_stands_and_a_second_one_unfolds() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Outline, offset=(5, 2))
        await wait_for(pilot, lambda: at(app) == "deux")
        await pilot.click(Outline, offset=(5, 2))
        await wait_for(pilot, lambda: "constat" in screen(pilot))


async def test_resizing_wraps_again() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end", "up", "enter")
        await wait_for(pilot, lambda: "constat" in screen(pilot))
        for width in (40, 20, 120, 10, 80):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
        await wait_for(pilot, lambda: screen(pilot).count("constat") == 30)
        assert at(app) == "deux"


async def test_an_alert_is_said_in_words_too() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.outline.show([OutlineLine("a", "Danger", "non conforme", tone=Tone.ALERT)])
        await wait_for(pilot, lambda: "non conforme" in screen(pilot))


async def test_what_goes_on_stands_under_its_own_text_past_the_rank() -> None:
    app = Shown()
    async with app.run_test(size=(40, 24)) as pilot:
        app.outline.show((OutlineLine("long", LONG, lead="R12 "),))
        await wait_for(pilot, lambda: "R12 un constat" in screen(pilot), "the line")
        first, second, *_ = visible(pilot)

        assert first.index("un constat") == len(second) - len(second.lstrip())
