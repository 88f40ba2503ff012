"""Colours that everyone can read: the contrast of WCAG 2.2, and pale tints."""

import re

READABLE = 4.5
"""Least contrast of a text with what is behind it (WCAG 1.4.3)."""
WHITE = "#ffffff"

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PALE = 0.08
_KNEE = 0.04045


def is_colour(text: str) -> bool:
    """Say whether a text is a colour as we write them: `#1a5c6b`."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pale(colour: str) -> str:
    """Return what stands behind a box of this colour: almost white."""
    mixed = (round(255 - (255 - part) * _PALE) for part in _parts(colour))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= _KNEE else ((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
