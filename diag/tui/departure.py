"""À vérifier avant de partir: the list, to go through or to print; the day on site."""

from collections.abc import Callable

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.audit.follow import add_visit, remove_visit
from diag.audit.session import AuditSession
from diag.audit.visit import Departure, departure_of
from diag.audit.walk import Key
from diag.documents.write import write_departure
from diag.model.audit import Visit
from diag.model.errors import DiagError
from diag.tui.commands import Command, bindings_of
from diag.tui.dialogs import Cancel, ChooseDialog, Field, FormDialog, ListChoice
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import KeyBar
from diag.tui.safe import Sturdy, content
from diag.tui.text import Sentence
from diag.words.dates import day_typed, written_day
from diag.words.sentences import counted


class WriteList(Command, keys="e", title="Écrire le fichier", footer=True):
    """Écrire la liste dans un fichier à imprimer et à cocher."""


class DateIt(Command, keys="v", title="Dater la visite", footer=True):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""


class LeaveList(Cancel, title="Revenir"):
    """Revenir à la question où l'on était."""


class DepartureScreen(Sturdy, ModalScreen[Key | None]):
    """What to look at again; Enter goes there."""

    CSS_PATH = "dialogs.tcss"
    OFFERS = (WriteList, DateIt, LeaveList)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session
        self._departure: Departure = departure_of(session)

    def compose(self) -> ComposeResult:
        with Vertical(id="departure"):
            yield Static(id="title", classes="title")
            yield Lines(
                (
                    ListColumn("Lieu", 18, narrow=14, tiny=10),
                    ListColumn("Question"),
                    ListColumn("Pourquoi", 26, least=TINY),
                ),
                empty="Rien à vérifier : tout est répondu, rien n'est douteux.",
            )
            yield Sentence(id="remarks")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()
        self.query_one(Lines).focus()

    def _show(self, *words: str) -> None:
        remarks = "\n".join((*words, *self._departure.remarks))
        self.query_one("#remarks", Sentence).show(remarks)
        self.query_one("#title", Static).update(content(self._title()))
        self.query_one(Lines).show([
            ListLine(
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
        self._show(f"Écrit dans {write_departure(self._session)}")

    def on_date_it(self) -> None:

        def dated(words: str) -> None:
            self._departure = departure_of(self._session)
            self._show(f"Enregistré · {words}.")

        ask_day(self.app, self._session, dated)

    def on_leave_list(self) -> None:
        self.dismiss(None)


_NAMES = "séparés par des virgules"
_ALLOWED = "de la commune : qui, quand"
_REMOVE = "remove"


class DayOnSite(FormDialog):
    """Asks what a visit is dated by; gives its words: « visite du 31/01/2027 »."""

    def __init__(self, session: AuditSession, corrects: Visit | None = None) -> None:
        words = (
            f"Corriger la {_visit_words(corrects)}" if corrects else "Dater la visite"
        )
        super().__init__(words)
        self._session = session
        self._corrects = corrects

    def fields(self) -> tuple[Field, ...]:
        words = self._corrects or self._today()
        present, met = ", ".join(words.present), ", ".join(words.met)
        return (
            Field("on", "Date", written_day(words.date), "31/01/2027"),
            Field("present", "Qui est venu", present, _NAMES),
            Field("met", "Qui a reçu", met, "directrice, maître, agent communal…"),
            Field("authorisation", "Accord", words.authorisation, _ALLOWED),
        )

    def _today(self) -> Visit:
        """Return what is likeliest: the engineer came, today."""
        workspace = self._session.workspace
        settings = workspace.settings
        author = settings.name_of(settings.author)
        today = workspace.world.today().isoformat()
        return Visit(id="", date=today, present=(author,))

    def keep(self) -> str:
        """Record the visit.

        Raises:
            DiagError: a date that is none or is to come; what was typed stays.
        """
        typed = self.value("on")
        if not typed.strip():
            raise DiagError(
                "Une visite a une date, par exemple 31/01/2027.", about="on"
            )
        visit = add_visit(
            self._session,
            day_typed(typed),
            present=_names(self.value("present")),
            met=_names(self.value("met")),
            authorisation=self.value("authorisation"),
            corrects=self._corrects,
        )
        return _visit_words(visit)


def _visit_words(visit: Visit) -> str:
    return f"visite du {written_day(visit.date)}"


def ask_day(app: App[None], session: AuditSession, done: Callable[[str], None]) -> None:
    """Ask for a day on site, or what is to be corrected; `done` is given its words."""

    def kept(words: str | None) -> None:
        if words:
            done(words)

    def chosen(key: str | None) -> None:
        if key is None:
            return
        act, _, ident = key.partition("/")
        visit = next((one for one in session.visits if one.id == ident), None)
        if visit and act == _REMOVE:
            remove_visit(session, visit)
            done(f"{_visit_words(visit)} retirée")
        else:
            app.push_screen(DayOnSite(session, visit), kept)

    if not session.visits:
        chosen("")
        return
    choices = [ListChoice("+", "Dater une autre visite")]
    for one in session.visits:
        aside = ", ".join(one.present)
        choices.append(
            ListChoice(f"/{one.id}", f"Corriger la {_visit_words(one)}", aside)
        )
        choices.append(
            ListChoice(f"{_REMOVE}/{one.id}", f"Retirer la {_visit_words(one)}", aside)
        )
    noted = counted(len(session.visits), "visite déjà notée", "visites déjà notées")
    app.push_screen(ChooseDialog(noted, choices), chosen)


def _names(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in typed.split(","))))
