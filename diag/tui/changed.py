"""Ce qui a changé: the second audit, part by part, by what differs from the first."""

from collections.abc import Callable, Iterator

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from diag.audit.answer import Key
from diag.audit.memory import (
    Carried,
    Memory,
    carried,
    confirm,
    former_places,
    take_places_again,
)
from diag.audit.visit import VisitSession
from diag.tui.commands import Command, TakeBack, bindings_of, key_now
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import DrawnLine, Sentence, TextSheet, line, wrapped
from diag.words.dates import hour_words, written_day
from diag.words.sentences import counted, french


class NothingChanged(Command, keys="f8", title="Rien n'a changé", footer=True):
    """Confirmer d'un coup ce qui est encore sûr ici : « repris, vu »."""


class AnswerTheRest(Command, keys="enter", title="Dire le reste", footer=True):
    """Aller à ce qui reste à dire ici, question après question."""


class ThisChanged(Command, keys="space", title="A changé", footer=True):
    """Ne rien confirmer ici : tout y est redemandé. Encore une fois : on peut."""


class PlanFromHere(Command, keys="p", title="Ce qui tient", footer=True):
    """Voir ce qui tient dans la visite, une fois confirmé ce qui n'a pas changé."""


_GLANCE = 5
"""Lines for what is known of a part, at 24 lines; twice as many when there is room."""

_TALL = 34


class ChangedScreen(PlaceScreen):
    """Parts of the walk with what is known, what is asked again, and why."""

    DEFAULT_CSS = f"""
    ChangedScreen {{
        #changed-count, #changed-moved {{ padding: 0 1; }}
        #changed-moved {{ color: $text-warning; text-style: bold; max-height: 2; }}
        #changed-glance {{
            height: {_GLANCE + 1};
            padding: 0 1;
            border-top: solid $border-blurred;
        }}
        &.-tall #changed-glance {{ height: {2 * _GLANCE + 1}; }}
    }}
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012 - Textual's own type
    OFFERS = (
        NothingChanged,
        AnswerTheRest,
        ThisChanged,
        PlanFromHere,
        TakeBack,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qu'est-ce qui a changé ? Salle par salle, d'un regard, "
        "on confirme ce qui n'a pas bougé ; les dangers, les mesures anciennes et ce "
        "qu'une suite a dû changer se redemandent."
    )

    def __init__(
        self,
        visiting: VisitSession,
        memory: Memory,
        go: Callable[[Key], object],
        plan: Callable[[], object],
    ) -> None:
        super().__init__()
        self._visiting = visiting
        self._session = visiting.session
        self._memory = memory
        self._go, self._plan = go, plan
        self._parts: dict[str, Carried] = {}
        self._changed: set[str] = set()
        """Parts where nothing is to be confirmed."""

    def body(self) -> ComposeResult:
        yield Sentence(id="changed-count")
        yield Sentence(id="changed-moved")
        yield Lines((
            ListColumn("Salle", 24, narrow=21),
            ListColumn("Connus", 6, right=True),
            ListColumn("À redire", 8, right=True),
            ListColumn("Pourquoi"),
        ))
        yield TextSheet(id="changed-glance")

    def on_mount(self) -> None:
        self._show()

    def look_again(self, _words: str, **_: bool) -> None:
        """Show what there is, once the user was asked whether to write."""
        self._show()

    def _show(self, key: str | None = None, words: str = "") -> None:
        session = self._session
        found = carried(session, self._memory)
        self._parts = {one.key: one for one in found}
        since = self._memory.facts.visit_date
        day = f"le {written_day(since.isoformat())}" if since else "la dernière fois"
        self.set_title(
            f"{session.about.name}, ce qui a changé depuis {day}",
            hour_words(session.workspace.world.clock()),
        )
        lines = []
        for one in found:
            why, done = one.reasons, one.confirmed and not one.known
            if one.key in self._changed:
                why = "a changé : tout se redemande"
            elif done and one.stale:
                why = f"confirmés, reste {len(one.stale)}"
            elif done:
                why = "confirmés, vus"
            known = str(len(one.known) or one.confirmed or "-")
            cells = (one.title, known, str(len(one.stale) or "-"), why)
            lines.append(ListLine(one.key, cells))
        self.query_one(Lines).show(lines, key)
        if not words and (former := former_places(session)):
            words = f"{key_now(self.app, NothingChanged)} reprend {former.words}."
        elif not words:
            known = counted(sum(len(one.known) for one in found), "fait")
            stale = sum(len(one.stale) for one in found)
            given = sum(one.confirmed for one in found)
            words = f"À confirmer : {known}, à redemander : {stale}. "
            words += f"Répondus ou confirmés\u00a0: {given}"
        self.query_one("#changed-count", Sentence).show(words)
        moved = [words for one in found for words in one.moved]
        self.query_one("#changed-moved", Sentence).show(", ".join(moved))
        self.refresh_keys()

    @property
    def _here(self) -> Carried | None:
        return self._parts.get(self.query_one(Lines).key)

    @on(Lines.Moved)
    def _moved(self) -> None:
        one = self._here
        sheet = self.query_one("#changed-glance", TextSheet)
        sheet.show(lambda width: [*_glance(one, width, sheet.height)] if one else [])

    def on_nothing_changed(self) -> None:
        """Take the places again while there is none; else confirm what is fresh."""
        if former_places(self._session):
            former = take_places_again(self._session)
            self._show(words=f"Repris\u00a0: {former.taken}.")
            return
        one = self._here
        if one is None or one.key in self._changed:
            self.diag.inform("Ici, tout a changé : rien n'est confirmé.")
            return
        count = confirm(self._session, one)
        keys = list(self._parts)
        after = keys[keys.index(one.key) + 1 :]
        left = (key for key in after if self._parts[key].known)
        self._show(next(left, one.key))
        if not count:
            words = f"{one.title}\u00a0: rien à confirmer, le reste se redit."
            self.diag.inform(words)

    def on_this_changed(self) -> None:
        if one := self._here:
            self._changed ^= {one.key}
            self._show(one.key)

    def on_answer_the_rest(self) -> None:
        one = self._here
        stop = self._visiting.walk.first(one.key) if one else None
        if stop is None:
            self.diag.inform("Rien ne se demande ici dans une visite de cette durée.")
            return
        self.diag.go_back()
        self._go(stop.key)

    def on_plan_from_here(self) -> None:
        self._plan()

    def on_take_back(self) -> None:
        words = self._visiting.undo()
        self._show(words=f"Annulé · {words}")


def _glance(one: Carried, width: int, height: int) -> Iterator[DrawnLine]:
    """Give what is known of a part, then what is asked again, in so many lines."""
    yield DrawnLine(Content.styled(line(f"{one.title}, d'un regard"), "bold"))
    again = [fact.words for fact in one.stale]
    room = height - 1
    kept = room - room // 2 if again else room
    yield from _in_lines(" · ".join(fact.words for fact in one.known), kept, width)
    if again:
        words = "À redire\u00a0: " + ", ".join(again)
        yield from _in_lines(words, room // 2, width, "$text-warning")


def _in_lines(
    text: str, count: int, width: int, style: str = ""
) -> Iterator[DrawnLine]:
    """Give a text on so many lines at most; one that is cut ends with dots."""
    lines = wrapped(Content.styled(line(french(text)), style), width) if text else []
    if len(lines) > count > 0:
        last = lines[count - 1].plain[: max(width - 2, 1)].rstrip(" ·,")
        lines = [*lines[: count - 1], Content.styled(f"{last}…", style)]
    yield from map(DrawnLine, lines)
