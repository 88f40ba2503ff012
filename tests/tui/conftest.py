"""What tests of screens share: an app at rest is seen at rest sooner.

Textual looks at a pause every 20 ms whether the process still works, twice a key: half
of the time of these tests. Every 5 ms it sees the same.

A sheet is read once a run for the same colours: each app read sixty of them again.

A line drawn keeps seven caches, of which most are never asked: here they are plain.

A screen is painted once it is at rest, as a test looks at it, or else before the next
keys and the end: no terminal is there to show what was painted meanwhile, a fifth of
the time. The long run paints it all, and `tests/terminal` has the program do so.

Letters typed in a field come as a fast typist's do, the next before the one before is
drawn: one by one they took a twentieth of the time. The long run types one by one.

Before and after a key each widget is asked to call one function: what it takes is
looked up once.

A loaded machine is slow: a key is given as long to be handled as any other condition.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

from hypothesis import settings
from textual import _callback, _wait, strip
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tests.tui.waiting import PATIENCE, unseen, visible

_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20
Pilot._wait_for_screen.__defaults__ = (PATIENCE,)
vars(strip)["FIFOCache"] = lambda _size: {}

_counted: WeakKeyDictionary[Callable[..., Any], int] = WeakKeyDictionary()
_count = _callback._count_parameters


def _count_once(called: Callable[..., Any]) -> int:
    found = _counted.get(called)
    if found is None:
        found = _counted[called] = _count(called)
    return found


vars(_callback)["_count_parameters"] = _count_once

_Rules = dict[object, list[RuleSet]]
_read: dict[object, _Rules] = {}
_read_rules = Stylesheet._parse_rules


@wraps(_read_rules)
def _read_once(sheets: Stylesheet, *sheet: Any, **named: Any) -> list[RuleSet]:
    colours, rules = vars(sheets).get("kept", (None, _Rules()))
    if colours is not sheets._variables:
        rules = _read.setdefault((*sheets._variables.items(),), {})
        vars(sheets)["kept"] = sheets._variables, rules
    key = (*sheet, *named.items())
    if key not in rules:
        rules[key] = _read_rules(sheets, *sheet, **named)
    found: list[RuleSet] = rules[key]
    return found


Stylesheet._parse_rules = _read_once  # type: ignore[assignment,method-assign] # it is wrapped

_paint = Screen._compositor_refresh
_press = Pilot.press
_press_keys = App._press_keys
_shut_down = App._shutdown


@wraps(_paint)
def _paint_later(screen: Screen[Any]) -> None:
    if screen.app.screen is not screen:
        _paint(screen)
        return
    screen._compositor._dirty_regions.clear()
    screen._dirty_widgets.clear()
    screen.app._update_mouse_over(screen)


def _paint_unseen() -> None:
    for pilot in [*unseen]:
        if pilot.app.is_running:
            visible(pilot)
    unseen.clear()


@wraps(_press)
async def _press_then_paint(pilot: Pilot[Any], *keys: str) -> None:
    _paint_unseen()
    await _press(pilot, *keys)
    unseen.append(pilot)


@wraps(_press_keys)
async def _type_together(app: App[Any], keys: Iterable[str]) -> None:
    for key, following in pairwise([*keys, ""]):
        is_typed = len(key) == len(following) == 1 and key.isalnum()
        if is_typed and app._driver and isinstance(app.focused, Input | TextArea):
            app._driver.send_message(Key(key, key))
        else:
            await _press_keys(app, [key])


@wraps(_shut_down)
async def _paint_then_shut_down(app: App[Any]) -> None:
    _paint_unseen()
    await _shut_down(app)


if settings.get_current_profile_name() != "long":
    Screen._compositor_refresh = _paint_later  # type: ignore[assignment,method-assign] # it is wrapped
    Pilot.press = _press_then_paint  # type: ignore[assignment,method-assign] # it is wrapped
    App._press_keys = _type_together  # type: ignore[assignment,method-assign] # it is wrapped
    App._shutdown = _paint_then_shut_down  # type: ignore[assignment,method-assign] # it is wrapped
