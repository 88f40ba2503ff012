"""Small questions over a screen: yes or no, one line, or something to read."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.plain import content
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar
from diag.tui.widgets.line_field import LineField
from diag.tui.widgets.sentence import Sentence


class Cancel(Command):
    """Fermer sans rien changer."""

    KEYS = "escape"
    TITLE = "Annuler"
    IN_FOOTER = True


class Close(Command):
    """Fermer ce message."""

    KEYS = "escape,enter"
    TITLE = "Fermer"
    IN_FOOTER = True


class Yes(Command):
    """Répondre oui."""

    KEYS = "o"
    TITLE = "Oui"
    IN_FOOTER = True


class No(Command):
    """Répondre non, sans rien changer."""

    KEYS = "n,escape"
    TITLE = "Non"
    IN_FOOTER = True


READING: list[BindingType] = [
    Binding(key, f"read('{way}')", show=False)
    for key, way in {
        "up": "up",
        "down": "down",
        "pageup": "page_up",
        "pagedown": "page_down",
        "home": "home",
        "end": "end",
    }.items()
]
"""The keys that scroll a long question, whatever has the focus."""


class Confirm(Sturdy, ModalScreen[bool]):
    """Asks yes or no; Enter says what is focused: « Non » at first when it is grave.

    A question longer than the screen scrolls over its answers, always in sight.
    """

    CSS_PATH = "dialogs.tcss"
    INTRODUCTION = (
        "Tab passe d'une réponse à l'autre, Entrée donne la choisie. Les flèches font "
        "défiler un texte long."
    )
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Yes, No)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*OFFERS), *READING]

    def __init__(
        self, question: str, *, yes: str = "Oui", no: str = "Non", grave: bool = False
    ) -> None:
        super().__init__()
        self._question = question
        self._yes, self._no = yes, no
        self._grave = grave

    def compose(self) -> ComposeResult:
        """Lay the question over its two answers."""
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="reading", can_focus=False):
                yield Sentence(self._question, classes="said")
            with Horizontal(classes="buttons"):
                yield Button(content(self._yes), id="yes")
                yield Button(content(self._no), id="no")
        yield KeyBar()

    def on_mount(self) -> None:
        """Put the focus on the answer that harms least."""
        self.stand()

    def stand(self) -> None:
        """Put the focus where Enter harms least."""
        self.query_one("#no" if self._grave else "#yes").focus()

    def action_read(self, way: str) -> None:
        """Scroll the question."""
        scroll = getattr(self.query_one(".reading"), f"scroll_{way}")
        scroll(animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def on_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def on_no(self) -> None:
        """Answer no."""
        self.dismiss(False)


class Replace(Command):
    """Répondre oui : le faire tout de même."""

    KEYS = "f2"
    TITLE = "Oui"
    IN_FOOTER = True


class KeepAsIs(Command):
    """Répondre non : rien ne change."""

    KEYS = "escape"
    TITLE = "Non"
    IN_FOOTER = True


class Weigh(Confirm):
    """Asks before writing over something; no letter answers it, nor Enter alone.

    Who types answers in a row says them to the next question, not to this one.
    """

    AUTO_FOCUS = ""

    INTRODUCTION = "F2 répond oui, Échap non ; Tab passe d'une réponse à l'autre."
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Replace, KeepAsIs)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*OFFERS), *READING]

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__(question, yes=f"{yes} (F2)", no=no, grave=True)

    def stand(self) -> None:
        """Focus nothing before Tab does."""

    def on_replace(self) -> None:
        """Write."""
        self.dismiss(True)

    def on_keep_as_is(self) -> None:
        """Write nothing."""
        self.dismiss(False)


class Ask(Sturdy, ModalScreen[str | None]):
    """Asks for one line; Enter gives it, Escape gives None.

    What `keep` refuses is told, and stays in the field.
    """

    INTRODUCTION = "Tapez une ligne ; Entrée la donne."
    FIELD: ClassVar[type[Input]] = LineField
    """What one types in."""
    CSS_PATH = "dialogs.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Cancel,)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(
        self,
        question: str,
        value: str = "",
        hint: str = "",
        keep: Callable[[str], None] = lambda _typed: None,
    ) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._hint = hint
        self._keep = keep

    def compose(self) -> ComposeResult:
        """Lay the question over its field."""
        with Vertical(classes="dialog"):
            yield Sentence(self._question, classes="said")
            field = self.FIELD(self._value, placeholder=self._hint)
            field.cursor_blink = False
            yield field
            yield from self.below()
        yield KeyBar()

    def below(self) -> ComposeResult:
        """Lay what is to be read under the field."""
        yield from ()

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        self._keep(event.value)
        self.dismiss(event.value)

    def on_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)


class Tell(Sturdy, ModalScreen[None]):
    """Something to read: a refusal with its way out, or a longer text."""

    CSS_PATH = "dialogs.tcss"
    INTRODUCTION = "Les flèches font défiler un texte long."
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Close,)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, text: str, title: str = "") -> None:
        super().__init__()
        self.text = text
        """What is to be read."""
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay the title over the text, which scrolls when it is long."""
        with Vertical(classes="dialog"):
            if self._title:
                yield Static(content(self._title), classes="title")
            with VerticalScroll(classes="reading"):
                yield Sentence(self.text, classes="said")
        yield KeyBar()

    def on_close(self) -> None:
        """Leave."""
        self.dismiss(None)
