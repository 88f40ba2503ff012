"""Découverte: the work in five steps, shown once, and again when asked."""

from typing import NamedTuple

from textual.app import ComposeResult
from textual.widgets import Static

from diag.tui import school, territory
from diag.tui.bilan.faces import FollowUpCommand, NextFace, Suppose, WriteReports
from diag.tui.commands import (
    NO_CHOICE,
    Command,
    CommandType,
    Export,
    OpenSync,
)
from diag.tui.dialogs import Dialog
from diag.tui.text import content
from diag.tui.visit.commands import MostUseful, ShowGrid, TurnFlag


class NextStep(Command, keys="enter,right,space", title="Suite", footer=True):
    """Lire l'étape suivante ; après la dernière, commencer."""


class StepBefore(Command, keys="left", title="Avant", footer=True):
    """Revenir à l'étape d'avant."""


class Skip(Command, keys="escape", title="Passer", footer=True):
    """Passer la découverte ; l'aide la montre de nouveau."""


class TourStep(NamedTuple):
    """One step: where the user is, what the user does there, the keys that matter."""

    title: str
    lines: tuple[str, str, str]
    keys: tuple[CommandType, ...]


STEPS = (
    TourStep(
        "Territoire",
        (
            "Toutes les écoles sont là, cherchées comme on les tape.",
            "On y choisit celles du jour : c'est la tournée.",
            "Chaque ligne dit où en est l'audit de l'école.",
        ),
        (territory.OpenSchool, territory.Pick, territory.OpenTour),
    ),
    TourStep(
        "École",
        (
            "Qui sont-ils, qui appeler, qu'avions-nous constaté avant ?",
            "La visite ouvre l'audit de la campagne, ou le commence.",
            "La commune de l'école a son propre audit.",
        ),
        (school.OpenVisit, school.OpenBilan, school.OpenSchoolCommune),
    ),
    TourStep(
        "Visite : la fiche et la grille",
        (
            "La fiche pose une question ; un chiffre ou une lettre répond.",
            "La grille montre les salles ; on y tape comme dans un tableur.",
            "Chaque réponse est enregistrée aussitôt, et peut s'annuler.",
        ),
        (ShowGrid, MostUseful, TurnFlag),
    ),
    TourStep(
        "Bilan",
        (
            "Les alertes viennent d'abord ; Entrée déplie jusqu'aux faits.",
            "Les préconisations se reformulent, se classent et se suivent.",
            "« Et si… » essaie une réponse sans rien enregistrer.",
        ),
        (
            NextFace,
            FollowUpCommand,
            Suppose,
        ),
    ),
    TourStep(
        "Rapports et synchronisation",
        (
            "Les quatre rapports s'écrivent sans réseau, un par destinataire.",
            "L'export en écrit des centaines ; arrêté, il reprend.",
            "Au bureau, la synchronisation réunit le travail de chacun.",
        ),
        (WriteReports, Export, OpenSync),
    ),
)
"""The work, from the list of schools to what is handed over."""


class DiscoverScreen(Dialog[None]):
    """One step at a time, over the place where the user is."""

    OFFERS = (NextStep, StepBefore, Skip)
    INTRODUCTION = "Entrée lit la suite, Échap passe la découverte."

    def __init__(self, chosen: dict[str, str] | None = None) -> None:
        super().__init__()
        self._chosen = chosen or NO_CHOICE
        self.step = 0
        """Rank of the step that is shown."""

    def body(self) -> ComposeResult:
        yield Static(id="title", classes="title")
        yield Static(id="notice", classes="text")
        yield Static(id="keys", classes="text")

    def on_mount(self) -> None:
        self._show()

    def can(self, command: CommandType) -> bool | None:
        return None if command is StepBefore and not self.step else True

    def on_next_step(self) -> None:
        if self.step + 1 == len(STEPS):
            self.dismiss(None)
        else:
            self.step += 1
            self._show()

    def on_step_before(self) -> None:
        self.step = max(self.step - 1, 0)
        self._show()

    def on_skip(self) -> None:
        self.dismiss(None)

    def _show(self) -> None:
        step = STEPS[self.step]
        title = f"Découverte {self.step + 1}/{len(STEPS)} · {step.title}"
        self.query_one("#title", Static).update(content(title))
        self.query_one("#notice", Static).update(content("\n".join(step.lines)))
        keys = [
            f"{command.key_names(self._chosen):<16} {command.TITLE}"
            for command in step.keys
        ]
        self.query_one("#keys", Static).update(content("\n" + "\n".join(keys)))
        self.refresh_bindings()
