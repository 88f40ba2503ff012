"""The mayor's first page: what to decide, what was found; it alone must suffice."""

from collections.abc import Sequence
from datetime import timedelta

from diag.assess.results import Compliance, CriterionResult
from diag.model.checklist import Audience, Kind
from diag.reports import advice
from diag.reports.alerts import EXPECTED_AND_SEEN, NAMED, failing
from diag.reports.choice import for_the_council, needs
from diag.reports.dates import long_date
from diag.reports.escape import Md
from diag.reports.findings import observed, praised, strengths, weaknesses
from diag.reports.layout import bold, numbered, table, written
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.vocabulary import PRIORITIES
from diag.reports.wording import first_sentence

DECISIONS = 3
"""At most so many things asked of the reader."""
FINDINGS = 5
"""So many findings, one of which is a strength when there is one."""
REASON_WORDS = 20
"""Longest reason of a finding, in words, when a sentence is so short."""
AT_ONCE = timedelta(days=2)
"""A breach to be cured within this delay cannot wait for a council: a danger."""

_READER = Audience.MAIRIE


def dangers(report: Report) -> tuple[Action, ...]:
    """Return what is to be done on receipt: a danger is not put to the vote."""
    return tuple(one for one in _ripe(report) if _is_at_once(report, one))


def decisions(report: Report) -> tuple[Action, ...]:
    """Return what the council should decide now, none that waits.

    Three at most, dangers counted: a reader who is asked for more does none.
    """
    ripe = [one for one in _ripe(report) if not _is_at_once(report, one)]
    room = max(1, DECISIONS - len(dangers(report)))
    asked, needed = ripe[:room], needs(report, ripe)[:1]
    if room > 1 and needed and needed[0] not in asked:
        # Small duties come first; without this one, the rest would still not work.
        asked[-1:] = needed
    return tuple(asked)


def deadline(report: Report) -> str:
    """Return what is awaited of the reader and by when, in a sentence."""
    proposed, urgent = decisions(report), len(dangers(report))
    if not urgent:
        return f"{_awaited(proposed)}."
    danger = "Un danger est" if urgent == 1 else f"{urgent} dangers sont"
    then = _awaited(proposed) if proposed else "aucune autre décision n'est attendue"
    return f"{danger} à faire cesser dès réception ; {then[:1].lower()}{then[1:]}."


def dangers_box(report: Report) -> Md:
    """Return what is to be stopped at once; empty when nothing is."""
    told = [f"> {written(advice.decision(report, one))}" for one in dangers(report)]
    if not told:
        return Md("")
    title = bold("À faire cesser dès réception, sans attendre un vote")
    return Md("\n>\n".join((f"> [!CAUTION]\n> {title}", *told)))


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
    rows_left = FINDINGS - bool(dangers(report))  # which its box already tells
    weak = _with_a_need(weak, rows_left - bool(strong))
    rows = [_weak_row(report, one) for one in weak]
    rows += [_strong_row(report, one) for one in strong[: rows_left - len(weak)]]
    columns = (*EXPECTED_AND_SEEN, "Ce que cela change pour les élèves", "Priorité")
    return table("Constats à retenir", columns, rows)


def _with_a_need(weak: Sequence[CriterionResult], room: int) -> list[CriterionResult]:
    """Return the first weak points; if something indispensable lacks, one is it."""
    told, missing = list(weak[:room]), [one for one in weak if _is_missing(one)]
    if missing and not any(map(_is_missing, told)) and room > 1:
        told[-1:] = missing[:1]
    return told


def _is_missing(result: CriterionResult) -> bool:
    return result.criterion.kind is Kind.BLOCKING and not result.high


def _ripe(report: Report) -> list[Action]:
    return [
        action
        for action in report.plan.actions
        if action.undecided and action.ready and for_the_council(report, action)
    ]


def _is_at_once(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    broken = result is not None and result.compliance is Compliance.NON_CONFORME
    return broken and action.due is not None and action.due - report.date <= AT_ONCE


def _awaited(proposed: tuple[Action, ...]) -> str:
    if not proposed:
        return "Aucune décision n'est attendue de la commune à ce stade"
    days = [action.due for action in proposed if action.due]
    day = long_date(min(days)) if days else "prochain budget"
    if len(proposed) == 1:
        return f"Une décision est attendue avant le {day}"
    many = ("Deux", "Trois")[len(proposed) - 2]
    return f"{many} décisions sont attendues, la première avant le {day}"


def _weak_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    criterion = result.criterion
    cure = next((one for one in report.plan.actions if one.cures(criterion.id)), None)
    why = advice.reason(report, cure, _READER) if cure else criterion.why
    seen = observed(report, result, _READER)
    told = first_sentence(why, REASON_WORDS)
    return criterion.title, seen, told, PRIORITIES[criterion.kind]


def _strong_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    seen = praised(report, result, _READER)
    why = first_sentence(result.criterion.why, REASON_WORDS)
    return result.criterion.title, seen, why, "point fort"
