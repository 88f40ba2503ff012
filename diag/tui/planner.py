"""La visite: what fits in so many minutes, place by place, before one begins."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.app import ComposeResult
from textual.content import Content

from diag.audit.fitting import (
    DEBRIEF,
    DURATIONS,
    Costs,
    Fit,
    FitStop,
    asked_elsewhere,
    costs_of,
    fit,
    fit_spare,
    walk_within,
)
from diag.audit.places import floor_of, keep_floor, spots_of, walked_later
from diag.audit.report import report_folder
from diag.audit.session import AuditSession
from diag.audit.visit import VisitSession, minutes_on_site
from diag.audit.walk import Walk, walk_of
from diag.documents.questionnaire import (
    compose,
    keep,
    write_form,
    write_questionnaire,
)
from diag.model.enums import Profile
from diag.model.errors import DiagError
from diag.tui.commands import Command, SendForms, bindings_of, key_now
from diag.tui.dialogs import Ask
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import DrawnLine, Sentence, TextSheet
from diag.words.dates import hour_typed, hour_words
from diag.words.sentences import counted, sentence


class BeginVisit(Command, keys="enter", title="Commencer", footer=True):
    """Commencer la visite : ses minutes comptent à partir d'ici."""


class ChangeDuration(Command, keys="d", title="Durée", footer=True):
    """Passer à la durée suivante : 20, 30, 45 ou 90 minutes."""


class SetAppointment(Command, keys="r", title="Rendez-vous", footer=True):
    """Dire à quelle heure la visite commence ; vide, elle commence maintenant."""


class SkipPlace(Command, keys="space", title="Retirer", footer=True):
    """Ne pas aller dans ce lieu cette fois-ci, ou y aller quand même."""


class WalkLater(Command, keys="o", title="Ordre", footer=True):
    """Passer par cette salle après la suivante : le plan garde cet ordre."""


_USUAL = 30
"""Minutes, until another length is chosen."""

_REST = "+"
"""Before the key of a place, on the line of what does not fit there."""

_BLOCKS = ("█", "▒")
"""One place after another, told apart without colour too."""

_FORMS = {
    "mairie": "commune",
    "prestataire": "prestataire",
    "direction": "direction",
    "équipe": "equipe",
}
"""Who answers without the engineer → whose questionnaire it is."""


def send_forms(screen: PlaceScreen, session: AuditSession) -> None:
    """Write the questionnaires of those who answer without one, and show where.

    Raises:
        DiagError: nobody has anything left to answer.
    """
    walk = walk_of(session.facts, session.checklist, session.profile)
    papers = []
    for who, _ in asked_elsewhere(walk):
        if who in _FORMS:
            paper, printed = compose(session, _FORMS[who])
            keep(session, printed)
            papers.append((paper, write_form(session, printed)))
    if not papers:
        raise DiagError("Personne n'a plus rien à répondre sans vous.")
    app, shell, folder = screen.app, screen.diag, report_folder(session)

    def write() -> None:
        for paper, page in papers:
            for _ in write_questionnaire(paper, page, folder):
                pass
        words = f"{counted(len(papers), 'questionnaire')} dans {folder}"
        app.call_from_thread(shell.inform, words)

    screen.run_worker(write, thread=True, exclusive=True, group="reports")


class PlannerScreen(PlaceScreen):
    """Stops above the line, what does not fit under it."""

    DEFAULT_CSS = """
    PlannerScreen {
        #planner-bar { height: 2; padding: 0 1; color: $accent; }
        #planner-words { padding: 0 1; max-height: 3; color: $text-muted; }
    }
    """
    OFFERS = (
        BeginVisit,
        ChangeDuration,
        SetAppointment,
        SkipPlace,
        WalkLater,
        SendForms,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Que peut-on voir en si peu de temps ? Les dangers de chaque salle d'abord, "
        "puis la loi, l'indispensable, le reste. Une salle n'est visitée qu'une fois."
    )

    def __init__(self, visiting: VisitSession, done: Callable[[str], object]) -> None:
        super().__init__()
        self._visiting = visiting
        self._session = visiting.session
        self._done = done
        plan = self._session.plan
        self._minutes = plan.minutes if plan else _USUAL
        self._removed = set(plan.removed if plan else ())
        self._start = 0
        """The appointment, wall clock; 0: now."""
        self._prepare()

    def _prepare(self) -> None:
        """Reckon what is most useful for so long a visit: once, not at each key."""
        self._walk = walk_within(self._session, self._minutes)
        self._costs = costs_of(self._session, self._minutes)
        self._longer: tuple[Walk, Costs] | None = None
        """Those of a longer visit, once all of a short one fits."""

    def body(self) -> ComposeResult:
        yield TextSheet(id="planner-bar")
        yield Lines(
            (
                ListColumn("Heure", 7),
                ListColumn("Où"),
                ListColumn("Réponses", 8, right=True),
                ListColumn("Ce qui y est vu d'abord", 44, narrow=34, least=TINY),
            ),
            empty="Rien à constater sur place : tout est répondu, ou se demande avant. "
            f"{key_now(self.app, SendForms)} écrit les questionnaires.",
        )
        yield Sentence(id="planner-words")

    def on_mount(self) -> None:
        self._show()

    @property
    def _from(self) -> int:
        return self._start or self._session.workspace.world.clock()

    def _show(self, key: str | None = None) -> None:
        found = fit(self._walk, self._minutes, self._costs, self._removed)
        start = self._from
        end = hour_words(start + self._minutes * 60_000)
        self.set_title(
            f"{self._session.about.name}, la visite de {hour_words(start)}",
            f"{self._minutes}\u00a0min, jusqu'à {end}",
        )
        self.query_one("#planner-bar", TextSheet).show(partial(_bar, found, start))
        self.query_one(Lines).show([*self._lines(found, start)], key)
        dangers = sum(one.tiers["danger"] for one in found.stops)
        first = f", {counted(dangers, 'danger')} à chercher d'abord" if dangers else ""
        least = "au moins " if found.maybe else ""
        words = f"{least}{counted(found.answers, 'réponse')} sur place{first}."
        if found.maybe:
            words = f"{sentence(words[:-1])} {sentence(found.maybe_words)}"
        elsewhere = asked_elsewhere(self._walk)
        if others := ", ".join(f"{who} {many}" for who, many in elsewhere):
            sent = key_now(self.app, SendForms)
            words += f" Sans vous\u00a0: {others}\u00a0: {sent} les écrit."
        self.query_one("#planner-words", Sentence).show(words)

    def _lines(self, found: Fit, at: int) -> Iterator[ListLine]:
        """Give the stops with their hours, then what does not fit, and why."""
        for one in found.stops:
            yield _line(one.key, one, hour_words(at), one.words)
            at += one.seconds * 1000
        if found.stops:
            cells = (hour_words(at), "À chaud", "-", "avec la direction")
            yield ListLine("debrief", cells)
        if not found.wanting and Profile.within(self._minutes) is Profile.SHORT:
            longer, session = Profile.STANDARD.minutes, self._session
            self._longer = self._longer or (
                walk_within(session, longer),
                costs_of(session, longer),
            )
            if spare := fit_spare(found, *self._longer, self._removed):
                many = counted(sum(len(one.stops) for one in spare), "réponse")
                words = f" s'il reste du temps\u00a0: {many} "
                yield ListLine("", (f" {words:─^70}",))
            for one in spare:
                yield _line(_REST + one.key, one, "", one.words)
        if found.left_out:
            words = (
                f" ne tient pas en {self._minutes} minutes\u00a0: {found.more_words} "
            )
            yield ListLine("", (f" {words:─^70}",))
        for one in found.left_out:
            yield _line(_REST + one.key, one, "", one.words)
        whole = fit(self._walk, 24 * 60, self._costs)
        for one in whole.stops:
            if one.key in self._removed:
                yield _line(_REST + one.key, one, "", "retiré")

    def on_send_forms(self) -> None:
        send_forms(self, self._session)

    def on_begin_visit(self) -> None:
        """Choose the minutes; begin at the first stop, or go on where the visit is."""
        visiting = self._visiting
        words = visiting.choose(self._minutes, sorted(self._removed), self._from)
        found = fit(self._walk, self._minutes, self._costs, self._removed)
        if found.stops and minutes_on_site(self._session) is None:
            # A stop may name only the type of a room: go to one that is in the walk.
            first, keys = found.stops[0], [one.key for one in found.stops[0].stops]
            legs = (leg for leg in visiting.walk.legs if leg.key == first.key)
            there = {one.key for leg in legs for one in leg.stops}
            visiting.go(next((key for key in keys if key in there), keys[0]))
        self.diag.go_back()
        self._done(words)

    def on_change_duration(self) -> None:
        longer = (each for each in DURATIONS if each > self._minutes)
        self._minutes = next(longer, DURATIONS[0])
        self._prepare()
        self._show()

    def on_set_appointment(self) -> None:
        def typed(text: str) -> None:
            today = self._session.workspace.world.today()
            self._start = hour_typed(text, today) if text.strip() else 0
            self._show()

        question = "À quelle heure commence la visite ? Vide : maintenant."
        self.app.push_screen(Ask(question, hint="10 h 05", keep=typed))

    def on_skip_place(self) -> None:
        key = self.query_one(Lines).key.removeprefix(_REST)
        if key in {leg.key for leg in self._walk.legs}:
            self._removed ^= {key}
            self._show()

    def on_walk_later(self) -> None:
        key = self.query_one(Lines).key
        floor = floor_of(self._session.facts)
        if key not in spots_of(floor):
            self.diag.inform("Les salles seules changent d'ordre.")
            return
        keep_floor(self._session, walked_later(floor, key))
        self._prepare()
        self._show(key)


def _line(key: str, one: FitStop, at: str, words: str) -> ListLine:
    maybe = f" +{one.maybe}" if at and one.maybe else ""
    return ListLine(key, (at, one.title, f"{len(one.stops)}{maybe}", words))


def _bar(found: Fit, start: int, width: int) -> list[DrawnLine]:
    """Return how the time is shared, and the hours under it."""
    total = max(found.minutes * 60, 1)
    shares = [each.seconds for each in found.stops]
    shares += [DEBRIEF] if found.stops else []
    drawn, done = "", 0
    for rank, share in enumerate(shares):
        done += share
        drawn += _BLOCKS[rank % 2] * (width * done // total - len(drawn))
    marks = [hour_words(start + found.minutes * part * 30_000) for part in range(3)]
    first, middle, last = marks
    left = max((width - len(middle)) // 2 - len(first), 1)
    right = max(width - len(first) - left - len(middle) - len(last), 1)
    hours = f"{first}{' ' * left}{middle}{' ' * right}{last}"
    return [
        DrawnLine(Content(drawn.ljust(width, "░"))),
        DrawnLine(Content.styled(hours[:width], "$text-muted")),
    ]
