"""What stands beside the fiche: the plan of the walk, and what is known there."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from diag.answers.types import answer_words
from diag.audit.visit import VisitSession
from diag.audit.walk import Leg
from diag.model.checklist import Question
from diag.model.fact import Answer
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.text import DrawnLine, TextSheet, line, wrapped
from diag.words.sentences import french

DEPARTURE = "departure"
"""Key of the last line: what to check before leaving."""


class WalkPlan(Lines):
    """Parts of the walk, with counts that stand under each other."""

    AT_ONCE = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        columns = (ListColumn(), ListColumn(width=4, right=True), ListColumn(width=3))
        super().__init__(columns, id=id)

    def show_walk(self, visiting: VisitSession, checks: int) -> None:
        """Show the walk as things stand; the cursor is where the user is."""
        leg = visiting.walk.leg_of(visiting.key)
        lines, group = list[ListLine](), ""
        for each in visiting.walk.legs:
            if each.group != group:
                group = each.group
                lines.append(ListLine("", (f" {group}",)))
            maybe = f"+{each.maybe}" if each.maybe else ""
            left = str(each.left) if each.left else "" if each.maybe else "fait"
            lines.append(ListLine(each.key, (each.title, left, maybe)))
        lines.append(ListLine("", ("",)))
        checked = ("À vérifier", str(checks) if checks else "rien", "")
        lines.append(ListLine(DEPARTURE, checked))
        self.show(lines, key=leg.key if leg else None)

    def follow(self, visiting: VisitSession) -> None:
        """Have the cursor where the user is: nothing else changed."""
        leg = visiting.walk.leg_of(visiting.key)
        if leg and leg.key != self.key:
            self.show(self.lines, key=leg.key)


_HANGING = Content("  ")
"""Before what goes on from the line above."""


class KnownHere(TextSheet):
    """What was answered in the part where one stands, now, then the last time."""

    _visiting: VisitSession | None = None

    def on_resize(self) -> None:
        """Read it once there is room: nothing is, on a narrow screen."""
        if self._visiting:
            self.follow(self._visiting)
        super().on_resize()

    def follow(self, visiting: VisitSession) -> None:
        """Show that part as things stand; only the lines that differ are drawn."""
        self._visiting = visiting
        leg = visiting.walk.leg_of(visiting.key)
        if self.display and leg:
            lines = tuple(_known_rows(visiting, leg))
            self.show(lambda width: [*_place_rows(lines, width)], from_top=False)

    def more_words(self, left: int) -> str:
        """Name the wheel: the keys are those of the fiche."""
        more = f"… {left} ligne{'s' * (left > 1)}, à la molette"
        return more if left else "Tout est lu."


def _known_rows(visiting: VisitSession, leg: Leg) -> Iterator[tuple[str, str]]:
    """Give texts with their styles: those of now, then those of before."""
    places, memory = visiting.session.facts.places, visiting.memory
    now, before = list[str](), list[str]()
    for stop in leg.stops:
        if stop.heads:
            now.extend(_fact(stop.question, head) for head in stop.heads)
        elif last := memory.of(places[stop.place], stop.question):
            before.append(_fact(stop.question, last.answer))
    yield f"{leg.title}, déjà dit", "bold"
    yield from ((each, "") for each in now or ["rien encore"])
    if before:
        yield "", ""
        yield "La dernière fois", "bold"
        yield from ((each, "$text-muted") for each in before)


def _fact(question: Question, answer: Answer) -> str:
    name = " ".join(question.heading) or question.label
    return f"{name}\u00a0: {answer_words(question, answer)}"


def _place_rows(rows: Sequence[tuple[str, str]], width: int) -> Iterator[DrawnLine]:
    for text, style in rows:
        words = Content.styled(line(french(text)), style)
        for rank, part in enumerate(wrapped(words, width - len(_HANGING))):
            yield DrawnLine(_HANGING + part if rank else part)
