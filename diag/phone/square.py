"""The square that a telephone's camera reads, as half characters of a terminal.

Black on white in every theme, and each half sets both of its colours: drawn on a
common background, a seam between two lines of the terminal breaks it.
"""

from typing import NamedTuple

from diag.model.errors import DiagError

QUIET = 4
"""White modules that the norm wants on each side."""

_LEVELS = "ml"
"""Levels of correction, the surest first: the second one makes a smaller square."""


class Square(NamedTuple):
    """A code, with its white margin: rows of modules, True for a black one."""

    modules: tuple[tuple[bool, ...], ...]

    @property
    def width(self) -> int:
        """Columns of a terminal that it takes."""
        return len(self.modules)

    @property
    def height(self) -> int:
        """Lines that it takes: two rows of modules each."""
        return (len(self.modules) + 1) // 2

    def halves(self, line: int) -> tuple[tuple[bool, bool], ...]:
        """Return the upper and lower module of each column of a line."""
        upper = self.modules[2 * line]
        below = 2 * line + 1
        lower = (
            self.modules[below] if below < len(self.modules) else (False,) * len(upper)
        )
        return tuple(zip(upper, lower, strict=True))


def square_of(text: str, height: int = 0) -> Square:
    """Return the code of a text, no higher than `height` lines where one is given.

    Raises:
        DiagError: it does not fit.
    """
    import segno  # noqa: PLC0415 - the extra `phone`

    for level in _LEVELS:
        code = segno.make(text, error=level, boost_error=False, micro=False)
        drawn = _framed(code.matrix)
        if not height or drawn.height <= height:
            return drawn
    raise DiagError(
        "Ce code demande une fenêtre plus haute : agrandissez-la, ou réduisez la "
        "police, puis recommencez."
    )


def _framed(matrix: tuple[bytearray, ...]) -> Square:
    side = len(matrix) + 2 * QUIET
    blank = ((False,) * side,) * QUIET
    margin = (False,) * QUIET
    inside = tuple((*margin, *map(bool, row), *margin) for row in matrix)
    return Square((*blank, *inside, *blank))


def wifi_text(name: str, password: str) -> str:
    """Return what a telephone reads to join a Wi-Fi network; no password: an open one.

    The signs that the format uses are escaped in a name.
    """
    kind = "WPA" if password else "nopass"
    secret = f"P:{_escaped(password)};" if password else ""
    return f"WIFI:T:{kind};S:{_escaped(name)};{secret};"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in '\\;,:"' else sign for sign in text)
