"""The mayor's first page: what to decide, what was found; it alone must suffice."""

from diag.assess.results import CriterionResult
from diag.model.checklist import Audience, Owner
from diag.reports import advice
from diag.reports.alerts import NAMED, failing
from diag.reports.dates import long_date
from diag.reports.escape import Md
from diag.reports.findings import observed, strengths, weaknesses
from diag.reports.layout import bold, numbered, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.vocabulary import PRIORITIES
from diag.reports.wording import first_sentence

DECISIONS = 3
"""At most so many decisions."""
FINDINGS = 5
"""So many findings, one of which is a strength when there is one."""
REASON_WORDS = 20
"""Longest reason of a finding, in words: the page must hold."""

_READER = Audience.MAIRIE


def decisions(report: Report) -> tuple[Action, ...]:
    """Return what the council should decide now: three at most, none that waits."""
    ripe = [
        action
        for action in report.plan.actions
        if action.undecided and action.ready and _needs_a_vote(report, action)
    ]
    return tuple(ripe[:DECISIONS])


def deadline(report: Report) -> str:
    """Return by when a decision is needed, in a sentence."""
    proposed = decisions(report)
    days = [action.due for action in proposed if action.due]
    if not proposed:
        return "Aucune décision n'est attendue de la commune à ce stade."
    if not days:
        return "Une décision est attendue avant le prochain budget."
    return f"Une décision est attendue avant le {long_date(min(days))}."


def decisions_box(report: Report) -> Md:
    """Return the decisions, each a verb, an amount and a date; empty without any."""
    proposed = decisions(report)
    if not proposed:
        return Md("")
    votes = numbered((advice.decision(report, one) for one in proposed), "> ")
    lines = ("> [!IMPORTANT]", f"> {bold('Décisions proposées')}", ">", votes)
    return Md("\n".join(lines))


def findings_table(report: Report) -> Md:
    """Return five findings: the most pressing ones, and a strength."""
    strong = strengths(report)
    told = failing(report)[:NAMED]  # already in the box above
    weak = [one for one in weaknesses(report) if one not in told]
    weak = weak[: FINDINGS - bool(strong)]
    rows = [_weak_row(report, one) for one in weak]
    rows += [_strong_row(report, one) for one in strong[: FINDINGS - len(weak)]]
    columns = ("Constat", "Ce que cela change pour les élèves", "Priorité")
    return table("Ce que nous avons constaté à l'école", columns, rows)


def _needs_a_vote(report: Report, action: Action) -> bool:
    """Say whether the council has a word to say: it acts, pays or mandates."""
    owner = action.advice.recommendation.owner
    if owner is Owner.COMMUNE:
        return True
    mandated = owner in {Owner.SYNDICAT, Owner.PRESTATAIRE}
    paid = not action.advice.cost.free
    return bool(report.wording(action, _READER).decision) and (mandated or paid)


def _weak_row(report: Report, result: CriterionResult) -> tuple[str, str, str]:
    criterion = result.criterion
    cure = next((one for one in report.plan.actions if one.cures(criterion.id)), None)
    why = advice.reason(report, cure, _READER) if cure else criterion.why
    seen = f"{criterion.title} : {observed(report, result, _READER)}"
    return seen, first_sentence(why, REASON_WORDS), PRIORITIES[criterion.kind]


def _strong_row(report: Report, result: CriterionResult) -> tuple[str, str, str]:
    seen = f"{result.criterion.title} : {observed(report, result, _READER)}"
    why = first_sentence(result.criterion.why, REASON_WORDS)
    return seen, why, "point fort, à maintenir"
