"""The mayor's first page: what to decide, what was found; it alone must suffice."""

from collections.abc import Sequence

from diag.assess.results import CriterionResult
from diag.model.enums import Audience, Kind
from diag.reports import advice
from diag.reports.alerts import EXPECTED_AND_SEEN, NAMED, failing
from diag.reports.dated import told_aids
from diag.reports.escape import Md
from diag.reports.findings import observed, praised, strengths, weaknesses
from diag.reports.layout import bold, numbered, table, written
from diag.reports.money import spoken_sum
from diag.reports.plan import Action
from diag.reports.proposals import dangers, decisions, duties
from diag.reports.report import Report
from diag.words.dates import long_date
from diag.words.sentences import first_sentence
from diag.words.vocabulary import PRIORITIES

FINDINGS = 5
"""So many findings, one of which is a strength when there is one."""
REASON_WORDS = 20
"""Longest reason of a finding, in words, when a sentence is so short."""

_READER = Audience.MAIRIE


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


def endangered(report: Report) -> frozenset[str]:
    """Return the criteria that the box of dangers already tells."""
    return frozenset(
        one.advice.recommendation.when.criterion for one in dangers(report)
    )


def decisions_box(report: Report) -> Md:
    """Return the decisions, each a verb, its money and a date; empty without any."""
    proposed = decisions(report)
    if not proposed:
        return Md("")
    votes = numbered((advice.proposal(report, one) for one in proposed), "> ")
    together = _together(report, proposed)
    lines = ("> [!IMPORTANT]", f"> {bold('Décisions proposées')}", ">", votes)
    return Md("\n".join((*lines, ">", f"> {written(together)}") if together else lines))


def duties_box(report: Report) -> Md:
    """Return what is urgent and takes no vote, in a few lines; empty without any."""
    told = [advice.decision(report, one) for one in duties(report)]
    if not told:
        return Md("")
    lines = (f"> - {written(one.replace('(sans dépense, ', '('))}" for one in told)
    title = bold("À faire sans vote ni dépense")
    return Md("\n".join(("> [!NOTE]", f"> {title}", ">", *lines)))


def _together(report: Report, proposed: Sequence[Action]) -> str:
    """Return what the decisions cost together, and what would be left to pay."""
    paid = [one.advice.cost for one in proposed if not one.advice.cost.free]
    if not paid:
        return ""
    total = f"{'Ensemble' if len(paid) > 1 else 'En tout'} : {spoken_sum(paid)}"
    left = "Reste à charge : la totalité, tant qu'aucune aide n'est accordée"
    aid = " ; demandez l'aide avant de signer" if told_aids(report) else ""
    return f"{total}. {left}{aid}."


def findings_table(report: Report) -> Md:
    """Return five findings: the most pressing ones, and a strength."""
    strong = strengths(report)
    wrong = [o for o in failing(report) if o.criterion.id not in endangered(report)]
    told = {*endangered(report), *(one.criterion.id for one in wrong[:NAMED])}
    weak = [one for one in weaknesses(report) if one.criterion.id not in told]
    boxes = bool(dangers(report)) + bool(duties(report))
    rows_left = FINDINGS - boxes  # what is in a box is a finding too
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
