"""Purging a campaign: at its retention date, all its audits say is erased for ever."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from diag.desk.known_audits import audits
from diag.desk.privacy.erasures_kept import (
    Forgotten,
    prove,
    remember,
    remember_forgotten,
)
from diag.desk.workspace import Workspace
from diag.journal.outbox import Outbox
from diag.journal.photos import drop_unnamed
from diag.journal.retired import Retired, retire, retired
from diag.journal.settings import get_setting, put_setting
from diag.model.errors import DiagError

Progress = Callable[[int, int], None]
"""Told how many audits are done, of how many."""

_PURGED = "purged_campaigns"


class Preview(NamedTuple):
    """What a purge would erase."""

    campaign: str
    audits: tuple[str, ...]
    """Ids, those purged before included: something may have come since."""
    revisions: int
    current: bool
    """It is the campaign in which one works."""


class Purged(NamedTuple):
    """What a purge erased."""

    audits: int
    revisions: int
    photos: int
    proof: Path
    clean: bool
    """No old page is left; False when another program has the journal open."""


def preview(workspace: Workspace, campaign: str) -> Preview:
    """Say what a purge would erase.

    Raises:
        DiagError: when there is no audit of that campaign.
    """
    journal = workspace.journal
    kept = _purged(workspace).get(campaign, [])
    found = [one.id for one in audits(journal) if one.campaign == campaign]
    wanted = tuple(dict.fromkeys([*found, *kept]))
    if not wanted:
        known = sorted({one.campaign for one in audits(journal)})
        raise DiagError(
            f"Aucun audit de la campagne « {campaign[:40]} ». "
            f"Campagnes d'ici : {', '.join(known) or 'aucune'}."
        )
    sums = {one.audit: one.revisions for one in journal.manifest()}
    gone = retired(journal)
    count = sum(sums.get(each, 0) for each in wanted if each not in gone)
    return Preview(campaign, wanted, count, campaign == workspace.campaign)


def purge(
    workspace: Workspace,
    plan: Preview,
    reason: str,
    progress: Progress = lambda done, total: None,  # noqa: ARG005 - a silent one
) -> Purged:
    """Erase the audits of a campaign, each in one commit; done again, it completes.

    Raises:
        DiagError: when one could not be erased: those before it are.
    """
    journal, origin = workspace.journal, workspace.origin
    campaigns = {**_purged(workspace), plan.campaign: list(plan.audits)}
    put_setting(journal, _PURGED, campaigns)
    doomed = frozenset(plan.audits)
    posted = [one.ident for one in Outbox(journal).all() if one.audit in doomed]
    gone: list[Retired] = []
    try:
        for audit in plan.audits:
            gone.append(retire(journal, audit, reason, origin))
            progress(len(gone), len(plan.audits))
    finally:
        remember(workspace.folder, (line for one in gone for line in one.erasures))
    revisions = [each for one in gone for each in one.erased]
    if posted:
        remember_forgotten(workspace, Forgotten(messages=posted))
    photos = drop_unnamed(journal)
    clean = journal.compact()
    proof = prove(
        workspace,
        {
            "what": "campagne",
            "campaign": plan.campaign,
            "reason": reason,
            "audits": list(plan.audits),
            "counts": {"modifications": len(revisions), "photos": photos},
            "revisions": revisions,
        },
    )
    return Purged(len(plan.audits), len(revisions), photos, proof, clean)


def _purged(workspace: Workspace) -> dict[str, list[str]]:
    found = get_setting(workspace.journal, _PURGED)
    return found if isinstance(found, dict) else {}
