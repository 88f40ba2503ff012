"""Territoire: where do we stand? Every school, searched as one types."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from diag.journal.territory import SchoolLine
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.widgets.lines import Column, Line, Lines


class Search(Command):
    """Chercher une école : commune, nom, UAI ou code postal, comme on les tape."""

    KEYS = "slash"
    TITLE = "Chercher"
    IN_FOOTER = True


class Resume(Command):
    """Reprendre la visite où elle en était, à la même question."""

    KEYS = "r"
    TITLE = "Reprendre"
    IN_FOOTER = True


class TerritoryScreen(PlaceScreen):
    """The list of schools, and where each audit stands."""

    CSS_PATH = "territory.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Search, Resume, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = "Où en sommes-nous ? Toutes les écoles, cherchées comme on tape."

    def body(self) -> ComposeResult:
        """Lay the search field over the list."""
        field = Input(placeholder="Chercher une école")
        field.cursor_blink = False
        yield field
        yield Lines(
            (
                Column("Commune", 22, narrow=18),
                Column("École"),
                Column("UAI", 8),
                Column("Audit", 12, narrow=10),
            ),
            empty="Aucune école ne répond à ces mots. Essayez un mot de moins.",
        )

    def on_mount(self) -> None:
        """Show the frame first; the schools come right after it."""
        self.tell("Territoire")
        self.query_one(Lines).focus()
        self.call_after_refresh(self.post_message, Fill())

    def on_fill(self) -> None:
        """Read the schools that answer to the words typed."""
        found = self.diag.desk.workspace.territory.schools(self.query_one(Input).value)
        self.query_one(Lines).show([_line(school) for school in found])
        self.tell("Territoire", f"{len(found)} écoles")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.post_message(Fill())

    @on(Input.Submitted)
    def _searched(self) -> None:
        self.query_one(Lines).focus()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.diag.go_school(event.key)

    def on_search(self) -> None:
        """Put the cursor in the search field."""
        self.query_one(Input).focus()

    def on_resume(self) -> None:
        """Go where one was last."""
        self.diag.resume()

    def on_back(self) -> None:
        """Forget the search; this is the first place, there is none before it."""
        self.query_one(Input).value = ""
        self.query_one(Lines).focus()


class Fill(Command):
    """Relire la liste."""


def _line(school: SchoolLine) -> Line:
    return Line(school.uai, (school.commune, school.name, school.uai, ""))
