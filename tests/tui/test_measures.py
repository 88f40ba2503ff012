"""Mesures, by its keys: what is measured is kept and proposed, never answered."""

import json
import socket
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.evidence import heard_rooms, kept_evidence, kept_runs, room_result
from diag.audit.places import add_place
from diag.audit.proposals import waiting
from diag.audit.session import AuditSession, open_session
from diag.checklist.overlay import MEASURES
from diag.model.enums import PlaceKind, Provenance
from diag.model.measure import HeardNetwork, MeasureSeries, MeasureStatus
from diag.probes import (
    MeasureLists,
    Probe,
    ProbeFinding,
    ProbePlan,
    Risk,
    Setting,
    line,
    run,
)
from diag.probes.wifi import HearWifi
from diag.tui import measures
from diag.tui.app import DiagApp
from diag.tui.measures import MeasuresScreen
from diag.tui.proposals import ProposalsScreen
from diag.workspace.workspace import OVERLAY, Workspace, fixed_world
from tests.examples import cases
from tests.imports import evidence_samples as samples
from tests.probes.builders import measured, run_of
from tests.probes.fake_host import FakeHost
from tests.probes.serving import mire_on_loopback
from tests.probes.test_context import LINUX
from tests.probes.test_machine import NMCLI
from tests.probes.test_services import ENT, GOOD
from tests.probes.test_wifi import LISTING, ON
from tests.tui.builders import DAY, SCHOOL, new_app
from tests.tui.routes import choose, go
from tests.tui.waiting import shows, wait_for, wait_to_show

SIZE = (80, 24)
LISTS = f'services:\n  - {{name: "ENT", url: "{ENT}"}}\n'
HOST = FakeHost(
    commands={**LINUX.commands, **ON, LISTING: samples.NMCLI.encode()},
    files=LINUX.files,
    cards=LINUX.cards,
    pages={ENT: GOOD},
)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeHost:
    """Give the computer that measures: nothing leaves the real one."""
    monkeypatch.setattr(measures, "make_host", lambda: HOST)
    monkeypatch.setattr("diag.probes.run.user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr(run, "HearWifi", partial(HearWifi, pause=0))
    return HOST


def fill(app: DiagApp, mire: str) -> None:
    """Write the authorisation and the server."""
    for name, words in (
        ("mire", mire),
        ("by", "Mme Durand"),
        ("role", "maire"),
        ("on", "2026-09-02"),
        ("scope", "débit ce matin"),
        ("told", "M. Petit"),
    ):
        app.screen.query_one(f"#{name}", Input).value = words


class LoopbackHost(FakeHost):
    """Its radio is invented, its sockets are real: they go to the loopback."""

    def monotonic(self) -> float:
        return perf_counter()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def addresses(
        self, name: str, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> tuple[str, ...]:
        return (name,)


async def opened(pilot: Pilot[None], app: DiagApp, *rooms: str) -> AuditSession:
    """Open the screen, where the school has rooms."""
    session = app.desk.session(SCHOOL)
    for name in rooms:
        add_place(session, PlaceKind.SALLE, name)
    await go(pilot, app, "mesures")
    return session


async def test_one_key_reads_the_connection_and_asks_the_services(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    overlay = tmp_path / "desk" / OVERLAY
    overlay.mkdir(exist_ok=True)
    (overlay / MEASURES).write_text(LISTS, encoding="utf-8")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "Direction")
        visit, session = app.screen, app.desk.session(SCHOOL)
        await choose(pilot, "mesures")
        await wait_to_show(pilot, "Rien n'est encore mesuré")
        before = dict(session.facts.answers)
        await pilot.press("1")
        await wait_for(pilot, lambda: kept_evidence(session), "kept")
        await wait_to_show(pilot, "La ligne", "Service joignable : ENT", "Gardé")
        await pilot.press("down")
        await pilot.press("end")
        await wait_to_show(pilot, "192.168.1.254", "Cet ordinateur")
        assert any("mire" in one.why for one in app.screen._shown)  # type: ignore[attr-defined]
        assert dict(session.facts.answers) == before
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is visit, "the visit")


async def test_what_is_wrong_in_the_lists_of_the_syndicat_is_said(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    overlay = tmp_path / "desk" / OVERLAY
    overlay.mkdir(exist_ok=True)
    (overlay / MEASURES).write_text("serveur: a\n", encoding="utf-8")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        await pilot.press("1")
        await wait_for(pilot, lambda: kept_evidence(session), "kept")
        assert any("serveur" in one.message for one in app._notifications)


async def test_rooms_follow_each_other_and_propose(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app, "Classe CP", "Classe CE1")
        await pilot.press("3")
        await wait_to_show(pilot, "Quelle salle")
        await pilot.press("enter")
        await wait_to_show(pilot, "Quels réseaux sont ceux")
        assert not kept_evidence(session), "nothing before one knows whose they are"
        await pilot.press("enter")
        await wait_for(pilot, lambda: kept_evidence(session), "kept")
        await wait_to_show(pilot, "Classe CP · Bon", "n ensuite : Classe CE1")
        raw = json.dumps(
            [one.read.networks for one in kept_evidence(session)], default=str
        )
        assert "partage" not in raw, "no name of a neighbour is kept"
        offered = {one.offer.question: one for one in waiting(session)}
        assert offered["signal_wifi"].where == "Classe CP"
        assert offered["signal_wifi"].offer.value == -56

        await pilot.press("n")
        await wait_to_show(pilot, "Classe CE1 · Bon", "Dernière salle", "Les salles")
        assert len(kept_evidence(session)) == 2
        scans = len(host.asked)
        await pilot.press("end", "up", "enter")
        await wait_to_show(pilot, "Classe CP · Bon", "n ensuite")
        assert len(host.asked) > scans, "that room, once more"
        await pilot.press("p")
        await wait_for(
            pilot, lambda: isinstance(app.screen, ProposalsScreen), "proposals"
        )
        count = len(session.facts.answers)
        await pilot.press("t")
        await wait_for(pilot, lambda: len(session.facts.answers) > count, "accepted")


async def test_a_room_whose_networks_nobody_names_is_not_said_to_be_silent(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app, "Classe CP")
        await pilot.press("3")
        await wait_to_show(pilot, "Quelle salle")
        await pilot.press("enter")
        await wait_to_show(pilot, "Quels réseaux sont ceux")
        await pilot.press("escape")
        await wait_to_show(pilot, "Gardé sans le Wi-Fi")
        assert len(kept_evidence(session)) == 1
        assert not heard_rooms(session)


async def test_a_room_is_kept_though_one_quits_before_naming_its_networks(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot, app, "Classe CP")
        await pilot.press("3")
        await wait_to_show(pilot, "Quelle salle")
        await pilot.press("enter")
        await wait_to_show(pilot, "Quels réseaux sont ceux")
    with Workspace.open(tmp_path / "desk", fixed_world(DAY, 6)) as desk:
        (run,) = kept_runs(open_session(desk, SCHOOL))
    assert run.heard == (), "nobody said whose they are"


async def test_what_a_room_hears_while_off_is_a_finding_and_offers_nothing(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app, "Classe CP")
        await pilot.press("w")
        await wait_to_show(pilot, "Wi-Fi dit éteint")
        await pilot.press("3")
        await wait_to_show(pilot, "Quelle salle")
        await pilot.press("enter")
        await wait_to_show(pilot, "Quels réseaux sont ceux")
        await pilot.press("enter")
        await wait_for(pilot, lambda: kept_evidence(session), "kept")
        await wait_to_show(pilot, "pourtant entendu")
        assert not waiting(session)


async def test_a_screen_without_a_room_says_how_to_add_one(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot, app)
        await pilot.press("3")
        await wait_to_show(pilot, "F6 les ajoute")


class Filling(Probe):
    """Fills nothing, for ever: what a stop is tried on."""

    name, version, title, risk = "debit", "1", "Débit", Risk.LOAD
    produces = ("internet.debit_descendant",)

    def plan(self, setting: Setting) -> ProbePlan:
        assert setting.mire
        third = setting.allowance.left // 3
        return ProbePlan((setting.mire.target,), 10, 2 * third, third, 60)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        import asyncio  # noqa: PLC0415

        yield ProbeFinding("internet.debit_descendant", 48.27, "Mbit/s")
        setting.tell(0.5, "on remplit")
        await asyncio.Event().wait()


@pytest.fixture
def filling(monkeypatch: pytest.MonkeyPatch, host: FakeHost) -> None:
    def line(
        _series: MeasureSeries, _lists: MeasureLists, *, said_off: bool = False
    ) -> tuple[Probe, ...]:
        assert not said_off
        return (Filling(),)

    monkeypatch.setattr(run, "probes_of", line)


async def test_a_line_is_filled_only_when_somebody_signed_then_agreed(
    tmp_path: Path, filling: None
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        await pilot.press("2")
        await wait_to_show(pilot, "l'autorisation écrite")
        await pilot.press("down", "f2")  # paid by volume
        await wait_to_show(pilot, "adresse de la mire")
        await pilot.press("escape")
        fill(app, "http://mire.test")
        await pilot.press("f2")
        await wait_to_show(pilot, ": 30 Mo au plus", "mire.test:80")
        await pilot.press("enter")
        await wait_for(
            pilot, lambda: isinstance(app.screen, MeasuresScreen), "« Non » first"
        )
        assert not kept_evidence(session)

        await pilot.press("2")
        await wait_to_show(pilot, "l'autorisation écrite")
        fill(app, "http://mire.test")
        await pilot.press("f2")
        await wait_to_show(pilot, "300 Mo au plus")
        await pilot.press("o")
        await wait_to_show(pilot, "on remplit")
        await pilot.press("x")
        await wait_for(pilot, lambda: kept_evidence(session), "cut, and kept")
        await wait_for(
            pilot, lambda: isinstance(app.screen, ProposalsScreen), "proposed"
        )
        assert [one.offer.value for one in waiting(session)] != []
        await pilot.press("escape")
        await wait_to_show(pilot, "48,27", "Arrêté : ce qui était mesuré est gardé")

        await pilot.press("2")
        await wait_to_show(pilot, "l'autorisation écrite")
        assert app.screen.query_one("#by", Input).value == "Mme Durand"
        assert app.screen.query_one("#mire", Input).value == "http://mire.test:80/"


@pytest.mark.parametrize("quits", cases([False, True], False))
async def test_whoever_leaves_meanwhile_keeps_what_was_measured(
    tmp_path: Path, filling: None, *, quits: bool
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        await pilot.press("2")
        await wait_to_show(pilot, "l'autorisation écrite")
        fill(app, "http://mire.test")
        await pilot.press("f2")
        await wait_to_show(pilot, "300 Mo au plus")
        await pilot.press("o")
        await wait_to_show(pilot, "on remplit")
        if not quits:
            app.go_territory()
            await wait_for(pilot, lambda: kept_evidence(session), "kept")
            await wait_to_show(pilot, "Arrêté")
    with Workspace.open(tmp_path / "desk", fixed_world(DAY, 6)) as desk:
        runs = [*kept_runs(open_session(desk, SCHOOL))]
    assert [(one.is_cut, len(one.measurements)) for one in runs] == [(True, 1)]


async def test_a_disk_that_refuses_is_told_and_the_screen_is_free_again(
    tmp_path: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "absent"
    monkeypatch.setattr("diag.probes.run.user_cache_path", lambda *_, **__: nowhere)
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        await pilot.press("1")
        await wait_to_show(pilot, "absent")
        await pilot.press("escape")
        await wait_to_show(pilot, "1 Diagnostic")
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: not isinstance(app.screen, MeasuresScreen), "left"
        )
        assert not kept_evidence(session)


@pytest.mark.long  # the gate measures in `tests/probes`, and fills one here
async def test_a_line_is_measured_against_a_real_server_and_accepted(
    tmp_path: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = LoopbackHost(files=LINUX.files, commands=HOST.commands, cards=LINUX.cards)
    monkeypatch.setattr(measures, "make_host", lambda: own)
    monkeypatch.setattr(line, "GAP", 0)
    app = new_app(tmp_path / "desk")
    with mire_on_loopback() as mire:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            session = await opened(pilot, app, "Classe CP")
            await pilot.press("2")
            await wait_to_show(pilot, "l'autorisation écrite")
            await pilot.press("down")  # paid by volume: 30 MB, a moment
            fill(app, str(mire))
            await pilot.press("f2")
            await wait_to_show(pilot, "30 Mo au plus")
            await pilot.press("o")
            await wait_for(
                pilot, lambda: isinstance(app.screen, ProposalsScreen), "proposed"
            )
            root = session.facts.root
            assert not session.facts.answer(root, "debit_descendant")
            await pilot.press("t")
            await wait_for(
                pilot,
                lambda: session.facts.answer(root, "debit_descendant"),
                "accepted",
            )
            answer = session.facts.answer(root, "debit_descendant")
            assert answer
            assert answer.provenance is Provenance.MEASURED
            await pilot.press("escape")
            await wait_to_show(pilot, "Débit montant")  # how far, a machine's pace says

            by_radio = NMCLI.replace("ethernet", "wifi").encode()
            own.commands = {**HOST.commands, "nmcli -t -f GENERAL": by_radio}
            await pilot.press("3")
            await wait_to_show(pilot, "Quelle salle")
            await pilot.press("enter")
            await wait_to_show(pilot, "Quels réseaux sont ceux")
            await pilot.press("enter")
            await wait_to_show(pilot, "Classe CP · Bon", "Latence", "la mire")
            keys = {one.key for one in kept_evidence(session)[-1].read.figures}
            assert {"wifi.latence", "wifi.perte"} <= keys


async def test_a_server_that_is_none_is_refused_and_the_screen_is_free_again(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        await pilot.press("2")
        await wait_to_show(pilot, "l'autorisation écrite")
        fill(app, "ftp://mire.test")
        await pilot.press("f2")
        await wait_to_show(pilot, "ftp://mire.test")
        await wait_to_show(pilot, "Exemple")
        await pilot.press("escape")
        await wait_to_show(pilot, "1 Diagnostic")
        assert not kept_evidence(session)


def test_a_room_is_read_the_same_once_it_is_kept() -> None:
    count = measured(key="wifi.points_entendus", value=2, unit="", probe="wifi")
    neighbour = HeardNetwork("", -60, "5", channel=44)
    alone = run_of(count, heard=(neighbour, neighbour))
    assert "rien entendu" in room_result(alone, {"École"}).verdict
    hidden = count.model_copy(
        update={"why": "Masqué.", "status": MeasureStatus.PARTIAL}
    )
    for heard in ((neighbour, neighbour), ()):
        result = room_result(run_of(hidden, heard=heard), {"École"})
        assert (result.verdict, result.remarks) == ("SSID masqué", ("Masqué.",))
    nothing = measured(key="wifi.points_entendus", value=None, unit="", why="Éteint.")
    assert room_result(run_of(nothing), {"École"}).verdict == "Non concluant"


async def test_names_that_macos_hides_are_said_with_their_remedy(
    tmp_path: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = json.dumps(samples.PROFILER, ensure_ascii=False)
    report = report.replace("École", "<redacted>").replace("Voisin", "<redacted>")
    mac = FakeHost("darwin", {"system_profiler": report.encode()})
    monkeypatch.setattr(measures, "make_host", lambda: mac)
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app, "Classe CP")
        await pilot.press("3")
        await wait_to_show(pilot, "Quelle salle")
        await pilot.press("enter")
        await wait_to_show(pilot, "Classe CP · SSID masqué", "localisation")
        assert not shows(pilot, "rien entendu")
        assert not waiting(session)


async def test_a_file_dropped_here_is_read_where_files_are(
    tmp_path: Path, host: FakeHost
) -> None:
    app = new_app(tmp_path / "desk")
    path = tmp_path / "débit.json"
    path.write_bytes(samples.OOKLA)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        session = await opened(pilot, app)
        app.screen.post_message(events.Paste(f"'{path}'"))
        await wait_for(pilot, lambda: waiting(session), "offered")
        await wait_to_show(pilot, "4 réponses proposées")
        await pilot.press("escape", "4")
        await wait_to_show(pilot, "Quel fichier")
