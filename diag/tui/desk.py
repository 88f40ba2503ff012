"""What the app holds: the workspace, the audits opened in it, where one was last."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from diag.desk.session import Session
    from diag.desk.settings import Settings
    from diag.desk.workspace import Workspace
    from diag.desk.world import World

# Every import of the desk is inside the function that needs it: the first frame is
# drawn before pydantic (60 ms), the journal and judging (100 ms) are loaded.

_RECENT = "tui.recent"


class Recent(NamedTuple):
    """Where one was last: the school, and the very question in its visit."""

    uai: str
    place: str | None = None
    question: str | None = None
    campaign: str = ""
    """The campaign of that visit; empty: this one's."""


class OpenDesk:
    """A workspace in use. It opens at first need: the first frame waits for nothing."""

    def __init__(self, folder: Path, world: "World | None" = None) -> None:
        self.folder = folder
        self._world = world
        self.tell: Callable[[str], object] = lambda _sentence: None
        """Has something read by who is in front of the screen."""
        self._workspace: Workspace | None = None
        self._sessions: dict[tuple[str, str], Session] = {}
        self._campaigns: dict[str, str] = {}

    @property
    def world(self) -> "World":
        """The time, the day and chance."""
        from diag.desk.world import World  # noqa: PLC0415 - see above

        self._world = self._world or World()
        return self._world

    @property
    def workspace(self) -> "Workspace":
        """The workspace, opened.

        Raises:
            DiagError: when there is none, or it cannot be opened.
        """
        if self._workspace is None:
            from diag.desk.workspace import Workspace  # noqa: PLC0415 - see above

            self._workspace = Workspace.open(self.folder, self.world)
        return self._workspace

    @property
    def knows_author(self) -> bool:
        """Whether there is a workspace here that knows who works in it.

        Raises:
            DiagError: when there is one that cannot be opened.
        """
        from diag.journal.journal import FILE  # noqa: PLC0415 - see above

        return (self.folder / FILE).exists() and self.workspace.knows_author

    def introduce(self, author: str, syndicat: str) -> "Settings":
        """Make the workspace, or tell the one that is there who works in it.

        Raises:
            DiagError: an empty name, or a folder that cannot hold a workspace.
        """
        from diag.desk.settings import first_settings  # noqa: PLC0415 - see above
        from diag.desk.workspace import Workspace  # noqa: PLC0415 - see above
        from diag.model.campaign import school_year  # noqa: PLC0415 - see above

        campaign = school_year(self.world.today())
        settings = first_settings(author, syndicat=syndicat, campaign=campaign)
        if self._workspace is None:
            self._workspace = Workspace.create(self.folder, settings, self.world)
        else:
            self._workspace.keep_settings(settings)
        return settings

    def forget_sessions(self) -> None:
        """Have audits read again: colleagues' words may have come."""
        self._sessions.clear()

    def choose(self, uai: str, campaign: str = "") -> None:
        """Say which campaign's audit of a school is meant; empty: this one's."""
        self._campaigns[uai] = campaign

    def chosen(self, uai: str) -> str:
        """Return the other campaign whose audit of a school is meant; empty: none."""
        named = self._campaigns.get(uai, "")
        return "" if named == self.workspace.campaign else named

    def campaign_of(self, uai: str) -> str:
        """Return the campaign whose audit of a school is meant."""
        return self.chosen(uai) or self.workspace.campaign

    def session(self, uai: str) -> "Session":
        """Return a school's audit of this campaign, started when nobody has yet.

        When an older one was chosen, it is that one, as it was left.

        Raises:
            DiagError: unknown school, faulty checklists, or nothing could be written.
        """
        campaign = self.chosen(uai)
        key = (uai, self.campaign_of(uai))
        if key not in self._sessions:
            from diag.desk import audits  # noqa: PLC0415 - see above

            opened = (
                audits.open_session(self.workspace, uai, campaign)
                if campaign
                else audits.start(self.workspace, uai)
            )
            opened.asks_when_closed = opened.asks_when_changed = True
            self._sessions[key] = opened
            if opened.notice:
                self.tell(opened.notice)
        return self._sessions[key]

    @property
    def recent(self) -> Recent | None:
        """Where one was last; kept, so that one resumes at the very question."""
        from diag.journal.settings import get_setting  # noqa: PLC0415 - see above

        kept = get_setting(self.workspace.journal, _RECENT)
        try:
            return Recent(*kept) if kept else None
        except TypeError:
            return None

    @recent.setter
    def recent(self, where: Recent) -> None:
        if not self.workspace.journal.readonly and where != self.recent:
            from diag.journal.settings import put_setting  # noqa: PLC0415 - see above

            put_setting(self.workspace.journal, _RECENT, list(where))

    def kept(self, name: str, default: object = None) -> object:
        """Return a preference of this user's screens."""
        from diag.journal.settings import get_setting  # noqa: PLC0415 - see above

        return get_setting(self.workspace.journal, f"tui.{name}", default)

    def keep(self, name: str, value: object) -> None:
        """Keep a preference of this user's screens, when something can be written."""
        if not self.workspace.journal.readonly:
            from diag.journal.settings import put_setting  # noqa: PLC0415 - see above

            put_setting(self.workspace.journal, f"tui.{name}", value)

    def jot(self, name: str, value: object) -> None:
        """Keep a preference without waiting for the disk: a power cut may lose it."""
        from diag.journal.settings import jot_setting  # noqa: PLC0415 - see above

        jot_setting(self.workspace.journal, f"tui.{name}", value)

    def close(self) -> None:
        """Close the files; everything said was already kept."""
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None
            self._sessions.clear()
