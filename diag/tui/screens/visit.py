"""Visite: what do I check now?"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher, Static

from diag.desk.visit.answers import DoubtError
from diag.desk.visit.departure import departure_of
from diag.desk.visit.elapsed import duration_words, minutes_on_site
from diag.desk.visit.entry import RefusedEntryError
from diag.desk.visit.former_places import former_places
from diag.desk.visit.resume import keep_place
from diag.desk.visit.visiting import Visiting
from diag.desk.visit.walk import Key
from diag.tui.commands import CommandType, bindings_of, key_now
from diag.tui.palette import Found
from diag.tui.plain import content
from diag.tui.screens.place import EVERYWHERE
from diag.tui.screens.places import TakePlaces
from diag.tui.screens.visit_acts import VisitActs
from diag.tui.screens.visit_commands import (
    FICHE_COMMANDS,
    VISIT_COMMANDS,
    GoBilan,
    ShowPlaces,
    SwapFace,
)
from diag.tui.widgets.answer_line import AnswerLine
from diag.tui.widgets.fiche import Fiche
from diag.tui.widgets.plan import DEPARTURE, Plan

if TYPE_CHECKING:
    from diag.tui.widgets.grid import Grid

_SAVED = "Enregistré"
_OF_FICHE = {f"command('{command.__name__}')" for command in FICHE_COMMANDS[1:]}


def _bindings(offers: Iterable[CommandType]) -> Iterator[BindingType]:
    """Give the screen's bindings; the footer shows those of the fiche beside it."""
    for each in bindings_of(*offers):
        if isinstance(each, Binding) and each.action in _OF_FICHE:
            yield replace(each, show=False)
        else:
            yield each


def _left_words(visiting: Visiting) -> str:
    left, maybe = visiting.walk.left, visiting.walk.maybe
    if not maybe:
        return f"reste {left}" if left else "tout est répondu"
    return f"reste {left}, peut-être {maybe} de plus"


class VisitScreen(VisitActs):
    """The plan on the left; on the right the fiche, or the grille."""

    CSS_PATH = "visit.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own type
        (0, "-narrow"),
        (76, "-normal"),
        (100, "-wide"),
        (140, "-widest"),
    ]
    OFFERS: ClassVar[tuple[CommandType, ...]] = (*VISIT_COMMANDS, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = list(_bindings(OFFERS))
    INTRODUCTION = (
        "Que dois-je constater maintenant ? Un chiffre ou les premières lettres d'un "
        "choix, o ou n, sont enregistrés aussitôt ; un nombre, une date, un texte, "
        "avec Entrée. Flèches haut et bas : question précédente, suivante. Tab : le "
        "plan. Dans une réponse vide, * inconnu, / sans objet, ! non communiqué."
    )

    def __init__(
        self, uai: str, place: str | None = None, question: str | None = None
    ) -> None:
        super().__init__()
        self.uai = uai
        """The school."""
        self._wanted = (place, question) if place and question else None
        self._place = place
        self.grid: Grid | None = None
        """The other face, once it was shown."""

    def body(self) -> ComposeResult:
        """Lay the plan beside the two faces."""
        yield Static(id="visit-score")
        with Horizontal(id="visit-body"):
            yield Plan(id="visit-plan")
            with ContentSwitcher(initial="fiche", id="visit-face"):
                yield Fiche(id="fiche")

    async def on_mount(self) -> None:
        """Start where one was, on the face that was left."""
        self.session = self.diag.desk.session(self.uai)
        self.visiting = Visiting(self.session, self._wanted)
        if self._place and not self._wanted:
            self._go_leg(self._place)
        self.fiche.given = self._given
        self.fiche.line.walked = self._walk
        self.show(self._places_of_before())
        self.fiche.line.focus()
        self.diag.whereabouts.remember(self.uai)
        self.is_looking = self.app.screen is not self
        if not self._place and self.diag.whereabouts.face_of(self.uai) == "grid":
            await self._to_grid()

    def show(self, status: str = "", style: str = "$text-muted") -> None:
        """Show everything as it stands, at the question at hand; then say something."""
        self._show_around()
        self.fiche.show(self.visiting)
        self.say(status, style)
        self.refresh_keys()
        self._keep_place()

    def _places_of_before(self) -> str:
        """Return how the places of an earlier audit are taken again, if they may be."""
        former = former_places(self.session)
        show, take = (key_now(self.app, each) for each in (ShowPlaces, TakePlaces))
        return f"{show} puis {take} : reprendre {former.words}." if former else ""

    def _keep_place(self) -> None:
        """Have the very question resumed whatever ends the program, once it is seen."""
        self.call_after_refresh(keep_place, self.session, self.visiting.key)

    def say(self, status: str, style: str = "$text-muted") -> None:
        """Say something under the face that is shown."""
        self.fiche.status(status, style)
        if self.grid:
            self.grid.refresh_from(self.session)
            if self.is_gridding and status:
                self.grid.say(status)

    @property
    def face(self) -> ContentSwitcher:
        """The fiche or the grille."""
        return self.query_one("#visit-face", ContentSwitcher)

    def _show_around(self) -> None:
        visiting = self.visiting
        minutes = minutes_on_site(self.session)
        elapsed = duration_words(minutes) if minutes else ""
        self.tell(self.session.about.title, elapsed)
        told = f"{visiting.score} · {_left_words(visiting)}"
        self.query_one("#visit-score", Static).update(content(told), layout=False)
        checks = len(departure_of(self.session, visiting.walk).checks)
        with self.prevent(Plan.Moved):
            self.query_one(Plan).tell(visiting, checks)

    def _given(self, typed: str) -> None:
        """Record what is typed, then go to what is left; nothing typed: go on."""
        if not typed.strip():
            self._confirmed()
            return
        said = self._given_as(typed)
        if said:
            self.tell_saved(said)

    def _given_as(self, typed: str) -> str:
        """Record what is typed; when it cannot be, say why, and it stays there."""
        try:
            return self.visiting.give(typed)
        except DoubtError as doubt:
            self.fiche.status(f"{doubt} Entrée pour confirmer.", "bold $warning")
        except RefusedEntryError as error:
            self.fiche.status(f"Refusé. {error}", "bold $error")
        return ""

    def settle(self) -> bool:
        """Before one moves, record what is typed; say whether nothing is left to do."""
        if self.grid and self.is_gridding:
            return self.grid.is_empty or self.grid.settle()
        typed = self.fiche.line.value
        if not typed.strip():
            return True
        said = self._given_as(typed)
        if said:
            self.fiche.forget_typed()
            self._show_around()
        return bool(said)

    def _confirmed(self) -> None:
        said = self.visiting.confirm()
        if said:
            self.tell_saved(said)
        else:
            self._walk(1)

    def look_again(self, said: str, *, forget: bool, written: bool) -> None:
        """Show what there is, once one was asked whether to write; go on as Enter."""
        answered = written and bool(self.fiche.line.value.strip())
        if forget:
            self.fiche.forget_typed()
            if self.grid:
                self.grid.forget_typed()
        self.visiting.refresh()
        if answered:
            self.visiting.onward()
        self.show(said, "$success")

    def catch_up(self) -> None:
        """Show what another window wrote; what is being typed stays."""
        if hasattr(self, "visiting") and self.visiting.catch_up():
            self.show("Lu de nouveau : une autre fenêtre a écrit dans cet audit.")

    def tell_saved(self, said: str, *, onward: bool = True) -> None:
        """Say that it is on disk, then go to what is left."""
        if onward:
            self.fiche.forget_typed()
        if onward and not self.visiting.onward():
            said = f"{said}. Il ne reste rien : {key_now(self.app, GoBilan)}, le bilan"
        self.show(f"{_SAVED} · {said}", "$success")

    def _walk(self, step: int) -> None:
        visiting = self.visiting
        if not self.settle():
            return
        self.catch_up()
        if visiting.forward() if step > 0 else visiting.back():
            self._moved()
        else:
            end = "C'est la dernière question." if step > 0 else "C'est la première."
            self.fiche.status(end, "$text-muted")

    def _moved(self) -> None:
        with self.prevent(Plan.Moved):
            self.query_one(Plan).follow(self.visiting)
        self.fiche.show(self.visiting)
        self.fiche.status("")
        self.refresh_keys()
        self._keep_place()

    def go_to(self, key: Key) -> None:
        """Go to a question, in the fiche."""
        if not self.settle():
            return
        self.catch_up()
        self.visiting.go(key)
        self._moved()
        self._turn("fiche")
        self._leave_plan()

    async def on_swap_face(self) -> None:
        """Show the other face, at the same question."""
        if self.is_gridding:
            self._to_fiche()
        else:
            await self._to_grid()

    async def _to_grid(self) -> None:
        if not self.settle():
            return
        if self.grid is None:
            # Textual's table and its rules: 10 ms, only for those who go there.
            from diag.tui.widgets.grid import Grid  # noqa: PLC0415

            self.grid = Grid(self.session, id="grid")
            await self.face.mount(self.grid)
        self._turn("grid")
        self.grid.refresh_from(self.session)
        self.grid.focus()
        self._follow_in_grid()

    def _follow_in_grid(self) -> None:
        assert self.grid is not None
        if not self.grid.goto(*self.visiting.key):
            key = key_now(self.app, SwapFace)
            self.grid.say(f"Ces questions se répondent dans la fiche : {key}.")

    def _to_fiche(self) -> None:
        if not self.settle():
            return
        self.visiting.refresh()
        self._turn("fiche")
        self.show()
        self.fiche.line.focus()

    def _turn(self, face: str) -> None:
        self.face.current = face
        self.is_gridding = face == "grid"
        self.set_class(self.is_gridding, "-gridding")
        self.refresh_keys()
        self.diag.whereabouts.note_face(self.uai, face)

    async def on_show_grid(self) -> None:
        """Show the grille."""
        await self._to_grid()

    def on_grid_answered(self) -> None:
        """Count again what is left, once something was said in the grid."""
        self.visiting.refresh()
        self._show_around()

    def on_grid_moved(self, event: "Grid.Moved") -> None:
        """Stand where the grid's cursor stands."""
        key = (event.place, event.question)
        if self.visiting.walk.stop(key):
            self.visiting.go(key)
            self._keep_place()

    @on(AnswerLine.PlanWanted)
    def _plan_wanted(self) -> None:
        self.add_class("-planning")
        self.query_one(Plan).focus()

    @on(Plan.Chosen)
    def _leg_chosen(self, event: Plan.Chosen) -> None:
        if event.key == DEPARTURE:
            self.on_before_leaving()
        elif not self.settle():
            self._focus_face()
        else:
            self._go_leg(event.key)
            self._moved()
            self._leave_plan()

    def _go_leg(self, leg: str) -> None:
        stop = self.visiting.walk.first(leg)
        if stop:
            self.visiting.go(stop.key)

    def _leave_plan(self) -> None:
        self.remove_class("-planning")
        self._show_around()
        self._focus_face()
        if self.is_gridding:
            self._follow_in_grid()

    def _focus_face(self) -> None:
        """Go back where one answers."""
        if self.grid and self.is_gridding:
            self.grid.focus()
        else:
            self.fiche.line.focus()

    def on_back(self) -> None:
        """Leave the plan, else what is typed, else the visit, at the very question."""
        if self.query_one(Plan).has_focus:
            self._leave_plan()
            return
        if self.fiche.line.has_focus and self.fiche.line.value:
            self.fiche.line.value = ""
            return
        super().on_back()

    def on_unmount(self) -> None:
        """Keep where one was, if the last move was not kept yet."""
        if hasattr(self, "visiting"):
            keep_place(self.session, self.visiting.key)

    def palette_finds(self) -> Iterable[Found]:
        """Give the rooms and questions of this visit."""
        for leg in self.visiting.walk.legs:
            yield Found(
                "lieu", leg.title, leg.group, partial(self.go_to, leg.stops[0].key)
            )
            for stop in leg.stops:
                go = partial(self.go_to, stop.key)
                yield Found("question", stop.question.label, leg.title, go)
