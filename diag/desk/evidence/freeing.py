"""Photos that leave the laptop: their audits are closed, and every hub has them.

A hub that loses its disk comes back from a copy made within the day, and heals from
the laptops: a photo stays here until two syncs, a day apart, found it at every hub.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from diag.desk.workspace import Workspace
from diag.journal import exchange, holdings
from diag.journal.attachments import Attachments
from diag.journal.errors import JournalError
from diag.journal.settings import get_setting, put_setting
from diag.sync.session import Outcome

_SINCE = "photos.at_every_hub"
"""Photos that may leave → when a sync first found them at every hub, milliseconds."""

_DAY = 24 * 3600 * 1000


def let_go(workspace: Workspace, outcomes: Sequence[Outcome]) -> int:
    """Remove the photos that may leave, after a sync with every hub; return how many.

    A sync that stopped short proves nothing: nothing leaves.

    Raises:
        JournalError: when the photos cannot be written.
    """
    if any(outcome.problem for outcome in outcomes):
        return 0
    journal, now = workspace.journal, workspace.world.clock()
    before: Any = get_setting(journal, _SINCE, {})
    since = {sha: before.get(sha, now) for sha in _everywhere(workspace, outcomes)}
    # A clock that jumped shortens the wait, it never makes it last for years.
    due = [sha for sha, at in since.items() if abs(now - at) >= _DAY]
    photos = Attachments(workspace.folder)
    if due:
        photos.let_go(due)
        with suppress(JournalError):  # a full disk: free pages serve the next photos
            photos.compact()
    left = {sha: at for sha, at in since.items() if sha not in due}
    if left != before:
        put_setting(journal, _SINCE, left)
    return len(due)


def _everywhere(workspace: Workspace, outcomes: Sequence[Outcome]) -> list[str]:
    """Return the photos here, of closed audits, that every hub holds with their audit.

    A hub asks for nothing of an audit that it does not know: the log must be equal.
    """
    journal = workspace.journal
    behind = {audit for outcome in outcomes for audit in outcome.unequal}
    for outcome in outcomes:
        behind |= {audit for audit, _ in exchange.unsettled(journal, outcome.hub)}
    there = set(Attachments(workspace.folder).sizes())
    there.intersection_update(*(outcome.there for outcome in outcomes))
    closed = holdings.of_closed_audits(journal)
    return [sha for sha in sorted(there) if sha in closed and not closed[sha] & behind]
