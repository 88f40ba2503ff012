"""Avant de partir: what is seen here only, what others answer; the day on site."""

from collections.abc import Callable

from textual.app import App, ComposeResult

from diag.audit.answer import Key
from diag.audit.departure import Check, departure_of, waive
from diag.audit.follow import add_visit, remove_visit
from diag.audit.session import AuditSession
from diag.documents.write import write_departure
from diag.model.audit import Visit
from diag.model.errors import DiagError
from diag.tui.beginning import send_forms
from diag.tui.commands import (
    Command,
    CommandType,
    GoBilan,
    OpenDebrief,
    SendForms,
    bindings_of,
    key_now,
)
from diag.tui.debrief import DebriefScreen
from diag.tui.dialogs import ChooseDialog, Field, FormDialog, ListChoice
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import Sentence
from diag.words.dates import day_typed, hour_words, written_day
from diag.words.sentences import counted


class GoThere(Command, keys="enter", title="Aller voir", footer=True):
    """Aller à la question sous le curseur, à son lieu."""


class NeverMind(Command, keys="space", title="Tant pis", footer=True):
    """Partir sans cette question : elle quitte la liste, rien n'est répondu."""


class WriteList(Command, keys="e", title="Imprimer", footer=True):
    """Écrire la liste dans un fichier à imprimer et à cocher."""


class DateIt(Command, keys="v", title="Dater", footer=True):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""


_SENT = {
    "mairie": "à la mairie",
    "prestataire": "au prestataire",
    "direction": "à la direction",
    "équipe": "à l'équipe",
    "bureau": "au bureau",
}
"""Who answers without the engineer, as one hands it to them."""


class DepartureScreen(PlaceScreen):
    """What to see now, what others answer, what is doubtful; Enter goes there."""

    DEFAULT_CSS = """
    DepartureScreen {
        #leaving { padding: 1 1 0 1; max-height: 11; }
        Lines { height: 1fr; margin-top: 1; }
    }
    """
    OFFERS = (
        GoThere,
        NeverMind,
        OpenDebrief,
        SendForms,
        DateIt,
        WriteList,
        GoBilan,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Que voir avant de partir ? Ce qui ne se voit qu'ici, dangers d'abord, en "
        "remontant vers la sortie ; ce que d'autres répondront sans vous ; ce qui est "
        "douteux."
    )

    def __init__(self, session: AuditSession, go: Callable[[Key], object]) -> None:
        super().__init__()
        self._session = session
        self._go = go
        self._departure = departure_of(session)

    def body(self) -> ComposeResult:
        yield Lines(
            (
                ListColumn("", 1),
                ListColumn("", 20, narrow=17, tiny=10),
                ListColumn(""),
                ListColumn("", 40, narrow=24, least=TINY),
            ),
            empty="Rien à voir ici : tout est répondu, rien n'est douteux.",
        )
        yield Sentence(id="leaving")

    def on_mount(self) -> None:
        self._show()

    def _show(self, *words: str) -> None:
        departure = self._departure = departure_of(self._session)
        clock = hour_words(self._session.workspace.world.clock())
        self.set_title("Avant de partir", clock)
        lines = [ListLine("", (f" À voir ici, maintenant   {departure.here_words}",))]
        lines += [_line(check) for check in departure.here]
        if departure.doubtful:
            many = counted(len(departure.doubtful), "réponse")
            lines.append(ListLine("", ("",)))
            lines.append(ListLine("", (f" Douteux   {many} à relire",)))
            lines += [_line(check) for check in departure.doubtful]
        self.query_one(Lines).show(lines if departure.checks else [])
        below = [*words]
        others = [f"{many} {_SENT[who]}" for who, many in departure.elsewhere]
        if others:
            key = key_now(self.app, SendForms)
            sent = f"{key} écrit les questionnaires, à joindre au compte rendu."
            below.append(f"Sans vous\u00a0: {', '.join(others)}. {sent}")
        below += [*departure.remarks, departure.outcome]
        self.query_one("#leaving", Sentence).show("\n".join(below))
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command in {GoThere, NeverMind}:
            return True if self._departure.checks else None
        return True

    def on_send_forms(self) -> None:
        send_forms(self, self._session)

    @property
    def _key(self) -> Key:
        place, _, question = self.query_one(Lines).key.partition("/")
        return place, question

    def on_go_there(self) -> None:
        key = self._key
        self.diag.go_back()
        self._go(key)

    def on_never_mind(self) -> None:
        waive(self._session, self._key)
        self._show()

    def on_open_debrief(self) -> None:
        self.app.push_screen(DebriefScreen(self._session))

    def on_go_bilan(self) -> None:
        self.diag.look_at_bilan(self._session.about.ref)

    def on_write_list(self) -> None:
        self._show(f"Écrit dans {write_departure(self._session)}")

    def on_date_it(self) -> None:
        def done(words: str) -> None:
            self._show(f"Enregistré · {words}.")

        ask_day(self.app, self._session, done)


def _line(check: Check) -> ListLine:
    stop = check.stop
    mark = "!" if stop.question.danger else ""
    cells = (mark, check.place, stop.question.label, ", ".join(check.reasons))
    return ListLine("/".join(stop.key), cells)


_NAMES = "séparés par des virgules"
_ALLOWED = "de la commune : qui, quand"
_REMOVE = "remove"


class DayOnSite(FormDialog):
    """Asks what a visit is dated by; gives its words: « visite du 31/01/2027 »."""

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


def ask_day(app: App[None], session: AuditSession, done: Callable[[str], None]) -> None:
    """Ask for a day on site, or what is to be corrected; `done` is given its words."""

    def kept(words: str | None) -> None:
        if words:
            done(words)

    def chosen(key: str | None) -> None:
        if key is None:
            return
        act, _, ident = key.partition("/")
        visit = next((one for one in session.visits if one.id == ident), None)
        if visit and act == _REMOVE:
            remove_visit(session, visit)
            done(f"{_visit_words(visit)} retirée")
        else:
            app.push_screen(DayOnSite(session, visit), kept)

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
    app.push_screen(ChooseDialog(noted, choices), chosen)


def _names(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in typed.split(","))))
