"""Asking for the name of a place, or for several at once; tells them beforehand."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from diag.desk.session import Session
from diag.desk.visit.naming import BETWEEN, named, names_in, told_names
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.tui.dialogs import Ask
from diag.tui.plain import content
from diag.tui.widgets.line_field import LineField

_SEVERAL = "Plusieurs d'un coup : {one} 1 ; {one} 2, ou bien {one} 1 à 8."


class NamesField(LineField):
    """A field where lines pasted become one line of names."""

    JOINT = f" {BETWEEN} "


class AskNames(Ask):
    """Asks for names; as soon as there are several, says what Enter will add."""

    CSS_PATH = "../dialogs.tcss"
    INTRODUCTION = (
        "Tapez un nom, ou plusieurs séparés par des points-virgules ; « Classe 1 à 8 » "
        "en donne huit, et des lignes collées un chacune. Entrée ajoute."
    )
    FIELD: ClassVar[type[Input]] = NamesField

    def __init__(
        self, question: str, value: str, one: str, session: Session, kind: PlaceKind
    ) -> None:
        super().__init__(question, value, f"par exemple {one} 1")
        self._several = _SEVERAL.format(one=one)
        self._session = session
        self._kind = kind

    def below(self) -> ComposeResult:
        """Lay what is to be added under the field."""
        yield Static(content(self._told(self._value)), id="told", classes="below")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one("#told", Static).update(content(self._told(event.value)))

    def _told(self, typed: str) -> str:
        try:
            names = names_in(typed)
        except DiagError as error:
            return str(error)
        if len(names) > 1:
            return told_names(self._kind, named(self._session, names))
        return self._several
