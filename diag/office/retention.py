"""How long each campaign is kept: a day per campaign, proposed, then decided."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from diag.journal.asks import DELAY, YEARS, term_of
from diag.journal.journal import get_setting, put_setting
from diag.workspace.workspace import Workspace

REASON = (
    f"proposée : {YEARS} ans après l'année scolaire de la campagne, le temps de suivre "
    "les préconisations sur trois budgets et de comparer avec l'audit suivant "
    "(métier ; à confirmer par votre délégué à la protection des données)"
)
"""Why that day, for a person."""

_KEY = "retention"
_SINCE = "retention.since"
"""Campaign → when its day was decided, milliseconds."""


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
    unnamed = date(workspace.world.today().year + 1 + YEARS, 8, 31)
    return Retention(campaign, term_of(campaign) or unnamed, decided=False)


def is_term_past(workspace: Workspace, campaign: str) -> bool:
    """Return whether a campaign is kept no more, by a term that stood for a while.

    Who has just shortened it does not purge alone what two would have to. Where a hub
    is, the day proposed to all is past too: it knows no other, and refuses before.
    """
    # What pydantic reads, for the list of schools has none of it.
    from diag.sync.trust import read_enrolments  # noqa: PLC0415

    world, today = workspace.world, workspace.world.today()
    decided_at = get_setting(workspace.journal, _SINCE, {}).get(campaign, 0)
    is_settled = world.clock() - decided_at >= DELAY
    proposed = term_of(campaign)
    is_early = not (proposed and today > proposed)
    if is_early and read_enrolments(workspace.folder):
        return False
    return is_settled and retention_of(workspace, campaign).is_over(today)


def decide(workspace: Workspace, campaign: str, until: date) -> Retention:
    """Keep a campaign until a day."""
    journal, now = workspace.journal, workspace.world.clock()
    kept = {**_kept(workspace), campaign: until.isoformat()}
    since = {**get_setting(journal, _SINCE, {}), campaign: now}
    put_setting(journal, _KEY, kept)
    put_setting(journal, _SINCE, since)
    return Retention(campaign, until, decided=True)


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
