"""What the town hall reads: page 1, which alone must suffice, then what it rests on."""

import re
from datetime import timedelta
from fractions import Fraction
from functools import partial

from diag.assess.money import (
    Money,
    added,
    format_range,
    format_sum,
    format_works,
    total_words,
    works_of,
)
from diag.assess.plan import Action
from diag.audit.comparables import describe_comparables
from diag.audit.counsel import describe_due, describe_reason
from diag.audit.findings import (
    detailed,
    for_the_council,
    found_words,
    needs,
    observed,
    open_words,
    praised,
    pressing,
    strength_words,
    strengths,
    weaknesses,
)
from diag.audit.reasons import concerns, pressure
from diag.audit.report import Report
from diag.documents.blocks import Pair, box, bullets, numbered, table, written
from diag.documents.escape import Md
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import (
    EXPECTED_AND_SEEN,
    NAMED,
    alerts_box,
    compliance_points,
    failing,
    themes_table,
)
from diag.documents.parts.budget import budget_by_domain
from diag.documents.parts.rooms import asked_of
from diag.documents.parts.since import option_section, since
from diag.documents.parts.sources import (
    listed_aids,
    possible_aids,
    price_years,
    sources_list,
)
from diag.model.enums import Audience, Compliance, Kind, Owner
from diag.words.dates import long_date
from diag.words.sentences import (
    NEXT_BUDGET,
    first_sentence,
    listed,
    of,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import OWNERS, PRIORITIES

READER = Audience.MAIRIE

DECISIONS = 3
"""At most so many things put to the vote: a reader who is asked for more does none."""

UNVOTED = 2
"""At most so many things to be done without a vote, dangers counted."""

AT_ONCE = timedelta(days=2)
"""A breach to be cured within this delay cannot wait for a council: a danger."""

SOON = timedelta(days=92)
"""What is due within this delay is urgent; the rest comes further on."""

FINDINGS = 5
"""So many findings, one of which is a strength when there is one."""

DECISION_WORDS = 34
"""Longest decision, in words, when a sentence of it is so short."""

REASON_WORDS = 16
"""Longest reason of a finding, in words, when a sentence is so short."""

LONG = 8
"""At most so many actions described at length, those of page 1 first."""

CITED = 2
"""At most so many sources cited by an action."""

_MOVED, STRENGTHS, CHECKS, ASKED = 6, 5, 5, 5
"""At most so many moved criteria, strong points, checks and questions listed."""

_COUNCIL_ACTS = re.compile(
    r"\b(?:vot\w+|délib\w+|budgets?|convention\w*|adh[ée]r\w+|adopt\w+|groupement)\b",
    re.IGNORECASE,
)
"""Words by which an author means an act of the council where nothing is to pay."""


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, budget, compared = report.plan, report.budget, report.comparables
    commune = report.commune.name if report.commune else report.about.commune
    page = (*dangers(report), *decisions(report), *duties(report))
    first = dict.fromkeys(one.id for one in (*page, *detailed(report)))
    told = [one for one in plan.actions if one.id in list(first)[:LONG]]
    rest = [one for one in plan.actions if one not in told]
    # The table of compliance has the others.
    alerts = {one.criterion.id for one in report.assessment.alerts}
    unsure = [
        one
        for one in plan.to_confirm
        if one.advice.recommendation.when.criterion not in alerts
    ]
    checks = pressing(report, unsure)[:CHECKS]
    asked, more = asked_of(report, "commune", limit=ASKED)
    cited = [source for one in told for source in advice.cited(report, one, CITED)]
    cited += [aid.source for aid in listed_aids(report)]
    reader = f"Mairie {of(commune)}" if commune else f"Élus {report.of_it}"
    at_length = partial(_describe_action, report)
    return {
        "option": option_section(report.option),
        "since": since(report.progress, named=_MOVED) if report.progress else "",
        "cover": frame.cover(report, reader),
        # For want of room, nothing when too few are known.
        "compared": describe_comparables(compared)
        if compared and compared.overall
        else "",
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
        "last_year": str(budget.years[-1]),
        "actions": advice.blocks(report, told, READER, at_length),
        "leaders": _leaders(report),
        "rest": themes_table(
            report, rest, READER, "Les autres actions, par thème", priced=True
        ),
        "to_confirm": advice.to_confirm(report, checks, READER),
        "asked": asked,
        "more_asked": more,
        "unconfirmed": len(unsure) - len(checks),
        "strengths": bullets(
            f"{one.criterion.title} : {praised(report, one)}"
            for one in strengths(report)[:STRENGTHS]
        ),
        "compliance": compliance_points(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "price_years": price_years(report),
        "sources": sources_list(report, cited),
    }


# What page 1 asks of the town hall: to stop a danger, to vote, to see to without one.
#
# Three short lists, none of which holds what waits for something else.


def dangers(report: Report) -> tuple[Action, ...]:
    """Return what is to be done on receipt: a danger is not put to the vote."""
    return tuple(one for one in _ripe(report) if _is_at_once(report, one))


def decisions(report: Report) -> tuple[Action, ...]:
    """Return what the council should vote now: what is to pay, then what is free.

    What the engineer put first is kept, then the law, which leaves room for the
    indispensable thing that would change most; in the order of the plan.
    """
    voted = [one for one in _patient(report) if is_voted(report, one)]
    paid = [one for one in voted if not one.advice.alone.free]

    def need(action: Action) -> tuple[bool, Fraction]:
        result = report.result(action.advice.recommendation.when.criterion)
        is_missing = result is not None and not result.bounds.high
        return not is_missing, -action.advice.gain

    def is_lawful(action: Action) -> bool:
        return action.advice.is_law

    needed = sorted(needs(report, paid), key=need)
    first = (
        *(one for one in paid[:DECISIONS] if one.by_hand),
        *list(filter(is_lawful, paid))[: DECISIONS - bool(needed)],
        *needed,
        *paid,
        *voted,
    )
    asked = list({one.id: one for one in first}.values())[:DECISIONS]
    return tuple(sorted(asked, key=[*paid, *voted].index))


def duties(report: Report) -> tuple[Action, ...]:
    """Return what is urgent and takes no vote, the earliest first."""
    free = (one for one in _patient(report) if not is_voted(report, one))
    soon = [one for one in free if one.due and one.due - report.date <= SOON]
    room = UNVOTED - len(dangers(report))
    return tuple(advice.by_day(pressing(report, soon))[: max(0, room)])


def is_voted(report: Report, action: Action) -> bool:
    """Return whether it takes a vote: money, or an act that is the council's own."""
    words = report.wording(action, READER).decision
    return not action.advice.alone.free or bool(_COUNCIL_ACTS.search(words))


def _ripe(report: Report) -> list[Action]:
    return [
        action
        for action in report.plan.actions
        if action.undecided and action.ready and for_the_council(report, action)
    ]


def _patient(report: Report) -> list[Action]:
    return [one for one in _ripe(report) if not _is_at_once(report, one)]


def _is_at_once(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    broken = result is not None and result.compliance is Compliance.NON_CONFORME
    soon = action.due is not None and action.due - report.date <= AT_ONCE
    return action.advice.is_danger or (broken and soon)


# Page 1


def deadline(report: Report) -> str:
    """Return what is awaited of the reader and by when, in a sentence."""
    proposed = decisions(report)
    urgent = len(dangers(report)) or len(frame.dangers_found(report))
    days = [action.due for action in proposed if action.due]
    day = long_date(min(days)) if days else "prochain budget"
    awaited = "aucune décision n'est attendue de la commune à ce stade"
    if urgent:
        awaited = "aucune autre décision n'est attendue"
    if len(proposed) == 1:
        awaited = f"une décision est attendue avant le {day}"
    elif proposed:
        many = ("deux", "trois")[len(proposed) - 2]
        awaited = f"{many} décisions sont attendues, la première avant le {day}"
    if not urgent:
        return f"{awaited[:1].upper()}{awaited[1:]}."
    danger = "Un danger est" if urgent == 1 else f"{urgent} dangers sont"
    return f"{danger} à faire cesser dès réception ; {awaited}."


def dangers_box(report: Report) -> Md:
    """Return what is to be stopped at once; empty when nothing is."""
    found = bullets(frame.dangers_found(report))
    lines = (written(describe_decision(report, one)) for one in dangers(report))
    title = "À faire cesser dès réception, sans attendre un vote"
    return box("CAUTION", title, found, *lines)


def endangered(report: Report) -> frozenset[str]:
    """Return the criteria that the box of dangers already has."""
    return frozenset(
        one.advice.recommendation.when.criterion for one in dangers(report)
    )


def decisions_box(report: Report) -> Md:
    """Return the decisions, what they cost together, and what would be left to pay."""
    proposed = decisions(report)
    votes = numbered(describe_proposal(report, one) for one in proposed)
    paid = [one.advice.cost for one in proposed if not one.advice.cost.free]
    together = Md("")
    if paid:
        works = format_works(added(map(works_of, paid)))
        told = format_sum([one.digital for one in paid])
        told = " ; ".join(filter(None, (told, works)))
        total = f"{'Ensemble' if len(paid) > 1 else 'En tout'} : {told}"
        left = "Reste à charge : la totalité, tant qu'aucune aide n'est accordée"
        aid = " ; demandez l'aide avant de signer" if listed_aids(report) else ""
        together = written(f"{total}. {left}{aid}.")
    return box("IMPORTANT", "Décisions proposées", votes, together)


def duties_box(report: Report) -> Md:
    """Return what is urgent and takes no vote, in a few lines; empty without any."""
    lines = (_asked(report, one, one.ref, priced=False) for one in duties(report))
    return box("NOTE", "À faire sans vote ni dépense", bullets(lines))


def describe_decision(report: Report, action: Action) -> str:
    """Return what is asked: a verb, an amount and a date, in one line."""
    return _asked(report, action, action.ref)


def describe_proposal(report: Report, action: Action) -> str:
    """Return what the council votes, with the range of its cost."""
    span = format_range(action.advice.cost)
    return _asked(report, action, " : ".join(filter(None, (action.ref, span))))


def _asked(report: Report, action: Action, last: str, *, priced: bool = True) -> str:
    words = report.wording(action, READER)
    text = report.fill_blanks(action, words.decision or words.title, READER)
    asked = first_sentence(text, DECISION_WORDS).rstrip(". ")
    in_brackets = asked.endswith(")")
    more, amount = [last], report.format_cost(action)
    if report.format_due(action) not in asked and NEXT_BUDGET not in asked:
        more.insert(0, describe_due(report, action))
    if amount not in asked and (priced or in_brackets):
        more.insert(0, amount)
    added = ", ".join(more)
    return f"{asked[:-1]}, {added})." if in_brackets else f"{asked} ({added})."


def findings_table(report: Report) -> Md:
    """Return five findings: the most pressing ones, and a strength.

    If something indispensable lacks altogether, one of them is it.
    """
    strong, boxed = strengths(report), endangered(report)
    wrong = [one for one in failing(report, READER) if one.criterion.id not in boxed]
    shown = {*boxed, *(one.criterion.id for one in wrong[:NAMED])}
    weak = [
        one
        for one in weaknesses(report)
        if one.criterion.id not in shown and concerns(one.criterion, READER)
    ]
    missing = [
        one
        for one in weak
        if one.criterion.kind is Kind.BLOCKING and not one.bounds.high
    ]
    # What is in a box is a finding too.
    lines = FINDINGS - bool(dangers_box(report)) - bool(duties(report))
    room = lines - bool(strong)
    first = weak[:room]
    if missing and room > 1 and not any(one in missing for one in first):
        first[-1:] = missing[:1]
    rows = []
    for one in first:
        criterion, actions = one.criterion, report.plan.actions
        cure = next((each for each in actions if each.cures(criterion.id)), None)
        why = describe_reason(report, cure, READER) if cure else criterion.why
        rows.append((
            criterion.title,
            found_words(report, one) or observed(report, one),
            first_sentence(why, REASON_WORDS),
            PRIORITIES[pressure(criterion, is_read=one.is_read)],
        ))
    for one in strong[: lines - len(first)]:
        why = first_sentence(one.criterion.why, REASON_WORDS)
        seen = strength_words(report, one) or praised(report, one)
        rows.append((one.criterion.title, seen, why, "point fort"))
    columns = (*EXPECTED_AND_SEEN, "Ce que cela change pour les élèves", "Priorité")
    return table("Constats à retenir", columns, rows)


def _total(report: Report) -> str:
    budget = report.budget
    if not budget.every:
        return total_words("", works=budget.works)
    is_range = budget.total.more or budget.total.at_least
    ht = "" if is_range else f" (soit {budget.ht} HT)"  # one range is enough
    due = f", dont {budget.due} à engager" if budget.due != budget.total else ""
    told = f"{budget.total} TTC{ht}{due}"
    return total_words(
        told,
        unsure=len(budget.unsure),
        unpriced=budget.unpriced,
        works=budget.works,
    )


# The other pages


def _describe_action(report: Report, action: Action) -> tuple[Pair, ...]:
    words = report.wording(action, READER)
    what = report.fill_blanks(action, words.decision or words.title, READER)
    done = report.fill_blanks(action, action.advice.recommendation.done_when, READER)
    sources = " et ".join(advice.cited(report, action, CITED))
    why = describe_reason(report, action, READER)
    who = (
        advice.owner(action),
        advice.cost(report, action),
        describe_due(report, action),
    )
    return (
        *advice.found(report, action),
        ("Nature", advice.nature(report, action)),
        ("Pourquoi", f"{why} ({sources})" if sources else why),
        ("Que faire", sentence(what)),
        ("Sinon", _otherwise(report, action)),
        ("Qui, coût, échéance", sentence(" ; ".join(who))),
        advice.covered(report, action, READER),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _otherwise(report: Report, action: Action) -> str:
    """Return what stays as it is if nothing is voted, in the author's words."""
    told = action.advice.recommendation.wording.get(READER)
    if told is None or told.otherwise is None or not is_voted(report, action):
        return ""
    return sentence(report.fill_blanks(action, told.otherwise.long, READER))


def _beyond(report: Report) -> str:
    """Return what falls due after the last year: « R24 et R92, 23 000 € TTC »."""
    later = report.budget.beyond
    refs = listed([one.ref for one in later], 12)
    costs = [one.advice.cost.digital for one in later]
    return f"{refs}, {format_sum(costs)}" if later else ""


def _leaders(report: Report) -> str:
    """Return who leads how much: « la commune, 90 € TTC ; le syndicat, 40 € TTC »."""
    spent: dict[Owner, Money] = {}
    for row in report.budget.every:
        owner = row.action.advice.recommendation.owner
        spent[owner] = spent.get(owner, Money()) + row.total
    shares = [f"{OWNERS[one]}, {spent[one]} TTC" for one in Owner if one in spent]
    return " ; ".join(shares) if len(shares) > 1 else ""
