"""What the town hall reads: page 1, which alone must suffice, then what it rests on."""

from functools import partial

from diag.assess.plan import Action, refs_words
from diag.assess.spread import concerns, pressure
from diag.assess.words import Money, format_sum
from diag.audit.compare import describe_comparables
from diag.audit.findings import (
    describe_due,
    describe_reason,
    detailed,
    found_words,
    observed,
    open_words,
    praised,
    pressing,
    strength_lines,
    strength_words,
    strengths,
    weaknesses,
)
from diag.audit.report import Report
from diag.documents.blocks import Md, Pair, box, bullets, table
from diag.documents.document import DrawnPages
from diag.documents.parts import advice, frame, places
from diag.documents.parts.advice import (
    EXPECTED_AND_SEEN,
    NAMED,
    alerts_box,
    compliance_points,
    failing,
    themes_table,
)
from diag.documents.parts.budget import (
    budget_by_domain,
    listed_aids,
    milestones,
    milestones_table,
    possible_aids,
    price_years,
    sources_list,
)
from diag.documents.parts.frame import option_section, since
from diag.documents.parts.places import asked_of
from diag.documents.parts.votes import (
    FOOTNOTE,
    awaited,
    became_lines,
    budgets_table,
    danger_words,
    know_first,
    money_line,
    pending_lines,
    unvoted_lines,
    unvoted_table,
    votes_shown,
    votes_tables,
)
from diag.documents.sheet import (
    ASKED,
    STRENGTHS,
    pages_of,
    proofs_section,
    sheet_of,
)
from diag.model.enums import Audience, Kind, Owner
from diag.model.votes import DecisionList
from diag.words.sentences import first_sentence, of, sentence, uncapitalised
from diag.words.vocabulary import OWNERS, PRIORITIES

READER = Audience.MAIRIE

FINDINGS = 5
"""So many findings, one of which is a strength when there is one."""

REASON_WORDS = 16
"""Longest reason of a finding, in words, when a sentence is so short."""

LONG = 8
"""At most so many actions described at length, those of page 1 first."""

CITED = 2
"""At most so many sources cited by an action."""

_IDLE = 1800
"""Most signs of its boxes on page 1, where nothing is voted: PDFs have four pages."""

_MOVED, CHECKS = 6, 4
"""At most so many moved criteria and checks listed."""


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, budget, compared = report.plan, report.budget, report.comparables
    commune = report.commune.name if report.commune else report.about.commune
    shown = votes_shown(report)
    urgent, unvoted = dangers_box(report), unvoted_lines(shown)
    pending = pending_lines(shown)
    is_voted = bool(shown[0].votes.votes or shown[0].votes.missing)
    page = (*dangers(report), *voted(report, shown[0].votes))
    told = advice.choose(plan.actions, (*page, *detailed(report)), LONG)
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
    days = milestones(report)
    cited += [one.source for one in days if one.source]
    reader = f"Mairie {of(commune)}" if commune else f"Élus {report.of_it}"
    at_length = partial(_describe_action, report)
    later = report.budget.beyond
    costs = [one.advice.cost.digital for one in later]
    return {
        "draw": lambda: DrawnPages(sheet_of(report), pages_of(report, checks)),
        "proofs": proofs_section(report),
        "option": option_section(report.option),
        "since": since(report.progress, named=_MOVED),
        "cover": frame.cover(report, reader),
        # For want of room, nothing when too few are known.
        "compared": describe_comparables(compared)
        if compared and compared.overall
        else "",
        "awaited": awaited(shown),
        "domains": frame.domain_table(report),
        "noted": places.shown_list(report),
        "reply": places.reply_words(report),
        "dangers": urgent,
        "money": money_line(shown),
        "votes": votes_tables(shown),
        "sums": unvoted_table(shown),
        "footnote": FOOTNOTE if shown[0].votes.gross else "",
        "know_first": know_first(shown),
        # Page 1 has room for what is done without a vote, where there is none.
        "idle": not is_voted and len(urgent + unvoted + pending) <= _IDLE,
        "unvoted": unvoted,
        "pending": pending,
        "budgets": budgets_table(shown),
        "milestones": milestones_table(days),
        "numbers": bullets(became_lines(shown)),
        "alerts": alerts_box(report, READER, endangered(report)),
        "findings": findings_table(report),
        "open": uncapitalised(open_words(report)),
        "calendar": advice.calendar(report, told, READER),
        "budget": budget_by_domain(report),
        "total": _total(report),
        "aids": possible_aids(report),
        "beyond": f"{refs_words(later)}, {format_sum(costs)}" if later else "",
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
        "strengths": bullets(strength_lines(report, STRENGTHS)),
        "compliance": compliance_points(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "price_years": price_years(report),
        "sources": sources_list(report, cited),
    }


# Page 1: what is to be stopped, and what is put to the vote.


def dangers(report: Report) -> tuple[Action, ...]:
    """Return what is to be done on receipt: a danger is not put to the vote."""
    return tuple(one for one in report.plan.actions if one.advice.is_danger)


def dangers_box(report: Report) -> Md:
    """Return what is to be stopped at once; empty when nothing is."""
    acts = danger_words(votes_shown(report))
    found = bullets((*frame.dangers_found(report), *acts))
    return box("CAUTION", "Sans vote, dès réception", found)


def endangered(report: Report) -> frozenset[str]:
    """Return the criteria that the box of dangers already has."""
    return frozenset(
        one.advice.recommendation.when.criterion for one in dangers(report)
    )


def voted(report: Report, votes: DecisionList) -> list[Action]:
    """Return the actions that votes are led by, then the others of each."""
    leads = [one.actions[0] for one in votes.votes]
    rest = [ident for one in votes.votes for ident in one.actions[1:]]
    known = {one.id: one for one in report.plan}
    return [known[ident] for ident in (*leads, *rest) if ident in known]


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
    lines = FINDINGS - bool(boxed)
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
    budget, told = report.budget, ""
    if budget.every:
        is_range = budget.total.more or budget.total.at_least
        ht = "" if is_range else f" (soit {budget.ht} HT)"  # one range is enough
        due = f", dont {budget.due} à engager" if budget.due != budget.total else ""
        told = f"{budget.total.taxed}{ht}{due}"
    return budget.describe_total(told)


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
    # What stays as it is if nothing is voted, in the author's words.
    own = action.advice.recommendation.wording.get(READER)
    otherwise = ""
    if own and own.otherwise and not action.advice.alone.free:
        otherwise = report.fill_blanks(action, own.otherwise.long, READER)
    return (
        *advice.found(report, action),
        ("Nature", advice.nature(report, action)),
        ("Pourquoi", f"{why} ({sources})" if sources else why),
        ("Que faire", sentence(what)),
        ("Sinon", sentence(otherwise)),
        ("Qui, coût, échéance", sentence(" ; ".join(who))),
        advice.covered(report, action, READER),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _leaders(report: Report) -> str:
    """Return who leads how much: « la commune, 90 € TTC ; le syndicat, 40 € TTC »."""
    spent: dict[Owner, Money] = {}
    for row in report.budget.every:
        owner = row.action.advice.recommendation.owner
        spent[owner] = spent.get(owner, Money()) + row.total
    shares = [f"{OWNERS[one]}, {spent[one].taxed}" for one in Owner if one in spent]
    return " ; ".join(shares) if len(shares) > 1 else ""
