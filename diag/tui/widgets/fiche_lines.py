"""The lines of a fiche, ordered so that what one answers with is always in sight."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from typing import NamedTuple

from textual.content import Content

from diag.desk.visit.card import Card
from diag.model.enums import QuestionType
from diag.tui.commands import NO_CHOICE
from diag.tui.widgets.choices import choices
from diag.tui.widgets.fiche_text import NAMES, head_rows, look_rows, more_rows
from diag.tui.widgets.sheet import Drawn
from diag.tui.widgets.told import Row, told

_BLANK = Drawn(Content(""))


@dataclass(frozen=True)
class FicheLines:
    """One card, read once; laid out at each key for the room there is."""

    card: Card
    natural: Sequence[Row]
    """What stands above the choices."""
    short: Callable[[], Iterator[Row]]
    """Gives the same without what to look at, which then stands below them."""
    look: Sequence[Row]
    more: Sequence[Row]
    none: str
    """The keys that say why there is no answer."""

    def lines(self, typed: str, width: int, height: int) -> list[Drawn]:
        """Return the lines: what to ask, the choices, what more there is.

        Short of room, blanks go first, so that a scale is in sight; then what to look
        at stands below the choices. The last line in sight tells what is left to read.
        """
        answer = self.card.answer
        answered = answer.value if answer else None
        offered = list(choices(self.card.question, answered, typed, width))
        more = [list(told([row], width)) for row in self.more]
        scale = sum(map(len, more[: _past_scale(self.more)]))
        ways = self._laid(offered, width, late=False)
        found = next((one for one in ways if len(one.above) + scale < height), None)
        if found is None and offered and self.look and ways[-1].answering >= height:
            ways = self._laid(offered, width, late=True)
        if found is None:
            found = next((one for one in ways if one.answering < height), ways[-1])
        return [*found.above, *chain.from_iterable(more)]

    def _laid(self, offered: list[Drawn], width: int, *, late: bool) -> "list[_Laid]":
        """Return every way to lay it out, from the airiest to the tightest."""
        head = list(told(self.short() if late else self.natural, width))
        tight = [one for one in head if one.text.plain.strip()]
        look = list(told(self.look, width)) if late else []
        is_text = self.card.question.type is QuestionType.TEXT
        none = [] if is_text else [Drawn(Content.styled(self.none, "$text-muted"))]
        found = []
        for dropped in range(_GAPS + 1):
            blank = [[_BLANK] * (rank >= dropped) for rank in range(_GAPS)]
            above = [*(head if dropped < 2 else tight)]  # noqa: PLR2004 - the second to go
            above += [*blank[4] * bool(offered), *offered]
            answering = len(above)
            above += [*blank[0] * bool(none), *none]
            above += [*blank[2] * bool(look), *look, *blank[3]]
            found.append(_Laid(above, answering))
        return found


_GAPS = 5
"""Blanks, from the first to go: above the keys of no answer, under the title, above
what to look at, above what more there is, above the choices."""


class _Laid(NamedTuple):
    """One way to lay a card out."""

    above: list[Drawn]
    """What stands above what more there is."""
    answering: int
    """How many lines, to the last choice."""


def _past_scale(rows: Sequence[Row]) -> int:
    """Return how many rows there are to the end of the first scale; 0 without any."""
    levels = [rank for rank, row in enumerate(rows) if row.gutter == NAMES]
    first = next(iter(levels), 0)
    run = takewhile(lambda pair: pair[0] + first == pair[1], enumerate(levels))
    return max((rank + 1 for _, rank in run), default=0)


def lines_of(
    card: Card,
    title: str,
    rank: int,
    count: int,
    none: str,
    *,
    keys: Mapping[str, str] = NO_CHOICE,
) -> FicheLines:
    """Return a card ready to be laid out: the question of that rank in its place."""
    head = partial(head_rows, card, title, rank, count, keys=keys)
    return FicheLines(
        card,
        natural=tuple(head()),
        short=partial(head, look=False),
        look=tuple(look_rows(card)),
        more=tuple(more_rows(card)),
        none=none,
    )
