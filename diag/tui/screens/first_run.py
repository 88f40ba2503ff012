"""First run: who works here, for which syndicat. Nothing else is asked."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, Help, Quit, bindings_of
from diag.tui.plain import content
from diag.tui.screens.form import correct
from diag.tui.screens.place import PlaceScreen
from diag.tui.widgets.line_field import LineField


class Begin(Command):
    """Créer l'espace de travail."""

    KEYS = "f2"
    TITLE = "Commencer"
    IN_FOOTER = True


class FirstRunScreen(PlaceScreen):
    """A form of two fields."""

    CSS_PATH = "first_run.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Begin, Help, Quit)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Dites qui vous êtes : votre nom suit vos saisies et vos rapports au bureau "
        "et chez qui vous les envoyez."
    )

    def body(self) -> ComposeResult:
        """Lay out the two fields and the button."""
        with Vertical(id="form"):
            yield Static(
                content(
                    "Bienvenue. diag audite le numérique des écoles, sans connexion.\n"
                    "Rien ne sort de cet ordinateur tant que vous n'envoyez rien ;\n"
                    "votre nom suit vos saisies et vos rapports chez qui les reçoit."
                ),
                classes="muted",
            )
            yield Static(content("Votre prénom et votre nom"))
            yield _field("author", "Camille Perrin")
            yield Static(content("Nom du syndicat, comme il signe ses rapports"))
            yield _field("syndicat", "Syndicat mixte …")
            yield Button(content("Commencer"), id="begin")

    def on_mount(self) -> None:
        """Say where the workspace will be."""
        self.tell("Premier démarrage", str(self.diag.desk.folder))
        self.query_one("#author", Input).focus()

    @on(Input.Submitted, "#author")
    def _named(self) -> None:
        self.query_one("#syndicat", Input).focus()

    @on(Input.Submitted, "#syndicat")
    @on(Button.Pressed)
    def _ready(self) -> None:
        self.on_begin()

    def on_begin(self) -> None:
        """Make the workspace; what was refused stays in its field."""
        author, syndicat = (field.value for field in self.query(Input))
        self.diag.desk.introduce(author, syndicat)
        self.diag.begin()

    def refused(self, error: DiagError) -> None:
        """Stand on the field that is refused."""
        correct(self, error.about)


def _field(name: str, hint: str) -> Input:
    field = LineField(placeholder=hint, id=name)
    field.cursor_blink = False
    return field
