"""Who is on an audit, until which day: declared, seen by all, never enforced."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from diag.audit.session import AuditSession
from diag.journal.claims import Claim, all_claims, claimed, claims_of
from diag.model.errors import DiagError
from diag.words.dates import day_words
from diag.workspace.settings import Settings
from diag.workspace.subjects import auditee_of, audits
from diag.workspace.workspace import Workspace

_LONGEST = timedelta(days=366)
"""Nobody else ends what a colleague said."""


def claim(session: AuditSession, day: date) -> None:
    """Say that one is on an audit until the end of a day.

    Raises:
        DiagError: a day that is past, or further than a year.
    """
    today = session.workspace.world.today()
    if day < today:
        raise DiagError(
            f"Le {day:%d/%m/%Y} est passé. Dites jusqu'à quel jour vous y êtes.",
            about="until",
        )
    if day - today > _LONGEST:
        raise DiagError(
            f"Le {day:%d/%m/%Y} est à plus d'un an. Dites un jour plus proche.",
            about="until",
        )
    end = datetime.combine(day, time(23, 59, 59)).astimezone()
    _write(session, int(end.timestamp()) * 1000)


def release(session: AuditSession) -> None:
    """Say that one is on an audit no longer."""
    if is_claimed(session):
        _write(session, 0)


def is_claimed(session: AuditSession) -> bool:
    """Say whether who uses this workspace is on an audit."""
    author = session.workspace.settings.author
    return any(one.author == author for one in _now(session))


def others_words(session: AuditSession) -> str:
    """Return who else is on an audit: « Anne Roy y est jusqu'au 05/10/2026 »."""
    settings = session.workspace.settings
    others = [one for one in _now(session) if not _is_own(settings, one)]
    return _words(settings, others)


def claim_words(session: AuditSession) -> str:
    """Return who is on an audit, oneself included; empty when nobody is."""
    return _words(session.workspace.settings, _now(session))


def claim_news(workspace: Workspace) -> Iterator[str]:
    """Give who else is on which audit."""
    settings = workspace.settings
    found = all_claims(workspace.journal, workspace.world.clock())
    for audit in audits(workspace.journal) if found else ():
        others = [one for one in found.get(audit.id, ()) if not _is_own(settings, one)]
        if others:
            title = auditee_of(workspace, audit).title
            yield f"{title} : {_words(settings, others)}."


def claims_json(session: AuditSession) -> list[dict[str, Any]]:
    """Return who is on an audit, for a program."""
    name_of = session.workspace.settings.name_of
    return [{"by": name_of(one.author), "until": one.until} for one in _now(session)]


def _now(session: AuditSession) -> tuple[Claim, ...]:
    workspace = session.workspace
    return claims_of(workspace.journal, session.audit.id, workspace.world.clock())


def _write(session: AuditSession, until: int) -> None:
    workspace, audit = session.workspace, session.audit.id
    author = workspace.settings.author
    session.record(claimed(workspace.journal, audit, author, until))


def _is_own(settings: Settings, one: Claim) -> bool:
    return one.author == settings.author


def _words(settings: Settings, claims: Iterable[Claim]) -> str:
    return ", ".join(
        f"{'vous y êtes' if _is_own(settings, one) else f'{name} y est'} "
        f"jusqu'au {day_words(one.until)}"
        for one in claims
        for name in [settings.name_of(one.author)]
    )
