"""What the town hall reads after its first page: what to do, what it costs, when."""

from functools import partial

from diag.model.enums import Audience, Owner
from diag.reports import advice, first_page, frame, proposals
from diag.reports.alerts import alerts_box, compliance_told
from diag.reports.budget_tables import budget_by_domain
from diag.reports.choice import detailed, pressing
from diag.reports.citations import price_years, sources_list
from diag.reports.comparables import compared
from diag.reports.dated import possible_aids, told_aids
from diag.reports.escape import Md
from diag.reports.findings import open_words, praised, strengths
from diag.reports.layout import Pair, bullets
from diag.reports.money import Money, spoken_sum, total_words
from diag.reports.option import option_section
from diag.reports.plan import Action
from diag.reports.progress import since
from diag.reports.report import Report
from diag.reports.themes import themes_table
from diag.reports.unknowns import asked_of
from diag.words.sentences import listed, of, sentence, uncapitalised
from diag.words.vocabulary import OWNERS

READER = Audience.MAIRIE
NAMED = 6
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
        "since": since(report.progress, named=NAMED) if report.progress else "",
        "cover": frame.cover(report, _reader(report)),
        "compared": _compared(report),
        "deadline": first_page.deadline(report),
        "dangers": first_page.dangers_box(report),
        "alerts": alerts_box(report, READER, first_page.endangered(report)),
        "decisions": first_page.decisions_box(report),
        "duties": first_page.duties_box(report),
        "findings": first_page.findings_table(report),
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
    page = proposals.dangers, proposals.decisions, proposals.duties
    asked = [one.id for ask in page for one in ask(report)]
    kept = list(dict.fromkeys((*asked, *(one.id for one in detailed(report)))))[:LONG]
    return tuple(one for one in report.plan.actions if one.id in kept)


def _compared(report: Report) -> str:
    """Return how schools like it stand; nothing, for want of room, when too few."""
    found = report.comparables
    return compared(found) if found and found.overall else ""


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
    why = advice.reason(report, action, READER)
    return (
        *advice.found(report, action, READER),
        ("Pourquoi", f"{why} ({sources})" if sources else why),
        ("Que faire", sentence(what)),
        ("Qui, coût, échéance", _who(report, action)),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _who(report: Report, action: Action) -> str:
    parts = advice.owner(action), advice.cost(action), advice.due(report, action)
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
