"""La visite, by the keys: what fits, above the line; what is kept, and what is not."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.fitting import asked_elsewhere, fit_of
from diag.audit.places import add_places, walking_order
from diag.audit.walk import walk_of
from diag.model.enums import PlaceKind, Profile
from diag.tui.app import DiagApp
from diag.tui.beginning import PlannerScreen
from diag.tui.lists import Lines
from diag.tui.visit import VisitScreen
from tests.audit.builders import started, workspace
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, new_app
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

CLASSES = ("CP", "CE1", "CE2", "CM1", "CM2", "Petits", "Grands")


def ready(folder: Path) -> DiagApp:
    """Return an app where the rooms of a school are listed, and nothing else known."""
    with workspace(folder) as made:
        session = started(made)
        add_places(session, PlaceKind.SALLE, CLASSES)
    return app_on(folder)


async def planned(pilot: Pilot[None]) -> tuple[DiagApp, Lines]:
    app = pilot.app
    assert isinstance(app, DiagApp)
    await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
    app.go_visit(SCHOOL)
    await wait_for(pilot, lambda: isinstance(app.screen, PlannerScreen), "opens first")
    await wait_for(pilot, lambda: shows(pilot, "À chaud"), "what fits")
    return app, app.screen.query_one(Lines)


@pytest.mark.parametrize("size", cases([(80, 24), (120, 40)], (80, 24)))
async def test_a_visit_opens_on_what_fits_every_danger_above_the_line(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with ready(tmp_path / "w").run_test(size=size) as pilot:
        app, lines = await planned(pilot)
        session, written = app.desk.session(SCHOOL), app.desk.session(SCHOOL).digest
        assert shows(pilot, "30 min, jusqu'à")
        line = [one.key for one in lines.lines].index("debrief")
        (rest,) = [
            rank
            for rank, one in enumerate(lines.lines)
            if " s'il reste du temps\u00a0: " in one.cells[0]
        ]
        assert line + 1 == rest < len(lines.lines) - 1
        above = {one.cells[1]: one.cells[3] for one in lines.lines[:line]}
        assert {name for name in above if above[name].startswith("danger 2")} == {
            *CLASSES
        }
        order = [one.cells[1] for one in lines.lines[:line]]
        lines.show(lines.lines, session.find_place("CP").id)
        await pilot.press("o")
        after = [one.cells[1] for one in lines.lines[:line]]
        assert after == [*order[:2], "CE1", "CP", *order[4:]]
        assert [one.name for one in walking_order(session.facts)][:2] == ["CE1", "CP"]
        assert lines.key == session.find_place("CP").id
        written = session.digest
        await pilot.press("d", "d", "d")
        await wait_for(pilot, lambda: shows(pilot, "20 min, jusqu'à"), "shorter")
        assert all(len(one) <= size[0] for one in visible(pilot))
        lines.action_edge(0)
        await pilot.press("down", "down", "down", "space")
        await wait_for(pilot, lambda: lines.lines[-1].cells[3] == "retiré", "left out")
        await pilot.press("r", *"23 h 05", "enter")
        await wait_for(pilot, lambda: shows(pilot, "la visite de 23 h 05"), "the hour")
        await pilot.press("r", *"26 h", "enter")
        await wait_for(pilot, lambda: shows(pilot, "n'est pas une heure"), "refused")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, PlannerScreen), "back")
        assert session.digest == written, "nothing is kept until one begins"
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "it begins")
        plan = session.plan
        assert plan is not None
        assert (plan.minutes, session.profile) == (20, Profile.SHORT)
        assert plan.removed == (session.find_place("CP").id,)
        assert isinstance(app.screen, VisitScreen)
        visiting = app.screen.visiting
        leg = visiting.walk.leg_of(visiting.key)
        assert leg
        assert leg.title == order[0], "at its first stop"
        await wait_for(pilot, lambda: shows(pilot, "tiennent"), "told")
        app.go_back()
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "again")
        await pilot.pause()
        assert isinstance(app.screen, VisitScreen), "planned once"


async def test_what_fits_is_shown_once_the_first_rooms_are_added_in_the_visit(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "Aucune salle encore")
        await pilot.press("f6")
        await wait_to_show(pilot, "s en ajoute")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "none yet")
        await pilot.press("f6")
        await wait_to_show(pilot, "s en ajoute")
        await pilot.press("s", *"Classe 1 a 3", "enter")
        await wait_to_show(pilot, "Classe 3")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, PlannerScreen), "planned")
        await wait_to_show(pilot, "dangers à chercher d'abord")
        await pilot.press("escape", "f6")
        await wait_to_show(pilot, "Classe 3")
        await pilot.press("escape")
        await wait_to_show(pilot, "Réponse")
        assert isinstance(app.screen, VisitScreen), "once: what fits has its key"


async def test_what_does_not_fit_stands_under_the_line(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    with workspace(folder) as made:
        session = started(made)
        record_answer(session, NewAnswer("acces_internet", True))
        classes = [f"Classe {number}" for number in range(1, 19)]
        add_places(session, PlaceKind.SALLE, [*classes, "De type inconnu"])
        for name in classes:
            record_answer(session, NewAnswer("type_salle", "classe", place=name))
        found = fit_of(session, 30)
    assert found.wanting
    assert found.maybe
    app = app_on(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        await pilot.press("ctrl+o")
        await wait_for(pilot, lambda: isinstance(app.screen, PlannerScreen), "it")
        await pilot.press(*["down"] * 22)
        more = f"en 30 minutes : au moins {found.more_minutes} min de plus"
        await wait_for(pilot, lambda: shows(pilot, more), "the line")
        await pilot.press("q")
        where = app.desk.folder / "exports"
        walk = walk_of(session.facts, session.checklist, session.profile)
        forms = len([*asked_elsewhere(walk)]) - 1  # the office has none
        await wait_to_show(pilot, f"{forms} questionnaires")
        assert len([*where.rglob("*.pdf")]) == forms
