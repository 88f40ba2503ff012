"""The audits that wait for a review; Enter opens the bilan, where one decides."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from diag.desk.office.reviewing import to_review
from diag.desk.territory.school_names import title_shown
from diag.desk.visit.trail import day_words
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.widgets.lines import TINY, Column, Line, Lines

_EMPTY = "Aucun audit n'attend de relecture."


class ReviewAudit(Command):
    """Ouvrir le bilan, pour accepter l'audit ou le retourner avec un motif."""

    KEYS = "enter"
    TITLE = "Relire"
    IN_FOOTER = True


class ReviewsScreen(PlaceScreen):
    """What was submitted, by whom and when; the first to wait first."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (ReviewAudit, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Quels audits attendent une relecture ? Entrée ouvre le bilan ; « État de "
        "l'audit » y accepte, ou retourne avec un motif que l'ingénieur lira."
    )

    def body(self) -> ComposeResult:
        """Lay out the list."""
        columns = (
            Column("Audit"),
            Column("Campagne", 11, least=TINY),
            Column("Soumis par", 20, narrow=16, least=TINY),
            Column("Le", 10),
        )
        yield Lines(columns, empty=_EMPTY)

    def on_mount(self) -> None:
        """Put the focus in the list."""
        self.query_one(Lines).focus()

    def on_screen_resume(self) -> None:
        """Read again: one may have judged an audit."""
        workspace = self.diag.desk.workspace
        found = to_review(workspace)
        lines = [
            Line(
                f"{one.session.about.ref}/{one.session.audit.campaign}",
                (
                    title_shown(workspace.territory, one.session.about),
                    one.session.audit.campaign,
                    one.who,
                    day_words(one.at),
                ),
            )
            for one in found
        ]
        self.tell("À relire", f"{len(found)} en attente" if found else "")
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        """Offer to review what there is."""
        if command is ReviewAudit:
            return True if self.query_one(Lines).lines else None
        return True

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self._open(event.key)

    def on_review_audit(self) -> None:
        """Open the bilan of the audit under the cursor."""
        self._open(self.query_one(Lines).key)

    def _open(self, key: str) -> None:
        ref, _, campaign = key.partition("/")
        desk = self.diag.desk
        if ref:
            own = desk.workspace.campaign
            desk.choose(ref, "" if campaign == own else campaign)
            self.diag.go_bilan(ref)
