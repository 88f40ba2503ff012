"""Where one is: the places over the list of schools, reopened whatever ended diag."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.screen import Screen

from diag.tui.desk import Recent

if TYPE_CHECKING:
    from diag.tui.app import DiagApp

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
    """The campaign whose audit is meant."""


class Whereabouts:
    """Where one is in the app, and where one was when it ended."""

    def __init__(self, app: "DiagApp") -> None:
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
        """Where one was last; None in Territoire, or when nobody knows."""
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
        """Go where one was last: the visit at its question, the bilan, a school.

        Raises:
            DiagError: it cannot be shown any more; one stays where one is.
        """
        app, recent = self._app, self._app.desk.recent
        if last := self.last:
            app.desk.choose(last.ref, last.campaign)
            self._check(last)
            app.go_territory()
            for module in last.places:
                about = (last.ref,) if last.ref else ()
                app.push_screen(built(module, PLACES[module], *about))
        elif recent:
            app.desk.choose(recent.uai, recent.campaign)
            app.go_visit(recent.uai, recent.place, recent.question)
        else:
            app.say("Aucune visite à reprendre : choisissez une école.")

    def _check(self, last: Here) -> None:
        """Refuse a place that cannot be shown: it would be told at each return to it.

        Raises:
            DiagError: unknown school, or an audit that cannot be opened.
        """
        # Behind the first frame, as all that reads the desk.
        from diag.desk.auditees import auditee_named  # noqa: PLC0415

        desk = self._app.desk
        if last.ref:
            auditee_named(desk.workspace, last.ref)
        if {"visit", "bilan"} & {*last.places}:
            desk.session(last.ref)

    def recover(self) -> None:
        """After a crash, go back where one was."""
        self._app.go_territory()
        if self._app.desk.knows_author and self.can_resume:
            self.resume()


def built(module: str, name: str, *args: object) -> Screen[Any]:
    """Build a screen whose module is imported only when one goes there."""
    found = import_module(f"diag.tui.screens.{module}")
    made: Screen[Any] = getattr(found, name)(*args)
    return made
