"""À vérifier avant de partir: the list, to go through or to print."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.desk.session import Session
from diag.desk.visit.departure import Departure, departure_of, write_departure
from diag.desk.visit.walk import Key
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Cancel
from diag.tui.plain import content
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar
from diag.tui.widgets.lines import TINY, Column, Line, Lines
from diag.tui.widgets.sentence import Sentence
from diag.words.sentences import counted


class WriteList(Command):
    """Écrire la liste dans un fichier à imprimer et à cocher."""

    KEYS = "e"
    TITLE = "Écrire le fichier"
    IN_FOOTER = True


class DateIt(Command):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""

    KEYS = "v"
    TITLE = "Dater la visite"
    IN_FOOTER = True


class LeaveList(Cancel):
    """Revenir à la question où l'on était."""

    TITLE = "Revenir"


class DepartureScreen(Sturdy, ModalScreen[Key | None]):
    """What to look at again; Enter goes there."""

    CSS_PATH = "departure.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (WriteList, DateIt, LeaveList)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._departure: Departure = departure_of(session)

    def compose(self) -> ComposeResult:
        """Lay the remarks under the list."""
        with Vertical(id="departure"):
            yield Static(id="title", classes="title")
            yield Lines(
                (
                    Column("Lieu", 18, narrow=14, tiny=10),
                    Column("Question"),
                    Column("Pourquoi", 26, least=TINY),
                ),
                empty="Rien à vérifier : tout est répondu, rien n'est douteux.",
            )
            yield Sentence(id="remarks")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the list."""
        self._show()
        self.query_one(Lines).focus()

    def _show(self, *said: str) -> None:
        remarks = "\n".join((*said, *self._departure.remarks))
        self.query_one("#remarks", Sentence).say(remarks)
        self.query_one("#title", Static).update(content(self._title()))
        self.query_one(Lines).show([
            Line(
                str(rank),
                (check.place, check.stop.question.label, ", ".join(check.reasons)),
            )
            for rank, check in enumerate(self._departure.checks, 1)
        ])

    def _title(self) -> str:
        count = counted(len(self._departure.checks), "question")
        return f"Avant de partir · {count} à vérifier"

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.dismiss(self._departure.checks[int(event.key) - 1].stop.key)

    def on_write_list(self) -> None:
        """Write the file and say where it is."""
        self._show(f"Écrit dans {write_departure(self._session)}")

    def on_date_it(self) -> None:
        """Ask for the day on site, and look again at what is left."""
        from diag.tui.screens.day_on_site import ask_day  # noqa: PLC0415 - few need it

        def dated(told: str) -> None:
            self._departure = departure_of(self._session)
            self._show(f"Enregistré · {told}.")

        ask_day(self.app, self._session, dated)

    def on_leave_list(self) -> None:
        """Go back."""
        self.dismiss(None)
