"""Actions told to one reader: as titled blocks, as decisions, as rows of tables."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from diag.model.enums import Audience, Gate
from diag.reports.escape import Md
from diag.reports.findings import observed, where
from diag.reports.layout import Pair, entry, sections, table
from diag.reports.money import spoken_cost, spoken_range
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    NEXT_BUDGET,
    Blanks,
    filled,
    first_sentence,
    listed,
    sentence,
)
from diag.words.typography import NBSP
from diag.words.vocabulary import FOLLOW_UPS, OWNERS

DECISION_WORDS = 34
"""Longest decision, in words, when a sentence of it is so short."""


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


def found(report: Report, action: Action, audience: Audience) -> tuple[Pair, ...]:
    """Return what is expected where the action comes from, and what was seen."""
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ()
    seen, names = observed(report, result, audience), where(report, result, audience)
    told = seen if not names or names in seen else f"{seen} : {names}"
    return (
        ("Attendu", sentence(result.criterion.title)),
        ("Constaté", sentence(told)),
    )


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


def cited(report: Report, action: Action, limit: int) -> tuple[str, ...]:
    """Return the ids of the first sources that the action rests on."""
    result = report.result(action.advice.recommendation.when.criterion)
    told = (
        *action.advice.recommendation.sources,
        *(result.criterion.sources if result else ()),
    )
    named = [one for one in dict.fromkeys(told) if one in report.checklist.sources]
    return tuple(named[:limit])


def condition(report: Report, action: Action) -> str:
    """Return « (après R10) », or nothing when nothing must come first."""
    firsts = [report.plan.action(one) for one in action.advice.waits_for]
    refs = listed([one.ref for one in firsts if one])
    if action.advice.gate is Gate.OPEN:
        return ""
    verb = "après" if action.conditional else "vérifier d'abord"
    return f" ({verb} {refs})" if refs else " (sous condition)"


def line(
    report: Report, action: Action, audience: Audience, *, priced: bool = True
) -> tuple[str, ...]:
    """Return an action as one row: number, title, who, cost, day."""
    actor = owner(action).removeprefix("la ").removeprefix("le ").removeprefix("l'")
    day = (long_date(action.due) if action.due else NEXT_BUDGET).replace(" ", NBSP)
    title = report.title(action, audience) + condition(report, action)
    price = (cost_cell(action),) if priced else ()
    return action.ref, title, actor, *price, day


def cost_cell(action: Action) -> str:
    """Return a cost whose column says « environ » and « TTC »."""
    told = spoken_cost(action.advice.cost)
    return told.replace("environ ", "").replace(" TTC", "")


def due(report: Report, action: Action) -> str:
    """Return « avant le 12 mars 2027 »."""
    return f"avant le {report.spoken_due(action)}"


def owner(action: Action) -> str:
    """Return who acts."""
    return OWNERS[action.advice.recommendation.owner]


def follow_up(action: Action) -> str:
    """Return where an action stands."""
    return FOLLOW_UPS[action.state] if action.state else ""


def waiting(
    report: Report,
    action: Action,
    audience: Audience,
    name: Callable[[Report, str, Audience], str] | None = None,
) -> str:
    """Return what must come first, by its `name`; empty when nothing must."""
    if action.advice.gate is Gate.OPEN:
        return ""
    told = name or named
    names = listed([told(report, one, audience) for one in action.advice.waits_for])
    if action.conditional:
        return f"à engager après {names}" if names else "sous condition"
    return f"à vérifier d'abord : {names}" if names else "à vérifier d'abord"


def decision(report: Report, action: Action) -> str:
    """Return what is asked: a verb, an amount and a date, in one line."""
    return _asked(report, action, action.ref)


def proposal(report: Report, action: Action) -> str:
    """Return what the council votes, with the range of its cost."""
    told = spoken_range(action.advice.cost)
    return _asked(report, action, f"{action.ref} : {told}" if told else action.ref)


def _asked(report: Report, action: Action, last: str) -> str:
    words = report.wording(action, Audience.MAIRIE)
    text = report.told(action, words.decision or words.title, Audience.MAIRIE)
    told = first_sentence(text, DECISION_WORDS).rstrip(". ")
    amount = spoken_cost(action.advice.cost)
    missing = [] if amount in told else [amount]
    if report.spoken_due(action) not in told and NEXT_BUDGET not in told:
        missing.append(due(report, action))
    added = ", ".join((*missing, last))
    return f"{told[:-1]}, {added})." if told.endswith(")") else f"{told} ({added})."


def calendar(report: Report, actions: Iterable[Action], audience: Audience) -> Md:
    """Return what is to be done, the earliest first."""
    rows = []
    for one in by_day(actions):
        ref, title, who, price, day = line(report, one, audience)
        rows.append((day, f"{ref}. {title}", who, price))
    columns = ("Avant le", "Action", "Qui", "Coût TTC, environ")
    return table("Calendrier des actions principales", columns, rows)


def by_day(actions: Iterable[Action]) -> list[Action]:
    """Return actions by deadline; those of the next budget come last."""
    return sorted(actions, key=lambda one: one.due or date.max)


def to_confirm(report: Report, actions: Sequence[Action], audience: Audience) -> Md:
    """Return the actions that a check may call for: outside every total."""
    criteria = report.assessment.criteria
    rows = [
        (
            f"{one.ref}. {report.title(one, audience)}",
            criteria[one.advice.recommendation.when.criterion].criterion.title,
        )
        for one in actions
        if one.advice.recommendation.when.criterion in criteria
    ]
    columns = ("Action possible", "Ce qui reste à vérifier")
    return table("Actions à confirmer, hors des totaux", columns, rows)


def follow_ups(report: Report, audience: Audience) -> Md:
    """Return the follow-ups, each with its day, who decided and why."""
    rows = [
        (
            named(report, one.recommendation, audience),
            FOLLOW_UPS[one.state],
            describe_day(one.on),
            one.by,
            "" if report.is_discreet(one.recommendation, audience) else one.why,
        )
        for one in report.follow_ups
    ]
    columns = ("Action", "Suite", "Date", "Décidée par", "Motif")
    return table("Suites données aux préconisations", columns, rows)


def named(report: Report, one: str, audience: Audience) -> str:
    """Return a recommendation by its id: its number and title, or what it was."""
    action = report.plan.action(one)
    if action:
        return f"{action.ref} ({report.title(action, audience)})"
    if one in report.checklist.criteria:
        return f"« {report.checklist.criteria[one].title} »"
    past = report.checklist.recommendations.get(one)
    words = past.wording.get(audience) if past else None
    return (
        filled(words.title, Blanks(None, "", report.it, NEXT_BUDGET)) if words else one
    )
