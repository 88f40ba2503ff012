"""Mesures: what does this computer find here, and what does it offer?

A run goes on in a thread of its own, which one key stops; what was measured is kept and
offered, nothing is answered. What a run reaches of the world comes from `make_host`
alone, so that a test gives another.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Digits, Static

from diag.audit.evidence import (
    SUBJECTS,
    MissingRoomError,
    heard_rooms,
    keep_run,
    keep_unheard,
    last_terms,
    measured_label,
    measured_value,
    room_result,
    ssids_of,
    terms_from,
)
from diag.audit.proposals import waiting
from diag.audit.session import AuditSession
from diag.checklist.overlay import MEASURES
from diag.model.audit import Place
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.measure import (
    Authorisation,
    Measurement,
    MeasureRun,
    MeasureSeries,
)
from diag.probes import MeasureLists, check_installed, measure_lists
from diag.tui.commands import (
    Command,
    CommandType,
    KeyPlace,
    ShowPlaces,
    Trouble,
    key_now,
)
from diag.tui.dialogs import (
    ChooseDialog,
    Confirm,
    Field,
    FormDialog,
    ListChoice,
    TickSeveral,
)
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.proposals import OpenFilled, ProposalsScreen
from diag.tui.text import Sentence, content
from diag.words.sentences import counted, sentence, system_sentence

if TYPE_CHECKING:
    from diag.probes.host import Host
    from diag.probes.run import Runner, StoppableRun


@dataclass(frozen=True, slots=True)
class MeasureAsked:
    """A series that somebody asked for."""

    series: MeasureSeries
    place: Place | None = None
    said_off: bool = False
    mire: str = ""
    is_metered: bool = False
    authorisation: Authorisation | None = None


_TOLD = "qui a prévenu la direction, et comment"


class AuthorisationDialog(FormDialog):
    """Who let the line be filled, in writing; what was written last is there."""

    PLACE = KeyPlace.WINDOW

    def __init__(self, session: AuditSession, mire: str) -> None:
        super().__init__("Débit : l'autorisation écrite, et le serveur de mesure")
        self._last = last_terms(session)
        self._mire = self._last.mire or mire
        self.given: tuple[bool, Authorisation] | None = None
        """Whether the line is paid by volume, who let it be filled."""

    def options(self) -> tuple[tuple[str, str], ...]:
        return (
            ("fixe", "Ligne fixe : 300 Mo au plus"),
            ("volume", "4G, payée au volume : 30 Mo au plus"),
        )

    def fields(self) -> tuple[Field, ...]:
        last = self._last.authorisation
        return (
            Field("mire", "Mire", self._mire, "https://mire.mon-syndicat.fr"),
            Field("by", "Signée par", last.by if last else ""),
            Field("role", "Fonction", last.role if last else "", "maire, adjointe…"),
            Field("on", "Le", last.on if last else "", "2026-09-02"),
            Field("scope", "Permet", last.scope if last else "", "débit, ce matin"),
            Field("told", "Prévenue par", last.told if last else "", _TOLD),
        )

    def keep(self) -> str:
        """Return the server, once all is written.

        Raises:
            DiagError: something is missing.
        """
        names = ("by", "role", "on", "scope", "told")
        mire, signed = terms_from(
            self.value("mire"), {name: self.value(name) for name in names}
        )
        self.given = self.chosen == "volume", signed
        return mire


def prepare(asked: MeasureAsked, lists: MeasureLists) -> "Runner":
    """Read the connection, and what would be sent; nothing is. Takes a second or two.

    Raises:
        DiagError: what was written is no server.
    """
    # The extra `probes`, 200 ms.
    from diag.probes import Allowance, Setting  # noqa: PLC0415
    from diag.probes.machine import context_of  # noqa: PLC0415
    from diag.probes.mire import mire_at  # noqa: PLC0415
    from diag.probes.run import Runner, probes_of  # noqa: PLC0415

    host = make_host()
    setting = Setting(
        host,
        mire=mire_at(asked.mire) if asked.mire else None,
        room=asked.place.name if asked.place else "",
        context=asyncio.run(context_of(host)),
        allowance=Allowance.of(is_metered=asked.is_metered),
    )
    probes = probes_of(asked.series, lists, said_off=asked.said_off)
    runner = Runner.of(setting, probes, asked.authorisation)
    # In a room, one does not want to hear of what is not there.
    return runner.able() if asked.series is MeasureSeries.ROOM else runner


_FULL = (
    "La ligne de l'école sera pleine pendant ce temps : la classe qui s'en sert sera "
    "gênée, et faussera la mesure. Mieux vaut l'école vide, et trois mesures à deux "
    "moments de la visite."
)


def _plan_words(runner: "Runner", stop: str) -> str:
    """Return what a run would send; `stop`: the key that ends it."""
    plans = [one.plan for one in runner.steps if not one.missing]
    missing = [
        f"{one.probe.title} : {one.missing}" for one in runner.steps if one.missing
    ]
    targets = ", ".join(dict.fromkeys(each for one in plans for each in one.targets))
    mega = sum(one.down_bytes + one.up_bytes for one in plans) / 1e6
    seconds = sum(one.seconds for one in plans)
    sent = f"Vers {targets} : {mega:.0f} Mo au plus, {seconds:.0f} s environ."
    return "\n".join((sent, _FULL, *missing, f"{stop} arrête aussitôt."))


def make_host() -> "Host":
    """Return this computer, as probes see it."""
    from diag.probes.host import Host  # noqa: PLC0415 - the extra

    return Host()


class CheckQuickly(Command, keys="1", title="Diagnostic", footer=True):
    """Lire le branchement, puis interroger le réseau : une minute, sans gêner."""


class MeasureLine(Command, keys="2", title="Débit", footer=True):
    """Mesurer le débit : la ligne est pleine 20 s, sur autorisation écrite."""


class MeasureRoom(Command, keys="3", title="Salle", footer=True):
    """Écouter le Wi-Fi d'une salle : choisir la salle, puis se mettre au pire coin."""


class MeasureNext(Command, keys="n", title="Salle suivante", footer=True):
    """Écouter le Wi-Fi de la salle suivante du parcours."""


class ImportMeasured(Command, keys="4", title="Importer", footer=True):
    """Lire ce qu'un autre outil a mesuré : fichier déposé, ou chemin tapé."""


class StopMeasure(Command, keys="x", title="Arrêter", footer=True):
    """Arrêter aussitôt ; ce qui est déjà mesuré est gardé."""


class SeeOffered(Command, keys="p", title="Proposées", footer=True):
    """Voir les réponses que les mesures proposent : Entrée accepte."""


class TurnOff(Command, keys="w", title="Dit éteint", footer=True):
    """Noter que le Wi-Fi est dit éteint : l'entendre est alors un constat."""


_CUT = "Arrêté : ce qui était mesuré est gardé."

_LONG = 15
"""Seconds for which one may read what is wrong in a file of the syndicat."""

_ROOM = "salle/"
"""What the key of a line begins with that stands for a room."""


class MeasuresScreen(PlaceScreen):
    """What was just measured, the key of each series, and how far it is."""

    CSS_PATH = "measures.tcss"
    OFFERS = (
        CheckQuickly,
        MeasureLine,
        MeasureRoom,
        MeasureNext,
        StopMeasure,
        ImportMeasured,
        SeeOffered,
        TurnOff,
        *EVERYWHERE,
    )
    INTRODUCTION = (
        "Que trouve cet ordinateur ici ? Le diagnostic ne gêne personne ; le débit "
        "remplit la ligne, sur autorisation ; la salle s'écoute au pire coin, porte "
        "fermée. Rien n'est répondu : les mesures proposent, Entrée accepte."
    )

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session
        self._ongoing: StoppableRun | None = None
        self._unkept: MeasureRun | None = None
        """What waits for somebody to say which networks are the school's."""
        self._busy = self._said_off = False
        self._shown: Sequence[Measurement] = ()
        self._place: Place | None = None

    def body(self) -> ComposeResult:
        keys = (
            (CheckQuickly, "diagnostic rapide, une minute, ne gêne personne"),
            (MeasureLine, "débit, sur autorisation écrite"),
            (MeasureRoom, "Wi-Fi d'une salle"),
            (ImportMeasured, "fichier d'un autre outil"),
        )
        ways = [f"{key_now(self.app, one)}\u00a0{words}" for one, words in keys]
        with Horizontal(id="result"):
            yield Digits(id="figure")
            with Vertical():
                yield Static(id="verdict", classes="title")
                yield Sentence(id="about")
        yield Lines(
            (
                ListColumn("Mesure"),
                ListColumn("Résultat", 30, narrow=26, tiny=18),
                ListColumn("Confiance", 9, least=70),
            ),
            empty=f"Rien n'est encore mesuré ici. {' ; '.join(ways)}.",
        )
        yield Sentence(id="reasons")
        yield Static(id="progress")

    def on_mount(self) -> None:
        self.query_one("#result").display = False
        self._show(())
        self._show_title()

    def on_screen_resume(self) -> None:
        """Count what waits anew: some was accepted meanwhile."""
        super().on_screen_resume()
        self._show_title()

    async def on_unmount(self) -> None:
        """Stop what runs, and keep what was measured: one leaves by the palette too."""
        run, self._unkept = self._unkept, None
        if ready := self._ongoing:
            self._ongoing = None
            run = await asyncio.to_thread(ready.ended, self._session.about.ref)
        if run is None or not run.measurements:
            return
        app = self.app
        try:
            try:
                keep_run(self._session, run)
            except MissingRoomError:  # nobody is there to say whose they are
                keep_unheard(self._session, run)
        except DiagError as error:
            app.post_message(Trouble(str(error), error))
        else:
            self.diag.inform(_CUT)

    def can(self, command: CommandType) -> bool | None:
        if command is StopMeasure:
            return self._busy
        if command is SeeOffered:
            return True if waiting(self._session) and not self._busy else None
        if command is MeasureNext:
            return not self._busy and self._next_room() is not None
        if command in {CheckQuickly, MeasureLine, MeasureRoom, ImportMeasured, TurnOff}:
            return None if self._busy else True
        return True

    def _show_title(self) -> None:
        count = len(waiting(self._session))
        offered = counted(count, "réponse proposée", "réponses proposées")
        key = key_now(self.app, SeeOffered)
        self.set_title(
            f"Mesures · {self._session.about.title}",
            *(("Wi-Fi dit éteint",) if self._said_off else ()),
            *((f"{key} {offered}",) if count else ()),
        )
        self.refresh_keys()

    # What is asked for

    def on_check_quickly(self) -> None:
        self._begin(MeasureAsked(MeasureSeries.QUICK, mire=self._mire))

    @property
    def _lists(self) -> MeasureLists:
        return measure_lists(self._session.workspace.overlay / MEASURES)

    @property
    def _mire(self) -> str:
        return last_terms(self._session).mire or self._lists.mire

    def on_measure_line(self) -> None:
        asked = AuthorisationDialog(self._session, self._lists.mire)

        def signed(mire: str) -> None:
            if asked.given:
                is_metered, authorisation = asked.given
                self._begin(
                    MeasureAsked(
                        MeasureSeries.LINE,
                        mire=mire,
                        is_metered=is_metered,
                        authorisation=authorisation,
                    )
                )

        self.ask(asked, signed)

    @property
    def _rooms(self) -> tuple[Place, ...]:
        return tuple(self._session.facts.places_of(PlaceKind.SALLE))

    def _next_room(self) -> Place | None:
        """Return the room after the one measured last, in the order of the walk."""
        rooms = self._rooms
        if self._place is None:
            return None
        after = [one.id for one in rooms].index(self._place.id) + 1 if rooms else 0
        return rooms[after] if after < len(rooms) else None

    def on_measure_room(self) -> None:
        rooms = self._rooms
        if not rooms:
            key = key_now(self.app, ShowPlaces)
            raise DiagError(f"Aucune salle encore : {key} les ajoute dans la visite.")
        heard = heard_rooms(self._session)
        choices = [
            ListChoice(
                one.id, one.name, heard[one.id].verdict if one.id in heard else ""
            )
            for one in sorted(rooms, key=lambda one: one.id in heard)
        ]

        def chosen(ident: str) -> None:
            self._listen(next(one for one in rooms if one.id == ident))

        asked = "Quelle salle ? Allez-y d'abord, au coin le plus loin de la borne."
        self.ask(ChooseDialog(asked, choices), chosen)

    def on_measure_next(self) -> None:
        if place := self._next_room():
            self._listen(place)

    def _listen(self, place: Place) -> None:
        self._place = place
        self._begin(MeasureAsked(MeasureSeries.ROOM, place, self._said_off, self._mire))

    def on_turn_off(self) -> None:
        self._said_off = not self._said_off
        self._show_title()

    def on_import_measured(self) -> None:
        self._read_file(OpenFilled())

    def on_paste(self, event: events.Paste) -> None:
        """Read a file dropped here as where files are read."""
        event.stop()
        self._read_file(events.Paste(event.text))

    def _read_file(self, asking: Message) -> None:
        proposals = ProposalsScreen(self._session)
        self.app.push_screen(proposals)
        self.call_after_refresh(proposals.post_message, asking)

    def on_see_offered(self) -> None:
        self.app.push_screen(ProposalsScreen(self._session))

    # The run

    def _begin(self, asked: MeasureAsked) -> None:
        lists = self._lists
        for notice in lists.notices:
            self.notify(notice, timeout=_LONG, severity="warning", markup=False)
        self._busy = True
        self._show_progress("On regarde comment cet ordinateur est branché…")
        self.query_one("#result").display = False
        self.refresh_keys()
        self._measure(asked, lists)

    @work(exclusive=True, description="aside")
    async def _measure(self, asked: MeasureAsked, lists: MeasureLists) -> None:
        """Read the connection, ask before the line is filled, run in a thread."""
        run, problem = None, ""
        try:
            runner = await asyncio.to_thread(prepare, asked, lists)
            words = _plan_words(runner, key_now(self.app, StopMeasure))
            question = Confirm(words, yes="Mesurer", no="Non", grave=True)
            # What disturbs nobody begins at once.
            is_quiet = asked.authorisation is None
            if is_quiet or await self.app.push_screen_wait(question):
                # Its thread has just loaded it.
                from diag.probes.run import StoppableRun  # noqa: PLC0415

                place = asked.place.id if asked.place else ""
                self._ongoing = StoppableRun(runner, place)
                run = await asyncio.to_thread(
                    self._ongoing.run,
                    self._session.about.ref,
                    lambda words: self.call_later(self._progressed, words),
                )
        except OSError as error:
            problem = system_sentence(error)
        except DiagError as error:
            problem = str(error)
        self.call_later(self._end, asked, run, problem)

    def on_stop_measure(self) -> None:
        self._show_progress("On s'arrête…")
        if self._ongoing:
            self._ongoing.stop()

    def on_back(self) -> None:
        """Stop what runs first; leave the next time."""
        if self._ongoing:
            self.on_stop_measure()
        else:
            super().on_back()

    def _progressed(self, words: str) -> None:
        if self._busy:
            self._show_progress(words)

    def _show_progress(self, words: str) -> None:
        self.query_one("#progress", Static).update(content(words))

    # What came of it

    def _end(self, asked: MeasureAsked, run: MeasureRun | None, problem: str) -> None:
        self._busy, self._ongoing = False, None
        self._show_progress("")
        if run and run.measurements:
            self._keep(asked, run)
        self._show_title()
        if problem:
            raise DiagError(problem)

    def _keep(
        self, asked: MeasureAsked, run: MeasureRun, ssids: tuple[str, ...] = ()
    ) -> None:
        self._show(run.measurements)
        try:
            taken = keep_run(self._session, run, ssids)
        except MissingRoomError as missing:
            self._ask_ours(asked, run, missing)
            return
        self._show_progress(
            _CUT if run.is_cut else "Gardé : rien n'est répondu sans vous."
        )
        self._show_title()
        if asked.place:
            self._show_room(asked.place, run)
        elif taken.offered and waiting(self._session):
            self.on_see_offered()

    def _ask_ours(
        self, asked: MeasureAsked, run: MeasureRun, missing: MissingRoomError
    ) -> None:
        self._unkept = run

        def ticked(ssids: tuple[str, ...] | None) -> None:
            self._unkept = None
            if ssids:
                self._keep(asked, run, ssids)
            else:
                keep_unheard(self._session, run)
                self._show_progress(
                    "Gardé sans le Wi-Fi : personne n'a dit quels réseaux sont ceux de "
                    "l'école."
                )
                self._show_title()

        choices = [ListChoice(one, one) for one in missing.names]
        question = "Quels réseaux sont ceux de l'école ? Aucun autre n'est nommé."
        self.app.push_screen(TickSeveral(question, choices), ticked)

    def _show(self, measurements: Sequence[Measurement]) -> None:
        self._shown = measurements
        rows: dict[str, list[ListLine]] = {subject: [] for subject in SUBJECTS}
        for rank, one in enumerate(measurements):
            believed = one.confidence if one.value is not None else ""
            cells = (measured_label(one), measured_value(one), believed)
            subject = one.key.partition(".")[0]
            rows.setdefault(subject, []).append(ListLine(str(rank), cells))
        shown = list[ListLine]()
        for subject, lines in rows.items():
            if lines:
                shown += [ListLine("", (SUBJECTS.get(subject, subject),)), *lines]
        if heard := heard_rooms(self._session):
            shown.append(ListLine("", ("Les salles",)))
            for place in self._rooms:
                verdict = heard[place.id].verdict if place.id in heard else ""
                cells = (place.name, verdict, "")
                shown.append(ListLine(f"{_ROOM}{place.id}", cells))
        self.query_one(Lines).show(shown)
        self._show_reasons()

    def choose_line(self, event: Lines.Chosen) -> None:
        """Listen again in the room under the cursor."""
        ident = event.key.removeprefix(_ROOM)
        place = next((one for one in self._rooms if one.id == ident), None)
        if place and not self._busy:
            self._listen(place)

    @on(Lines.Moved)
    def _show_reasons(self) -> None:
        """Show why the measure under the cursor is what it is."""
        key = self.query_one(Lines).key
        one = self._shown[int(key)] if key and key.isdecimal() else None
        told = filter(None, (one.why, *one.reasons)) if one else ()
        words = " ".join(dict.fromkeys(map(sentence, told)))
        self.query_one("#reasons", Sentence).show(words)

    def _show_room(self, place: Place, run: MeasureRun) -> None:
        """Show the result of a room, and the key of the next one."""
        self._show(run.measurements)
        result = room_result(run, ssids_of(self._session))
        after = self._next_room()
        key = key_now(self.app, MeasureNext)
        following = f"{key} ensuite : {after.name}" if after else "Dernière salle."
        self.query_one("#result").display = True
        figure = self.query_one("#figure", Digits)
        figure.display = bool(result.figure)
        figure.update(result.figure)
        verdict = content(f"{place.name} · {result.verdict}")
        self.query_one("#verdict", Static).update(verdict)
        about = f"{' '.join(result.remarks)}\n{following}"
        self.query_one("#about", Sentence).show(about)


def measures_screen(session: AuditSession) -> MeasuresScreen:
    """Return the screen.

    Raises:
        DiagError: the extra is missing.
    """
    check_installed()
    return MeasuresScreen(session)
