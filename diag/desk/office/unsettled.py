"""What is to be settled in an audit, counted: conflicts, places created twice."""

from collections.abc import Iterator

from diag.desk.office.merging import proposals
from diag.desk.session import Session
from diag.words.sentences import counted


def unsettled(session: Session) -> str:
    """Return « 2 conflits, 1 lieu peut-être double »; empty when all is settled."""
    return unsettled_words(len(session.conflicts), len(proposals(session)))


def unsettled_words(conflicts: int, twice: int) -> str:
    """Return how many of each, those that there are."""
    return ", ".join(_counted(conflicts, twice))


def _counted(conflicts: int, twice: int) -> Iterator[str]:
    if conflicts:
        yield counted(conflicts, "conflit")
    if twice:
        yield counted(twice, "lieu peut-être double", "lieux peut-être doubles")
