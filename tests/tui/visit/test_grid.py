import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from diag.audit.answer import record_note, toggle_flag
from diag.audit.grid import GridSheet
from diag.audit.places import add_place
from diag.audit.session import AuditSession, open_session
from diag.audit.undo import undo
from diag.model.enums import PlaceKind, Provenance, State
from diag.tui.dialogs import Notice
from diag.tui.visit.commands import CopyDown, PasteFile
from diag.tui.visit.grid import Grid
from diag.tui.visit.grid_table import At
from tests.audit.builders import started, workspace
from tests.examples import cases, examples
from tests.tui.visit.grid_host import Host, twelve_rooms, type_keys
from tests.tui.waiting import shows, visible, wait_for, wait_to_show


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    with workspace(tmp_path_factory.mktemp("grid")) as made:
        session = started(made)
        twelve_rooms(session)
        yield session


@pytest.fixture
def session(opened: AuditSession) -> Iterator[AuditSession]:
    """The same school, put back as it was after each test."""
    before = len(opened.revisions())
    yield opened
    opened.catch_up()
    while _left(opened, before):
        undo(opened)


def _left(session: AuditSession, before: int) -> bool:
    said = session.revisions()[before:]
    taken = {each.undoes for each in said}
    return any(not each.undoes and each.id not in taken for each in said)


def value(session: AuditSession, room: str, question: str) -> object:
    """Return an answer, read again from the file."""
    facts = open_session(session.workspace, session.about.ref).facts
    (place,) = (each.id for each in facts.places.values() if each.name == room)
    answer = facts.answer(place, question)
    return answer.value if answer else None


def cursor(grid: Grid) -> tuple[str, str | None]:
    return grid.sheet.places[grid.table.cursor.row].name, grid.cursor_question


async def test_answers_are_typed_and_the_cursor_moves_on(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "c 2 tab")
        assert cursor(grid) == ("Classe 1", "prise_borne")
        assert shows(pilot, "Enregistré, Classe 1 : 2\xa0prises")
        await type_keys(pilot, "ctrl+home enter")
        await type_keys(pilot, "up c")
        assert cursor(grid) == ("Classe 2", "type_salle")

    assert value(session, "Classe 1", "type_salle") == "classe"
    assert value(session, "Classe 1", "prises_rj45") == 2


async def test_a_day_in_short_is_shown_whole_before_it_is_recorded(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        room = grid.sheet.places[0].id
        grid.goto(room, "danger_electrique")
        await type_keys(pilot, "o")
        grid.goto(room, "danger_signale_le")
        await type_keys(pilot, "4 slash 1 0")
        await wait_for(pilot, lambda: shows(pilot, "4 octobre 2026"), "the whole day")
        assert value(session, "Classe 1", "danger_signale_le") is None
        await type_keys(pilot, "enter")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré"), "recorded")
        grid.goto(grid.sheet.places[1].id, "danger_signale_le")
        await type_keys(pilot, "h i e r enter")
        await wait_for(
            pilot, lambda: value(session, "Classe 2", "danger_signale_le") is not None
        )

    assert value(session, "Classe 1", "danger_signale_le") == "2026-10-04"
    assert value(session, "Classe 2", "danger_signale_le") == "2026-10-04"


async def test_what_applies_appears_as_soon_as_it_does(session: AuditSession) -> None:
    async with Host(session).run_test(size=(100, 30)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "4")
        row = next(line for line in visible(pilot) if line.startswith(" Classe 1"))
        assert "maître" in row, "the short name of « Salle des maîtres »"
        assert "·" in row
        grid.goto(grid.sheet.places[0].id, "prise_borne")
        await type_keys(pilot, "o")
        assert shows(pilot, "la question ne se pose pas ici")
        assert value(session, "Classe 1", "prise_borne") is None


async def test_an_unlikely_number_is_confirmed_by_enter(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.goto(grid.sheet.places[0].id, "prises_rj45")
        await type_keys(pilot, "5 0 enter")
        assert shows(pilot, "paraît élevé")
        assert value(session, "Classe 1", "prises_rj45") is None
        await type_keys(pilot, "enter")
        assert value(session, "Classe 1", "prises_rj45") == 50
        assert cursor(grid) == ("Classe 2", "prises_rj45")


async def test_what_is_refused_stays_typed(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.goto(grid.sheet.places[0].id, "prises_rj45")
        await type_keys(pilot, "9 9 down")
        assert shows(pilot, "99 est hors limites")
        assert (grid.table.text, cursor(grid)[0]) == ("99", "Classe 1")
        await type_keys(pilot, "backspace down")
        assert cursor(grid)[0] == "Classe 1"
        await type_keys(pilot, "enter escape")
        assert value(session, "Classe 1", "prises_rj45") == 9


async def test_a_selection_is_filled_by_one_answer(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        await type_keys(pilot, "shift+down shift+down c")
        assert [value(session, f"Classe {n}", "type_salle") for n in (1, 2, 3, 4)] == [
            *["classe"] * 3,
            None,
        ]
        await type_keys(pilot, "home ctrl+a b i")
        await wait_to_show(pilot, "3 réponses remplacées")
        undo(session)
        undo(session)
        grid = pilot.app.query_one(Grid)
        grid.refresh_from(session)
        assert value(session, "Classe 3", "type_salle") is None
        assert "Classe" not in "".join(
            grid.sheet.cell(row, 0).words for row in range(12)
        )


async def test_a_column_filled_opens_and_shuts_the_cells_that_it_decides(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(160, 24)) as pilot:
        assert isinstance(pilot.app, Host)
        grid = pilot.app.grid
        await type_keys(pilot, "ctrl+a 7")
        assert cursor(grid) == ("Classe 1", "prises_rj45")
        column = grid.sheet.columns["salle_commune_equipement"]
        assert not grid.sheet.cell(0, column).is_inert
        grid.goto(grid.sheet.places[0].id, "salle_commune_equipement")
        await type_keys(pilot, "ctrl+a 1")
        assert grid.sheet.sum(column) == "12/12"
        question = grid.sheet.questions[column]
        short, kept = grid.sheet.cell(0, column).words, question.choices[0].label

        grid.goto(grid.sheet.places[0].id, "type_salle")
        await type_keys(pilot, "ctrl+a 1")
        assert grid.sheet.cell(0, column).is_inert
        assert grid.sheet.sum(column) == ""
        grid.goto(grid.sheet.places[0].id, "salle_commune_equipement")
        await pilot.pause()
        assert shows(pilot, f"({short})")
        assert shows(pilot, f"Gardé sans compter : {kept}")


async def test_copying_down_fills_what_is_empty_below(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        await type_keys(pilot, "c home ctrl+d")
        assert shows(pilot, "11 réponses recopiées")
        assert value(session, "Réserve", "type_salle") == "classe"
        await type_keys(pilot, "ctrl+home delete")
        assert value(session, "Classe 1", "type_salle") is None
        await type_keys(pilot, "down delete ctrl+d")
        assert shows(pilot, "pas de réponse à recopier")


async def test_how_it_is_known_can_be_chosen(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "ctrl+t ctrl+t")
        assert shows(pilot, "saisie : déclaré")
        await type_keys(pilot, "c !")
        place = grid.sheet.places[0].id
        answer = session.facts.answer(place, "type_salle")
        refused = session.facts.answer(place, "prises_rj45")
        assert answer is not None
        assert answer.provenance is Provenance.DECLARED
        assert refused is not None
        assert refused.state is State.REFUSED


async def test_a_block_is_pasted_and_refusals_are_read(session: AuditSession) -> None:
    async with Host(session).run_test(
        size=(80, 24), notifications=True, tooltips=True
    ) as pilot:
        grid = pilot.app.query_one(Grid)
        hostile = "Classe\t\t3\nbcd\t\t[/]\n[a[0]]\t\t2"
        grid.table.post_message(events.Paste(hostile))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice))
        assert shows(pilot, "Collé : 4 réponses, 2 cellules refusées")
        assert shows(pilot, "« [/] » n'est pas un")
        await type_keys(pilot, "escape")
        assert value(session, "Classe 3", "prises_rj45") == 2
        assert value(session, "Classe 2", "type_salle") == "bcd"


async def test_a_column_that_no_question_has_is_refused_in_one_line(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(
        size=(80, 24), notifications=True, tooltips=True
    ) as pilot:
        grid = pilot.app.query_one(Grid)
        table = "Salle\tCouleur\tPrises réseau\nClasse 1\tbleu\t2\nClasse 2\tvert\t3"
        grid.table.post_message(events.Paste(table))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice))
        assert "\n".join(visible(pilot)).count("Couleur") == 1
        assert shows(pilot, "(2 cellules)")
        await type_keys(pilot, "escape")
        many = "".join(f"\tTitre {one}" for one in range(220))
        row = "\t1" * 220
        grid.table.post_message(events.Paste(f"Salle{many}\nClasse 1{row}"))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice))
        assert isinstance(pilot.app.screen, Notice)
        assert pilot.app.screen.text.endswith("… et 20 autres")
        await type_keys(pilot, "escape")
        assert value(session, "Classe 2", "prises_rj45") == 3


async def test_a_csv_dragged_onto_the_terminal_fills_by_titles(
    session: AuditSession, tmp_path: Path
) -> None:
    path = tmp_path / "salles.csv"
    path.write_text("Salle;Usage de la salle\nBCD;5\nRéserve;0\n", encoding="utf-8")
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.table.post_message(events.Paste(str(path)))
        await wait_for(pilot, lambda: value(session, "BCD", "type_salle") == "bcd")
        grid.post_message(PasteFile())
        await wait_for(pilot, lambda: shows(pilot, "Fichier CSV"), "the question")
        await pilot.press("a")
        await type_keys(pilot, "enter")
        app = pilot.app
        assert isinstance(app, Host)
        await wait_for(pilot, lambda: app.troubles)
        assert "n'existe pas" in app.troubles[0]


async def test_a_twin_is_added_and_named(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        await type_keys(pilot, "c home ctrl+n")
        assert shows(pilot, "Ajouté : « Classe 7 », avec 1 réponse")
        assert cursor(pilot.app.query_one(Grid))[0] == "Classe 7"
        assert value(session, "Classe 7", "type_salle") == "classe"


async def test_closing_the_list_tells_the_score(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        await type_keys(pilot, "ctrl+g")
        await wait_for(pilot, lambda: shows(pilot, "Confirmer"), "what it changes")
        assert shows(pilot, "Toutes les salles sont là (12).")
        assert PlaceKind.SALLE not in session.facts.closed
        await type_keys(pilot, "enter")
        await wait_for(pilot, lambda: PlaceKind.SALLE in session.facts.closed)
        told = " ".join(pilot.app.query_one(Grid).status.lines)
        assert "Toutes les salles sont là (12)." in told
        assert "(examiné à " in told
        assert told.endswith("%)."), "whole, in as many lines as it takes"
        await type_keys(pilot, "ctrl+g")
        assert shows(pilot, "déjà close")


async def test_where_one_goes_on_to_is_told_and_nothing_undone_is_offered(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        await type_keys(pilot, "down up")
        assert shows(pilot, "puis à droite")
        await type_keys(pilot, "enter")
        assert shows(pilot, "puis en dessous")
        await type_keys(pilot, "f8")
        assert shows(pilot, "« Classe 2 » : rien à reprendre.")
        assert not shows(pilot, "Ctrl+Z")


async def test_at_the_foot_of_a_column_one_stays_and_no_answer_is_replaced(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.goto(grid.sheet.places[0].id, "prises_rj45")
        await type_keys(pilot, "4 enter")
        grid.goto(grid.sheet.places[-1].id, "type_salle")
        await type_keys(pilot, "a")
        assert cursor(grid) == ("Réserve", "type_salle")
        told = " ".join(grid.status.lines)
        assert "Autre local. Rien d'autre à remplir en dessous" in told
        assert "Tab passe à droite." in told
        await type_keys(pilot, "5 tab")
        assert value(session, "Réserve", "type_salle") == "bcd"
        assert cursor(grid) == ("Réserve", "prises_rj45")
        await type_keys(pilot, "3 enter")
        assert cursor(grid) == ("Réserve", "prises_rj45")
        assert shows(pilot, "Enregistré, Réserve : 3\xa0prises. Rien d'autre")
        await type_keys(pilot, "enter")
        assert not shows(pilot, "Enregistré")
        assert shows(pilot, "Rien d'autre à remplir en dessous")

    assert value(session, "Classe 1", "prises_rj45") == 4


@pytest.mark.long  # the gate goes on by each of these keys, in the tests around
async def test_one_goes_on_past_what_is_answered_to_what_is_not(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.goto(grid.sheet.places[2].id, "type_salle")
        await type_keys(pilot, "c ctrl+home enter 4")
        assert cursor(grid) == ("Classe 4", "type_salle")
        assert value(session, "Classe 3", "type_salle") == "classe"

        grid.goto(grid.sheet.places[6].id, "prises_rj45")
        await type_keys(pilot, "2 tab home a")
        assert cursor(grid) == ("Bureau", "bricolages_reseau"), "past the answer"
        await type_keys(pilot, "shift+tab 5 tab")
        assert value(session, "Bureau", "prises_rj45") == 5
        assert cursor(grid) == ("Bureau", "bricolages_reseau")


async def test_tab_past_the_end_of_a_row_lands_on_no_answer(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.goto(grid.sheet.places[7].id, "type_salle")
        await type_keys(pilot, "a up end tab")
        assert cursor(grid) == ("Salle des maîtres", "prises_rj45")
        await type_keys(pilot, "home shift+tab")
        assert cursor(grid)[0] == "Bureau"


async def test_past_the_last_cell_of_all_nothing_is_left(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "ctrl+end")
        before = cursor(grid)
        await type_keys(pilot, "tab")
        assert cursor(grid) == before
        assert shows(pilot, "Rien d'autre à remplir ensuite.")


async def test_travelling_with_arrows_does_not_turn_one_s_way(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "down down up c")
        assert cursor(grid) == ("Classe 2", "prises_rj45")


async def test_keys_chosen_take_the_place_of_the_grid_s_own(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app, Host)
        pilot.app.keys = {CopyDown.ident(): "f10"}
        pilot.app.set_keymap(pilot.app.keys)
        await type_keys(pilot, "c home ctrl+d")
        assert value(session, "Classe 2", "type_salle") is None
        await type_keys(pilot, "f10")
        assert value(session, "Classe 2", "type_salle") == "classe"


async def test_a_domain_then_lots_are_shown_and_nothing_is_said_of_none(
    session: AuditSession,
) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        await type_keys(pilot, "ctrl+f ctrl+f")
        assert {each.domain for each in grid.sheet.questions} == {"reseau"}
        assert shows(pilot, "Réseau câblé")
        await type_keys(pilot, "ctrl+l")
        assert shows(pilot, "Aucun lot de matériel")
        await type_keys(pilot, "c enter ctrl+d f8 delete ctrl+n tab ctrl+a ctrl+c")
        add_place(session, PlaceKind.LOT, "Tablettes [/]")
        grid.refresh_from(session)
        await type_keys(pilot, "5")
        assert value(session, "Tablettes [/]", "type_lot") == "tablettes"
        await type_keys(pilot, "ctrl+l")


async def test_one_goes_to_a_cell_and_is_told_of_moves(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Host)
        room = session.facts.places_of(PlaceKind.SALLE)[8]
        assert app.grid.goto(room.id, "poste_maitre")
        await pilot.pause()
        assert (app.grid.cursor_place, app.grid.cursor_question) == (
            room.id,
            "poste_maitre",
        )
        assert shows(pilot, "BCD · Ordinateur")
        moved = app.heard[-1]
        assert isinstance(moved, Grid.Moved)
        assert (moved.place, moved.question) == (room.id, "poste_maitre")
        assert not app.grid.goto(session.facts.root, "nb_classes")
        assert not app.grid.goto("absent")


async def test_a_flag_and_a_note_are_seen_on_their_cell_and_told(
    session: AuditSession,
) -> None:
    host = Host(session)
    async with host.run_test(size=(100, 30)) as pilot:
        grid, places = host.grid, session.facts.places_of(PlaceKind.SALLE)
        toggle_flag(session, (places[0].id, "type_salle"))
        record_note(session, "type_salle", "porte fermée", places[1].id)
        grid.refresh_from(session)
        grid.goto(places[0].id, "type_salle")
        await wait_for(pilot, lambda: shows(pilot, "Pas de réponse · à revoir"), "flag")
        await pilot.press("down")
        told = "Pas de réponse · note : porte fermée"
        await wait_for(pilot, lambda: shows(pilot, told), "note")
        flagged = next(one for one in visible(pilot) if one.startswith(" Classe 1"))
        assert flagged.split()[:3] == ["Classe", "1", "?à"]
        await pilot.press("up")
        await wait_for(pilot, lambda: shows(pilot, "à revoir"), "back")
        noted = next(one for one in visible(pilot) if one.startswith(" Classe 2"))
        assert noted.split()[:3] == ["Classe", "2", "+à"]


async def test_a_note_stands_before_what_was_answered_last_time(
    session: AuditSession,
) -> None:
    host = Host(session)
    async with host.run_test(size=(80, 24)) as pilot:
        grid, (first, *_) = host.grid, session.facts.places_of(PlaceKind.SALLE)
        grid.before = lambda *_: "Classe, constaté, il y a 12 mois (campagne 2025-2026)"
        toggle_flag(session, (first.id, "type_salle"))
        record_note(session, "type_salle", "porte fermée", first.id)
        grid.refresh_from(session)
        grid.goto(first.id, "type_salle")
        told = "à revoir · note : porte fermée · Avant : Classe, constaté"
        await wait_for(pilot, lambda: shows(pilot, told), "one line is left for all")


async def test_the_mouse_points_and_shift_extends(session: AuditSession) -> None:
    async with Host(session).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        top = grid.table.layout_of.height
        await pilot.click(grid.table, offset=(22, top + 2))
        await pilot.pause()
        assert grid.table.cursor == At(2, 0)
        await pilot.click(grid.table, offset=(22, top + 4), shift=True)
        await pilot.pause()
        assert list(grid.table.rows_chosen) == [2, 3, 4]


@pytest.mark.parametrize(
    "size", cases([(80, 24), (100, 30), (160, 50), (30, 8), (5, 3)], (80, 24), (5, 3))
)
async def test_nothing_breaks_at_any_size(
    session: AuditSession, size: tuple[int, int]
) -> None:
    async with Host(session).run_test(size=size) as pilot:
        await type_keys(pilot, "c tab ctrl+end home")
        grid = pilot.app.query_one(Grid)
        assert grid.table.cursor == At(11, 0)
        await pilot.resize_terminal(80, 24)
        await wait_for(
            pilot,
            lambda: any(line.startswith(" Réserve") for line in visible(pilot)),
            "drawn anew",
        )


KEYS = st.sampled_from([
    *"0123456789",
    *"con&é?/!",
    *("tab", "enter", "up", "down", "left", "right", "home", "end", "backspace"),
    *("escape", "delete", "shift+down", "shift+end", "shift+right", "f8"),
    *("ctrl+d", "ctrl+a", "ctrl+n", "ctrl+f", "ctrl+t"),
])


@settings(
    examples(12, few=4),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(KEYS, min_size=5, max_size=40))
def test_no_keys_crash_it_nor_show_what_is_not_kept(
    session: AuditSession, keys: list[str]
) -> None:
    asyncio.run(_type_at_random(session, keys))


async def _type_at_random(session: AuditSession, keys: list[str]) -> None:
    app = Host(session)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in keys:
            await _burst(pilot, key)
        await pilot.pause()
        kept = open_session(session.workspace, session.about.ref)
        shown, again = (
            app.grid.sheet,
            GridSheet(kept, PlaceKind.SALLE, app.grid.sheet.domain),
        )
        assert shown.places == again.places
        for row in range(len(shown.places)):
            for column in range(len(shown.questions)):
                assert shown.cell(row, column) == again.cell(row, column)
        for heard in app.heard:
            if isinstance(heard, Grid.Answered) and heard.question:
                revisions = session.revisions()
                subject = f"place/{heard.place}/q/{heard.question}"
                assert any(each.subject == subject for each in revisions)
        assert app.troubles == []


async def _burst(pilot: Pilot[None], key: str) -> None:
    character = key if len(key) == 1 else None
    pilot.app.post_message(events.Key(key, character))


async def test_a_unit_keeps_its_letters_in_the_grid(session: AuditSession) -> None:
    async with Host(session).run_test(size=(100, 24)) as pilot:
        assert isinstance(pilot.app, Host)
        grid = pilot.app.grid
        grid.goto(grid.sheet.places[0].id, "wifi_salle")
        await type_keys(pilot, "o")
        column = next(each.id for each in grid.sheet.questions if each.unit == "dBm")
        grid.goto(grid.sheet.places[0].id, column)
        await pilot.pause()
        assert shows(pilot, "Nombre entier (dBm), de −")
