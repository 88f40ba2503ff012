"""The deadlines of a programme, as lines to read and as a calendar's file."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from diag.model.enums import Milestone
from diag.office.tour import Event, calendar_bytes
from diag.programme.assembling import Board
from diag.programme.money import DatedStep, before_vote, checklist_of
from diag.words.dates import long_date
from diag.words.sentences import counted
from diag.workspace.disk import write_whole


def deadline_lines(
    board: Board, found: Sequence[DatedStep]
) -> Iterator[tuple[str, ...]]:
    """Give a line a day and a kind: by when, what, for which budget, how many."""
    yield ("Jusqu'au", "Quoi", "Budget", "Pour")
    for (closes, _, budget), same in groupby(
        found, lambda one: (one.closes, one.kind, one.budget)
    ):
        several = list(same)
        own = [one.operation for one in several if one.operation]
        what = counted(len(own), "opération") if own else "tout le budget"
        if len(own) == 1:
            what = f"{board.named(own[0]).title}, {board.named(own[0]).where}"
        yield (long_date(closes), several[0].rule.title, str(budget), what)


def write_deadlines(
    board: Board, found: Sequence[DatedStep], folder: Path, insee: str = ""
) -> Path:
    """Write the deadlines as a calendar's file; return its path.

    Raises:
        OSError: the folder cannot be written.
    """
    container = board.container
    name = f"programme-{insee}.ics" if insee else "programme.ics"
    folder.mkdir(parents=True, exist_ok=True)
    # What may be spent until a budget is voted.
    before = [f"{one.title} : {one.says}" for one in before_vote(checklist_of(board))]
    events = []
    for one in found:
        more = before if one.kind is Milestone.BUDGET else ()
        shown = board.named(one.operation) if one.operation else None
        about = f"{shown.title}, {shown.where}" if shown else f"budget {one.budget}"
        events.append(
            Event(
                one.uid(container.audit.id),
                one.opens,
                one.closes,
                f"{one.rule.title} : {about}",
                shown.where if shown else "",
                "\n".join(filter(None, (one.rule.says, one.rule.note, *more))),
                is_busy=False,
            )
        )
    at = container.workspace.world.clock()
    write_whole(folder / name, calendar_bytes("programme", events, at))
    return folder / name
