"""What the app holds: the workspace, the audits open in it, where the user was."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from textual.message_pump import MessagePump
from textual.screen import Screen

from diag.model.text import school_year
from diag.tui.commands import CommandType

if TYPE_CHECKING:
    from diag.audit.session import AuditSession
    from diag.tui.phone import PhoneDesk
    from diag.workspace.settings import Settings
    from diag.workspace.workspace import Workspace, World


# Rooms that work are imported inside the function that needs them: the first frame is
# drawn before pydantic (60 ms), the journal and judging (100 ms) are loaded.

_RECENT = "recent"
_DRAFTS = "drafts"
"""What is being typed here and there, by what it is about."""


class Recent(NamedTuple):
    """Where the user was last: the school, and the very question in its visit."""

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
        self.inform: Callable[[str], object] = lambda _sentence: None
        """Shows a sentence that is to be read."""
        self._workspace: Workspace | None = None
        self._sessions: dict[tuple[str, str], AuditSession] = {}
        self._campaigns: dict[str, str] = {}
        self.phone: PhoneDesk | None = None
        """The phone that comes in during this visit; None: nothing listens."""
        self.retouched: dict[str, dict[str, str]] = {}
        """What was rephrased à chaud, by audit and line; empty words: left out.

        Never on the disk: such words may name people.
        """

    @property
    def world(self) -> "World":
        """The time, the day and chance."""
        from diag.workspace.workspace import World  # noqa: PLC0415 - first frame

        self._world = self._world or World()
        return self._world

    @property
    def workspace(self) -> "Workspace":
        """The workspace, opened.

        Raises:
            DiagError: when there is none, or it cannot be opened.
        """
        if self._workspace is None:
            from diag.workspace.workspace import Workspace  # noqa: PLC0415 - first frame

            self._workspace = Workspace.open(self.folder, self.world)
        return self._workspace

    @property
    def knows_author(self) -> bool:
        """Whether there is a workspace here that knows who works in it.

        Raises:
            DiagError: when there is one that cannot be opened.
        """
        from diag.journal.journal import FILE  # noqa: PLC0415 - first frame

        return (self.folder / FILE).exists() and self.workspace.knows_author

    def introduce(self, author: str, syndicat: str) -> "Settings":
        """Make the workspace, or write in the one that is there who works in it.

        Raises:
            DiagError: an empty name, or a folder that cannot hold a workspace.
        """
        from diag.workspace.settings import first_settings  # noqa: PLC0415 - first frame
        from diag.workspace.workspace import Workspace  # noqa: PLC0415 - first frame

        campaign = school_year(self.world.today())
        settings = first_settings(author, syndicat=syndicat, campaign=campaign)
        if self._workspace is None:
            self._workspace = Workspace.create(self.folder, settings, self.world)
        else:
            self._workspace.keep_settings(settings)
        return settings

    def check_place(self) -> None:
        """Make sure that what is typed goes where one believes.

        Raises:
            MovedError: the file is no longer in its place: where everything is.
        """
        if self._workspace is not None:
            self._workspace.journal.check_place()

    def forget_sessions(self) -> None:
        """Have audits read again: colleagues' words may have come."""
        self._sessions.clear()

    def choose(self, uai: str, campaign: str = "") -> None:
        """Open another campaign's audit of a school; empty: this one's."""
        self._campaigns[uai] = campaign

    def chosen(self, uai: str) -> str:
        """Return the other campaign whose audit of a school is open; empty: none."""
        named = self._campaigns.get(uai, "")
        return "" if named == self.workspace.campaign else named

    def campaign_of(self, uai: str) -> str:
        """Return the campaign whose audit of a school is open."""
        return self.chosen(uai) or self.workspace.campaign

    def session(self, uai: str) -> "AuditSession":
        """Return a school's audit of this campaign, started when nobody has yet.

        When an older one was chosen, it is that one, as it was left.

        Raises:
            DiagError: unknown school, faulty checklists, or nothing could be written.
        """
        campaign = self.chosen(uai)
        key = (uai, self.campaign_of(uai))
        if key not in self._sessions:
            from diag.audit import session as audits  # noqa: PLC0415 - first frame

            opened = (
                audits.open_session(self.workspace, uai, campaign)
                if campaign
                else audits.start(self.workspace, uai)
            )
            opened.asks_when_closed = opened.asks_when_changed = True
            self._sessions[key] = opened
            if opened.notice:
                self.inform(opened.notice)
        return self._sessions[key]

    @property
    def recent(self) -> Recent | None:
        """Where the user was last; kept, so that one resumes at the very question."""
        kept = self.kept(_RECENT)
        try:
            return Recent(*kept) if isinstance(kept, list) and kept else None
        except TypeError:
            return None

    @recent.setter
    def recent(self, where: Recent) -> None:
        if where != self.recent:
            self.keep(_RECENT, list(where))

    def kept(self, name: str, default: object = None) -> object:
        """Return a preference of this user's screens."""
        from diag.journal.journal import get_setting  # noqa: PLC0415 - first frame

        return get_setting(self.workspace.journal, f"tui.{name}", default)

    def keep(self, name: str, value: object) -> None:
        """Keep a preference of this user's screens, when something can be written."""
        if not self.workspace.journal.readonly:
            from diag.journal.journal import put_setting  # noqa: PLC0415 - first frame

            put_setting(self.workspace.journal, f"tui.{name}", value)

    def jot(self, name: str, value: object) -> None:
        """Keep a preference without waiting for the disk: a power cut may lose it."""
        from diag.journal.journal import jot_setting  # noqa: PLC0415 - first frame

        jot_setting(self.workspace.journal, f"tui.{name}", value)

    def draft_of(self, about: str) -> str | None:
        """Return what was being typed of something when the program was killed."""
        return self._drafts().get(about)

    def drafts_of(self, start: str) -> dict[str, str]:
        """Return what was being typed of all that begins so, by what it is about."""
        found = self._drafts().items()
        return {key: text for key, text in found if key.startswith(start)}

    def keep_draft(self, about: str, text: str | None) -> None:
        """Keep what is being typed; None once it is recorded, or given up."""
        drafts = self._drafts()
        if text != drafts.pop(about, None):
            self.jot(_DRAFTS, drafts if text is None else {**drafts, about: text})

    def _drafts(self) -> dict[str, str]:
        kept = self.kept(_DRAFTS)
        texts = kept.items() if isinstance(kept, dict) else ()
        return {str(key): text for key, text in texts if isinstance(text, str)}

    def close_phone(self) -> None:
        """Have nothing listen any more."""
        phone, self.phone = self.phone, None
        if phone is not None:
            phone.close()

    def close(self) -> None:
        """Close the files; everything is already recorded."""
        self.close_phone()
        if self._workspace is not None:
            from diag.office.sealing import seal_at_leaving  # noqa: PLC0415 - at the end

            seal_at_leaving(self._workspace)
            self._workspace.close()
            self._workspace = None
            self._sessions.clear()


PLACES = {
    "school": "SchoolScreen",
    "visit": "VisitScreen",
    "bilan": "BilanScreen",
    "tour": "TourScreen",
}
"""Module of each screen that one comes back to, and its class."""

_KEPT = "here"
_FACE = "face"


class Here(NamedTuple):
    """Places, each over the one before; empty in Territoire."""

    places: tuple[str, ...] = ()
    ref: str = ""
    """The school or another subject; empty in the tour."""
    campaign: str = ""
    """The campaign of that audit."""


class Shell(Protocol):
    """What places ask of the app that shows them."""

    desk: OpenDesk
    """The workspace, and what is opened in it."""
    whereabouts: "Whereabouts"
    """Where the user is, and was last."""
    keys: dict[str, str]
    """The keys that the user chose, by command; the others keep their own."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen that is shown."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens, each over the one before."""

    def push_screen(self, screen: Screen[Any]) -> object:
        """Show a screen over the others."""

    def inform(self, sentence: str) -> None:
        """Show something that needs no answer, for a few seconds."""

    def show_text(self, sentence: str, title: str) -> None:
        """Have something read."""

    def ready_to_work(self) -> bool:
        """Return whether the user can work; else ask first who works here."""

    def begin(self) -> None:
        """Go on from the first form."""

    def go_back(self) -> None:
        """Go back one place; the first one stays."""

    def go_territory(self) -> None:
        """Show every school."""

    def go_tour(self) -> None:
        """Show the schools picked for the day."""

    def go_import(self) -> None:
        """Show the official files that can be read."""

    def go_school(self, uai: str) -> None:
        """Show a school."""

    def go_visit(
        self, uai: str, place: str | None = None, question: str | None = None
    ) -> None:
        """Show the visit of a school, at a place and a question when named."""

    def go_bilan(self, uai: str) -> None:
        """Show what was found at a school."""

    def look_at_bilan(self, uai: str, advice: str = "") -> None:
        """Show what was found over the visit, which one comes back to."""

    def look_at_visit(self, uai: str, place: str, question: str) -> None:
        """Show a question of the visit over the bilan, which one comes back to."""

    def offered(self) -> Iterable[tuple[MessagePump, CommandType]]:
        """Yield what is possible now: by what has the focus, the screen, the app."""

    def keep_keys(self, chosen: dict[str, str]) -> None:
        """Use the keys chosen, from now on and next time."""

    def on_open_keys(self) -> None:
        """Show the keys, to change them."""

    def on_discover(self) -> None:
        """Show the work in five steps."""


class Whereabouts:
    """Where the user is in the app, and where the user was when it ended."""

    def __init__(self, app: Shell) -> None:
        self._app = app
        self._here = Here()

    def note(self) -> None:
        """Keep which places are shown; what stands over one for a while is no place."""
        modules = {name: module for module, name in PLACES.items()}
        shown = [
            each for each in self._app.screen_stack if type(each).__name__ in modules
        ]
        ref = next((each.ref for each in shown if hasattr(each, "ref")), "")
        places = tuple(modules[type(each).__name__] for each in shown)
        here = Here(places, ref, self._app.desk.campaign_of(ref) if ref else "")
        if here != self._here:
            self._here = here
            self._app.desk.jot(_KEPT, list(here))

    def remember(
        self, uai: str, place: str | None = None, question: str | None = None
    ) -> None:
        """Keep which visit is under way, for who comes back to Territoire."""
        desk = self._app.desk
        if not desk.chosen(uai):
            desk.recent = Recent(uai, place, question, desk.campaign_of(uai))

    def note_face(self, ref: str, face: str) -> None:
        """Keep which face of a visit is shown, to open it there again."""
        kept = [ref, self._app.desk.campaign_of(ref), face]
        if self._app.desk.kept(_FACE) != kept:
            self._app.desk.jot(_FACE, kept)

    def face_of(self, ref: str) -> str:
        """Return which face a visit was left on, if it was the last one."""
        match self._app.desk.kept(_FACE):
            case [str(kept), str(campaign), str(face)] if (kept, campaign) == (
                ref,
                self._app.desk.campaign_of(ref),
            ):
                return face
        return ""

    @property
    def last(self) -> Here | None:
        """Where the user was last; None in Territoire, or when nobody knows."""
        match self._app.desk.kept(_KEPT):
            case [[*places], str(ref), str(campaign)] if places and all(
                place in PLACES for place in map(str, places)
            ):
                return Here(tuple(map(str, places)), ref, campaign)
        return None

    @property
    def can_resume(self) -> bool:
        """Whether there is a place to go back to."""
        return bool(self.last or self._app.desk.recent)

    def resume(self) -> None:
        """Go where the user was last: the visit at its question, the bilan, a school.

        Raises:
            DiagError: unknown school, or an audit that cannot be opened; one stays
                where the user is.
        """
        # Behind the first frame, as all that reads the workspace.
        from diag.workspace.subjects import auditee_named  # noqa: PLC0415

        app, recent = self._app, self._app.desk.recent
        if last := self.last:
            app.desk.choose(last.ref, last.campaign)
            if last.ref:
                auditee_named(app.desk.workspace, last.ref)
            audited = {"visit", "bilan"} & {*last.places}
            # An audit judged no more is entered by its door.
            if audited and app.desk.session(last.ref).is_older:
                app.go_school(last.ref)
                return
            app.go_territory()
            for module in last.places:
                about = (last.ref,) if last.ref else ()
                app.push_screen(built(module, PLACES[module], *about))
        elif recent:
            app.desk.choose(recent.uai, recent.campaign)
            app.go_visit(recent.uai, recent.place, recent.question)
        else:
            app.inform("Aucune visite à reprendre : choisissez une école.")

    def recover(self) -> None:
        """After a crash, go back where the user was."""
        self._app.go_territory()
        if self._app.desk.knows_author and self.can_resume:
            self.resume()


def built(module: str, name: str, *args: object) -> Screen[Any]:
    """Build a screen whose module is imported only when the user goes there."""
    found = import_module(f"diag.tui.{module}")
    made: Screen[Any] = getattr(found, name)(*args)
    return made
