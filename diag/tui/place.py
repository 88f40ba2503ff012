"""What the screens of `diag` share: a heading, a footer, help, and the way back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, cast

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from diag.model.errors import DiagError
from diag.tui.commands import (
    NO_CHOICE,
    Back,
    Command,
    CommandType,
    Discover,
    Help,
    OpenKeys,
    OpenPalette,
    Sturdy,
    Trouble,
    action_of,
)
from diag.tui.lists import Lines
from diag.tui.state import Shell
from diag.tui.text import NamedText, RowsText, content, cut, line
from diag.words.sentences import french, system_sentence
from diag.workspace.disk import show_file

EVERYWHERE = (Help, Back, OpenPalette)
"""What every screen offers after its own commands."""


class PlaceScreen(Sturdy, Screen[None]):
    """A place: `body` lays it out; `OFFERS` lists what it can do."""

    INTRODUCTION: ClassVar[str] = ""
    """How the help introduces this place first."""
    holds_keys = False
    """Whether keys wait: something asked for by the one before is still looked for."""
    _possible: tuple[bool | None, ...] | None = None

    @property
    def diag(self) -> Shell:
        """The app that shows this place."""
        return cast("Shell", self.app)

    def compose(self) -> ComposeResult:
        """Lay the body between the heading and the footer."""
        yield TitleLine()
        yield from self.body()
        yield KeyBar()

    @on(events.ScreenResume)
    def _keep_styles(self, event: events.ScreenResume) -> None:
        """Style nothing again: it all was as it was mounted, and at each new theme."""
        event.refresh_styles = False

    def on_screen_resume(self) -> None:
        """Keep where the user is, to come back there whatever ends the program."""
        self.diag.whereabouts.note()

    def body(self) -> ComposeResult:
        """Lay out what is proper to this place."""
        yield from ()

    def refresh_keys(self) -> None:
        """Draw the footer again, but only when what is possible changed."""
        possible = tuple(self.can(command) for command in self.OFFERS)
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()

    def set_title(self, title: str, *remarks: str) -> None:
        """Write in the heading where the user is."""
        self.query_one(TitleLine).show(title, remarks)

    def on_back(self) -> None:
        """Go back one place."""
        self.diag.go_back()

    @on(Lines.Chosen)
    def _line_chosen(self, event: Lines.Chosen) -> None:
        self.choose_line(event)

    def choose_line(self, event: Lines.Chosen) -> None:  # noqa: ARG002 - for subclasses
        """Do with a line that was chosen, clicked as well, what Enter does here."""
        for command in self.OFFERS:
            if "enter" in command.KEYS.split(","):
                getattr(self, command.handler_name)()


_BETWEEN = " · "

_GAP = 2
"""Blanks that part the title from its remark."""

_TITLE = 30
"""Columns that a title keeps beside its remarks: enough to know the school."""


class TitleLine(Widget):
    """A title on the left, remarks on the right: as many of the last as have room.

    Remarks stand from the least to the most needed, with dots between. A long title is
    cut before one goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._remarks: tuple[str, ...] = ()

    def show(self, title: str, remarks: tuple[str, ...] = ()) -> None:
        """Show another title."""
        if (title, remarks) != (self._title, self._remarks):
            self._title, self._remarks = title, remarks
            self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        width = self.content_size.width
        title, remarks = line(self._title), self._remarks
        room = width - min(cell_len(title), _TITLE) - _GAP
        while cell_len(remark := line(_BETWEEN.join(remarks))) > room and remarks:
            remarks = remarks[1:]
        room = width - cell_len(remark) - _GAP * bool(remark)
        title = cut(title, room) if room > 1 else title
        return Content(set_cell_size(title, width - cell_len(remark)) + remark)


# At its right end, « Chercher » opens the palette, where everything else is.
#
# Textual's own footer mounts a widget a key, lays the screen out again at each change
# and keeps the keys that it drew (Textualize/textual #6666); this is one line of text.
_WIDE = 100
"""From so many columns, the palette's own key is kept room for."""


class ShownKey(NamedTuple):
    """A key as the line shows it."""

    key: str
    """As Textual names it."""
    name: str
    """As the keyboard has it written."""
    title: str
    enabled: bool
    tip: str

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return cell_len(self.name) + cell_len(self.title) + 3

    @property
    def drawn(self) -> Content:
        """The key, then its word, dim where it does nothing now."""
        dim = "" if self.enabled else "dim "
        name = Content.styled(f" {self.name} ", f"{dim}bold $footer-key-foreground")
        return name + Content.styled(f"{self.title} ", dim.strip())


class KeyBar(Widget):
    """Keys and their words in order of use: as many as fit whole, at any width."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        width: 1fr;
        text-wrap: nowrap;
        color: $footer-foreground;
        background: $footer-background;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._read: tuple[tuple[ShownKey, ...], ShownKey | None] | None = None

    @property
    def possible(self) -> tuple[ShownKey, ...]:
        """The keys to show, if there is room."""
        return self._now[0]

    @property
    def shown(self) -> tuple[ShownKey, ...]:
        """The keys that the line has room for."""
        return fitting(self.possible, self._now[1], self.size.width)

    @property
    def _now(self) -> tuple[tuple[ShownKey, ...], ShownKey | None]:
        """The keys to show, and the one that opens the palette."""
        if self._read is None:
            self._read = _read(self.screen)
        return self._read

    def _more(self) -> Content:
        """Return what stands at the right end: its key too, when there is room."""
        palette = self._now[1]
        if palette is None:
            return Content("")
        room = self.size.width - sum(each.width for each in self.shown)
        has_room = palette.width <= room
        words = f" {palette.title} {palette.name} " if has_room else f" {palette.title}"
        return Content.styled(words, "bold $footer-key-foreground")

    def on_mount(self) -> None:
        """Follow what is possible."""
        changed = self.screen.bindings_updated_signal
        changed.subscribe(self, self._changed, immediate=True)

    def render(self) -> Content:
        """Draw the line."""
        keys = Content("").join(each.drawn for each in self.shown)
        more = self._more()
        blank = self.size.width - keys.cell_length - more.cell_length
        return keys + Content(" " * max(blank, 0)) + more

    def on_click(self, event: events.Click) -> None:
        found = self._under(event.x)
        if found and found.enabled:
            self.app.simulate_key(found.key)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Have the tooltip show what the key under the pointer does."""
        found = self._under(event.x)
        self.tooltip = found.tip if found else None

    def _changed(self, _screen: Screen[object]) -> None:
        """Read anew when it is drawn: a screen that opens changes ten times."""
        self._read = None
        self.refresh()

    def _under(self, x: int) -> ShownKey | None:
        if x >= self.size.width - self._more().cell_length:
            return self._now[1]
        for each in self.shown:
            if x < each.width:
                return each
            x -= each.width
        return None


def fitting(
    keys: tuple[ShownKey, ...], palette: ShownKey | None, width: int
) -> tuple[ShownKey, ...]:
    """Return the first keys that fit whole in so many columns, beside the palette's."""
    if palette:
        is_wide = width >= _WIDE
        width -= palette.width if is_wide else cell_len(palette.title) + 1
    ends = accumulate(each.width for each in keys)
    return keys[: sum(end <= width for end in ends)]


def _read(screen: Screen[object]) -> tuple[tuple[ShownKey, ...], ShownKey | None]:
    """Return the keys to show in order of use, nearest first, and the palette's."""
    first: dict[str, ShownKey] = {}
    then: dict[str, ShownKey] = {}
    bound = screen.active_bindings.values()
    nodes = [*dict.fromkeys(one.node for one in bound)]
    ordered = sorted(bound, key=lambda one: (nodes.index(one.node), _rank(one)))
    for _, binding, enabled, tip in ordered:
        action = _action(binding)
        if action.startswith("command("):
            name = screen.app.get_key_display(binding)
            key = ShownKey(binding.key, name, binding.description, enabled, tip)
            (first if binding.show else then).setdefault(action, key)
    shown = first | then
    palette = shown.pop(action_of(OpenPalette), None)
    return tuple(shown.values()), palette


def _action(binding: Binding) -> str:
    return binding.action.removeprefix("screen.")


def _rank(one: ActiveBinding) -> int:
    """Return the order of use of a key among those of what offers it.

    Textual gives them in the order in which a class and those above it bind them.
    """
    offers = [action_of(each) for each in getattr(one.node, "OFFERS", ())]
    action = _action(one.binding)
    return offers.index(action) if action in offers else len(offers)


class KeysHere(Command, keys="r", title=OpenKeys.TITLE, footer=True):
    """Choisir les touches des commandes, ou revenir à celles d'origine."""


class DiscoverHere(Command, keys="d", title=Discover.TITLE, footer=True):
    """Revoir la découverte : le travail en cinq étapes, et leurs touches."""


_IN_PALETTE = "(Chercher)"
"""Shown for a command that has no key: Ctrl+P finds it by its name."""


class HelpScreen(PlaceScreen):
    """Each command, its keys and what it does, under the heading of its group."""

    CSS_PATH = "place.tcss"
    OFFERS = (KeysHere, DiscoverHere, Back, OpenPalette)

    def __init__(self, introduction: str, commands: Sequence[CommandType]) -> None:
        super().__init__()
        self._introduction = introduction
        self._commands = commands

    def body(self) -> ComposeResult:
        """Lay out the list; it scrolls with the arrows."""
        with VerticalScroll():
            yield RowsText(id="table")

    def key_f1(self, event: events.Key) -> None:
        event.stop()
        self.diag.go_back()

    def on_screen_resume(self) -> None:
        """Write the list again: keys may have been changed."""
        rows = help_rows(self._introduction, self._commands, self.diag.keys)
        self.query_one(RowsText).show(rows)

    def on_keys_here(self) -> None:
        self.diag.on_open_keys()

    def on_discover_here(self) -> None:
        self.diag.on_discover()

    def on_mount(self) -> None:
        self.set_title("Aide", "ce qui est possible ici")


_KEYS_WIDE = 16
"""Columns of the keys; « Échap ou Entrée » is the longest."""


def help_rows(
    introduction: str,
    commands: Iterable[CommandType],
    chosen: Mapping[str, str] = NO_CHOICE,
) -> Iterator[NamedText]:
    """Give the help: keys, then the text of the commands themselves."""

    def row(name: str, text: Content) -> NamedText:
        return NamedText(name or " ", text, _KEYS_WIDE, "bold")

    if introduction:
        yield row("", content(french(introduction)))
    groups: dict[str, list[CommandType]] = {}
    for command in dict.fromkeys(commands):
        groups.setdefault(command.GROUP, []).append(command)
    here_first = sorted(groups.items(), key=lambda group: group[0] == Help.GROUP)
    for name, members in here_first:
        yield row("", Content(""))
        yield row("", Content.styled(name, "bold underline"))
        for command in members:
            keys = command.key_names(chosen) or _IN_PALETTE
            title = Content.styled(command.TITLE, "bold")
            yield row(keys, title + content(french(f"  {command.help_text()}")))


def open_outside(app: App[Any], path: Path) -> None:
    """Have a file or a folder shown; show where it is when nothing opens."""

    def show() -> None:
        try:
            show_file(path)
        except DiagError as error:
            app.post_message(Trouble(str(error), error))
        except OSError as error:
            app.post_message(Trouble(system_sentence(error)))

    app.run_worker(show, thread=True, group="outside")
