"""Tournée: the schools of a day, in the order of the road, with whom to call."""

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from diag.journal.school_lines import names_shown
from diag.model.text import accented
from diag.office.agenda import address_of, export_tour, keep_tour, stops, tour_of
from diag.tui.commands import Command, CommandType, key_now
from diag.tui.dialogs import Ask
from diag.tui.lists import NARROW, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.territory import Pick
from diag.tui.text import content
from diag.words.dates import day_typed
from diag.words.sentences import counted, phone_number


class OpenTourSchool(Command, keys="enter", title="École", footer=True):
    """Ouvrir l'école."""


class Sooner(Command, keys="minus,p", title="Plus tôt"):
    """Passer par cette école plus tôt."""


class Later(Command, keys="plus,s", title="Plus tard"):
    """Passer par cette école plus tard."""


class RemoveFromTour(Command, keys="delete,space", title="Retirer", footer=True):
    """Retirer l'école de la tournée."""


class ChangeDay(Command, keys="j", title="Jour", footer=True):
    """Changer le jour de la tournée."""


class ExportTour(Command, keys="x", title="Agenda .ics", footer=True):
    """Écrire la tournée pour un agenda (fichier .ics)."""


class TourScreen(PlaceScreen):
    """The schools picked for the day."""

    CSS_PATH = "tour.tcss"
    OFFERS = (
        OpenTourSchool,
        Sooner,
        Later,
        RemoveFromTour,
        ChangeDay,
        ExportTour,
        *EVERYWHERE,
    )
    INTRODUCTION = "Les écoles du jour, dans l'ordre de la route."

    _count = 0
    """How many schools it has."""

    def can(self, command: CommandType) -> bool | None:
        of_none = {ChangeDay, ExportTour, *EVERYWHERE}
        return True if self._count or command in of_none else None

    def body(self) -> ComposeResult:
        yield Lines(
            (
                ListColumn("", 3, right=True),
                ListColumn("École"),
                ListColumn("Adresse", 40, least=NARROW),
                ListColumn("Téléphone", 14),
            ),
            empty=(
                f"Tournée vide : dans Territoire, {key_now(self.app, Pick)} y met "
                "l'école choisie."
            ),
        )
        yield Static(id="here")

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        school = self.diag.desk.workspace.territory.school(event.key)
        words = f"{accented(school.name)}\n{address_of(school)}" if school else ""
        self.query_one("#here", Static).update(content(words))

    def on_mount(self) -> None:
        self._fill()

    def _fill(self, key: str | None = None) -> None:
        workspace = self.diag.desk.workspace
        tour = tour_of(workspace)
        schools = stops(workspace, tour)
        names = names_shown(schools)
        self.query_one(Lines).show(
            [
                ListLine(
                    school.uai,
                    (
                        f"{rank}.",
                        f"{names[school.uai]}, {school.commune}",
                        address_of(school),
                        phone_number(school.phone),
                    ),
                )
                for rank, school in enumerate(schools, 1)
            ],
            key,
        )
        self._count = len(schools)
        self.refresh_keys()
        self.set_title(
            f"Tournée du {tour.day:%d/%m/%Y}", counted(len(schools), "école")
        )

    def on_open_tour_school(self) -> None:
        if key := self.query_one(Lines).key:
            self.diag.go_school(key)

    def on_sooner(self) -> None:
        self._move(-1)

    def on_later(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        key = self.query_one(Lines).key
        if key:
            workspace = self.diag.desk.workspace
            keep_tour(workspace, tour_of(workspace).moved(key, step))
            self._fill(key)

    def on_remove_from_tour(self) -> None:
        key = self.query_one(Lines).key
        if key:
            workspace = self.diag.desk.workspace
            keep_tour(workspace, tour_of(workspace).toggled(key))
            self._fill()

    def on_change_day(self) -> None:
        tour = tour_of(self.diag.desk.workspace)
        asked = Ask(
            "Jour de la tournée, par exemple 05/10/2026",
            f"{tour.day:%d/%m/%Y}",
            keep=self._change_day,
        )
        self.app.push_screen(asked)

    def _change_day(self, typed: str) -> None:
        workspace = self.diag.desk.workspace
        day = day_typed(typed, since=workspace.world.today())
        keep_tour(workspace, replace(tour_of(workspace), day=day))
        self._fill()

    def on_export_tour(self) -> None:
        self.diag.inform(f"Tournée écrite : {export_tour(self.diag.desk.workspace)}")
