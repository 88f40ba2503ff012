"""Small forms over a screen: labelled fields, Enter goes on, the last one keeps."""

from pathlib import PurePath
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Cancel
from diag.tui.plain import content
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar
from diag.tui.widgets.line_field import LineField


class Keep(Command):
    """Enregistrer ce formulaire."""

    KEYS = "f2"
    TITLE = "Enregistrer"
    IN_FOOTER = True
    PRIORITY = True


def correct(screen: Screen[Any], about: str) -> None:
    """Stand at the end of a field, to correct what it holds rather than replace it."""
    for field in screen.query(Input):
        if field.id == about:
            field.select_on_focus = False
            field.cursor_position = len(field.value)
            field.focus()


class Field(Horizontal):
    """A label and its input, on one line."""

    def __init__(self, name: str, label: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._label = label
        self._input = LineField(value, placeholder=hint, id=name)
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Lay the label before its input."""
        yield Static(content(self._label), classes="label")
        yield self._input


class Form(Sturdy, ModalScreen[str | None]):
    """A title, a list to choose from if any, fields; gives what `keep` returns."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../dialogs.tcss", "form.tcss"]
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Keep, Cancel)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return what the list offers: key and words."""
        return ()

    def chosen_first(self) -> str:
        """Return the key that the list stands on at first."""
        return ""

    def fields(self) -> tuple[Field, ...]:
        """Return the fields, each named as the desk calls what it holds."""
        return ()

    def keep(self) -> str:
        """Say what was filled in; return what the form gives.

        Raises:
            DiagError: when it cannot be; the form stays as it is.
        """
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay the list over the fields."""
        with Vertical(classes="dialog form"):
            yield Static(content(self._title), classes="title")
            if self.options():
                yield OptionList(
                    *(
                        Option(content(f"  {words}"), id=key)
                        for key, words in self.options()
                    )
                )
            yield from self.fields()
            yield Static(
                content("Entrée passe au champ suivant ; F2 enregistre."),
                classes="muted hint",
            )
        yield KeyBar()

    def on_mount(self) -> None:
        """Stand on what is likeliest, or in the first field."""
        if not self.options():
            self.query(Input).first().focus()
            return
        listed = self.query_one(OptionList)
        keys = [key for key, _ in self.options()]
        if self.chosen_first() in keys:
            listed.highlighted = keys.index(self.chosen_first())
        listed.focus()

    @on(OptionList.OptionHighlighted)
    def _marked(self, event: OptionList.OptionHighlighted) -> None:
        """Mark what is chosen with a sign, seen without colour, focused or not."""
        for at, (_, words) in enumerate(self.options()):
            sign = "> " if at == event.option_index else "  "
            event.option_list.replace_option_prompt_at_index(at, content(sign + words))

    @property
    def chosen(self) -> str:
        """Key of what the list stands on."""
        at = self.query_one(OptionList).highlighted
        return self.options()[at or 0][0]

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.query_one(f"#{name}", Input).value

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.focus_next()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input is list(self.query(Input))[-1]:
            self.dismiss(self.keep())
        else:
            self.focus_next()

    def refused(self, error: DiagError) -> None:
        """Stand on the field that is refused; what was typed stays."""
        correct(self, error.about)

    def on_keep(self) -> None:
        """Keep it all."""
        self.dismiss(self.keep())

    def on_cancel(self) -> None:
        """Leave without keeping anything."""
        self.dismiss(None)
