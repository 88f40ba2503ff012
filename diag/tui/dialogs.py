"""Small questions over a screen: yes or no, one line, or something to read."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.types import CSSPathType
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from diag.model.errors import DiagError
from diag.model.text import fold
from diag.tui.commands import Command, CommandType, Given, Sturdy
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import KeyBar
from diag.tui.state import OpenDesk
from diag.tui.text import Sentence, content, line


class Cancel(Command, keys="escape", title="Annuler", footer=True):
    """Fermer sans rien changer."""


class Give(Command, keys="enter", title="Valider", footer=True):
    """Donner ce qui est tapé."""


class ChooseMarked(Command, keys="enter", title="Choisir", footer=True):
    """Prendre la ligne marquée."""


class MarkNext(Command, keys="down", title="Suivante", footer=True):
    """Marquer la ligne d'après."""


class MarkBefore(Command, keys="up", title="Précédente", footer=True):
    """Marquer la ligne d'avant."""


class TakeTicked(Command, keys="enter", title="Valider", footer=True, priority=True):
    """Prendre ce qui est coché ; rien ne l'est : la ligne marquée."""


class TickOne(Command, keys="space", title="Cocher", footer=True):
    """Cocher ou décocher la ligne marquée."""


class Close(Command, keys="escape,enter", title="Fermer", footer=True):
    """Fermer ce message."""


class Yes(Command, keys="o", title="Oui", footer=True):
    """Répondre oui."""


class No(Command, keys="n,escape", title="Non", footer=True):
    """Répondre non, sans rien changer."""


class Replace(Command, keys="f2", title="Oui", footer=True):
    """Répondre oui : le faire tout de même."""


class KeepAsIs(Command, keys="escape", title="Non", footer=True):
    """Répondre non : rien ne change."""


class Keep(Command, keys="f2", title="Enregistrer", footer=True, priority=True):
    """Enregistrer ce formulaire."""


class LineField(Input):
    """Textual's field keeps the first line that is pasted, and drops the others.

    What would turn the writing round, or be obeyed by a terminal, is not pasted.
    """

    JOINT = " "
    """What stands between two lines."""

    cursor_blink = Reactive(default=False, init=False)
    """Nothing is drawn while nothing is typed."""

    def _on_paste(self, event: events.Paste) -> None:
        lines = (line(each).strip() for each in event.text.splitlines())
        event.text = self.JOINT.join(filter(None, lines))

    @on(events.Focus)
    @on(Input.Changed)
    def _uncover(self) -> None:
        """Take notices away that lie over it: one sees what one types."""
        racks = self.screen.query_children("ToastRack")
        toasts = (toast for rack in racks for toast in rack.query("Toast"))
        if any(toast.region.overlaps(self.region) for toast in toasts):
            self.app.clear_notifications()


class AskedField(Sturdy, LineField):
    """The field of a question of one line: its key stands first in the footer."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (Give,)

    async def on_give(self) -> None:
        await self.action_submit()


class ChoosingField(Sturdy, LineField):
    """The field over a list: Enter takes the line that is marked."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (ChooseMarked, MarkNext, MarkBefore)

    async def on_choose_marked(self) -> None:
        await self.action_submit()

    def on_mark_next(self) -> None:
        self.screen.query_one(Lines).action_move(1)

    def on_mark_before(self) -> None:
        self.screen.query_one(Lines).action_move(-1)


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


class Dialog(Sturdy, ModalScreen[Given]):
    """Something asked or shown over a screen; who leaves it gives nothing."""

    CSS_PATH: ClassVar[CSSPathType | None] = Path(__file__).with_name("dialogs.tcss")
    LOOK: ClassVar[str] = "dialog"
    """The style of the frame."""

    def compose(self) -> ComposeResult:
        """Lay what is asked in a frame, over the keys."""
        with Vertical(classes=self.LOOK):
            yield from self.body()
        yield KeyBar()

    def body(self) -> ComposeResult:
        """Lay what stands in the frame."""
        yield from ()

    def on_cancel(self) -> None:
        self.dismiss(None)

    def on_close(self) -> None:
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Asks yes or no; Enter answers what is focused: « Non » at first when it is grave.

    A question longer than the screen scrolls over its answers, always in sight.
    """

    INTRODUCTION = (
        "Tab passe d'une réponse à l'autre, Entrée donne la choisie. Les flèches font "
        "défiler un texte long."
    )
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Yes, No)
    BINDINGS = READING

    def __init__(
        self, question: str, *, yes: str = "Oui", no: str = "Non", grave: bool = False
    ) -> None:
        super().__init__()
        self._question = question
        self._yes, self._no = yes, no
        self._grave = grave

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="reading", can_focus=False):
            yield Sentence(self._question, classes="text")
        with Horizontal(classes="buttons"):
            yield Button(content(self._yes), id="yes")
            yield Button(content(self._no), id="no")

    def on_mount(self) -> None:
        self.stand()

    def stand(self) -> None:
        """Put the focus where Enter harms least."""
        self.query_one("#no" if self._grave else "#yes").focus()

    def action_read(self, way: str) -> None:
        scroll = getattr(self.query_one(".reading"), f"scroll_{way}")
        scroll(animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def on_yes(self) -> None:
        self.dismiss(True)

    def on_no(self) -> None:
        self.dismiss(False)


class Weigh(Confirm):
    """Asks before writing over something; no letter answers it, nor Enter alone.

    Answers typed in a row go to the next question, not to this one.
    """

    AUTO_FOCUS = ""

    INTRODUCTION = "F2 répond oui, Échap non ; Tab passe d'une réponse à l'autre."
    OFFERS = (Replace, KeepAsIs)
    BINDINGS = READING

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__(question, yes=f"{yes} (F2)", no=no, grave=True)

    def stand(self) -> None:
        """Focus nothing before Tab does."""

    def on_replace(self) -> None:
        self.dismiss(True)

    def on_keep_as_is(self) -> None:
        self.dismiss(False)


class Ask(Dialog[str | None]):
    """Asks for one line; Enter gives it, Escape gives None.

    What `keep` refuses is shown, and stays in the field.
    """

    INTRODUCTION = "Tapez une ligne ; Entrée la donne."
    FIELD: ClassVar[type[Input]] = AskedField
    """What the user types in."""
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Cancel,)

    def __init__(
        self,
        question: str,
        value: str = "",
        hint: str = "",
        keep: Callable[[str], object] = lambda _typed: None,
        draft: str = "",
    ) -> None:
        super().__init__()
        self._question = question
        self._draft = draft
        """What the text is about: it is kept as it is typed; empty for no draft."""
        self._value = value
        self._hint = hint
        self._keep = keep

    def body(self) -> ComposeResult:
        yield Sentence(self._question, classes="text")
        yield self.field()
        yield from self.below()

    def field(self) -> Input:
        """Return the field, with what was being typed when the program was killed."""
        kept = self._desk.draft_of(self._draft) if self._draft else None
        value = self._value if kept is None else kept
        return self.FIELD(value, placeholder=self._hint)

    def below(self) -> ComposeResult:
        """Lay what is to be read under the field."""
        yield from ()

    @property
    def _desk(self) -> OpenDesk:
        desk: OpenDesk = self.app.desk  # type: ignore[attr-defined] # every app of ours
        return desk

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._draft:
            self._desk.keep_draft(self._draft, event.value)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        try:
            self._keep(event.value)
        except DiagError as error:
            # Loaded by who raises it; the app asks, and writes it then.
            from diag.audit.session import NeedsConfirmation  # noqa: PLC0415

            if isinstance(error, NeedsConfirmation):
                self._leave(None)
            raise
        self._leave(event.value)

    def on_cancel(self) -> None:
        self._leave(None)

    def _leave(self, given: str | None) -> None:
        if self._draft:
            self._desk.keep_draft(self._draft, None)
        self.dismiss(given)


class Notice(Dialog[None]):
    """Something to read: a refusal with its way out, or a longer text."""

    INTRODUCTION = "Les flèches font défiler un texte long."
    OFFERS = (Close,)

    def __init__(self, text: str, title: str = "") -> None:
        super().__init__()
        self.text = text
        """What is to be read."""
        self._title = title

    def body(self) -> ComposeResult:
        if self._title:
            yield Static(content(self._title), classes="title")
        with VerticalScroll(classes="reading"):
            yield Sentence(self.text, classes="text")


class ListChoice(NamedTuple):
    """Something that may be chosen."""

    key: str
    text: str
    aside: str = ""


_MOST = 12
"""Lines shown at once; the list scrolls beyond."""


class ChooseDialog(Dialog[str | None]):
    """Asks which one; gives its key, or None on Escape."""

    LOOK = "dialog choosing"
    INTRODUCTION = "Quelques lettres réduisent la liste ; Entrée choisit."
    OFFERS = (Cancel,)

    def __init__(self, question: str, choices: Sequence[ListChoice]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def body(self) -> ComposeResult:
        yield Sentence(self._question, classes="text")
        yield ChoosingField(placeholder="Tapez quelques lettres")
        yield Lines(
            (ListColumn(), ListColumn(width=24, tiny=8)),
            empty="Rien ne s'appelle ainsi. Effacez quelques lettres.",
        )

    def on_mount(self) -> None:
        self.query_one(Lines).styles.height = min(max(len(self._choices), 1), _MOST)
        self._find("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._find(event.value)

    @cached_property
    def _folded(self) -> list[str]:
        """What each choice is found by, folded at the first letter."""
        return [fold(f"{one.text} {one.aside}") for one in self._choices]

    def _find(self, typed: str) -> None:
        words = fold(typed).split()
        found = [
            ListLine(one.key, (one.text, one.aside))
            for rank, one in enumerate(self._choices)
            if all(word in self._folded[rank] for word in words)
        ]
        self.query_one(Lines).show(found)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.query_one(Lines).action_choose()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.dismiss(event.key)


def box(*, ticked: bool) -> str:
    """Return the box before what may be ticked."""
    return "[x]" if ticked else "[ ]"


class BoxLines(Lines):
    """Lines that a click ticks; Enter is the dialog's."""

    AT_ONCE = True


class TickSeveral(Dialog[tuple[str, ...] | None]):
    """Asks which ones; gives the keys ticked, or the one marked; None on Escape."""

    LOOK = "dialog choosing"
    INTRODUCTION = "Espace coche ou décoche ; Entrée prend ce qui est coché."
    OFFERS = (TakeTicked, TickOne, Cancel)

    def __init__(self, question: str, choices: Sequence[ListChoice]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices
        self._ticked: set[str] = set()

    def body(self) -> ComposeResult:
        yield Sentence(self._question, classes="text")
        yield BoxLines((ListColumn(), ListColumn(width=24, tiny=8)))

    def on_mount(self) -> None:
        self.query_one(Lines).styles.height = min(len(self._choices), _MOST)
        self._show()

    def _show(self) -> None:
        self.query_one(Lines).show([
            ListLine(
                one.key,
                (f"{box(ticked=one.key in self._ticked)} {one.text}", one.aside),
            )
            for one in self._choices
        ])

    def on_tick_one(self) -> None:
        self._ticked ^= {self.query_one(Lines).key}
        self._show()

    @on(Lines.Chosen)
    def _clicked(self) -> None:
        self.on_tick_one()

    def on_take_ticked(self) -> None:
        given = self._ticked or {self.query_one(Lines).key}
        self.dismiss(tuple(one.key for one in self._choices if one.key in given))


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

    def compose(self) -> ComposeResult:
        yield Static(content(self._label), classes="label")
        yield self._input


class FormDialog(Dialog[str | None]):
    """A title, a list to choose from if any, fields; gives what `keep` returns."""

    LOOK = "dialog form"
    OFFERS = (Keep, Cancel)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return what the list offers: key and words."""
        return ()

    def chosen_first(self) -> str:
        return ""

    def fields(self) -> tuple[Field, ...]:
        return ()

    def below(self) -> ComposeResult:
        """Lay what is to be read under the fields."""
        yield from ()

    def keep(self) -> str:
        """Keep what was filled in; return what the form gives.

        Raises:
            DiagError: when it cannot be; the form stays as it is.
        """
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield Static(content(self._title), classes="title")
        if self.options():
            yield OptionList(
                *(
                    Option(content(f"  {words}"), id=key)
                    for key, words in self.options()
                )
            )
        yield from self.fields()
        yield from self.below()
        yield Static(
            content("Entrée passe au champ suivant ; F2 enregistre."),
            classes="muted hint",
        )

    def on_mount(self) -> None:
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
        self.dismiss(self.keep())
