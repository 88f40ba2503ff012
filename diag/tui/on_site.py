"""The day on site: when one came, who was met, with whose agreement; corrected too."""

from collections.abc import Callable

from textual.app import App

from diag.audit.follow import add_visit, remove_visit
from diag.audit.session import AuditSession
from diag.model.audit import Visit
from diag.model.errors import DiagError
from diag.tui.dialogs import ChooseDialog, Field, FormDialog, ListChoice
from diag.words.dates import day_typed, written_day
from diag.words.sentences import counted

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
            day_typed(typed, until=self._session.workspace.world.today()),
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
