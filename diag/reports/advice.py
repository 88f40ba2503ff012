"""Actions told to one reader: as titled blocks, as decisions, as rows of tables."""

from collections.abc import Callable, Iterable, Sequence

from diag.assess.results import Gate
from diag.model.checklist import Audience
from diag.reports.dates import long_date, spoken_day
from diag.reports.escape import Md
from diag.reports.findings import observed
from diag.reports.layout import Pair, entry, sections, table
from diag.reports.money import spoken_cost, spoken_range
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.vocabulary import FOLLOW_UPS, OWNERS
from diag.reports.wording import (
    NEXT_BUDGET,
    Blanks,
    filled,
    first_sentence,
    listed,
    sentence,
)

DECISION_WORDS = 34
"""Longest decision, in words, its amount and date included."""


def blocks(
    report: Report,
    actions: Sequence[Action],
    audience: Audience,
    pairs: Callable[[Action], Iterable[Pair]],
) -> Md:
    """Return each action as a titled block; what waits stands one level lower."""
    shown = {action.id for action in actions}

    def block(action: Action) -> Md:
        title = f"{action.ref}. {report.title(action, audience)}"
        condition = ("Condition", sentence(waiting(report, action, audience)))
        level = 4 if action.under in shown else 3
        return entry(title, (condition, *pairs(action)), level)

    return sections(map(block, actions))


def finding(report: Report, action: Action, audience: Audience) -> str:
    """Return what was seen on the criterion that calls for the action."""
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ""
    seen = observed(report, result, audience)
    return sentence(f"{result.criterion.title} : {seen}")


def reason(report: Report, action: Action, audience: Audience) -> str:
    """Return why: the words for this reader, else the criterion's own reason."""
    own = report.wording(action, audience).why
    result = report.result(action.advice.recommendation.when.criterion)
    why = own or (result.criterion.why if result else "")
    return sentence(report.told(action, why, audience))


def steps(action: Action) -> str:
    """Return the steps in a row: « d'abord …, puis … »."""
    titles = [step.title.rstrip(".") for step in action.advice.recommendation.steps]
    return sentence(" ; puis ".join(titles))


def cost(action: Action) -> str:
    """Return the cost and its range, with tax."""
    told = spoken_range(action.advice.cost)
    return spoken_cost(action.advice.cost) + (f" ({told})" if told else "")


def due(report: Report, action: Action) -> str:
    """Return « avant le 12 mars 2027 »."""
    return f"avant le {report.spoken_due(action)}"


def owner(action: Action) -> str:
    """Return who acts."""
    return OWNERS[action.advice.recommendation.owner]


def follow_up(action: Action) -> str:
    """Return where an action stands."""
    return FOLLOW_UPS[action.state] if action.state else ""


def waiting(report: Report, action: Action, audience: Audience) -> str:
    """Return what must come first, empty when nothing must."""
    if action.advice.gate is Gate.OPEN:
        return ""
    names = listed([_name(report, one, audience) for one in action.advice.waits_for])
    if action.conditional:
        return f"à engager après {names}" if names else "sous condition"
    return f"à vérifier d'abord : {names}" if names else "à vérifier d'abord"


def decision(report: Report, action: Action) -> str:
    """Return what the council votes: a verb, an amount and a date, in one line."""
    words = report.wording(action, Audience.MAIRIE)
    text = report.told(action, words.decision or words.title, Audience.MAIRIE)
    told = first_sentence(text, DECISION_WORDS).rstrip(". ")
    amount = spoken_cost(action.advice.cost)
    missing = [] if amount in told else [amount]
    if report.spoken_due(action) not in told:
        missing.append(due(report, action))
    added = ", ".join((*missing, action.ref))
    return f"{told[:-1]}, {added})." if told.endswith(")") else f"{told} ({added})."


def calendar(report: Report, audience: Audience) -> Md:
    """Return what is to be done, the earliest first."""
    dated = sorted(
        report.plan.actions, key=lambda one: (one.due is None, one.due or report.date)
    )
    rows = [
        (
            long_date(one.due) if one.due else "avec le prochain budget",
            f"{one.ref}. {report.title(one, audience)}",
            owner(one),
        )
        for one in dated
    ]
    return table("Ce qui est à faire, par date", ("Avant le", "Action", "Qui"), rows)


def to_confirm(report: Report, audience: Audience) -> Md:
    """Return the actions that a check may call for: outside every total."""
    rows = [
        (
            f"{one.ref}. {report.title(one, audience)}",
            finding(report, one, audience),
            cost(one),
        )
        for one in report.plan.to_confirm
    ]
    columns = ("Action", "Ce qui reste à vérifier", "Coût possible")
    return table("Actions à confirmer, hors des totaux", columns, rows)


def follow_ups(report: Report, audience: Audience) -> Md:
    """Return the follow-ups, each with its day, who decided and why."""
    rows = [
        (
            _name(report, one.recommendation, audience),
            FOLLOW_UPS[one.state],
            spoken_day(one.on),
            one.by,
            "" if report.is_discreet(one.recommendation, audience) else one.why,
        )
        for one in report.follow_ups
    ]
    columns = ("Action", "Suite", "Date", "Décidée par", "Motif")
    return table("Suites données aux préconisations", columns, rows)


def _name(report: Report, one: str, audience: Audience) -> str:
    action = report.plan.action(one)
    if action:
        return f"{action.ref} ({report.title(action, audience)})"
    if one in report.checklist.criteria:
        return f"« {report.checklist.criteria[one].title} »"
    past = report.checklist.recommendations.get(one)
    words = past.wording.get(audience) if past else None
    return (
        filled(words.title, Blanks(None, "", "l'école", NEXT_BUDGET)) if words else one
    )
