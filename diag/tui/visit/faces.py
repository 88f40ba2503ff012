"""Both faces of the visit, the plan beside them: what is shown, what is typed there.

An answer being typed outlives the program: it is kept when the user rests, and offered
again. Nothing is written on the way of a key, nothing is drawn: a timer runs from the
first letter to the first second without one.
"""

from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import answer_words
from diag.audit.answer import DoubtfulAnswer, Key, UnlikelyAnswer
from diag.audit.departure import departure_of
from diag.audit.fitting import Costs, costs_of, countdown
from diag.audit.session import AuditSession
from diag.audit.visit import (
    Saved,
    VisitSession,
    duration_words,
    keep_place,
    minutes_on_site,
)
from diag.journal.signatures import standing_word
from diag.model.audit import Answer, Place
from diag.model.checklist import Question
from diag.model.enums import UNDER_WAY
from diag.tui.commands import GoBilan, WriteNote, key_now
from diag.tui.dialogs import Ask
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import PlaceScreen
from diag.tui.state import OpenDesk
from diag.tui.text import DrawnLine, TextSheet, content, cut, line, wrapped
from diag.tui.visit.commands import GoAnswered, SwapFace
from diag.tui.visit.fiche import AnswerLine, Fiche
from diag.words.sentences import french

if TYPE_CHECKING:
    from diag.tui.visit.grid import Grid


SAVED, _ANSWERED, DONE = "Enregistré · ", "Répondu  ", "$success"
_LISTENING = "téléphone ouvert"
"""Said as long as a page of this computer can be reached from the network."""

DEPARTURE = "departure"
"""Key of the last line: what to check before leaving."""


class WalkPlan(Lines):
    """Parts of the walk, with counts that stand under each other."""

    AT_ONCE = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        columns = (ListColumn(), ListColumn(width=4, right=True), ListColumn(width=3))
        super().__init__(columns, id=id)

    def show_walk(self, visiting: VisitSession, checks: int) -> None:
        """Show the walk as things stand; the cursor is where the user is."""
        leg = visiting.walk.leg_of(visiting.key)
        lines, group = list[ListLine](), ""
        for each in visiting.walk.legs:
            if each.group != group:
                group = each.group
                lines.append(ListLine("", (f" {group}",)))
            maybe = f"+{each.maybe}" if each.maybe else ""
            left = str(each.left) if each.left else "" if each.maybe else "fait"
            lines.append(ListLine(each.key, (each.title, left, maybe)))
        lines.append(ListLine("", ("",)))
        checked = ("À vérifier", str(checks) if checks else "rien", "")
        lines.append(ListLine(DEPARTURE, checked))
        self.show(lines, key=leg.key if leg else None)

    def follow(self, visiting: VisitSession) -> None:
        """Have the cursor where the user is: nothing else changed."""
        leg = visiting.walk.leg_of(visiting.key)
        if leg and leg.key != self.key:
            self.show(self.lines, key=leg.key)


_HANGING = Content("  ")
"""Before what goes on from the line above."""


class KnownHere(TextSheet):
    """What was answered in the part where one stands, now, then the last time."""

    _visiting: VisitSession | None = None

    def on_resize(self) -> None:
        """Read it once there is room: nothing is, on a narrow screen."""
        if self._visiting:
            self.follow(self._visiting)
        super().on_resize()

    def follow(self, visiting: VisitSession) -> None:
        """Show that part as things stand; only the lines that differ are drawn."""
        self._visiting = visiting
        leg = visiting.walk.leg_of(visiting.key)
        if not self.display or leg is None:
            return
        places, memory = visiting.session.facts.places, visiting.memory
        now, before = list[str](), list[str]()
        for stop in leg.stops:
            if stop.heads:
                now.extend(_fact(stop.question, head) for head in stop.heads)
            elif last := memory.of(places[stop.place], stop.question):
                before.append(_fact(stop.question, last.answer))
        lines = [(f"{leg.title}, déjà dit", "bold")]
        lines += [(each, "") for each in now or ["rien encore"]]
        if before:
            lines += [("", ""), ("La dernière fois", "bold")]
            lines += [(each, "$text-muted") for each in before]
        self.show(lambda width: [*_place_rows(lines, width)], from_top=False)

    def more_words(self, left: int) -> str:
        """Name the wheel: the keys are those of the fiche."""
        more = f"… {left} ligne{'s' * (left > 1)}, à la molette"
        return more if left else "Tout est lu."


def _fact(question: Question, answer: Answer) -> str:
    name = " ".join(question.heading) or question.label
    return f"{name}\u00a0: {answer_words(question, answer)}"


def _place_rows(rows: Sequence[tuple[str, str]], width: int) -> Iterator[DrawnLine]:
    for text, style in rows:
        words = Content.styled(line(french(text)), style)
        for rank, part in enumerate(wrapped(words, width - len(_HANGING))):
            yield DrawnLine(_HANGING + part if rank else part)


REST = 1.0
"""Seconds without a letter after which what is typed is kept."""

_LONGEST = 40
"""Characters of a text that the offer names."""


class TypedAt(NamedTuple):
    """What is being typed, and the place and the question that it answers."""

    key: Key
    text: str


class AnswerDrafts:
    """The answers of one audit that were being typed, now and when it was killed."""

    def __init__(
        self, desk: OpenDesk, audit: str, owner: Widget, now: Callable[[], TypedAt]
    ) -> None:
        self._desk = desk
        self._audit = audit
        self._owner = owner
        self._now = now
        self._kept: TypedAt | None = None
        self._timer: Timer | None = None
        self._touched = 0.0
        self._left: dict[Key, str] = {}
        """What was left half typed, until it is taken again or answered."""
        start = self._about()
        for about, text in desk.drafts_of(start).items():
            place, question = about.removeprefix(start).split("/")
            self._left[(place, question)] = text

    def _about(self, *key: str) -> str:
        return f"answer/{self._audit}/{'/'.join(key)}"

    def typing(self) -> None:
        """Take note that something is typed, or was: it is kept once the user rests."""
        self._touched = monotonic()
        if self._timer is None and (self._kept or self._now().text):
            self._timer = self._owner.set_timer(REST, self._look)

    def _look(self) -> None:
        """Keep what is typed once nothing was for a second; else look again later."""
        left = self._touched + REST - monotonic()
        self._timer = None
        if left > 0:
            self._timer = self._owner.set_timer(left, self._look)
        else:
            self.keep()

    def keep(self) -> None:
        """Keep what is typed now; forget what was, once it is recorded or erased."""
        now = self._now()
        if self._kept and (self._kept.key != now.key or not now.text):
            self._desk.keep_draft(self._about(*self._kept.key), None)
            self._kept = None
        if now.text and now != self._kept:
            self._desk.keep_draft(self._about(*now.key), now.text)
            self._kept = now

    def offer(self, key: Key) -> str:
        """Return how to take again what was left half typed there; else nothing."""
        text = cut(line(self._left.get(key, "")), _LONGEST)
        if not text:
            return ""
        return f"Vous tapiez «\u00a0{text}\u00a0» : Retour arrière le reprend."

    def leave(self, typed: TypedAt) -> None:
        """Offer again what is dropped, until the question is answered."""
        self._left[typed.key] = typed.text

    def take(self, key: Key) -> str:
        """Return what was left half typed there, to be typed on; offered no more."""
        text = self._left.pop(key, "")
        if text:
            self._kept = TypedAt(key, text)
        return text

    def answered(self, key: Key) -> None:
        """Offer no more what was left half typed of what is answered now."""
        if self._left.pop(key, ""):
            self._desk.keep_draft(self._about(*key), None)


class VisitFaces(PlaceScreen):
    """The plan on the left; on the right the fiche, or the grille."""

    CSS_PATH = "visit.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own type
        (0, "-narrow"),
        (76, "-normal"),
        (100, "-wide"),
        (120, "-knowing"),
        (140, "-widest"),
    ]

    has_here = True
    """Whether one stands in a room: « ici » is one place to search."""
    session: AuditSession
    """Its audit."""
    visiting: VisitSession
    """Where the user stands."""
    _drafts: AnswerDrafts

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
        self.is_gridding = False
        """Whether the grid is shown, and not the fiche."""
        self.is_looking = False
        """Whether one went to the bilan, to come back."""
        self._settled: Saved | None = None
        """What the last move recorded, to be told where one arrives."""
        self._costs: Costs | None = None
        """What is most useful, as it was when the visit was planned or opened."""

    def body(self) -> ComposeResult:
        # Textual tells the width once all is mounted, and would style all again.
        width, points = self.app.size.width, self.HORIZONTAL_BREAKPOINTS
        *_, fitting = (name for least, name in points if least <= width)
        self.add_class(fitting, update=False)
        yield Static(id="visit-score")
        with Horizontal(id="visit-body"):
            yield WalkPlan(id="visit-plan")
            with ContentSwitcher(initial="fiche", id="visit-face"):
                yield Fiche(id="fiche")
            yield KnownHere(id="visit-known")

    def _begin(self) -> None:
        """Stand at the question or the part asked for, and follow what is typed."""
        self.visiting = VisitSession(self.session, self._wanted)
        if self._place and not self._wanted:
            self._go_leg(self._place)
        self.fiche.given = self._given
        self.fiche.line.walked = self._walk
        self.fiche.line.returned = self.on_go_answered
        self._drafts = AnswerDrafts(
            self.diag.desk, self.session.audit.id, self, self._typed_now
        )
        self.fiche.typed = self._drafts.typing
        self.fiche.line.resumed = self._resumed
        self.fiche.line.may_return = lambda: self.visiting.answered is not None

    def show(self, status: str = "", style: str = "$text-muted") -> None:
        """Show everything anew, at the question at hand; then a status."""
        self._show_around()
        self.fiche.show(self.visiting)
        self.show_status(status or self._drafts.offer(self._typed_now().key), style)
        self.refresh_keys()
        self._keep_place()

    def _typed_now(self) -> TypedAt:
        """Return what is being typed in the face that is shown, and what it answers."""
        grid = self.grid
        if grid and self.is_gridding and not grid.is_empty:
            key = (grid.cursor_place or "", grid.cursor_question or "")
            return TypedAt(key, grid.table.text)
        return TypedAt(self.visiting.key, self.fiche.line.value)

    @property
    def unasked_at(self) -> str:
        """The place of the grid's cell, where its question is not asked; else empty."""
        grid = self.grid
        is_unasked = grid and self.is_gridding and not grid.is_empty and grid.is_inert
        return self._typed_now().key[0] if is_unasked else ""

    def follow_grid(self) -> None:
        """Stand where the grid does; where its question is not asked, at that place."""
        key = self._typed_now().key
        if self.unasked_at:
            legs = self.visiting.walk.legs
            keys = (self.visiting.key, *(one.key for leg in legs for one in leg.stops))
            key = next((one for one in keys if one[0] == key[0]), keys[0])
        # The place of the cell may have been taken back with what was undone.
        if key != self.visiting.key and self.visiting.walk.stop(key):
            self.visiting.go(key)

    def _resumed(self) -> str:
        return self._drafts.take(self._typed_now().key)

    def _keep_place(self) -> None:
        """Have the very question resumed whatever ends the program, once it is seen."""
        self._drafts.typing()
        self.call_after_refresh(keep_place, self.session, self.visiting.key)

    def show_status(self, status: str, style: str = "$text-muted") -> None:
        """Show something under the face that is shown."""
        self.fiche.status(status, style)
        if self.grid:
            self.grid.refresh_from(self.session)
            if self.is_gridding and status:
                self.grid.inform(status, stays=style == DONE)

    @property
    def fiche(self) -> Fiche:
        """The face that shows one question."""
        return self.query_one(Fiche)

    @property
    def face(self) -> ContentSwitcher:
        """The fiche or the grille."""
        return self.query_one("#visit-face", ContentSwitcher)

    def _show_around(self) -> None:
        session, visiting, remarks = self.session, self.visiting, tuple[str, ...]()
        if session.status not in UNDER_WAY:
            remarks = (standing_word(session.status, session.signature),)
        else:
            # What still fits before one leaves, or how long one has been here.
            if (plan := session.plan) and plan.start:
                self._costs = self._costs or costs_of(session, plan.minutes)
                remarks = countdown(session, visiting.walk, self._costs)
            if not remarks and (minutes := minutes_on_site(session)):
                remarks = (f"{duration_words(minutes)} sur place",)
        listening = (_LISTENING,) if self.diag.desk.phone else ()
        self.set_title(session.about.title, *listening, *remarks)
        left, maybe = visiting.walk.left, visiting.walk.maybe
        rest = f"reste {left}" if left or maybe else "tout est répondu"
        more = f", peut-être {maybe} de plus" if maybe else ""
        words = content(f"{visiting.score} · {rest}{more}")
        self.query_one("#visit-score", Static).update(words, layout=False)
        checks = len(departure_of(session, visiting.walk).checks)
        with self.prevent(WalkPlan.Moved):
            self.query_one(WalkPlan).show_walk(visiting, checks)
        self.query_one(KnownHere).follow(visiting)

    def _given(self, typed: str | Parsed) -> None:
        """Record what is typed, then go to what is left; nothing typed: go on."""
        if isinstance(typed, str) and not typed.strip():
            if saved := self.visiting.confirm():
                self.show_saved(saved)
            else:
                self._walk(1)
        elif saved := self._given_as(typed):
            self.show_saved(saved)

    def _given_as(self, typed: str | Parsed) -> Saved | None:
        """Record what is typed; when it cannot be, show why, and it stays there."""
        try:
            return self.visiting.answer(typed)
        except DoubtfulAnswer as doubt:
            if doubt.again:
                self.ask_why(
                    f"{doubt.plain_problem} Pourquoi est-ce juste ?",
                    lambda reason: self.visiting.answer(typed, reason.strip()),
                )
            else:
                words = f"{doubt.plain_problem} Entrée pour dire pourquoi."
                self.fiche.status(words, "bold $warning")
        except UnlikelyAnswer as doubt:
            self.fiche.status(
                f"{doubt.plain_problem} Entrée pour confirmer.", "bold $warning"
            )
        except Refused as error:
            self.fiche.status(f"Refusé. {error.plain}", "bold $error")
        return None

    def ask_why(
        self, question: str, answer: Callable[[str], Saved], hint: str = ""
    ) -> None:
        """Ask for a reason, record the answer with it, then go to what is left."""
        saved: list[Saved] = []

        def reasoned(reason: str | None) -> None:
            if reason is not None:
                self.show_saved(saved[-1])

        asked = Ask(
            question, hint=hint, keep=lambda reason: saved.append(answer(reason))
        )
        self.app.push_screen(asked, reasoned)

    def settle(self) -> bool:
        """Record what is typed before a move; return whether nothing is left to do."""
        self._settled = None
        if self.grid and self.is_gridding:
            return self.grid.is_empty or self.grid.settle()
        typed = self.fiche.line.value
        if not typed.strip():
            return True
        saved = self._given_as(typed)
        if saved:
            self._settled = saved._replace(label=f"{_ANSWERED}{saved.label}")
            self.fiche.forget_typed()
            self._show_around()
        return saved is not None

    def look_again(self, words: str, *, forget: bool, written: bool) -> None:
        """Show what there is, once asked whether to write; go on as Enter."""
        answered = written and bool(self.fiche.line.value.strip())
        if forget:
            self.fiche.forget_typed()
            if self.grid:
                self.grid.forget_typed()
        if answered:
            self.visiting.onward()
        self.show(words, DONE)

    def catch_up(self) -> None:
        """Show what another window wrote; what is being typed stays."""
        if hasattr(self, "visiting") and self.visiting.catch_up():
            self.show("Lu de nouveau : une autre fenêtre a écrit dans cet audit.")

    def show_saved(self, saved: Saved) -> None:
        """Show that it is on disk, then go to what is left."""
        self.fiche.forget_typed()
        self._drafts.answered(self.visiting.key)
        saved = saved._replace(label=f"{_ANSWERED}{saved.label}")
        if not self.visiting.onward():
            end = f". Il ne reste rien : {key_now(self.app, GoBilan)}, le bilan"
            saved = saved._replace(answer=f"{saved.answer}{end}")
        self.show(str(saved), DONE)
        if self.visiting.answered and not self.is_gridding:
            keys = (key_now(self.app, each) for each in (GoAnswered, WriteNote))
            back = "{} y revenir, {} la noter".format(*keys).replace(" ", "\u00a0")
            more = self._drafts.offer(self.visiting.key) or back
            self.fiche.status_saved(saved, DONE, f"   {more}")

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

    def on_go_answered(self) -> None:
        """Go back to what was just answered; stay where nothing was."""
        if self.visiting.answered:
            self.go_to(self.visiting.answered)

    def _moved(self) -> None:
        with self.prevent(WalkPlan.Moved):
            self.query_one(WalkPlan).follow(self.visiting)
        self.query_one(KnownHere).follow(self.visiting)
        self.fiche.show(self.visiting)
        if self._settled:
            self.fiche.status_saved(self._settled, DONE, "")
        else:
            self.fiche.status(self._drafts.offer(self.visiting.key))
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
        if not self.is_gridding:
            await self.on_show_grid()
        elif self.settle():
            self._turn("fiche")
            self.show()
            self.fiche.line.focus()

    async def on_show_grid(self) -> None:
        if not self.settle():
            return
        if self.grid is None:
            # Textual's table and its rules: 10 ms, only for those who go there.
            from diag.tui.visit.grid import Grid  # noqa: PLC0415

            self.grid = Grid(self.session, id="grid")
            self.grid.typed, self.grid.resumed = self._drafts.typing, self._resumed
            self.grid.before = self._answered_before
            await self.face.mount(self.grid)
        self._turn("grid")
        self.grid.refresh_from(self.session)
        self.grid.focus()
        self._follow_in_grid()

    def _answered_before(self, place: Place, question: Question) -> str:
        """Return what was answered there last time, in words; empty: nothing."""
        last = self.visiting.memory.of(place, question)
        today = self.session.workspace.world.today()
        return last.describe(question, today) if last else ""

    def _follow_in_grid(self) -> None:
        assert self.grid is not None
        if not self.grid.goto(*self.visiting.key):
            key = key_now(self.app, SwapFace)
            label = self.visiting.question.label
            self.grid.inform(f"« {label} » se répond dans la fiche, {key} y ramène.")
        elif offered := self._drafts.offer(self.visiting.key):
            self.grid.inform(offered)

    def drop_typed(self, *, is_kept: bool = False) -> bool:
        """Drop what is being typed in the face shown; return whether there was any.

        `is_kept`: it is offered again, until the question is answered.
        """
        typed = self._typed_now()
        if not typed.text:
            return False
        if is_kept:
            self._drafts.leave(typed)
        if self.grid and self.is_gridding:
            self.grid.forget_typed()
        self.fiche.forget_typed()
        self.show()
        return True

    def _turn(self, face: str) -> None:
        self.face.current = face
        self.is_gridding = face == "grid"
        self.set_class(self.is_gridding, "-gridding")
        self.refresh_keys()
        self.diag.whereabouts.note_face(self.uai, face)

    def on_grid_answered(self, event: "Grid.Answered") -> None:
        self._drafts.answered((event.place, event.question))
        self._show_around()

    def on_grid_moved(self, event: "Grid.Moved") -> None:
        self.follow_grid()
        self._keep_place()
        key = (event.place, event.question)
        if self.grid and (offered := self._drafts.offer(key)):
            self.grid.inform(offered)

    @on(AnswerLine.PlanWanted)
    def _plan_wanted(self) -> None:
        self.add_class("-planning")
        self.query_one(WalkPlan).focus()

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
        """Go back where the user answers."""
        if self.grid and self.is_gridding:
            self.grid.focus()
        else:
            self.fiche.line.focus()

    def on_back(self) -> None:
        if self.query_one(WalkPlan).has_focus:
            self._leave_plan()
            return
        if not (self.fiche.line.has_focus and self.drop_typed()):
            super().on_back()
