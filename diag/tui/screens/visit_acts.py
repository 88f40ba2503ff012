"""What one does in Visite beside answering: undo, note, flag, places, what is left."""

from textual import on, work
from textual.worker import get_current_worker

from diag.desk.session import Session
from diag.desk.visit.memory import NothingToRepeatError
from diag.desk.visit.parcours import Parcours, parcours_of
from diag.desk.visit.visiting import Visiting
from diag.desk.visit.walk import Key, most_useful
from diag.model.checklist import Checklist
from diag.model.enums import Profile, State
from diag.model.fact import Facts
from diag.tui.commands import CommandType
from diag.tui.dialogs import Ask
from diag.tui.screens.choose import Choice, Choose
from diag.tui.screens.departure import DepartureScreen
from diag.tui.screens.photos import open_photos
from diag.tui.screens.place import PlaceScreen
from diag.tui.screens.places import PlacesScreen
from diag.tui.screens.visit_commands import (
    SettleConflict,
    ShowGrid,
    ShowPlaces,
    SwapFace,
)
from diag.tui.widgets.answer_line import AnswerLine
from diag.tui.widgets.fiche import Fiche
from diag.words.vocabulary import STATES


class VisitActs(PlaceScreen):
    """The acts of a visit; `visit` lays the screen out and walks."""

    uai: str
    """The school."""
    session: Session
    """Its audit."""
    visiting: Visiting
    """Where one stands."""
    is_gridding = False
    """Whether the grid is shown, and not the fiche."""
    is_looking = False
    """Whether one went to the bilan, to come back."""

    @property
    def fiche(self) -> Fiche:
        """The face that shows one question."""
        return self.query_one(Fiche)

    def show(self, status: str = "", style: str = "$text-muted") -> None:
        """Show everything as it stands; then say something."""
        raise NotImplementedError

    def tell_saved(self, said: str, *, onward: bool = True) -> None:
        """Say that it is on disk, then go to what is left."""
        raise NotImplementedError

    def go_to(self, key: Key) -> None:
        """Go to a question."""
        raise NotImplementedError

    def settle(self) -> bool:
        """Record what is typed; say whether nothing is left to do."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Show what the bilan was told, once one comes back from it."""
        if self.is_looking:
            self.is_looking = False
            self.visiting.refresh()
            self.show()

    def can(self, command: CommandType) -> bool | None:
        """Offer rooms and their grid in a school only: nothing else holds any."""
        if not hasattr(self, "visiting"):
            return command is not SettleConflict
        if command in {ShowPlaces, SwapFace, ShowGrid}:
            is_face = command is ShowPlaces or (command is SwapFace) == self.is_gridding
            return is_face and self.session.about.school is not None
        if command is SettleConflict:
            return len(self.visiting.stop.heads) > 1
        return True

    def on_settle_conflict(self) -> None:
        """Show who says what to the question at hand."""
        # Loaded by those only who have something to settle.
        from diag.desk.office.conflicts import find_contested  # noqa: PLC0415
        from diag.tui.screens.conflict import ConflictScreen  # noqa: PLC0415

        place, question = self.visiting.key

        def done(said: str) -> None:
            self.visiting.refresh()
            self.show(said, "$success")

        shown = find_contested(self.session, question, place)
        self.app.push_screen(ConflictScreen(shown, done))

    def on_most_useful(self) -> None:
        """Look for the most useful question, off the event loop."""
        self.fiche.status("Cherche la question la plus utile…", "$text-muted")
        session = self.session
        here, profile = self.visiting.key, session.profile
        self.holds_keys = True
        self._look_for_useful(session.facts, session.checklist, here, profile)

    @work(thread=True, exclusive=True, group="useful")
    def _look_for_useful(
        self, facts: Facts, checklist: Checklist, here: Key, profile: Profile
    ) -> None:
        found = None
        try:
            found = most_useful(facts, checklist, here, profile)
        finally:
            if not get_current_worker().is_cancelled:
                self.app.call_from_thread(self._found_useful, here, found)

    def _found_useful(self, here: Key, found: Key | None) -> None:
        self.holds_keys = False
        if not self.is_attached or self.visiting.key != here:
            return
        if found is None:
            self.fiche.status("Aucune question ne resserre plus le score.")
            return
        self.go_to(found)
        self.fiche.status("La question qui resserre le plus le score.", "$text-muted")

    def on_write_note(self) -> None:
        """Ask for the note."""
        current = "; ".join(self.visiting.card.notes)

        def noted(text: str | None) -> None:
            if text is not None:
                self.visiting.note(text)
                self.tell_saved("note" if text else "note retirée", onward=False)

        label = self.visiting.question.label
        self.app.push_screen(Ask(f"Note · {label}", current), noted)

    def on_turn_flag(self) -> None:
        """Raise or lower the flag."""
        raised = self.visiting.flag()
        self.tell_saved("à revoir" if raised else "n'est plus à revoir", onward=False)

    def on_still_true(self) -> None:
        """Carry last time's answer; where there is none, say so."""
        try:
            said = self.visiting.still_true()
        except NothingToRepeatError as error:
            self.fiche.status(str(error), "bold $warning")
        else:
            self.tell_saved(said)

    def on_turn_provenance(self) -> None:
        """Pass to the next way of knowing."""
        before = self.visiting.provenance
        way = self.visiting.turn_provenance()
        self.fiche.show_how()
        if self.visiting.provenance is before:
            self.fiche.status(f"Ici, la réponse ne peut être que : {way}.")
            return
        known = self.visiting.card.answer is not None
        more = " Entrée pour l'appliquer à la réponse." if known else ""
        self.fiche.status(f"Réponse : {way}.{more}", "$text-muted")

    def on_take_back(self) -> None:
        """Undo, and say what was undone."""
        said = self.visiting.undo()
        self.show(f"Annulé · {said}", "bold $warning")

    @on(AnswerLine.NoAnswer)
    def _no_answer(self, event: AnswerLine.NoAnswer) -> None:
        self._say(event.state)

    def on_say_unknown(self) -> None:
        """Say « inconnu »."""
        self._say(State.UNKNOWN)

    def on_say_without_object(self) -> None:
        """Say « sans objet »."""
        self._say(State.NOT_APPLICABLE)

    def on_say_refused(self) -> None:
        """Say « non communiqué »."""
        self._say(State.REFUSED)

    def _say(self, state: State) -> None:
        def reasoned(reason: str | None) -> None:
            if reason is not None:
                self.tell_saved(self.visiting.say(state, reason))

        word = STATES[state]
        label = self.visiting.question.label
        asked = f"{label}\n{word.capitalize()} : pourquoi ?"
        self.app.push_screen(Ask(asked, hint="facultatif"), reasoned)

    def on_choose_profile(self) -> None:
        """Ask how long the visit is, and say what that leaves to ask."""
        choices = [
            Choice(str(each.profile), _parcours_words(each), each.lasts)
            for each in parcours_of(self.session)
        ]

        def chosen(profile: str | None) -> None:
            if profile:
                said = self.visiting.choose(Profile(profile))
                self.fiche.forget_typed()
                self.show(said)

        self.app.push_screen(Choose(_ASKED, choices), chosen)

    def on_show_places(self) -> None:
        """Open the list of places."""

        def closed(place: str | None) -> None:
            self.visiting.refresh()
            stop = self.visiting.walk.first(place) if place else None
            if stop:
                self.visiting.go(stop.key)
            self.show()

        self.app.push_screen(PlacesScreen(self.session), closed)

    def on_show_photos(self) -> None:
        """Open the photos of the question at hand."""

        def closed() -> None:
            self.visiting.refresh()
            self.show()

        open_photos(self.app, self.session, *self.visiting.key, done=closed)

    def on_before_leaving(self) -> None:
        """Open what is to be checked before leaving."""

        def chosen(key: Key | None) -> None:
            if key:
                self.go_to(key)

        self.app.push_screen(DepartureScreen(self.session), chosen)

    def on_date_visit(self) -> None:
        """Ask for the day on site."""
        from diag.tui.screens.day_on_site import ask_day  # noqa: PLC0415 - few need it

        def dated(told: str) -> None:
            self.visiting.refresh()
            self.show(f"Enregistré · {told}", "$success")

        ask_day(self.app, self.session, dated)

    def on_go_bilan(self) -> None:
        """Open what was found."""
        if self.settle():
            self.is_looking = True
            self.diag.look_at_bilan(self.uai)


_ASKED = (
    "Ce qui reste à demander, et le temps de le demander : sans la marche, ni les "
    "lieux à ajouter"
)


def _parcours_words(parcours: Parcours) -> str:
    chosen = ", choisi" if parcours.chosen else ""
    return f"{parcours.name}{chosen} : {parcours.asked}"
