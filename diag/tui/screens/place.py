"""What the screens of `diag` share: a heading, a footer, help, and the way back."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.screen import Screen

from diag.tui.commands import Back, CommandType, Help, OpenPalette
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.heading import Heading
from diag.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from diag.tui.app import DiagApp

EVERYWHERE = (Back, Help, OpenPalette)
"""What every screen offers after its own commands."""


class PlaceScreen(Sturdy, Screen[None]):
    """A place: `body` lays it out; `OFFERS` and `BINDINGS` say what it can do."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = EVERYWHERE
    INTRODUCTION: ClassVar[str] = ""
    """What the help says of this place first."""
    holds_keys = False
    """Whether keys wait: something asked for by the one before is still looked for."""
    _possible: tuple[bool | None, ...] | None = None

    @property
    def diag(self) -> "DiagApp":
        """The app that shows this place."""
        from diag.tui.app import DiagApp  # noqa: PLC0415 - the app imports the screens

        assert isinstance(self.app, DiagApp)
        return self.app

    def compose(self) -> ComposeResult:
        """Lay the body between the heading and the footer."""
        yield Heading()
        yield from self.body()
        yield KeyBar()

    def on_screen_resume(self) -> None:
        """Keep where one is, to come back there whatever ends the program."""
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

    def tell(self, title: str, remark: str = "") -> None:
        """Say in the heading where one is."""
        self.query_one(Heading).tell(title, remark)

    def on_back(self) -> None:
        """Go back one place."""
        self.diag.go_back()
