from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from textual.events import Paste
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen

from diag.audit import session as audits
from diag.audit.answer import Key, NewAnswer, record_answer
from diag.audit.departure import departure_lines
from diag.audit.follow import move
from diag.audit.memory import is_second
from diag.audit.photos import PhotoSubject
from diag.audit.places import add_place
from diag.audit.report import report_folder
from diag.audit.visit import is_beginning, kept_place
from diag.audit.walk import walk_of
from diag.journal import subjects
from diag.journal.records import visits_of
from diag.model.enums import AuditStatus, PlaceKind, Provenance, State
from diag.office.imports import import_file
from diag.tui.app import DiagApp
from diag.tui.beginning import ChangedScreen, PlannerScreen
from diag.tui.dialogs import Ask
from diag.tui.noting import NotingScreen
from diag.tui.place import HelpScreen, KeyBar
from diag.tui.visit import VisitScreen
from diag.tui.visit.commands import AnswerWithoutObject
from diag.tui.visit.faces import WalkPlan
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import started, territory, workspace
from tests.examples import cases
from tests.shared import copy_once_made
from tests.tui.builders import DAY, OTHER, SCHOOL, app_on, audited_app
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

VOID = "wifi_present"
"""A question that may be answered « sans objet »."""
HOSTILE = "Salle [/x] [type=x, v={'a[0]'}]"


def prepared(folder: Path, rooms: tuple[str, ...] = ("CP", "CE1")) -> None:
    name = sha256(repr(rooms).encode()).hexdigest()
    copy_once_made(f"visit-{name}", partial(make, rooms), folder)


def make(rooms: tuple[str, ...], folder: Path) -> None:
    """Make a workspace with these rooms."""
    with workspace(folder) as made:
        session = started(made)
        for room in rooms:
            add_place(session, PlaceKind.SALLE, room)


@asynccontextmanager
async def visit(
    folder: Path,
    question: str = "nb_classes",
    *,
    place: str = "",
    size: tuple[int, int] = (80, 24),
    seed: int = 5,
    day: date = DAY,
) -> AsyncIterator[tuple[Pilot[None], VisitScreen]]:
    """Open the visit of the school, at a question."""
    app = app_on(folder, seed, day)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        where = {
            each.name: each.id
            for each in app.desk.session(SCHOOL).facts.places.values()
        }
        root = app.desk.session(SCHOOL).facts.root
        session = app.desk.session(SCHOOL)
        opens = (
            (ChangedScreen if is_second(session) else PlannerScreen)
            if is_second(session) or is_beginning(session)
            else None
        )
        app.go_visit(
            SCHOOL, where.get(place, root) if question else None, question or None
        )
        if opens and not question:
            await wait_for(pilot, lambda: isinstance(app.screen, opens), "it begins")
            await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        screen = app.screen
        assert isinstance(screen, VisitScreen)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the fiche")
        yield pilot, screen


async def test_a_number_is_recorded_refused_or_doubted_and_the_next_question_comes(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        at = screen.session.facts.root, "nb_classes"
        await pilot.press("1", "2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        assert shows(pilot, "Nombre de classes")
        assert screen.visiting.key[1] == "nb_eleves"
        assert screen.session.facts.answers[at][0].value == 12

        await pilot.press("up", "9", "9", "9", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Refusé."), "refused")
        assert screen.fiche.line.value == "999"
        assert screen.visiting.key == at
        assert shows(pilot, "hors limites")

        await pilot.press("escape", "7", "0", "enter")
        await wait_for(pilot, lambda: shows(pilot, "paraît élevé"), "the doubt")
        assert screen.fiche.line.value == "70"
        assert screen.session.facts.answers[at][0].value == 12, "nothing yet"
        await pilot.press("enter")
        await wait_for(pilot, lambda: screen.visiting.key[1] == "nb_eleves", "saved")
        assert screen.session.facts.answers[at][0].value == 70


@pytest.mark.long  # the gate takes a choice by such a key
async def test_digits_without_shift_are_digits(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("ampersand", "é", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(screen.session.facts.root, "nb_classes")
        assert answer is not None
        assert answer.value == 12


@pytest.mark.parametrize(
    "keys",
    cases(
        [("3",), ("quotation_mark",), ("p",), tuple("primaire")],
        ("quotation_mark",),
        tuple("primaire"),
    ),
    ids="".join,
)
async def test_a_choice_is_recorded_at_its_digit_its_twin_or_its_letters(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "type_ecole") as (pilot, screen):
        await pilot.press(*keys)
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(screen.session.facts.root, "type_ecole")
        assert answer is not None
        assert answer.value == "primaire"
        assert screen.visiting.key[1] != "type_ecole"
        assert screen.fiche.line.value == ""


async def test_a_choice_is_taken_by_its_key_or_the_mouse_and_taken_back(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "acces_internet") as (pilot, screen):
        at = (screen.session.facts.root, "acces_internet")
        before = screen.session.facts.answer(*at)
        await pilot.press("n")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        assert screen.session.facts.answer(*at) != before
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé"), "taken back")
        assert screen.session.facts.answer(*at) == before
        assert screen.visiting.key == at
        await wait_for(pilot, lambda: shows(pilot, "n  non"), "the choices")
        (y,) = [at for at, line in enumerate(visible(pilot)) if line.endswith("n  non")]
        await pilot.click(offset=(40, y))
        await wait_for(pilot, lambda: screen.session.facts.answer(*at) != before, "no")
        answer = screen.session.facts.answer(*at)
        assert answer is not None
        assert answer.value is False


async def test_the_keys_of_a_burst_go_each_to_its_own_question(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        root = screen.session.facts.root
        for key in ("8", "enter", "up", "down", "up", "down", "3"):
            screen.app.simulate_key(key)
        await wait_for(pilot, lambda: screen.fiche.line.value == "3", "the last key")
        classes = screen.session.facts.answer(root, "nb_classes")
        assert classes is not None
        assert classes.value == 8


async def test_no_answer_is_said_by_a_key_with_its_reason(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        assert not shows(pilot, "sans objet")
        assert not screen.can(AnswerWithoutObject)
        await pilot.press("slash")
        await wait_for(pilot, lambda: shows(pilot, "ne se dit pas ici"), "refused")
        assert screen.session.facts.answer(*screen.visiting.key) is None
        for key, state in (
            ("asterisk", State.UNKNOWN),
            ("exclamation_mark", State.REFUSED),
            ("slash", State.NOT_APPLICABLE),
        ):
            if key == "slash":
                screen.go_to((screen.session.facts.root, VOID))
                await wait_for(pilot, lambda: shows(pilot, "/ sans objet"), "offered")
            at = screen.visiting.key
            await pilot.press(key)
            await wait_for(pilot, lambda: shows(pilot, "pourquoi ?"), "asked why")
            if key == "slash":
                await pilot.press("enter")
                await wait_to_show(pilot, "avec sa raison")
                assert screen.session.facts.answer(*at) is None
                await pilot.press("escape")
            await pilot.press(*state[:2], "enter")
            reason = f"({state[:2]})"
            await wait_for(pilot, lambda: shows(pilot, reason), "saved")  # noqa: B023 - called at once
            answer = screen.session.facts.answer(*at)
            assert answer is not None
            assert (answer.state, answer.reason) == (state, state[:2])


async def test_a_doubtful_answer_waits_for_its_reason(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        import_file(made, "effectifs", territory().effectifs)
        started(made)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        at = screen.visiting.key
        before = screen.session.facts.answer(*at)
        await pilot.press("2", "2", "enter")
        await wait_to_show(pilot, "L'annuaire en dit 6. Entrée pour dire pourquoi.")
        await pilot.press("enter")
        await wait_to_show(pilot, "Pourquoi est-ce juste ?")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "left")
        assert screen.session.facts.answer(*at) == before
        assert screen.fiche.line.value == "22", "it stays there"
        await pilot.press("enter")
        await wait_to_show(pilot, "Pourquoi est-ce juste ?")
        await pilot.press(*"fusion", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(*at)
        assert answer is not None
        assert (answer.value, answer.reason) == (22, "fusion")
        assert screen.visiting.key != at, "on to what is left"


async def test_another_provenance_goes_with_the_answer_and_undo_goes_there(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_batiments") as (pilot, screen):
        await pilot.press("ctrl+t")
        await wait_for(pilot, lambda: shows(pilot, "déclaré"), "another way")
        await pilot.press("2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(screen.session.facts.root, "nb_batiments")
        assert answer is not None
        assert answer.provenance is Provenance.DECLARED
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · Bâtiments à relier"), "")
        assert screen.visiting.key[1] == "nb_batiments"
        assert screen.visiting.key not in screen.session.facts.answers


async def test_what_a_move_records_is_told_where_one_arrives(tmp_path: Path) -> None:
    """« 12 » then an arrow, or a search: it was recorded without a word."""
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        await pilot.press("1", "2", "down")
        await wait_for(pilot, lambda: screen.visiting.key[1] != "nb_classes", "moved")
        await wait_to_show(pilot, "Répondu  Nombre de classes : 12")
        await pilot.press("up")
        await wait_for(pilot, lambda: not shows(pilot, "Répondu  "), "told once")


async def test_undo_drops_what_is_typed_first_and_the_grid_goes_where_it_undoes(
    tmp_path: Path,
) -> None:
    """A cell of « Classe 2 » undone from « Classe 1 » left the fiche on the former."""
    prepared(tmp_path, ("Classe 1", "Classe 2"))
    async with visit(tmp_path, "nb_batiments") as (pilot, screen):
        rooms = screen.session.facts.places_of(PlaceKind.SALLE)
        one, two = (each.id for each in rooms)

        def is_answered() -> bool:
            return (two, "type_salle") in screen.session.facts.answers

        await pilot.press("1", "2", "ctrl+z")
        await wait_for(pilot, lambda: not screen.fiche.line.value, "nothing is typed")
        assert screen.visiting.key[1] == "nb_batiments"
        await wait_to_show(pilot, "Vous tapiez « 12 »")
        await pilot.press("backspace")
        await wait_for(pilot, lambda: screen.fiche.line.value == "12", "typed on")

        await pilot.press("escape", "f2")
        await wait_for(pilot, lambda: screen.is_gridding, "the grille")
        grid = screen.grid
        assert grid is not None
        assert grid.goto(two, "type_salle")
        await pilot.press("1")
        await wait_for(
            pilot, lambda: (two, "type_salle") in screen.session.facts.answers
        )
        assert grid.goto(one, "prises_rj45")
        await pilot.press("3", "ctrl+z")
        await wait_for(pilot, lambda: not grid.table.text, "nothing is typed")
        assert is_answered()

        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: not is_answered(), "taken back")
        await wait_for(pilot, lambda: grid.cursor_place == two, "where it was undone")
        await wait_to_show(pilot, "Annulé")
        await pilot.press("f2")
        await wait_for(pilot, lambda: not screen.is_gridding, "the fiche")
        assert screen.visiting.key == (two, "type_salle")


async def test_what_the_grid_s_cell_does_not_ask_is_noted_of_its_room(
    tmp_path: Path,
) -> None:
    """F4, F5 and F7 stayed with the last cell that asked something, in another room."""
    prepared(tmp_path, ("Classe 1", "Local"))
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        session = screen.session
        one, two = (each.id for each in session.facts.places_of(PlaceKind.SALLE))
        for room, use in ((one, "classe"), (two, "autre")):
            record_answer(session, NewAnswer("type_salle", use, place=room))
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.is_gridding, "the grille")
        grid = screen.grid
        assert grid is not None
        await pilot.press("f5")
        await wait_to_show(pilot, "à revoir")
        assert session.facts.flags == {(one, "type_salle")}, "the cell in sight"

        assert grid.goto(one, "prises_230v")
        assert grid.goto(two, "prises_230v")
        await pilot.press("f5")
        await wait_to_show(pilot, "ne se pose pas ici")
        assert screen.photo_subject == PhotoSubject(two)
        await pilot.press("f4")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, NotingScreen))
        await pilot.press(*"vide", "enter")
        await wait_for(pilot, lambda: session.observations, "noted")
        (noted,) = session.observations
        assert (noted.place, noted.question) == (two, "")
        await pilot.press("ctrl+d")
        await wait_to_show(pilot, "recopi")
        assert not shows(pilot, "Ctrl+Z annule")


async def test_notes_are_typed_or_pasted_without_leaving(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("1", "2", "f4", *"vu [/]", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Note       vu [/]"), "the note")
        assert screen.fiche.line.value == "12"
        key = (screen.session.facts.root, "nb_classes")
        (seen,) = screen.session.observations
        assert (seen.text, seen.place, seen.question) == ("vu [/]", *key)
        assert screen.visiting.key == key
        said = screen.session.workspace.journal.history(
            screen.session.audit.id, subjects.observation(seen.id)
        )
        assert len(said) == 1, "one revision for the whole text, not one a key"
        await pilot.press("f4")
        await wait_for(pilot, lambda: pilot.app.screen is not screen, "the dialog")
        pilot.app.screen.post_message(Paste("porte fermée\r\n\nclé en mairie\n"))
        await wait_for(pilot, lambda: shows(pilot, "porte fermée clé en mairie"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        (_, pasted) = screen.session.observations
        assert pasted.text == "porte fermée clé en mairie"


async def test_a_flag_is_raised_lowered_and_counted_before_leaving(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "guichet_depannage") as (pilot, screen):
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "· À revoir"), "flagged")
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: shows(pilot, "Avant de partir"), "the list")
        assert shows(pilot, "à revoir")
        await pilot.press("e")
        written = report_folder(screen.session) / "avant-de-partir.md"
        await wait_for(pilot, written.exists, "the file")
        assert "- [ ] Qui appeler en cas de panne : à revoir" in written.read_text(
            encoding="utf-8"
        )
        await pilot.press("escape", "f5")
        await wait_for(pilot, lambda: not screen.session.facts.flags, "lowered")


@pytest.mark.long  # the gate dates one, refused or not, in `test_day_on_site`
async def test_the_visit_is_dated_before_leaving(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: shows(pilot, "Aucune visite n'est datée"), "not")
        await pilot.press("v")
        await wait_for(pilot, lambda: shows(pilot, "Qui est venu"), "the form")
        await pilot.press(*["backspace"] * 10, *"loin", "f2")
        await wait_for(pilot, lambda: shows(pilot, "« loin »"), "refused")
        await pilot.press("enter", *["backspace"] * 4, *"3/9/26", "enter", "enter")
        await pilot.press(*"la directrice, un agent", "enter", "enter")
        await wait_for(pilot, lambda: shows(pilot, "visite du 03/09/2026"), "kept")
        assert not shows(pilot, "Aucune visite n'est datée")
        assert screen.session.facts.visit_date == date(2026, 9, 3)
        session = screen.session
        (kept,) = visits_of(session.workspace.journal, session.audit.id)
        assert kept.met == ("la directrice", "un agent")
        settings = session.workspace.settings
        assert kept.present == (settings.people[settings.author],)


@pytest.mark.long  # the gate asks so in `test_undoing`
async def test_what_was_said_another_day_is_undone_once_confirmed(
    tmp_path: Path,
) -> None:
    prepared(tmp_path, ("CP",))
    async with visit(tmp_path, day=DAY + timedelta(days=9)) as (pilot, screen):
        for answer, left in (("escape", 1), ("f2", 0)):
            await pilot.press("ctrl+z")
            await wait_for(pilot, lambda: shows(pilot, "date du 05/10/2026"), "asked")
            await pilot.press(answer)
            await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
            rooms = screen.session.facts.places_of(PlaceKind.SALLE)
            assert len(rooms) == left
        await pilot.press("4", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · "), "today's, unasked")


async def test_the_most_useful_question_is_looked_for_and_found(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        before = screen.visiting.key
        await pilot.press("f3")
        await wait_for(pilot, lambda: screen.visiting.key != before, "another one")
        assert shows(pilot, "la plus utile")


async def test_arrows_walk_from_part_to_part_and_the_plan_leads_to_a_room(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("down", "up", "up")
        await wait_for(pilot, lambda: screen.visiting.key[1] == "type_ecole", "first")
        plan, (here, there, *_) = screen.query_one(WalkPlan), screen.visiting.walk.legs
        screen.go_to(here.stops[-1].key)
        await wait_for(pilot, lambda: shows(pilot, f"{here.title}, question"), "there")
        drawn: set[int] = set()
        real = plan.render_line
        plan.render_line = lambda y: drawn.add(y) or real(y)  # type: ignore[method-assign,func-returns-value] # watches it
        await pilot.press("down")
        await wait_for(pilot, lambda: shows(pilot, f"{there.title}, question"), "next")
        assert plan.key == there.key
        assert len(drawn) == len((here, there)), "the part left and the part reached"
        await pilot.press("tab")
        await wait_for(pilot, lambda: screen.query_one(WalkPlan).has_focus, "the plan")
        legs = [leg.title for leg in screen.visiting.walk.legs]
        steps = legs.index("CP") - legs.index(there.title)
        await pilot.press(*["down"] * steps, "enter")
        await wait_for(pilot, lambda: shows(pilot, "CP, question 1"), "the room")
        assert screen.fiche.line.has_focus


async def test_a_key_draws_only_what_it_changes_and_nothing_moves_at_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the visit, then in Salles; `tests/terminal` counts what a terminal is sent."""
    prepared(tmp_path)
    drawn: list[Region] = []
    draw = Screen._compositor_refresh

    def watch(screen: Screen[object]) -> None:
        drawn.extend(screen._compositor._dirty_regions)
        draw(screen)

    async with visit(tmp_path) as (pilot, screen):
        monkeypatch.setattr(Screen, "_compositor_refresh", watch)

        async def draws_little(*keys: str) -> None:
            for key in keys:
                drawn.clear()
                await pilot.press(key)
                area = sum(each.area for each in drawn)
                assert 0 < area < pilot.app.size.area / 2, key

        await draws_little("down", "down", "up")
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the rooms")
        await draws_little("down", "right", "up", "6")
        here = [pilot.app.screen, *pilot.app.screen.walk_children()]
        seen = [*here, screen, *screen.walk_children()]
        assert not [
            one for each in seen for one in each._timers if one._active.is_set()
        ]


async def test_the_grid_and_the_fiche_stand_at_the_same_question(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "type_salle", place="CE1") as (pilot, screen):
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.face.current == "grid", "the grid")
        assert screen.grid is not None
        assert (
            screen.grid.cursor_place,
            screen.grid.cursor_question,
        ) == screen.visiting.key
        await pilot.press("up", "f2")
        await wait_for(pilot, lambda: shows(pilot, "CP, question 1"), "the fiche")
        assert screen.face.current == "fiche"


async def test_rooms_are_added_renamed_and_the_list_closed(tmp_path: Path) -> None:
    prepared(tmp_path, rooms=())
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Aucune salle"), "an empty list")
        assert not shows(pilot, "tout est répondu")
        await pilot.press("s")
        await wait_for(pilot, lambda: shows(pilot, "Nom de la salle"), "asked")
        assert shows(pilot, "Entrée Valider")
        await pilot.press(*"CP", "enter")
        await wait_for(pilot, lambda: shows(pilot, "CP ajoutée"), "added")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Nouveau nom"), "asked")
        await pilot.press(*"CE1", "enter")
        await wait_for(pilot, lambda: shows(pilot, "CP devient CE1"), "renamed")
        await pilot.press("s")
        await wait_for(pilot, lambda: shows(pilot, "Nom de la salle"), "asked")
        await pilot.press(*"ce1", "enter")
        await wait_for(pilot, lambda: shows(pilot, "s'appelle déjà"), "refused")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Nom de la salle"), "asked again")
        await pilot.press("end", "1", "enter")
        await wait_for(pilot, lambda: shows(pilot, "ce11 ajoutée"), "added")
        await pilot.press("ctrl+g")
        await wait_for(pilot, lambda: shows(pilot, "Toutes les salles sont là (2)"), "")
        await pilot.press("o")
        await wait_for(
            pilot, lambda: PlaceKind.SALLE in screen.session.facts.closed, "closed"
        )
        await pilot.press("ctrl+e")
        await wait_for(pilot, lambda: shows(pilot, "lots de matériel sont là (0)"), "")
        await pilot.press("o")
        await wait_for(
            pilot, lambda: PlaceKind.LOT in screen.session.facts.closed, "closed"
        )
        await pilot.press("up", "enter")
        await wait_for(pilot, lambda: shows(pilot, "CE1, question 23"), "danger first")


@pytest.mark.long  # the gate finds where it would resume, below
async def test_the_visit_resumes_at_the_very_question(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_batiments") as (pilot, _):
        await pilot.press("escape")
    async with visit(tmp_path, "", seed=6) as (pilot, screen):
        assert screen.visiting.key[1] == "nb_batiments"
        await pilot.press("down", "ctrl+q")
        where = screen.visiting.key
    async with visit(tmp_path, "", seed=7) as (_, screen):
        assert screen.visiting.key == where
    assert not (tmp_path / "diag.log").exists()


async def test_after_a_kill_it_resumes_after_the_last_answer_or_where_arrows_led(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)

    def resumes_at() -> Key | None:
        with Workspace.open(tmp_path, fixed_world(DAY, 9)) as other:
            session = started(other)
            return kept_place(session, walk_of(session.facts, session.checklist))

    async with visit(tmp_path, "nb_batiments") as (pilot, screen):
        await pilot.press("2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        following = screen.visiting.key
        assert resumes_at() == following
        await pilot.press("down", "down")
        await wait_for(pilot, lambda: screen.visiting.key != following, "walked")
        await wait_for(pilot, lambda: resumes_at() == screen.visiting.key, "kept")


async def test_two_schools_opened_in_turn_keep_their_place(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_batiments") as (pilot, screen):
        app = screen.diag
        app.go_visit(OTHER)
        await wait_for(
            pilot,
            lambda: isinstance(app.screen, VisitScreen) and app.screen.uai == OTHER,
            "the other school",
        )
        app.go_visit(SCHOOL)
        await wait_for(
            pilot,
            lambda: (
                isinstance(app.screen, VisitScreen)
                and app.screen.uai == SCHOOL
                and app.screen.visiting.key[1] == "nb_batiments"
            ),
            "the first one",
        )


@pytest.mark.long  # the gate shows such names and texts in `test_noting`
async def test_hostile_names_and_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    prepared(tmp_path, rooms=(HOSTILE,))
    async with visit(tmp_path, "type_salle", place=HOSTILE, size=(120, 40)) as (
        pilot,
        screen,
    ):
        assert shows(pilot, HOSTILE)
        await pilot.press("f4", *"[/x] [", "enter")
        await wait_for(pilot, lambda: shows(pilot, "[/x] ["), "the note")
        await pilot.press(*"[/zz]", "enter")
        await wait_for(pilot, lambda: shows(pilot, "n'est pas un choix"), "refused")
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the rooms")
        await pilot.press("escape", "ctrl+r")
        await wait_for(pilot, lambda: shows(pilot, "Avant de partir"), "the list")
        assert screen.is_running


@pytest.mark.parametrize("size", cases([(80, 24), (100, 30), (160, 50)], (80, 24)))
async def test_nothing_is_clipped(tmp_path: Path, size: tuple[int, int]) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, size=size) as (pilot, screen):
        await wait_for(pilot, lambda: shows(pilot, "À vérifier"), "the plan")
        await wait_for(pilot, lambda: "F7" in visible(pilot)[-1], "the keys")
        shown = [key.name for key in screen.query_one(KeyBar).shown]
        order = ["F4", "F7", "F2", "F6", "F5", "F9", "F3", "Ctrl+R", "Ctrl+Z"]
        least = {80: 5, 100: 6, 160: 9}[size[0]]
        assert shown[:9] == order[: len(shown)]
        assert len(shown) >= least
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.face.current == "grid", "the grid")
        await wait_for(pilot, lambda: "Recopier" in visible(pilot)[-1], "the footer")
        shown = [key.name for key in screen.query_one(KeyBar).shown]
        assert shown[:6] == ["F8", "Ctrl+D", "F4", "F7", "F2", "F6"]


async def test_still_true_repeats_the_previous_audit_in_one_key(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    with Workspace.open(tmp_path, fixed_world(DAY, 3)) as made:
        before = audits.start(made, SCHOOL, "2025-2026")
        record_answer(before, NewAnswer("nb_batiments", "2"))
    async with visit(tmp_path, "nb_batiments") as (pilot, screen):
        assert shows(pilot, "Avant      2")
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(screen.session.facts.root, "nb_batiments")
        assert answer is not None
        assert (answer.value, answer.provenance) == (2, Provenance.CARRIED)
        assert "Pareil" not in visible(pilot)[-1], "nothing was answered here before"


async def test_f8_in_a_first_audit_answers_as_the_room_before(tmp_path: Path) -> None:
    """Offered only where that room has an answer; from 120 columns, it is in sight."""
    prepared(tmp_path)
    async with visit(tmp_path, "prises_rj45", place="CP", size=(120, 40)) as (
        pilot,
        screen,
    ):
        cp, ce1 = (one.id for one in screen.session.facts.places_of(PlaceKind.SALLE))
        assert "Pareil" not in visible(pilot)[-1]
        await pilot.press("2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Prises réseau : 2"), "déjà dit")
        await wait_to_show(pilot, "CP, déjà dit")
        screen.go_to((ce1, "prises_rj45"))
        await wait_for(pilot, lambda: "Pareil" in visible(pilot)[-1], "offered")
        await wait_to_show(pilot, "CE1, déjà dit")
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "comme CP"), "told")
        copied = screen.session.facts.answer(ce1, "prises_rj45")
        assert copied
        assert (copied.value, copied.provenance) == (2, Provenance.OBSERVED)
        assert screen.session.facts.answer(cp, "prises_rj45")
        await pilot.press("ctrl+z")
        there = ce1, "prises_rj45"
        await wait_for(pilot, lambda: not screen.session.facts.answer(*there), "undone")
        await wait_for(pilot, lambda: there == screen.visiting.key, "back")


async def test_a_long_name_leaves_the_hour_of_leaving_in_the_heading(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        hour = "10 h 42, partir à 11 h"
        screen.set_title("École élémentaire d'application " * 3, "u" * 30, hour, "fin")
        await wait_for(pilot, lambda: shows(pilot, hour), "the hour")
        heading = visible(pilot)[0]
        assert heading.strip().startswith("École élémentaire d'application")
        assert "…" in heading
        assert heading.rstrip().endswith(f" {hour} · fin")


async def test_the_plan_leaves_its_columns_to_the_grille_when_they_are_few(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        plan = screen.query_one(WalkPlan)
        assert plan.display
        await pilot.press("f2")
        await wait_for(pilot, lambda: not plan.display, "no plan")
        assert not shows(pilot, "se répondent dans la fiche")
        await pilot.resize_terminal(120, 40)
        await wait_for(pilot, lambda: plan.display, "the plan")
        await pilot.resize_terminal(80, 24)
        await pilot.press("f2")
        await wait_for(pilot, lambda: plan.display, "the plan beside the fiche")
        await pilot.resize_terminal(60, 24)
        await wait_for(pilot, lambda: not shows(pilot, "À vérifier"), "too few")
        await pilot.press("tab")
        await wait_for(pilot, lambda: shows(pilot, "À vérifier"), "the plan")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the fiche")
        assert screen.fiche.line.has_focus


async def test_what_is_typed_is_recorded_when_one_walks_on(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("7", "down")
        await wait_for(pilot, lambda: screen.visiting.key[1] == "nb_eleves", "moved")
        answer = screen.session.facts.answer(screen.session.facts.root, "nb_classes")
        assert answer is not None
        assert answer.value == 7
        await pilot.press("x", "down")
        await wait_for(pilot, lambda: shows(pilot, "Refusé."), "refused")
        assert screen.visiting.key[1] == "nb_eleves"
        assert screen.fiche.line.value == "x"
        await pilot.press("escape")
        assert screen.fiche.line.value == ""
        assert screen.is_current


@pytest.mark.parametrize(
    "question", cases(["nb_classes", "type_ecole", "acces_internet"], "type_ecole")
)
async def test_a_question_mark_is_help_on_every_question_and_cell_unless_in_a_sentence(
    tmp_path: Path, question: str
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, question) as (pilot, screen):
        before = screen.session.facts.answers

        async def look_at_the_help() -> None:
            await pilot.press("question_mark")
            await wait_for(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
            await pilot.press("escape")
            await wait_for(pilot, lambda: pilot.app.screen is screen, "back")

        await look_at_the_help()
        assert screen.fiche.line.value == ""
        screen.go_to((screen.session.facts.root, "nb_classes"))
        await wait_for(pilot, lambda: screen.visiting.key[1] == "nb_classes", "there")
        screen.fiche.line.free_text = True
        await look_at_the_help()
        await pilot.press(*"vu", "question_mark")
        await wait_for(pilot, lambda: screen.fiche.line.value == "vu?", "typed")
        await pilot.press("escape", "f2")
        await wait_for(pilot, lambda: screen.grid and screen.grid.cursor_place, "grid")
        await look_at_the_help()
        assert screen.session.facts.answers == before


async def test_the_visit_opens_again_on_the_face_that_was_left(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "", size=(80, 24)) as (pilot, screen):
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.is_gridding, "the grille")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is not screen, "the school")
        await pilot.press("enter")
        again = await reopened(pilot)
        await wait_for(pilot, lambda: again.is_gridding, "the grille again")
        assert again.grid is not None
        await wait_for(pilot, lambda: again.grid.table.has_focus, "its cells")  # type: ignore[union-attr] # just seen
        await pilot.press("f2")
        await wait_for(pilot, lambda: again.fiche.line.has_focus, "the fiche")
        face_of = again.diag.whereabouts.face_of
        await wait_for(pilot, lambda: face_of(SCHOOL) == "fiche", "kept")


async def reopened(pilot: Pilot[None]) -> VisitScreen:
    await wait_for(
        pilot, lambda: isinstance(pilot.app.screen, VisitScreen), "the visit"
    )
    screen = pilot.app.screen
    assert isinstance(screen, VisitScreen)
    await wait_for(pilot, lambda: shows(pilot, "Score"), "its score")
    return screen


async def test_the_plan_parts_the_questions_of_a_school_from_a_room_of_one_name(
    tmp_path: Path,
) -> None:
    long = "Classe des petits et moyens 2"
    prepared(tmp_path, ("Direction", long))
    async with visit(tmp_path, size=(160, 50)) as (pilot, _):
        seen = [line.strip() for line in visible(pilot)]
        starts = ("École ", "Direction", "Salles ", "Direction")
        at = -1
        for start in starts:
            at = next(n for n in range(at + 1, len(seen)) if seen[n].startswith(start))
        assert any(line.startswith(long) for line in seen)


async def test_the_key_that_swaps_faces_is_told_once_as_where_it_leads(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, size=(80, 50)) as (pilot, screen):
        assert swaps(pilot) == ["Grille"]
        await pilot.press("tab")
        await wait_for(pilot, lambda: screen.query_one(WalkPlan).has_focus, "the plan")
        assert "F2 Grille" in visible(pilot)[-1]
        assert swaps(pilot) == ["Grille"]
        await pilot.press("escape", "f2")
        await wait_for(pilot, lambda: screen.is_gridding, "the grille")
        assert swaps(pilot) == ["Fiche"]
        await wait_for(pilot, lambda: "F2 Fiche" in visible(pilot)[-1], "its footer")


def swaps(pilot: Pilot[None]) -> list[str]:
    """Return what the help and the palette say of the key that swaps faces."""
    app = pilot.app
    assert isinstance(app, DiagApp)
    return [each.TITLE for _, each in app.offered() if each.KEYS == "f2"]


async def test_a_closed_audit_is_named_so_and_its_minutes_stop(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        session = app.desk.session(SCHOOL)
        move(session, AuditStatus.CLOS)
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Score"), "the visit")
        heading = visible(pilot)[0]
        assert heading.rstrip().endswith("clos")
        assert " min" not in heading


@pytest.mark.long  # the gate doubts so by command
async def test_classes_beside_the_directory_want_a_second_enter_and_a_reason(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    with Workspace.open(tmp_path, fixed_world(DAY, seed=3)) as made:
        import_file(made, "effectifs", territory().effectifs)
    async with visit(tmp_path) as (pilot, screen):
        before = screen.session.digest
        await pilot.press("2", "2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "L'annuaire en dit 6"), "the doubt")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "why")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "disant pourquoi"), "no reason")
        assert screen.session.digest == before, "nothing yet"
        await pilot.press("escape", *"fusion", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "kept")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "told")
        head = screen.session.facts.answer(screen.session.facts.root, "nb_classes")
        assert head is not None
        assert (head.value, head.reason) == (22, "fusion")
        lines = [one for one in departure_lines(screen.session) if "Douteux" in one]
        assert "l'annuaire en dit 6 (fusion)" in " ".join(lines)
