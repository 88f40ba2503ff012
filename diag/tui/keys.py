"""French keyboards, as Textual names keys: the row of digits without Shift."""

from diag.desk.visit.azerty import as_digits

TWINS = {
    "1": "ampersand",
    "2": "é",
    "3": "quotation_mark",
    "4": "apostrophe",
    "5": "left_parenthesis",
    "6": "minus",
    "7": "è",
    "8": "underscore",
    "9": "ç",
    "0": "à",
}
"""Digit → the name of the key that gives it with Shift."""

_DIGITS = {twin: digit for digit, twin in TWINS.items()} | {key: key for key in TWINS}

NAMES = {
    "enter": "Entrée",
    "escape": "Échap",
    "space": "Espace",
    "tab": "Tab",
    "backspace": "Retour arrière",
    "delete": "Suppr",
    "pageup": "Page préc.",
    "pagedown": "Page suiv.",
    "home": "Début",
    "end": "Fin",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "slash": "/",
    "question_mark": "?",
    "minus": "-",
    "plus": "+",
    "full_stop": ".",
    "comma": ",",
}
"""Keys as a French keyboard has them written."""


def digit_of(key: str) -> str | None:
    """Return the digit that a key stands for, shifted or not; None for another key."""
    return _DIGITS.get(key)


def spoken_number(text: str) -> str:
    """Return what was typed in a number field, `&é"` read as 123."""
    return as_digits(text)


def with_twins(keys: str) -> str:
    """Return a binding's keys: a digit with its unshifted twin, a letter with its own.

    A capital does what the letter does: Caps Lock happens.
    """
    return ",".join(map(_with_twin, (key.strip() for key in keys.split(","))))


def _with_twin(key: str) -> str:
    if key in TWINS:
        return f"{key},{TWINS[key]}"
    return f"{key},{key.upper()}" if len(key) == 1 and key.islower() else key


def key_name(key: str) -> str:
    """Return how a key is called on screen: `ctrl+p` is « Ctrl+P »."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    named = NAMES.get(last) or (last.upper() if modifiers or len(last) > 1 else last)
    return "+".join([
        *(each.capitalize().replace("Shift", "Maj") for each in modifiers),
        named,
    ])
