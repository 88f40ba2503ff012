"""Keys that the user chooses: what is refused, and what they become on screen."""

import ast
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from textual.pilot import Pilot

import diag
from diag.tui.app import DiagApp
from diag.tui.bilan.faces import ShowCounsel
from diag.tui.commands import TWINS, Help, readable
from diag.tui.keymap import (
    PLACES,
    KeysScreen,
    PressKey,
    editable,
    normal,
    refusal,
    scopes,
)
from diag.tui.lists import Lines
from diag.tui.territory import OpenTour
from diag.tui.tour import TourScreen
from diag.tui.visit.commands import MostUseful, ShowGrid, SwapFace
from tests.tui.builders import SCHOOL, app_on, audited_app, new_app
from tests.tui.waiting import shows, wait_for

SIZE = (80, 24)


def running(app: DiagApp) -> AbstractAsyncContextManager[Pilot[None]]:
    return app.run_test(size=SIZE, notifications=True, tooltips=True)


async def editor(pilot: Pilot[None], ident: str) -> KeysScreen:
    """Open the editor by the palette, the cursor on a command."""
    app = pilot.app
    await pilot.press("ctrl+p", *"raccourcis", "enter")
    await wait_for(pilot, lambda: isinstance(app.screen, KeysScreen), "the editor")
    screen = app.screen
    assert isinstance(screen, KeysScreen)
    lines = screen.query_one(Lines)
    lines.show(lines.lines, ident)
    return screen


async def press(pilot: Pilot[None], key: str) -> None:
    """Choose a line, then press the new key."""
    await pilot.press("enter")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, PressKey), "asked")
    await pilot.press(key)


@pytest.mark.parametrize(
    ("key", "character", "why"),
    [
        ("escape", None, "garde toujours le même sens"),
        ("enter", "\r", "garde toujours le même sens"),
        ("tab", "\t", "garde toujours le même sens"),
        ("ctrl+c", None, "garde toujours le même sens"),
        ("ctrl+q", None, "garde toujours le même sens"),
        ("down", None, "se déplacer"),
        ("at", "@", "AltGr"),
        ("alt+e", None, "AltGr"),
        ("h", "h", "Visite : lettres et chiffres y répondent"),
        ("f5", None, "sert déjà à « À revoir »"),
        ("f6", None, "garde toujours le même sens"),
        ("ctrl+w", None, "corrige déjà"),
    ],
)
def test_a_key_that_would_trap_is_refused(
    key: str, character: str | None, why: str
) -> None:
    assert why in refusal(MostUseful, key, character, {})


def test_a_free_key_is_given_and_a_key_given_is_taken() -> None:
    assert not refusal(MostUseful, "f10", None, {})
    taken = {MostUseful.ident(): "f10"}
    assert "Question utile" in refusal(SwapFace, "f10", None, taken) or (
        MostUseful.TITLE in refusal(SwapFace, "f10", None, taken)
    )
    assert not refusal(SwapFace, "f3", None, taken)
    assert not refusal(OpenTour, "f10", None, {})
    assert "lettres" in refusal(OpenTour, "y", "y", {})
    assert refusal(Help, "y", "y", {})


def test_both_faces_of_one_command_share_its_key() -> None:
    assert ShowGrid.ident() == SwapFace.ident()
    assert ShowGrid.key_names({SwapFace.ident(): "f10"}) == "F10"


def test_the_twin_of_a_digit_is_the_digit() -> None:
    assert [normal(twin) for twin in TWINS.values()] == list(TWINS)


def test_each_screen_has_the_place_of_its_keys() -> None:
    """Else its keys stand under no heading, and clash with others unseen."""
    for path in sorted((Path(diag.__file__).parent / "tui").rglob("*.py")):
        parts = path.relative_to(Path(diag.__file__).parents[1]).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Screen"):
                offers = any("OFFERS = " in ast.unparse(one) for one in node.body)
                assert module in PLACES or not offers, node.name


def test_commands_are_listed_once_under_their_place() -> None:
    listed = [one.ident() for commands in editable().values() for one in commands]
    assert len(listed) == len(set(listed)) > 60
    assert {"Partout", "Territoire", "Visite", "Bilan"} <= set(editable())
    assert {one.title for one in scopes() if one.typed} >= {"Visite"}


@pytest.mark.parametrize(
    "kept",
    [
        None,
        3,
        "f10",
        [],
        {"a": 1},
        {"a": "escape"},
        {"a": ""},
        {"a": "f1,f2"},
        {1: "x"},
    ],
)
def test_a_keymap_that_cannot_be_read_is_none(kept: object) -> None:
    assert readable(kept) == {}


def test_a_command_takes_its_own_key_back_unless_it_was_given_away() -> None:
    for commands in editable().values():
        for command in commands:
            assert not any(
                refusal(command, key, None, {}) for key in command.keys_in({})
            )
    given = {MostUseful.ident(): "f2", SwapFace.ident(): "f10"}
    assert MostUseful.TITLE in refusal(SwapFace, "f2", None, given)


async def test_a_new_key_answers_at_once_and_the_next_time(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await editor(pilot, OpenTour.ident())
        await press(pilot, "y")
        await wait_for(pilot, lambda: shows(pilot, "Prenez une touche"), "typed here")
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "sert déjà à « Importer »"), "taken")
        await pilot.press("f10")
        await wait_for(pilot, lambda: shows(pilot, "* F10"), "given")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "F10 Tournée"), "the footer")
        await pilot.press("f10")
        await wait_for(pilot, lambda: isinstance(app.screen, TourScreen), "the tour")

    again = app_on(tmp_path)
    async with again.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "F10 Tournée"), "kept")
        await pilot.press("f1")
        await wait_for(pilot, lambda: shows(pilot, "r Raccourcis"), "the help")
        assert shows(pilot, " F10  ")
        await pilot.press("r")
        await wait_for(pilot, lambda: isinstance(again.screen, KeysScreen), "editor")
        await pilot.press("z", "escape", "escape")
        await wait_for(pilot, lambda: shows(pilot, "F2 Tournée"), "its own")
        assert again.keys == {}


async def test_a_digit_keeps_its_twin_and_one_key_is_given_back(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with running(app) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Ce que la loi demande"), "the law")
        await editor(pilot, ShowCounsel.ident())
        await press(pilot, "left_parenthesis")
        await wait_for(pilot, lambda: shows(pilot, "* 5"), "five")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "[Constats]"), "the bilan")
        await pilot.press("left_parenthesis")
        await wait_for(pilot, lambda: shows(pilot, "[Préconisations]"), "by the twin")
        await pilot.press("1", "5")
        await wait_for(pilot, lambda: shows(pilot, "[Préconisations]"), "by the digit")
        await editor(pilot, ShowCounsel.ident())
        await pilot.press("delete")
        await wait_for(pilot, lambda: not app.keys, "its own")


async def test_a_damaged_keymap_never_prevents_starting(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    app.desk.keep(
        "keys", {"territory.OpenTour": "escape", "x": [1], "gone.Gone": "f10"}
    )
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "F2 Tournée"), "the footer")
        assert app.keys == {"Gone": "f10"}


def test_a_keymap_of_an_earlier_version_still_applies() -> None:
    kept = {
        "visit_commands.MostUseful": "f10",
        "tour.Export": "y",
        "TellApart": "f12",
        "SayUnknown": "f11",
        "visit_commands.SayWithoutObject": "f3",
        "SayRefused": "y",
    }
    assert readable(kept) == {
        "MostUseful": "f10",
        "ExportTour": "y",
        "KeepApart": "f12",
        "AnswerUnknown": "f11",
        "AnswerWithoutObject": "f3",
        "AnswerRefused": "y",
    }
