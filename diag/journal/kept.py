"""What was judged last of one audit, by whatever method: its rows, read again.

An edition of an older method is judged no more: these rows alone say what was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diag.journal.journal import Journal
from diag.journal.judged import Summary, summaries
from diag.journal.proof import sound_judgements
from diag.model.enums import Compliance, Trigger

Cents = tuple[int, int | None]
"""With tax, at least and at most; no most where nothing bounds it."""

_ENGINE = """
select j.engine from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit where a.id = ?
"""

_ALERTS = """
select f.criterion, f.title, f.compliance from finding f
join audit a on a.n = f.audit where a.id = ? and f.compliance in (?, ?)
order by f.position
"""

_ADVICE = """
select v.recommendation, v.title, v.trigger, v.cents_low, v.cents_typical,
  v.yearly_cents_typical
from advice v join audit a on a.n = v.audit where a.id = ? order by v.position
"""


_CHANGED = (
    "Ce qui avait été jugé par la méthode antérieure a changé sur le disque : il "
    "n'est pas montré. Une sauvegarde du dossier « backups » peut l'avoir encore."
)


class KeptAlert(NamedTuple):
    """A point of compliance that failed, or was to be checked."""

    title: str
    compliance: Compliance


class KeptAdvice(NamedTuple):
    """An action that was advised, and what it cost."""

    title: str
    trigger: Trigger
    once: Cents
    yearly: Cents
    within: str = ""
    """Title of the action that pays for all of it; empty when it pays for itself."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last judgement of an audit."""

    summary: Summary
    alerts: Mapping[str, KeptAlert]
    """By criterion."""
    advice: Mapping[str, KeptAdvice]
    """By recommendation."""


def kept_judgement(journal: Journal, audit: str) -> Kept | None:
    """Return how an audit was judged last; None when it was written in since."""
    engines = journal.select(_ENGINE, [audit])
    if not engines:
        return None
    ((engine,),) = engines
    if audit not in sound_judgements(journal.connection, engine, audit):
        journal.on_change(_CHANGED)
        return None
    alerting = (Compliance.NON_CONFORME, Compliance.A_VERIFIER)
    return Kept(
        summary=summaries(journal, engine=engine)[audit],
        alerts={
            ident: KeptAlert(title, Compliance(compliance))
            for ident, title, compliance in journal.select(_ALERTS, [audit, *alerting])
        },
        advice={
            ident: KeptAdvice(
                title,
                Trigger(trigger),
                (low, None) if typical is None else (typical, typical),
                (0, None) if yearly is None else (yearly, yearly),
            )
            for ident, title, trigger, low, typical, yearly in journal.select(
                _ADVICE, [audit]
            )
        },
    )
