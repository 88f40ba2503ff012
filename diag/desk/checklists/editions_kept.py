"""The editions that a workspace keeps, each for as long as an audit names it."""

from collections import Counter
from typing import NamedTuple

from diag.desk.workspace import Workspace
from diag.journal.audits import audits
from diag.journal.facts import edition_of


class KeptEdition(NamedTuple):
    """An edition kept here."""

    digest: str
    title: str
    version: str
    audits: int
    """How many audits of this workspace it judges."""


def kept_editions(workspace: Workspace) -> tuple[KeptEdition, ...]:
    """Return the editions kept, in the order in which they came."""
    journal = workspace.journal
    judged = Counter(edition_of(journal, audit.id) for audit in audits(journal))
    opened = {
        digest: workspace.editions.open(digest)
        for digest in workspace.editions.digests()
    }
    return tuple(
        KeptEdition(digest, checklist.title, checklist.version, judged[digest])
        for digest, checklist in opened.items()
    )
