"""What is refused is told; what nobody had foreseen ends in a sentence too."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from diag.journal.journal import BEHIND, put_setting
from diag.model.errors import DiagError
from diag.tui.app import DiagApp
from diag.tui.dialogs import Notice
from diag.tui.guards import CrashScreen
from diag.tui.school import SchoolScreen
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, audited_app, new_app
from tests.tui.routes import go
from tests.tui.waiting import shows, visible, wait_for, wait_to_show


def refuse() -> None:
    raise DiagError("Le disque est plein. Libérez de la place.")


def deny() -> None:
    raise PermissionError(13, "denied", "/x")


async def test_an_old_copy_says_what_gives_back_what_it_lacks(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    put_setting(app.desk.workspace.journal, BEHIND, ["audit", "answer/p/q", "00" * 16])
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Copie ancienne"), "the notice")
        assert shows(pilot, "diag doctor --repair")


async def test_a_refusal_becomes_a_dialog_wherever_it_was_raised(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        for raised, told in ((refuse, "Le disque est plein"), (deny, "accès refusé")):
            for schedule in (app.call_later, app.call_next, app.screen.call_next):
                schedule(raised)
                await wait_for(pilot, lambda: isinstance(app.screen, Notice), "dialog")
                assert isinstance(app.screen, Notice)
                assert told in app.screen.text
                await pilot.press("enter")
                await wait_for(
                    pilot, lambda: not isinstance(app.screen, Notice), "gone"
                )


async def test_an_unknown_school_is_told_with_a_way_out(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school("9990000X")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "told")


@pytest.mark.parametrize(
    "go", cases([DiagApp.go_visit, DiagApp.go_bilan], DiagApp.go_visit)
)
async def test_an_audit_that_cannot_be_opened_leaves_one_where_one_is(
    tmp_path: Path, go: Callable[[DiagApp, str], None]
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "school")
        app.call_later(go, app, "9990000X")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "told")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "back")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")


async def crash(app: DiagApp) -> None:
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.call_later(lambda: 1 // 0)
        await wait_for(pilot, lambda: app.crash is not None, "the crash")


async def test_a_crash_is_logged_without_a_traceback_on_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = new_app(tmp_path)
    with pytest.raises(ZeroDivisionError):
        await crash(app)

    assert isinstance(app.crash, ZeroDivisionError)
    assert "ZeroDivisionError" in (tmp_path / "diag.log").read_text(encoding="utf-8")
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_log_that_cannot_be_written_still_lets_one_out(tmp_path: Path) -> None:
    (tmp_path / "diag.log").mkdir()
    app = new_app(tmp_path)
    with pytest.raises(ZeroDivisionError):
        await crash(app)

    again = DiagApp(tmp_path, crashed=tmp_path / "diag.log")
    async with again.run_test(notifications=True, tooltips=True) as pilot:
        told = "Le détail n'a pas pu être écrit"
        await wait_for(pilot, lambda: shows(pilot, told), "said")


async def crash_in_worker(app: DiagApp) -> None:
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.run_worker(lambda: 1 // 0, thread=True)
        await wait_for(pilot, lambda: app.crash is not None, "the crash")


async def test_the_log_tells_where_a_worker_failed(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    with pytest.raises(WorkerFailed):
        await crash_in_worker(app)

    logged = (tmp_path / "diag.log").read_text(encoding="utf-8")
    assert "1 // 0" in logged


async def test_after_a_crash_one_comes_back_where_one_was(tmp_path: Path) -> None:
    new_app(tmp_path)
    first = app_on(tmp_path)
    first.desk.session(SCHOOL)
    first.whereabouts.remember(SCHOOL)
    first.desk.close()

    world = app_on(tmp_path).desk.world
    app = DiagApp(tmp_path, world, crashed=tmp_path / "diag.log")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, CrashScreen), "told")
        await wait_for(pilot, lambda: shows(pilot, "rien n'est perdu"), "safe")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Direction"), "the visit")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "school")


async def test_the_theme_chosen_is_kept(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+p", *"theme", "enter")
        await wait_for(pilot, lambda: app.theme == "diag-sombre", "dark")
    again = app_on(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: again.theme == "diag-sombre", "dark again")


async def test_a_place_one_comes_back_to_has_the_colours_chosen_meanwhile(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await go(pilot, app, "visite")
        before = app.screen.styles.background
        app.on_switch_theme()
        await wait_for(pilot, lambda: app.screen.styles.background != before, "dark")
        dark = app.screen.styles.background
        await pilot.press("escape")
        await wait_to_show(pilot, "Audits")
        assert app.screen.styles.background == dark
        assert {one.styles.background for one in app.screen_stack} == {dark}


async def test_a_workspace_that_cannot_be_opened_ends_with_its_sentence(
    tmp_path: Path,
) -> None:
    (tmp_path / "diag.db").write_bytes(b"not a database at all, " * 300)
    app = app_on(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: app.refusal is not None, "the refusal")

    assert "diag.db" in str(app.refusal)


async def test_a_notice_given_again_hides_no_more_of_the_screen(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        for words in ("Rien à confirmer", "Rien à confirmer", "Autre chose"):
            app.inform(words)
        await wait_for(pilot, lambda: shows(pilot, "Autre chose"), "the last one")

        def is_there_once() -> bool:
            return sum("Rien à confirmer" in line for line in visible(pilot)) == 1

        await wait_for(pilot, is_there_once, "one notice of the same words")
        first, other = app._notifications
        app.inform("Rien à confirmer")

        def is_shown_anew() -> bool:
            shown = [*app._notifications]
            words = [one.message for one in shown]
            return first not in shown and words == [other.message, first.message]

        await wait_for(pilot, is_shown_anew, "the later notice, for as long")
        await wait_for(pilot, is_there_once, "once still")
