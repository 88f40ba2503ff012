"""The office from the screen: enrol with one line, see what waits, bring it there."""

import json
import socket
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image
from textual.events import Paste
from textual.widgets import Input

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.photos import PhotoSubject, join_photos
from diag.audit.session import start
from diag.journal.journal import put_setting
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.office import sync as syncing
from diag.sync.hub.hub import Hub
from diag.sync.hub.tables import EVERYWHERE, Location
from diag.tui import background
from diag.tui.app import DiagApp
from diag.tui.sync import SyncScreen, progress_words
from tests.audit.audited import audited_workspace
from tests.sync.serving import Served, free_port, made_home, served
from tests.tui.builders import SCHOOL, app_on, audited_app, new_app
from tests.tui.routes import choose
from tests.tui.waiting import PATIENCE, shows, wait_for, wait_to_show

SIZE = (80, 24)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Served]:
    home = made_home(tmp_path / "hub", free_port())
    store = home.store()
    store.put_directory([
        (Subject(kind=PlaceKind.ECOLE, code=SCHOOL), Location("999", "99903"))
    ])
    store.close()
    with served(home) as running:
        yield running


async def test_a_laptop_enrols_and_brings_its_audits_to_the_office(
    tmp_path: Path, hub: Served
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: shows(pilot, "connu d'aucun serveur"), "alone")
        await pilot.press("n")
        await wait_for(pilot, lambda: shows(pilot, "Invitation donnée"), "asked")
        invitation = hub.invite()
        app.post_message(Paste(invitation))
        await wait_for(
            pilot, lambda: app.screen.query_one(Input).value == invitation, "pasted"
        )
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "poste est inscrit"), "enrolled")
        await wait_for(pilot, lambda: shows(pilot, "Les Marronniers"), "what waits")
        await pilot.press("s")
        await wait_for(pilot, lambda: shows(pilot, "0 modification"), "all is there")
        assert shows(pilot, "Dernière fois")
        sums = {one.audit: one.revisions for one in hub.store.manifest([EVERYWHERE])}
        audit = app.desk.session(SCHOOL).audit.id
        assert sums[audit] > 100
        record_answer(app.desk.session(SCHOOL), NewAnswer("nb_classes", 6))
        assert syncing.waiting(app.desk.workspace, syncing.hubs(app.desk.workspace)[0])


async def test_the_office_is_found_wherever_one_is_and_one_comes_back_there(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    start(app.desk.workspace, SCHOOL)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_to_show(pilot, "40 écoles")
        app.go_school(SCHOOL)
        await wait_to_show(pilot, "Audits")
        await pilot.press("ctrl+p", *"synchro")
        await wait_to_show(pilot, "Synchronisation")
        await pilot.press("enter")
        await wait_to_show(pilot, "Ce poste n'est encore connu d'aucun serveur")
        await pilot.press("escape")
        await wait_to_show(pilot, "Audits")


async def test_a_wrong_invitation_is_told_and_kept(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: isinstance(app.screen, SyncScreen), "the office")
        await pilot.press("s")
        await wait_for(pilot, lambda: shows(pilot, "Demandez une invitation"), "no hub")
        await pilot.press("escape", "n")
        await wait_for(pilot, lambda: shows(pilot, "Invitation donnée"), "asked")
        await pilot.press(*"pas une invitation", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Ce n'est pas possible"), "told")
        await pilot.press("escape", "n")
        await wait_for(pilot, lambda: shows(pilot, "pas une invitation"), "kept")


def enrolled_app(folder: Path, hub: Served) -> DiagApp:
    """Return an app with an audit that its hub has not."""
    with audited_workspace(folder) as desk:
        syncing.enrol(desk, hub.invite())
    return app_on(folder)


def turned_to(folder: Path, port: int) -> None:
    """Have a laptop call its hub at another port."""
    (kept,) = (folder / "hubs").glob("*.json")
    known = json.loads(kept.read_text("utf-8"))
    known["url"] = f"https://127.0.0.1:{port}"
    kept.write_text(json.dumps(known), "utf-8")


async def test_what_leaves_by_itself_leaves_the_list(
    tmp_path: Path, hub: Served
) -> None:
    app = enrolled_app(tmp_path / "desk", hub)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: shows(pilot, "Les Marronniers"), "what waits")
        app._background.begin()
        await wait_for(pilot, lambda: shows(pilot, "0 modification"), "all is there")


async def test_what_waits_goes_to_the_office_before_the_end(
    tmp_path: Path, hub: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = enrolled_app(tmp_path / "desk", hub)
    read, sync = Event(), Hub.sync

    def sync_once_read(*asked: Any) -> Any:
        assert read.wait(PATIENCE)
        return sync(*asked)

    monkeypatch.setattr(Hub, "sync", sync_once_read)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        waiting = syncing.count_waiting(app.desk.workspace)
        await pilot.press("ctrl+q")
        await wait_for(
            pilot, lambda: shows(pilot, f"{waiting} modifications en attente"), "asked"
        )
        read.set()
        await wait_for(pilot, lambda: not app.is_running, "the end")
    assert app.return_code == 0
    held = sum(one.revisions for one in hub.store.manifest([EVERYWHERE]))
    assert held >= waiting > 100, "its seals too"


async def test_without_network_one_reads_why_and_leaves_or_stays(
    tmp_path: Path, hub: Served
) -> None:
    app = enrolled_app(tmp_path / "desk", hub)
    turned_to(tmp_path / "desk", free_port())
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        for key in ("escape", "enter"):
            await pilot.press("ctrl+q")
            await wait_for(pilot, lambda: shows(pilot, "ne répond pas"), "told")
            assert shows(pilot, "Rien ne vous retient")
            await pilot.press(key)
            if key == "escape":
                await wait_for(pilot, lambda: not shows(pilot, "ne répond"), "stays")
        await wait_for(pilot, lambda: not app.is_running, "the end")


async def test_a_hub_that_never_answers_holds_nobody(
    tmp_path: Path, hub: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_PATIENCE", 0.1)
    app = enrolled_app(tmp_path / "desk", hub)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        turned_to(tmp_path / "desk", silent.getsockname()[1])
        async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
            await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
            await pilot.press("ctrl+q")
            await wait_for(pilot, lambda: shows(pilot, "On appelle"), "calling")
            await pilot.press("ctrl+q")
            await wait_for(pilot, lambda: not app.is_running, "the end")
            assert app._background.is_running, "what it waited for had not answered"


async def test_a_refusal_is_read_before_the_end(tmp_path: Path, hub: Served) -> None:
    app = enrolled_app(tmp_path / "desk", hub)
    hub.store.revoke(hub.store.devices()[-1].id, 1)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: shows(pilot, "autorisé"), "told")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "stays")
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: not app.is_running, "asked no more: in vain")


async def test_what_a_sync_did_is_read_to_its_end_on_a_small_screen(
    tmp_path: Path, hub: Served
) -> None:
    app = enrolled_app(tmp_path / "desk", hub)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        workspace = app.desk.workspace
        (known,) = syncing.hubs(workspace)
        hub.store.revoke(known.device, 1)
        syncing.run(workspace, lambda *_: None)
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: shows(pilot, "plus, autorisé"), "why")
        assert shows(pilot, "INVITATION"), "and what to do, to the last word"
        (outcome,) = syncing.last(workspace)
        refused = [f"motif {rank}" for rank in range(30)]
        put_setting(
            workspace.journal, "sync.last", [asdict(replace(outcome, refused=refused))]
        )
        await pilot.press("escape")
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: shows(pilot, "motif 1"), "many reasons")
        assert not shows(pilot, "INVITATION")
        await pilot.press("tab", "end")
        await wait_for(pilot, lambda: shows(pilot, "INVITATION"), "scrolled")


def test_progress_tells_answers_then_attachments() -> None:
    assert progress_words("revisions", 5, 10).endswith("5 sur 10")
    assert progress_words("bytes", 1 << 20, 2 << 20).endswith("1,0 sur 2,0 Mo")
    assert progress_words("bytes", 0, 0)
    assert progress_words("pause", 0, 4) == "Liaison coupée : nouvel essai dans 4 s…"


async def test_a_key_passes_what_a_line_paid_by_volume_left(
    tmp_path: Path, hub: Served
) -> None:
    """The key is there as long as something waits for another line."""
    with audited_workspace(tmp_path / "desk") as desk:
        syncing.enrol(desk, hub.invite())
        session = start(desk, SCHOOL)
        noise = Image.effect_noise((400, 400), 90).convert("RGB")
        noise.save(tmp_path / "baie.jpg", quality=95)
        join_photos(session, [tmp_path / "baie.jpg"], PhotoSubject())
        (left,) = syncing.run(desk, lambda *_: None, light=True)
        assert left.deferred == 1
    app = app_on(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "synchro")
        await wait_for(pilot, lambda: shows(pilot, "Photos aussi"), "the key")
        await pilot.press("t")
        await wait_for(pilot, lambda: not shows(pilot, "Photos aussi"), "they passed")
        assert syncing.last(app.desk.workspace)[0].sent == 1
