"""The export panel, by the keys that an engineer presses."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.hypotheses import keep_scenario
from diag.audit.suppose import SupposedAnswer
from diag.documents.formats import FORMATS
from diag.documents.write import AuditWritten, audits_in
from diag.office.agenda import keep_tour, tour_of
from diag.tui import export as export_run
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen
from diag.tui.export import ExportRunScreen, ExportScreen, PreviewScreen
from diag.tui.lists import Lines
from tests.audit.builders import OTHER, started
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, wait_for


def running(app: DiagApp) -> AbstractAsyncContextManager[Pilot[None]]:
    return app.run_test(size=(80, 24), notifications=True, tooltips=True)


def exports(app: DiagApp) -> list[str]:
    found = (app.desk.folder / "exports").glob("*/*.*")
    return sorted(path.name for path in found if path.suffix != ".json")


async def panel(pilot: Pilot[None]) -> ExportScreen:
    await choose(pilot, "exporter")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "panel")
    await wait_for(pilot, lambda: shows(pilot, "documents de"), "what it comes to")
    screen = pilot.app.screen
    assert isinstance(screen, ExportScreen)
    return screen


async def only(pilot: Pilot[None], screen: ExportScreen, *kept: str) -> None:
    """Untick every reader and form but some; the reserved sheet never is ticked."""
    kept = (*kept, "audience/reserve")
    for key in [one.key for one in screen.query_one("Lines").lines if one.key]:  # type: ignore[attr-defined] # a Lines
        if key.split("/")[0] in {"audience", "form"} and key not in kept:
            screen._tick(key)
    await pilot.pause()


async def ended(pilot: Pilot[None]) -> ExportRunScreen:
    app = pilot.app
    await wait_for(pilot, lambda: isinstance(app.screen, ExportRunScreen), "the run")
    run = app.screen
    assert isinstance(run, ExportRunScreen)
    await wait_for(pilot, lambda: not run.running, "the end")
    return run


@pytest.mark.long  # the gate ticks, below, and writes in `tests/documents`
async def test_what_is_ticked_is_written_then_left_as_it_is(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with running(app) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
        await panel(pilot)
        await pilot.press("home", "down", "space", *["down"] * 2, "enter", "down")
        await pilot.press("space")
        await wait_for(pilot, lambda: shows(pilot, "[ ] Note à l'académie"), "unticked")
        assert shows(pilot, "[ ] Feuillet réservé")
        await pilot.press(*["down"] * 3, "space")
        await pilot.press(*("down", "space") * (len(FORMATS) - 2))
        await wait_for(pilot, lambda: shows(pilot, " 1 document de 1 audit"), "one")
        await pilot.press("f2")
        await ended(pilot)
        await wait_for(pilot, lambda: shows(pilot, "1 document écrit"), "written")
        await wait_for(pilot, lambda: shows(pilot, "Provisoires"), "not closed")
        assert exports(app) == ["equipe.pdf"]

        await pilot.press("escape", "f2")
        await ended(pilot)
        await wait_for(pilot, lambda: shows(pilot, "1 déjà à jour"), "left")


async def test_the_list_the_tour_or_all_audits_are_exported(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    record_answer(started(app.desk.workspace, OTHER), NewAnswer("nb_classes", 3))
    keep_tour(app.desk.workspace, tour_of(app.desk.workspace).toggled(OTHER))
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "audits seulement")
        await wait_for(pilot, lambda: shows(pilot, "2 écoles"), "the audited ones")
        screen = await panel(pilot)
        assert [len(one.audits) for one in screen._scopes] == [2, 1, 2]
        await only(pilot, screen, "audience/mairie", "form/md")
        await pilot.press("f2")
        run = await ended(pilot)

        assert exports(app) == ["mairie.md", "mairie.md"]
        assert [one.words for one in run.written] == ["1 écrit", "1 écrit"]


async def test_an_export_that_was_stopped_is_taken_up(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    started(app.desk.workspace, OTHER)
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        screen = await panel(pilot)
        await only(pilot, screen, "audience/mairie", "form/md")
        audits = audits_in(app.desk.workspace)
        run = ExportRunScreen(audits, screen.wanted)
        app.push_screen(run)
        await pilot.press("s")
        await ended(pilot)
        await pilot.press("r")
        await wait_for(
            pilot, lambda: not run.running and len(run.written) == len(audits), "all"
        )
        assert not any(one.problem for one in run.written)
        assert exports(app) == ["mairie.md", "mairie.md"]


async def test_a_folder_that_is_a_file_is_refused_and_stays_typed(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    (tmp_path / "note.txt").write_text("", encoding="utf-8")
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        screen = await panel(pilot)
        await pilot.press("end", "up", "up", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Dans quel dossier"), "asked")
        app.screen.query_one(Input).value = str(tmp_path / "note.txt")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "est un fichier"), "refused")
        assert screen.wanted.folder is None


async def test_a_scenario_is_chosen_and_pages_are_looked_at(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with running(app) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
        session = app.desk.session(SCHOOL)
        said = SupposedAnswer(session.facts.root, "debit_descendant", 300)
        keep_scenario(session, "Fibre [/", [said])
        screen = await panel(pilot)
        await only(pilot, screen, "audience/equipe", "form/pdf")
        await pilot.press("end", "up", "up", "up", "space")
        await wait_for(pilot, lambda: shows(pilot, "Option imprimée : Fibre [/"), "it")
        assert screen.wanted.scenario == "Fibre [/"
        await pilot.press("p")
        await wait_for(pilot, lambda: shows(pilot, "page 1 sur"), "drawn")
        await pilot.press("right")
        await wait_for(pilot, lambda: shows(pilot, "page 2 sur"), "the next one")
        assert isinstance(app.screen, PreviewScreen)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "back")


async def test_space_ticks_from_the_first_line_and_never_writes(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        screen = await panel(pilot)
        assert screen.query_one(Lines).key == "scope/0"
        await pilot.press("down", "space")
        await wait_for(pilot, lambda: shows(pilot, "[ ] "), "unticked")
        await pilot.press("end", "space", "up", "space")
        await wait_for(pilot, lambda: screen.wanted.again, "ticked")
        assert app.screen is screen
        await only(pilot, screen, "audience/technique", "form/md")
        await pilot.press("end", "enter")
        await ended(pilot)


async def test_leaving_an_export_says_where_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Event()

    def written_late(*_args: object) -> Iterator[AuditWritten]:
        assert left.wait(30)
        yield from ()

    monkeypatch.setattr(export_run, "write_many", written_late)
    app = audited_app(tmp_path / "desk")
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        screen = await panel(pilot)
        await pilot.press("f2")
        await wait_for(pilot, lambda: isinstance(app.screen, ExportRunScreen), "run")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Arrêt après l'audit 1 sur 1"), "it")
        left.set()
        assert app.screen is screen
