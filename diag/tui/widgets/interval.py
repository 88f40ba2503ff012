"""A score drawn to scale with its two bounds; words and numbers stand beside it."""

from fractions import Fraction

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from diag.assess.results import Score
from diag.desk.bilan.score_words import filled_words, score_words
from diag.model.number import Bounds
from diag.tui.plain import line

_NARROWEST = 12


def drawn(bounds: Bounds, width: int) -> str:
    """Return a scale from 0 to 100: « ──┣━━━┫───── », « ───╋────── » for one number.

    Its ends and its middle are what a character can tell: the numbers are beside it.
    """
    low, high = _at(bounds.low, width), _at(bounds.high, width)
    if low == high:
        return "─" * low + "╋" + "─" * (width - low - 1)
    inside = "┣" + "━" * (high - low - 1) + "┫"
    return "─" * low + inside + "─" * (width - high - 1)


def _at(ratio: Fraction, width: int) -> int:
    return int(ratio * (width - 1) + Fraction(1, 2))


class Interval(Widget):
    """One line: a title, the score in words, the scale, how much is known."""

    DEFAULT_CSS = "Interval { height: 1; width: 1fr; }"

    def __init__(self, title: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._title = title
        self._score: Score | None = None

    def tell(self, score: Score | None) -> None:
        """Show a score."""
        self._score = score
        self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        if self._score is None:
            return Content(self._title)
        return Content(told(self._title, self._score, self.content_size.width))


def told(title: str, score: Score, width: int) -> str:
    """Return a score in so many characters; the scale takes what is left."""
    said = f"{line(title)}  {score_words(score)}"
    known = filled_words(score)
    room = width - cell_len(said) - cell_len(known) - len("  0  100  ")
    if score.bounds is None or room < _NARROWEST:
        return f"{said}  {known}".rstrip()
    return f"{said}  0 {drawn(score.bounds, room)} 100  {known}"
