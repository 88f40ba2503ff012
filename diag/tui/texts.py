"""Textual's own words that a user could meet, in French.

Its palette, its help panel and its header are not used; what is left are key names,
tooltips, the description of bindings and the names of a few controls.
"""

from textual import keys

from diag.tui.keys import NAMES

_KEY_NAMES = {
    "space": NAMES["space"],
    "pagedown": NAMES["pagedown"],
    "pageup": NAMES["pageup"],
    "delete": NAMES["delete"],
    "escape": NAMES["escape"],
    "enter": NAMES["enter"],
    "backspace": NAMES["backspace"],
}


def speak_french() -> None:
    """Replace the names of keys; the app's own overrides do the rest."""
    keys.KEY_DISPLAY_ALIASES.update(_KEY_NAMES)
    keys.format_key.cache_clear()
