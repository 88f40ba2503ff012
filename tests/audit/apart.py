"""Two laptops that work on one audit apart, then meet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import AuditSession
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, started, workspace
from tests.shared import copy_once_made


def _meet(folder: Path) -> None:
    """Make two laptops that know the same of one audit."""
    with (
        workspace(folder / "mine", author="u-1") as mine,
        workspace(folder / "theirs", author="u-2", seed=2) as theirs,
    ):
        meet(started(mine), started(theirs))


@contextmanager
def two_laptops(
    folder: Path, seed: int = 11
) -> Iterator[tuple[AuditSession, AuditSession]]:
    """Open the same audit on two laptops that know the same of it."""
    copy_once_made("apart", _meet, folder)
    with (
        Workspace.open(folder / "mine", fixed_world(DAY, seed)) as mine,
        Workspace.open(folder / "theirs", fixed_world(DAY, seed + 1)) as theirs,
    ):
        yield started(mine), started(theirs)


def pull(here: AuditSession, there: AuditSession) -> None:
    """Take in what the other laptop says."""
    lines = list(there.workspace.journal.lines(there.audit.id))
    here.workspace.journal.ingest(lines)
    here.catch_up()


def meet(one: AuditSession, two: AuditSession) -> None:
    """Have both know everything."""
    pull(one, two)
    pull(two, one)


def say(session: AuditSession, question: str, value: object, place: str = "") -> None:
    """Answer a question, sure of it."""
    record_answer(session, NewAnswer(question, value, place=place, sure=True))
