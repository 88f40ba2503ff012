"""The mayor's first page: what to decide, what was found; it alone must suffice."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from diag.assess.money import Money, spoken_sum, total_words
from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.audit.compare import describe_comparables
from diag.audit.counsel import describe_due, describe_reason
from diag.audit.findings import (
    detailed,
    for_the_council,
    needs,
    observed,
    open_words,
    praised,
    pressing,
    strengths,
    weaknesses,
)
from diag.audit.report import Report
from diag.documents.document import Pair, bold, bullets, numbered, table, written
from diag.documents.escape import Md
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import (
    EXPECTED_AND_SEEN,
    NAMED,
    alerts_box,
    compliance_told,
    failing,
    themes_table,
)
from diag.documents.parts.budget import budget_by_domain
from diag.documents.parts.rooms import asked_of
from diag.documents.parts.since import option_section, since
from diag.documents.parts.sources import (
    possible_aids,
    price_years,
    sources_list,
    told_aids,
)
from diag.model.enums import Audience, Compliance, Kind, Owner
from diag.words.dates import long_date
from diag.words.sentences import first_sentence, listed, of, sentence, uncapitalised
from diag.words.vocabulary import OWNERS, PRIORITIES

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
    told, missing = (
        list(weak[:room]),
        [one for one in weak if _is_blocking_missing(one)],
    )
    if missing and not any(map(_is_blocking_missing, told)) and room > 1:
        told[-1:] = missing[:1]
    return told


def _is_blocking_missing(result: CriterionResult) -> bool:
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
    why = describe_reason(report, cure, _READER) if cure else criterion.why
    seen = observed(report, result, _READER)
    told = first_sentence(why, REASON_WORDS)
    return criterion.title, seen, told, PRIORITIES[criterion.kind]


def _strong_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    seen = praised(report, result, _READER)
    why = first_sentence(result.criterion.why, REASON_WORDS)
    return result.criterion.title, seen, why, "point fort"


READER = Audience.MAIRIE


_MOVED_NAMED = 6
"""At most so many criteria named that moved since the last audit."""


STRENGTHS = 5
"""At most so many strong points told."""


CHECKS = 5
"""At most so many actions to be confirmed told."""


ASKED = 5
"""At most so many questions left to the town hall told."""


LONG = 9
"""At most so many actions told at length, those of page 1 first."""


CITED = 2
"""At most so many sources cited by an action."""


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    told = _at_length(report)
    unsure = _unsure(report)
    asked, more = asked_of(report, "commune", limit=ASKED)
    checks = pressing(report, unsure)[:CHECKS]
    cited = [source for one in told for source in advice.cited(report, one, CITED)]
    cited += [aid.source for aid in told_aids(report)]
    return {
        "option": option_section(report.option, reserved=False),
        "since": since(report.progress, named=_MOVED_NAMED) if report.progress else "",
        "cover": frame.cover(report, _reader(report)),
        "compared": _compared(report),
        "deadline": deadline(report),
        "dangers": dangers_box(report),
        "alerts": alerts_box(report, READER, endangered(report)),
        "decisions": decisions_box(report),
        "duties": duties_box(report),
        "findings": findings_table(report),
        "open": uncapitalised(open_words(report)),
        "calendar": advice.calendar(report, told, READER),
        "budget": budget_by_domain(report),
        "total": _total(report),
        "aids": possible_aids(report),
        "beyond": _beyond(report),
        "last_year": str(report.budget.years[-1]),
        "actions": advice.blocks(report, told, READER, partial(_told, report)),
        "leaders": _leaders(report),
        "rest": _rest(report, told),
        "to_confirm": advice.to_confirm(report, checks, READER),
        "asked": asked,
        "more_asked": more,
        "unconfirmed": len(unsure) - len(checks),
        "strengths": bullets(_strengths(report)),
        "compliance": compliance_told(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "price_years": price_years(report),
        "sources": sources_list(report, cited),
    }


def _at_length(report: Report) -> tuple[Action, ...]:
    """Return what is told at length: whatever page 1 asks for, then what comes next."""
    page = dangers, decisions, duties
    asked = [one.id for ask in page for one in ask(report)]
    kept = list(dict.fromkeys((*asked, *(one.id for one in detailed(report)))))[:LONG]
    return tuple(one for one in report.plan.actions if one.id in kept)


def _compared(report: Report) -> str:
    """Return how schools like it stand; nothing, for want of room, when too few."""
    found = report.comparables
    return describe_comparables(found) if found and found.overall else ""


def _reader(report: Report) -> str:
    commune = report.commune.name if report.commune else report.about.commune
    return f"Mairie {of(commune)}" if commune else f"Élus {report.of_it}"


def _unsure(report: Report) -> list[Action]:
    """Return what is to be confirmed, less what the table of compliance tells."""
    alerts = {one.criterion.id for one in report.assessment.alerts}
    return [
        one
        for one in report.plan.to_confirm
        if one.advice.recommendation.when.criterion not in alerts
    ]


def _strengths(report: Report) -> list[str]:
    return [
        f"{one.criterion.title} : {praised(report, one, READER)}"
        for one in strengths(report)[:STRENGTHS]
    ]


def _told(report: Report, action: Action) -> tuple[Pair, ...]:
    words = report.wording(action, READER)
    what = report.told(action, words.decision or words.title, READER)
    done = report.told(action, action.advice.recommendation.done_when, READER)
    sources = " et ".join(advice.cited(report, action, CITED))
    why = describe_reason(report, action, READER)
    return (
        *advice.found(report, action, READER),
        ("Pourquoi", f"{why} ({sources})" if sources else why),
        ("Que faire", sentence(what)),
        ("Qui, coût, échéance", _who(report, action)),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _who(report: Report, action: Action) -> str:
    parts = advice.owner(action), advice.cost(action), describe_due(report, action)
    return sentence(" ; ".join(parts))


def _rest(report: Report, told: tuple[Action, ...]) -> Md:
    shown = {one.id for one in told}
    rest = [one for one in report.plan.actions if one.id not in shown]
    caption = "Les autres actions, par thème"
    return themes_table(report, rest, READER, caption, priced=True)


def _beyond(report: Report) -> str:
    """Return what falls due after the last year: « R24 et R92, 23 000 € TTC »."""
    told = report.budget.beyond
    refs = listed([one.ref for one in told], 12)
    return f"{refs}, {spoken_sum([one.advice.cost for one in told])}" if told else ""


def _leaders(report: Report) -> str:
    """Return who leads how much: « la commune, 90 € TTC ; le syndicat, 40 € TTC »."""
    spent: dict[Owner, Money] = {}
    for row in report.budget.rows:
        owner = row.action.advice.recommendation.owner
        spent[owner] = spent.get(owner, Money()) + row.total
    told = [f"{OWNERS[one]}, {spent[one]} TTC" for one in Owner if one in spent]
    return " ; ".join(told) if len(told) > 1 else ""


def _total(report: Report) -> str:
    budget = report.budget
    unsettled = report.plan.paid_to_confirm
    if not budget.rows:
        return total_words("", unsettled)
    waiting = budget.conditional
    if waiting.more and not waiting.at_least:
        waiting = Money(more=waiting.most)  # « jusqu'à », short enough for page one
    waits = f", dont {waiting} sous condition"
    asked = waits if waiting != Money() else ""
    ht = "" if budget.total.more else f" (soit {budget.ht} HT)"  # one range is enough
    return total_words(f"{budget.total} TTC{ht}{asked}", unsettled)


# What page 1 asks of the town hall: to stop a danger, to vote, to see to without one.
#
# Three short lists, none of which holds what waits for something else.


DECISIONS = 3
"""At most so many things put to the vote: a reader who is asked for more does none."""


UNVOTED = 2
"""At most so many things to be done without a vote, dangers counted."""


AT_ONCE = timedelta(days=2)
"""A breach to be cured within this delay cannot wait for a council: a danger."""


SOON = timedelta(days=92)
"""What is due within this delay is urgent; the rest is told further on."""


_COUNCIL_ACTS = re.compile(
    r"\b(?:vot\w+|délib\w+|budgets?|convention\w*|adh[ée]r\w+|adopt\w+|groupement)\b",
    re.IGNORECASE,
)
"""Words by which an author tells an act of the council where nothing is to pay."""


def dangers(report: Report) -> tuple[Action, ...]:
    """Return what is to be done on receipt: a danger is not put to the vote."""
    return tuple(one for one in _ripe(report) if _is_at_once(report, one))


def decisions(report: Report) -> tuple[Action, ...]:
    """Return what the council should vote now: what is to pay, then what is free.

    What the engineer put first is kept, then the law, which leaves room for the
    indispensable thing that would change most; told in the order of the plan.
    """
    voted = [one for one in _patient(report) if is_voted(report, one)]
    paid = [one for one in voted if not one.advice.cost.free]
    needed = _most_needed(report, paid)
    lawful = [one for one in paid if _is_lawful(report, one)]
    told = (
        *(one for one in paid[:DECISIONS] if one.by_hand),
        *lawful[: DECISIONS - bool(needed)],
        *needed,
        *paid,
        *voted,
    )
    asked = list({one.id: one for one in told}.values())[:DECISIONS]
    return tuple(sorted(asked, key=[*paid, *voted].index))


def duties(report: Report) -> tuple[Action, ...]:
    """Return what is urgent and takes no vote, the earliest first."""
    free = (one for one in _patient(report) if not is_voted(report, one))
    soon = [one for one in free if one.due and one.due - report.date <= SOON]
    room = UNVOTED - len(dangers(report))
    return tuple(advice.by_day(pressing(report, soon))[: max(0, room)])


def is_voted(report: Report, action: Action) -> bool:
    """Say whether it takes a vote: money, or an act that is the council's own."""
    words = report.wording(action, Audience.MAIRIE).decision
    return not action.advice.cost.free or bool(_COUNCIL_ACTS.search(words))


def _most_needed(report: Report, paid: Sequence[Action]) -> list[Action]:
    """Return what cures a lack, what is missing altogether first, then by gain."""
    return sorted(
        needs(report, paid),
        key=lambda one: (not _is_surely_missing(report, one), -one.advice.gain),
    )


def _is_surely_missing(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    return result is not None and not result.high


def _is_lawful(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    return (
        result is not None
        and result.criterion.kind is Kind.COMPLIANCE
        and result.compliance is not Compliance.CONFORME
    )


def _patient(report: Report) -> Iterable[Action]:
    return (one for one in _ripe(report) if not _is_at_once(report, one))


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
