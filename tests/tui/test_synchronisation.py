"""The office from the screen: enrol with one line, see what waits, bring it there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.office import sync as syncing
from diag.sync.hub.store import EVERYWHERE, Location
from diag.tui.sync import SyncScreen, progress_words
from tests.sync.serving import Served, free_port, made_home, served
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, wait_for

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
        await choose(pilot, "bureau")
        await wait_for(pilot, lambda: shows(pilot, "connu d'aucun serveur"), "alone")
        await pilot.press("n")
        await wait_for(pilot, lambda: shows(pilot, "Invitation donnée"), "asked")
        await pilot.press(*hub.invite(), "enter")
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


async def test_a_wrong_invitation_is_told_and_kept(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "bureau")
        await wait_for(pilot, lambda: isinstance(app.screen, SyncScreen), "the office")
        await pilot.press("s")
        await wait_for(pilot, lambda: shows(pilot, "Demandez une invitation"), "no hub")
        await pilot.press("escape", "n")
        await wait_for(pilot, lambda: shows(pilot, "Invitation donnée"), "asked")
        await pilot.press(*"pas une invitation", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Ce n'est pas possible"), "told")
        await pilot.press("escape", "n")
        await wait_for(pilot, lambda: shows(pilot, "pas une invitation"), "kept")


def test_progress_tells_answers_then_attachments() -> None:
    assert progress_words("revisions", 5, 10).endswith("5 sur 10")
    assert progress_words("bytes", 1 << 20, 2 << 20).endswith("1,0 sur 2,0 Mo")
    assert progress_words("bytes", 0, 0)
    assert progress_words("pause", 0, 4) == "Liaison coupée : nouvel essai dans 4 s…"
