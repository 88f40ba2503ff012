"""Lines that unfold: what a screen shows of a bilan, and knows nothing of a screen."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from diag.model.number import Bounds


class Tone(StrEnum):
    """How loud a line is; its words say the same without colour."""

    HEADING = "heading"
    PLAIN = "plain"
    QUIET = "quiet"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline: text, what stands at its right, what unfolds under it."""

    key: str
    """The same from one reading to the next, so that what is unfolded stays so."""
    text: str
    aside: str = ""
    """At the right, in a few words."""
    note: str = ""
    """At the far right, after a scale."""
    bounds: Bounds | None = None
    """Drawn to scale at the right."""
    tone: Tone = Tone.PLAIN
    inner: "Callable[[], tuple[Line, ...]] | None" = None
    """What unfolds in place; None: nothing does."""
    lead: str = ""
    """What stands before the text, a rank: what goes on stands under the text."""


def quiet(key: str, text: str) -> Line:
    """Return a line of detail."""
    return Line(key, text, tone=Tone.QUIET)


def heading(key: str, text: str, aside: str = "") -> Line:
    """Return a line that announces those that follow."""
    return Line(key, text, aside, tone=Tone.HEADING)
