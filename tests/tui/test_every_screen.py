"""What holds on every place: keys that work, in French, no line wider than it."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from unittest.mock import patch

import pytest
from textual.binding import Binding
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen

import diag.tui
from diag.tui.app import DiagApp
from diag.tui.commands import (
    FIXED,
    Command,
    CommandType,
    GoBilan,
    Help,
    OpenPalette,
    ShowPhotos,
    ShowPlaces,
    Sturdy,
    WriteNote,
    action_of,
)
from diag.tui.keymap import owners
from diag.tui.photos import LeavePhotos
from diag.tui.place import KeyBar, PlaceScreen, help_rows
from diag.tui.territory import OpenProgramme
from tests.examples import cases
from tests.tui.routes import ROUTES, audited, go
from tests.tui.waiting import visible, wait_for

WIDE = 100
"""From so many columns on, the footer names the key that searches."""

ENGLISH = re.compile(
    r"\b(the|search|found|press|quit|theme|keys?|screen|close|cancel|open|copy|"
    r"loading|select|dismiss|space|pgdn|pgup|del|command|show|hide|help)\b",
    re.IGNORECASE,
)


def subclasses(base: type[Sturdy]) -> Iterator[type[Sturdy]]:
    for child in base.__subclasses__():
        yield child
        yield from subclasses(child)


def everything() -> list[type[Sturdy]]:
    for module in walk_packages(diag.tui.__path__, "diag.tui."):
        import_module(module.name)
    found = {each for each in subclasses(Sturdy) if each.__module__.startswith("diag.")}
    bases = {base for each in found for base in each.__mro__[1:]}
    # In one order, whatever was imported first: each worker collects these by itself.
    return sorted(found - bases, key=lambda each: (each.__module__, each.__qualname__))


def commands(base: CommandType = Command) -> Iterator[CommandType]:
    for child in base.__subclasses__():
        is_base = child.__subclasses__() and not child.TITLE
        if child.__module__.startswith("diag.") and not is_base:
            yield child
        yield from commands(child)


def test_every_screen_with_commands_is_known_where_keys_are_chosen() -> None:
    screens = {each for each in everything() if issubclass(each, Screen)}
    assert {each for each in screens if each.OFFERS} <= set(owners())


@pytest.mark.parametrize("owner", everything(), ids=lambda owner: owner.__name__)
def test_every_command_offered_is_done_by_who_offers_it(owner: type[Sturdy]) -> None:
    """Or, from a widget, by a screen: its command bubbles up."""
    elsewhere = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(diag.tui.__path__[0]).rglob("*.py")
    )
    for command in owner.OFFERS:
        name = command.handler_name
        assert (
            hasattr(owner, name)
            or hasattr(DiagApp, name)
            or (not issubclass(owner, PlaceScreen) and f"def {name}(" in elsewhere)
        ), (owner, command)


@pytest.mark.parametrize("owner", everything(), ids=lambda owner: owner.__name__)
def test_every_command_with_a_key_is_bound_where_it_is_offered(
    owner: type[Sturdy],
) -> None:
    bound = {
        binding.action.removeprefix("screen.")
        for binding in getattr(owner, "BINDINGS", ())
        if isinstance(binding, Binding)
    }
    assert not [
        command
        for command in owner.OFFERS
        if command.KEYS and action_of(command) not in bound
    ]


def test_a_key_that_means_one_thing_everywhere_means_nothing_else() -> None:
    everything()
    having = {
        key: {one.TITLE for one in commands() if key in one.KEYS.split(",")}
        for key in FIXED
    }
    assert having == {
        "f4": {WriteNote.TITLE},
        "f6": {ShowPlaces.TITLE},
        "f7": {ShowPhotos.TITLE, LeavePhotos.TITLE},
        "f9": {GoBilan.TITLE, OpenProgramme.TITLE},
        "ctrl+p": {OpenPalette.TITLE},
    }
    for command in commands():
        chosen = {command.ident(): "f12"}
        assert set(command.fixed_keys()) <= set(command.keys_in(chosen))


def test_every_command_tells_what_it_does_in_french() -> None:
    everything()
    for command in commands():
        assert command.TITLE, command
        assert command.help_text().endswith((".", "?", "!", "…")), command
        assert not ENGLISH.search(command.help_text()), command


FOOTERS = {
    "territoire": "Entrée Espace F2 F9 F8",
    "ecole": "Entrée b q h p",
    "tournee": "Entrée Suppr j x F1",
    "bilan": "→ c s r F4 F6",
}
"""Place → its keys on a screen of 80 columns, in order of use."""


Sizes = tuple[range, tuple[tuple[int, int], ...]]
"""The widths of a footer, the sizes of a terminal."""

FEW: Sizes = (range(60, 201, 20), ((1, 1), (79, 23), (80, 24)))
EVERY: Sizes = (
    range(60, 201),
    ((20, 5), (1, 1), (160, 50), (79, 23), (40, 10), (80, 24)),
)


@pytest.mark.parametrize("sizes", cases([FEW, EVERY], FEW), ids=["few", "every"])
async def test_every_place_shows_keys_that_fit_in_french_bears_any_size_and_helps(
    tmp_path: Path, sizes: Sizes
) -> None:
    widths, terminals = sizes
    app = audited(tmp_path / "desk")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        for place in ROUTES:
            await go(pilot, app, place)
            await keys_fit(pilot, place, widths)
            await any_size_is_borne_in_french(pilot, terminals)
            await help_is_there(pilot)
            app.go_territory()


async def keys_fit(pilot: Pilot[None], place: str, widths: range) -> None:
    keys = pilot.app.screen.query_one(KeyBar)
    await wait_for(pilot, lambda: keys.shown, f"the keys of {place}")
    wanted = FOOTERS.get(place, "").split()
    await wait_for(
        pilot,
        lambda: not wanted or [one.name for one in keys.shown] == wanted,
        " ".join(wanted),
    )
    for width in widths:
        with patch.object(KeyBar, "size", Size(width, 1)):
            drawn = keys.render()
            assert len(keys.shown) >= min(3, len(keys.possible)), place
        assert drawn.cell_length == width
        if place != "palette":
            assert "Chercher" in drawn.plain[-16:], place
            assert width < WIDE or drawn.plain.endswith("Chercher Ctrl+P "), place


async def any_size_is_borne_in_french(
    pilot: Pilot[None], terminals: tuple[tuple[int, int], ...]
) -> None:
    await pilot.resize_terminal(160, 50)
    assert not [line for line in visible(pilot) if ENGLISH.search(line)]
    for node in pilot.app.screen.walk_children(with_self=True):
        tip = getattr(node, "tooltip", None)
        assert not (tip and ENGLISH.search(str(tip))), (node, tip)
    for size in terminals:
        await pilot.resize_terminal(*size)
    await wait_for(pilot, lambda: pilot.app.size == (80, 24), "the last size")


async def help_is_there(pilot: Pilot[None]) -> None:
    app, here = pilot.app, pilot.app.screen
    if Help not in getattr(here, "OFFERS", ()):
        return
    await pilot.press("f1")
    await wait_for(pilot, lambda: app.screen is not here, "the help")
    await pilot.press("escape")
    await wait_for(pilot, lambda: app.screen is here, "back")


def test_no_line_of_the_help_ends_with_an_opening_sign() -> None:
    """A line is cut at a blank, which such a sign never has behind it."""
    for row in help_rows("", tuple(commands())):
        assert not re.search(r"[«(][ \n]", row.text.plain)
