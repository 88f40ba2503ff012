"""Réglages: who works here, for which syndicat, in which campaign."""

from diag.desk.settings import changed_settings
from diag.desk.workspace import Workspace
from diag.tui.screens.form import Field, Form


class SettingsForm(Form):
    """Asks for what the first run asked, and the campaign; gives the campaign."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Réglages")
        self._workspace = workspace

    def fields(self) -> tuple[Field, ...]:
        """Return the name, the syndicat and the campaign, as they are."""
        settings = self._workspace.settings
        author = settings.name_of(settings.author)
        return (
            Field("author", "Prénom et nom", author, "Camille Perrin"),
            Field("syndicat", "Syndicat", settings.syndicat, "Syndicat mixte …"),
            Field("campaign", "Campagne", settings.campaign, "2027-2028"),
        )

    def keep(self) -> str:
        """Keep them, durably.

        Raises:
            DiagError: an empty name, or a campaign that is no school year.
        """
        settings = changed_settings(
            self._workspace.settings,
            author=self.value("author"),
            syndicat=self.value("syndicat"),
            campaign=self.value("campaign"),
        )
        self._workspace.keep_settings(settings)
        return settings.campaign
