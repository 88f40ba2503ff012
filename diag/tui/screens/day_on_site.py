"""A day on site: when, who came, whom they met, and the commune's authorisation."""

from collections.abc import Callable

from textual.app import App

from diag.desk.bilan.follow import add_visit, remove_visit
from diag.desk.session import Session
from diag.model.audit import Visit
from diag.model.errors import DiagError
from diag.tui.screens.choose import Choice, Choose
from diag.tui.screens.form import Field, Form
from diag.words.dates import day_typed, written_day
from diag.words.sentences import counted

_NAMES = "séparés par des virgules"
_ALLOWED = "de la commune : qui, quand"
_REMOVE = "retirer"


class DayOnSite(Form):
    """Asks what a visit is dated by; gives it told: « visite du 31/01/2027 »."""

    def __init__(self, session: Session, corrects: Visit | None = None) -> None:
        told = f"Corriger la {_told(corrects)}" if corrects else "Dater la visite"
        super().__init__(told)
        self._session = session
        self._corrects = corrects

    def fields(self) -> tuple[Field, ...]:
        """Return when, who, whom, and who allowed it."""
        said = self._corrects or self._today()
        present, met = ", ".join(said.present), ", ".join(said.met)
        return (
            Field("on", "Date", written_day(said.date), "31/01/2027"),
            Field("present", "Qui est venu", present, _NAMES),
            Field("met", "Qui a reçu", met, "directrice, maître, agent communal…"),
            Field("authorisation", "Accord", said.authorisation, _ALLOWED),
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
        return _told(visit)


def _told(visit: Visit) -> str:
    return f"visite du {written_day(visit.date)}"


def ask_day(app: App[None], session: Session, done: Callable[[str], None]) -> None:
    """Ask for a day on site, or what is to be corrected; `done` is given it told."""

    def kept(told: str | None) -> None:
        if told:
            done(told)

    def chosen(key: str | None) -> None:
        if key is None:
            return
        act, _, ident = key.partition("/")
        visit = next((one for one in session.visits if one.id == ident), None)
        if visit and act == _REMOVE:
            remove_visit(session, visit)
            done(f"{_told(visit)} retirée")
        else:
            app.push_screen(DayOnSite(session, visit), kept)

    if not session.visits:
        chosen("")
        return
    choices = [Choice("+", "Dater une autre visite")]
    for one in session.visits:
        aside = ", ".join(one.present)
        choices.append(Choice(f"/{one.id}", f"Corriger la {_told(one)}", aside))
        choices.append(Choice(f"{_REMOVE}/{one.id}", f"Retirer la {_told(one)}", aside))
    noted = counted(len(session.visits), "visite déjà notée", "visites déjà notées")
    app.push_screen(Choose(noted, choices), chosen)


def _names(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in typed.split(","))))
