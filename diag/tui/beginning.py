"""A visit on its day: what changed since the last, what fits in it, who came, when."""

from collections.abc import Callable, Iterator
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from diag.audit.answer import Key
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
from diag.audit.follow import add_visit, remove_visit
from diag.audit.memory import (
    Carried,
    Memory,
    carried,
    confirm,
    former_places,
    take_places_again,
)
from diag.audit.photos import PhotoSubject
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
from diag.model.audit import Visit
from diag.model.enums import Profile
from diag.model.errors import DiagError
from diag.tui.commands import (
    Command,
    KeyPlace,
    SendForms,
    ShowPhotos,
    TakeBack,
    WriteNote,
    key_now,
)
from diag.tui.dialogs import Ask, ChooseDialog, Field, FormDialog, ListChoice
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.noting import NotedAs, note_at
from diag.tui.photos import open_photos
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import DrawnLine, Sentence, TextSheet, line, wrapped
from diag.words.dates import day_typed, hour_typed, hour_words, written_day
from diag.words.sentences import counted, french, sentence


class ChangeCommand(Command, place=KeyPlace.CHANGED, footer=True):
    """What one does with what changed."""


class NothingChanged(ChangeCommand, keys="f8", title="Rien n'a changé"):
    """Confirmer d'un coup ce qui est encore sûr ici : « repris, vu »."""


class AnswerTheRest(ChangeCommand, keys="enter", title="Dire le reste"):
    """Aller à ce qui reste à dire ici, question après question."""


class ThisChanged(ChangeCommand, keys="space", title="A changé"):
    """Ne rien confirmer ici : tout y est redemandé. Encore une fois : on peut."""


class PlanFromHere(ChangeCommand, keys="p", title="Ce qui tient"):
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
    PLACE = KeyPlace.CHANGED
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012 - Textual's own type
    OFFERS = (
        NothingChanged,
        AnswerTheRest,
        ThisChanged,
        PlanFromHere,
        WriteNote,
        ShowPhotos,
        TakeBack,
        *EVERYWHERE,
    )
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
        self.query_one("#changed-moved", Sentence).show(" ; ".join(moved))
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

    @property
    def _place(self) -> str:
        """The place of the part under the cursor; the school where it is of none."""
        one, facts = self._here, self._session.facts
        return one.key if one and one.key in facts.places else facts.root

    def on_write_note(self) -> None:
        subjects = map(PhotoSubject, (self._place, self._session.facts.root))
        note_at(self.app, self._session, [*subjects], self._noted)

    def _noted(self, noted: NotedAs) -> None:
        if noted.opens:
            self.diag.go_back()
            self._go(noted.opens)
        else:
            self.diag.inform(f"Noté : {noted.words}.")

    def on_show_photos(self) -> None:
        open_photos(self.app, self._session, self._place)

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


_NAMES = "séparés par des virgules"
_ALLOWED = "de la commune : qui, quand"
_REMOVE = "remove"


class DayOnSite(FormDialog):
    """Asks what a visit is dated by; gives its words: « visite du 31/01/2027 »."""

    PLACE = KeyPlace.DEPARTURE

    def __init__(self, session: AuditSession, corrects: Visit | None = None) -> None:
        words = (
            f"Corriger la {_visit_words(corrects)}" if corrects else "Dater la visite"
        )
        super().__init__(words)
        self._session = session
        self._corrects = corrects

    def fields(self) -> tuple[Field, ...]:
        """Show what is to be corrected, else what is likeliest: one came, today."""
        visit = self._corrects
        if visit is None:
            workspace = self._session.workspace
            author = workspace.settings.name_of(workspace.settings.author)
            today = workspace.world.today().isoformat()
            visit = Visit(id="", date=today, present=(author,))
        present, met = ", ".join(visit.present), ", ".join(visit.met)
        return (
            Field("on", "Date", written_day(visit.date), "31/01/2027"),
            Field("present", "Qui est venu", present, _NAMES),
            Field("met", "Qui a reçu", met, "directrice, maître, agent communal…"),
            Field("authorisation", "Accord", visit.authorisation, _ALLOWED),
        )

    def keep(self) -> str:
        """Record the visit.

        Raises:
            DiagError: a date that is none or is to come; what was typed stays.
        """
        typed = self.value("on")
        if not typed.strip():
            raise DiagError(
                "Une visite a une date, par exemple 31/01/2027.", about="on"
            )
        visit = add_visit(
            self._session,
            day_typed(typed, until=self._session.workspace.world.today()),
            present=_names(self.value("present")),
            met=_names(self.value("met")),
            authorisation=self.value("authorisation"),
            corrects=self._corrects,
        )
        return _visit_words(visit)


def _visit_words(visit: Visit) -> str:
    return f"visite du {written_day(visit.date)}"


def ask_day(
    screen: PlaceScreen, session: AuditSession, done: Callable[[str], object]
) -> None:
    """Ask for a day on site, or what is to be corrected; `done` is given its words."""

    def chosen(key: str) -> None:
        act, _, ident = key.partition("/")
        visit = next((one for one in session.visits if one.id == ident), None)
        if visit and act == _REMOVE:
            remove_visit(session, visit)
            done(f"{_visit_words(visit)} retirée")
        else:
            screen.ask(DayOnSite(session, visit), done)

    if not session.visits:
        chosen("")
        return
    choices = [ListChoice("+", "Dater une autre visite")]
    for one in session.visits:
        aside = ", ".join(one.present)
        choices.append(
            ListChoice(f"/{one.id}", f"Corriger la {_visit_words(one)}", aside)
        )
        choices.append(
            ListChoice(f"{_REMOVE}/{one.id}", f"Retirer la {_visit_words(one)}", aside)
        )
    noted = counted(len(session.visits), "visite déjà notée", "visites déjà notées")
    screen.ask(ChooseDialog(noted, choices), chosen)


def _names(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in typed.split(","))))
