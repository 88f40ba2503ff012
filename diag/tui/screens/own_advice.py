"""A recommendation of the engineer's own, beside those of the checklists."""

from diag.desk.bilan.advising import add_own
from diag.desk.session import Session
from diag.model.enums import Owner
from diag.model.errors import DiagError
from diag.tui.keys import spoken_number
from diag.tui.screens.form import Field, Form
from diag.words.vocabulary import OWNERS


class OwnAdviceDialog(Form):
    """Asks who acts, what is to be done, why, at which cost; gives its id."""

    def __init__(self, session: Session) -> None:
        super().__init__("Nouvelle préconisation, de votre main")
        self._session = session

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return who may act."""
        return tuple((str(one), f"Agit : {OWNERS[one]}") for one in Owner)

    def fields(self) -> tuple[Field, ...]:
        """Return what, why, how much, by when."""
        return (
            Field("title", "Que faire", "", "Repeindre la classe des grands en clair"),
            Field("why", "Pourquoi"),
            Field("euros", "Coût en € HT", "", "vide : sans dépense"),
            Field("delay", "Délai en mois", "", "vide : prochain budget"),
        )

    def keep(self) -> str:
        """Add it.

        Raises:
            DiagError: empty title, or an amount or a delay that is none.
        """
        months = spoken_number(self.value("delay")).strip()
        if months and not months.isdecimal():
            raise DiagError(
                f"Délai refusé : « {months[:20]} » n'est pas un nombre de mois.",
                about="delay",
            )
        return add_own(
            self._session,
            self.value("title"),
            owner=Owner(self.chosen),
            why=self.value("why"),
            euros=spoken_number(self.value("euros")),
            delay=f"P{months}M" if months else "",
        ).id
