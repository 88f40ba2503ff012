"""One line that says once, calmly, that a new school year has begun."""

from textual.widgets import Static

from diag.tui.desk import OpenDesk
from diag.tui.plain import content

_TOLD = "school_year"


class NewYear(Static):
    """Nothing, as a rule; what it says stays until the campaign follows, or the end."""

    DEFAULT_CSS = "NewYear { display: none; margin-bottom: 1; color: $text-muted; }"

    def __init__(self) -> None:
        super().__init__()
        self._year = ""

    def tell(self, desk: OpenDesk, how: str) -> None:
        """Say which year has begun and how one goes on to it; in one run only."""
        # Behind the first frame, as all that reads the desk.
        from diag.desk.territory.new_year import (  # noqa: PLC0415
            year_begun,
            year_sentence,
        )

        year = year_begun(desk.workspace)
        if year == self._year:
            return
        if desk.workspace.journal.readonly or desk.kept(_TOLD) == year:
            year = ""
        if year:
            self.update(content(year_sentence(year, how)))
            desk.jot(_TOLD, year)
        self._year = year
        self.display = bool(year)
