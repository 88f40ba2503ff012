"""The plan of a visit: its parts, and what is left in each."""

from collections.abc import Iterator

from diag.desk.visit.visiting import Visiting
from diag.tui.widgets.lines import Column, Line, Lines

DEPARTURE = "avant-de-partir"
"""Key of the last line: what to check before leaving."""


class Plan(Lines):
    """Parts of the walk, with counts that stand under each other."""

    AT_ONCE = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        columns = (Column(), Column(width=4, right=True), Column(width=3))
        super().__init__(columns, id=id)

    def tell(self, visiting: Visiting, checks: int) -> None:
        """Show the walk as things stand; the cursor is where one is."""
        leg = visiting.walk.leg_of(visiting.key)
        self.show(list(_lines(visiting, checks)), key=leg.key if leg else None)

    def follow(self, visiting: Visiting) -> None:
        """Have the cursor where one is: nothing else changed."""
        leg = visiting.walk.leg_of(visiting.key)
        if leg and leg.key != self.key:
            self.show(self.lines, key=leg.key)


def _lines(visiting: Visiting, checks: int) -> Iterator[Line]:
    legs = visiting.walk.legs
    group = ""
    for leg in legs:
        if leg.group != group:
            group = leg.group
            yield Line("", (f" {group}",))
        maybe = f"+{leg.maybe}" if leg.maybe else ""
        left = str(leg.left) if leg.left else "" if leg.maybe else "fait"
        yield Line(leg.key, (leg.title, left, maybe))
    yield Line("", ("",))
    yield Line(DEPARTURE, ("À vérifier", str(checks) if checks else "rien", ""))
