"""How long each campaign is kept: a day per campaign, proposed, then decided."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from diag.journal.attachments import drop_unnamed
from diag.journal.erasures import Retired, retire, retired
from diag.journal.journal import get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.model.errors import DiagError
from diag.words.dates import read_day
from diag.workspace.people import Forgotten, prove, remember, remember_forgotten
from diag.workspace.subjects import audits
from diag.workspace.workspace import Workspace

YEARS = 3
"""Years proposed after the school year of a campaign (métier).

An audit serves until the next one is compared with it, and while the commune carries
its recommendations out: three budgets. To be confirmed by the office's DPO.
"""

REASON = (
    f"proposée : {YEARS} ans après l'année scolaire de la campagne, le temps de suivre "
    "les préconisations sur trois budgets et de comparer avec l'audit suivant "
    "(métier ; à confirmer par votre délégué à la protection des données)"
)
"""Why that day, for a person."""

_KEY = "retention"
_SCHOOL_YEAR = re.compile(r"(20\d\d)-(20\d\d)")


class Retention(NamedTuple):
    """Until when a campaign is kept."""

    campaign: str
    until: date
    decided: bool
    """A person chose it; else it is the proposal."""

    def is_over(self, today: date) -> bool:
        """Return whether that day is past."""
        return today > self.until


def retention_of(workspace: Workspace, campaign: str) -> Retention:
    """Return until when a campaign is kept."""
    decided = _kept(workspace).get(campaign)
    if decided:
        return Retention(campaign, date.fromisoformat(decided), decided=True)
    named = _SCHOOL_YEAR.fullmatch(campaign)
    last = int(named.group(2)) if named else workspace.world.today().year + 1
    return Retention(campaign, date(last + YEARS, 8, 31), decided=False)


def decide(workspace: Workspace, campaign: str, until: date) -> Retention:
    """Keep a campaign until a day."""
    kept = {**_kept(workspace), campaign: until.isoformat()}
    put_setting(workspace.journal, _KEY, kept)
    return Retention(campaign, until, decided=True)


def day_typed(text: str) -> date:
    """Read a day as typed: `2029-08-31` or `31/08/2029`.

    Raises:
        DiagError: when it is none.
    """
    try:
        return read_day(text)
    except ValueError as error:
        raise DiagError(
            f"« {text[:20]} » n'est pas une date. Écrivez 2029-08-31 ou 31/08/2029."
        ) from error


def overdue(workspace: Workspace, campaigns: Iterable[str]) -> tuple[Retention, ...]:
    """Return, of these campaigns, those that are kept for too long."""
    today = workspace.world.today()
    found = (retention_of(workspace, each) for each in sorted(set(campaigns)))
    return tuple(each for each in found if each.is_over(today))


def overdue_words(late: Retention) -> str:
    """Return the sentence on a campaign that is kept for too long."""
    return (
        f"La campagne {late.campaign} devait être gardée jusqu'au "
        f"{late.until:%d/%m/%Y} : effacez-la (diag rgpd purge {late.campaign}) ou "
        f"décidez d'une autre date (diag rgpd retention {late.campaign} DATE)."
    )


def _kept(workspace: Workspace) -> dict[str, str]:
    found = get_setting(workspace.journal, _KEY)
    return found if isinstance(found, dict) else {}


Progress = Callable[[int, int], None]
"""Called with how many audits are done, of how many."""

_PURGED = "purged_campaigns"


class PurgePreview(NamedTuple):
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


def preview(workspace: Workspace, campaign: str) -> PurgePreview:
    """Return what a purge would erase.

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
    return PurgePreview(campaign, wanted, count, campaign == workspace.campaign)


def purge(
    workspace: Workspace,
    plan: PurgePreview,
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
