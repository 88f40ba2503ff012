"""A day on site: when, who came, whom they met, and the commune's authorisation."""

from diag.desk.bilan.follow import add_visit
from diag.desk.days import day_typed
from diag.desk.session import Session
from diag.model.errors import DiagError
from diag.tui.screens.form import Field, Form


class DayOnSite(Form):
    """Asks what a visit is dated by; gives its day, in French."""

    def __init__(self, session: Session) -> None:
        super().__init__("Dater la visite")
        self._session = session

    def fields(self) -> tuple[Field, ...]:
        """Return when, who, whom, and who allowed it."""
        workspace = self._session.workspace
        settings = workspace.settings
        today = workspace.world.today().strftime("%d/%m/%Y")
        author = settings.name_of(settings.author)
        return (
            Field("on", "Date", today, "31/01/2027"),
            Field("present", "Qui est venu", author, _NAMES),
            Field("met", "Qui a reçu", "", "directrice, maître, agent communal…"),
            Field("allowed", "Accord", "", "de la commune : qui, quand"),
        )

    def keep(self) -> str:
        """Record the visit.

        Raises:
            DiagError: a date that is none; what was typed stays.
        """
        typed = self.value("on")
        if not typed.strip():
            raise DiagError("Une visite a une date, par exemple 31/01/2027.")
        day = day_typed(typed)
        add_visit(
            self._session,
            day,
            present=_names(self.value("present")),
            met=_names(self.value("met")),
            authorisation=self.value("allowed"),
        )
        return day.strftime("%d/%m/%Y")


_NAMES = "séparés par des virgules"


def _names(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in typed.split(","))))
