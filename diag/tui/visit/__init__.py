"""Visite: what do I check now?"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.worker import get_current_worker

from diag.answers.types import TYPES
from diag.audit.answer import Key
from diag.audit.follow import others_words
from diag.audit.memory import NothingToRepeatError, former_places, is_second
from diag.audit.photos import PhotoSubject
from diag.audit.proposals import count_waiting, propose_lists, waiting_words
from diag.audit.visit import Saved, is_beginning, is_unplanned, keep_place
from diag.audit.walk import most_useful
from diag.model.enums import PlaceKind, State
from diag.office.conflicts import find_contested
from diag.tui.audit_finds import AuditDoors, finds_of, warm_search
from diag.tui.beginning import ChangedScreen, PlannerScreen, ask_day
from diag.tui.commands import CommandType, ShowPlaces, key_now
from diag.tui.noting import NotedAs, NotedScreen, note_at
from diag.tui.palette import FindsInAudit
from diag.tui.photos import open_photos
from diag.tui.place import EVERYWHERE
from diag.tui.rooms import AddRoom, RoomsScreen, TakePlaces
from diag.tui.visit.commands import (
    NOT_ASKED,
    VISIT_COMMANDS,
    AnswerWithoutObject,
    GoAnswered,
    SettleConflict,
    ShowGrid,
    ShowProposals,
    StillTrue,
    SwapFace,
    TurnProvenance,
)
from diag.tui.visit.faces import DEPARTURE, DONE, SAVED, VisitFaces, WalkPlan
from diag.tui.visit.fiche import AnswerLine
from diag.words.vocabulary import STATES

if TYPE_CHECKING:
    from diag.tui.square import PhoneChanged


class VisitScreen(VisitFaces):
    """A visit: its faces, and what one does beside answering."""

    OFFERS = (*VISIT_COMMANDS, *EVERYWHERE)
    INTRODUCTION = (
        "Que dois-je constater maintenant ? Un chiffre ou les premières lettres d'un "
        "choix, o ou n, sont enregistrés aussitôt ; un nombre, une date, un texte, "
        "avec Entrée. Flèches haut et bas : question précédente, suivante. Tab : le "
        "plan. Dans une réponse vide, * inconnu, / sans objet, ! non communiqué."
    )

    async def on_mount(self) -> None:
        self.session = self.diag.desk.session(self.uai)
        first: Callable[[], None] | None = None
        # No question is there meanwhile: a key typed ahead answers none unseen.
        if not self._place and is_second(self.session):
            first = self.on_what_changed
        elif not self._place and is_beginning(self.session):
            first = self.on_plan_visit
        self._begin()
        if first is None:
            self.show(self._rooms_first())
            self.fiche.line.focus()
        self.call_after_refresh(warm_search, self.app, self.session)
        self.call_after_refresh(self._inform_of_offers)
        self.diag.whereabouts.remember(self.uai)
        self.is_looking = self.app.screen is not self
        if not self._place and self.diag.whereabouts.face_of(self.uai) == "grid":
            await self.on_show_grid()
        if first is not None:
            self.call_after_refresh(self._open_first, first)

    def _inform_of_offers(self) -> None:
        """Have who opens the visit know who is there too, and that answers wait."""
        if others := others_words(self.session):
            self.diag.inform(f"{others}.")
        propose_lists(self.session)
        if count := count_waiting(self.session):
            key = key_now(self.app, ShowProposals)
            self.diag.inform(f"{waiting_words(count)}\u00a0: {key}")

    def _open_first(self, first: Callable[[], None]) -> None:
        self.is_looking = True
        first()

    def _rooms_first(self) -> str:
        """Return how rooms come first: those of before, or new ones."""
        former = former_places(self.session)
        show, take, add = (
            key_now(self.app, each) for each in (ShowPlaces, TakePlaces, AddRoom)
        )
        if former:
            return f"{show} puis {take} : reprendre {former.words}."
        facts, is_school = self.session.facts, self.session.about.school is not None
        if is_school and not facts.places_of(PlaceKind.SALLE):
            return f"Aucune salle encore : {show} puis {add} les ajoute d'abord."
        return ""

    def choose_line(self, event: WalkPlan.Chosen) -> None:
        """Go to the part of the walk, or see what is left before leaving."""
        if event.key == DEPARTURE:
            self.on_before_leaving()
        elif not self.settle():
            self._focus_face()
        else:
            self._go_leg(event.key)
            self._moved()
            self._leave_plan()

    @property
    def photo_subject(self) -> PhotoSubject:
        """What a photo shows now: what was just answered, else what is asked."""
        if self.unasked_at:
            return PhotoSubject(self.unasked_at)
        asks_for_one = TYPES[self.visiting.question.type].is_photo
        typing = asks_for_one or bool(self.fiche.line.value.strip())
        return self.visiting.noting(typing=typing)[0]

    def on_phone_changed(self, event: "PhoneChanged") -> None:
        """Show what the phone sent, under what is being typed."""
        if event.words and self.is_current:
            self.show_status(f"Reçu du téléphone · {event.words}")

    def on_show_proposals(self) -> None:
        # Few visits have any: what shows them is loaded then.
        from diag.tui.proposals import ProposalsScreen  # noqa: PLC0415

        self.app.push_screen(ProposalsScreen(self.session), lambda _: self.show())

    def on_show_measures(self) -> None:
        # Few visits measure: what does it is loaded then.
        from diag.tui.measures import measures_screen  # noqa: PLC0415

        self.app.push_screen(measures_screen(self.session))

    def on_unmount(self) -> None:
        self.diag.desk.close_phone()
        if hasattr(self, "visiting"):
            keep_place(self.session, self.visiting.key)

    def on_screen_resume(self) -> None:
        if self.is_looking and hasattr(self, "visiting"):
            self.is_looking = False
            self.show(self._rooms_first())
            if self.focused is None:
                self.fiche.line.focus()

    def can(self, command: CommandType) -> bool | None:
        """Offer rooms and their grid in a school only: nothing else holds any."""
        if not hasattr(self, "visiting"):
            return command is not SettleConflict
        if command in {ShowPlaces, SwapFace, ShowGrid}:
            is_face = command is ShowPlaces or (command is SwapFace) == self.is_gridding
            return is_face and self.session.about.school is not None
        if command is SettleConflict:
            return len(self.visiting.stop.heads) > 1
        if command in {GoAnswered, TurnProvenance}:  # the grid has its own, or none
            is_there = command is TurnProvenance or self.visiting.answered is not None
            return is_there and not self.is_gridding
        if command is StillTrue:
            is_there = bool(self.visiting.card.last or self.visiting.room_before)
            return is_there and not self.is_gridding
        return command is not AnswerWithoutObject or self.visiting.question.void

    def on_settle_conflict(self) -> None:
        from diag.tui.conflicts import ConflictScreen  # noqa: PLC0415

        place, question = self.visiting.key

        shown = find_contested(self.session, question, place)
        self.app.push_screen(
            ConflictScreen(shown, lambda words: self.show(words, DONE))
        )

    def on_most_useful(self) -> None:
        self.show_status("Cherche la question la plus utile…")
        session = self.session
        here, profile = self.visiting.key, session.profile
        self.holds_keys = True
        # Read here: the thread has facts, and no journal.
        search = partial(
            most_useful,
            session.facts,
            session.checklist,
            here,
            profile,
            session.workspace.pace,
        )
        self._look_for_useful(here, search)

    @work(thread=True, exclusive=True, group="useful", description="aside")
    def _look_for_useful(self, here: Key, search: Callable[[], Key | None]) -> None:
        found = None
        try:
            found = search()
        finally:
            if not get_current_worker().is_cancelled:
                self.app.call_from_thread(self._found_useful, here, found)

    def _found_useful(self, here: Key, found: Key | None) -> None:
        self.holds_keys = False
        if not self.is_attached or self.visiting.key != here:
            return
        if found is None:
            self.show_status("Il ne reste aucune autre question.")
            return
        self.go_to(found)
        self.fiche.status("La question la plus utile, où qu'elle soit.", "$text-muted")

    def on_write_note(self) -> None:
        subjects = self._noting(typing=bool(self.fiche.line.value.strip()))
        first = (subjects[0].place, subjects[0].question)
        answered = first == self.visiting.answered
        note_at(self.app, self.session, subjects, self._noted, answered=answered)

    def _noting(self, *, typing: bool = False) -> Sequence[PhotoSubject]:
        """Return what may be noted of; where the grid asks nothing, the place first."""
        self.follow_grid()
        subjects, place = self.visiting.noting(typing=typing), self.unasked_at
        return (PhotoSubject(place), *subjects) if place else subjects

    def _noted(self, noted: NotedAs) -> None:
        if noted.opens:
            self.go_to(noted.opens)
        self.show(f"{SAVED}noté sur {noted.words}", DONE)

    def on_list_noted(self) -> None:
        self.app.push_screen(NotedScreen(self.session, done=self.show))

    def on_turn_flag(self) -> None:
        if self.unasked_at:
            self.show_status(NOT_ASKED)
            return
        self.follow_grid()
        raised = self.visiting.flag()
        now = "à revoir" if raised else "n'est plus à revoir"
        self.show(f"{SAVED}{now}", DONE)

    def on_still_true(self) -> None:
        """Carry last time's answer; where there is none, notify."""
        try:
            saved = self.visiting.still_true()
        except NothingToRepeatError as error:
            self.fiche.status(str(error), "bold $warning")
        else:
            self.show_saved(saved)

    def on_turn_provenance(self) -> None:
        before = self.visiting.provenance
        way = self.visiting.next_provenance()
        self.fiche.show_how()
        if self.visiting.provenance is before:
            self.fiche.status(f"Ici, la réponse ne peut être que : {way}.")
            return
        known = self.visiting.card.answer is not None
        more = " Entrée pour l'appliquer à la réponse." if known else ""
        self.fiche.status(f"Réponse : {way}.{more}", "$text-muted")

    def on_take_back(self) -> None:
        if self.drop_typed(is_kept=True):
            return
        words = self.visiting.undo()
        if self.session.is_older:
            self.diag.go_school(self.uai)
            return
        if self.grid and self.is_gridding and not self.grid.goto(*self.visiting.key):
            self.follow_grid()
        self.show(f"Annulé · {words}", "bold $warning")

    @on(AnswerLine.NoAnswer)
    def _no_answer(self, event: AnswerLine.NoAnswer) -> None:
        self._ask_reason(event.state)

    def on_answer_unknown(self) -> None:
        self._ask_reason(State.UNKNOWN)

    def on_answer_without_object(self) -> None:
        self._ask_reason(State.NOT_APPLICABLE)

    def on_answer_refused(self) -> None:
        self._ask_reason(State.REFUSED)

    def _ask_reason(self, state: State) -> None:
        if self.unasked_at:
            self.show_status(NOT_ASKED)
            return
        self.follow_grid()
        question = self.visiting.question
        must = state is State.NOT_APPLICABLE
        check = partial(TYPES[question.type].check_state, question, state)
        if must and not question.void:
            read = TYPES[question.type].stated(question, "", state)
            self.show_status(read.problem, "bold $warning")
            return

        def answer(reason: str) -> Saved:
            check(reason)
            return self.visiting.answer_without_value(state, reason)

        asked = f"{question.label}\n{STATES[state].capitalize()} : pourquoi ?"
        self.ask_why(asked, answer, "" if must else "facultatif")

    def on_what_changed(self) -> None:
        before = self.visiting.memory.before
        if before is None:
            self.show_status("Pas d'audit précédent de cette école ici.")
        elif self.settle():
            self.is_looking = True
            shown = ChangedScreen(self.visiting, before, self.go_to, self.on_plan_visit)
            self.app.push_screen(shown)

    def on_plan_visit(self) -> None:
        def begun(words: str) -> None:
            if self.app.screen is not self:  # planned from « Ce qui a changé »
                self.diag.go_back()
            self._costs = None
            self.is_looking = False
            self.show(words)
            self.fiche.line.focus()

        if self.settle():
            self.app.push_screen(PlannerScreen(self.visiting, begun))

    def on_show_places(self) -> None:
        had_rooms = bool(self.session.facts.places_of(PlaceKind.SALLE))

        def closed(key: Key | None) -> None:
            if key:
                self.go_to(key)
            self.show()
            is_first = not (key or had_rooms or is_second(self.session))
            if is_first and is_unplanned(self.session):
                self.on_plan_visit()

        self.app.push_screen(RoomsScreen(self.session, self.visiting.key[0]), closed)

    def on_show_photos(self) -> None:
        self.follow_grid()
        of = self.photo_subject
        open_photos(self.app, self.session, of.place, of.question, done=self.show)

    def on_before_leaving(self) -> None:
        # It writes forms and shows what was found: loaded by those who leave.
        from diag.tui.departure import DepartureScreen  # noqa: PLC0415

        self.is_looking = True
        self.app.push_screen(DepartureScreen(self.session, self.go_to))

    def on_date_visit(self) -> None:
        ask_day(self, self.session, lambda it: self.show(f"{SAVED}{it}", DONE))

    def on_go_bilan(self) -> None:
        if self.settle():
            self.is_looking = True
            self.diag.look_at_bilan(self.uai)

    def audit_finds(self) -> FindsInAudit:
        """Return what finds the places and questions of this visit, for the palette."""

        async def open_column(key: Key) -> None:
            self.go_to(key)
            await self.on_show_grid()

        def column(key: Key) -> None:
            self.call_later(open_column, key)

        def advised(ident: str) -> None:
            self.is_looking = True
            self.diag.look_at_bilan(self.uai, ident)

        doors = AuditDoors(
            self.go_to, column, advised, self.on_list_noted, self.visiting.key
        )
        return finds_of(self.session, doors)

    def prepare_search(self) -> None:
        """Have what is searched read aside, once the palette opens."""
        warm_search(self.app, self.session, advice=True)

    def note_words(self, text: str) -> None:
        """Note words that nothing answers to."""
        subjects = self._noting()
        note_at(self.app, self.session, subjects, self._noted, text=text)
