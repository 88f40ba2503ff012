"""What the technician reads: each fact with who said it, each action as a ticket."""

from collections.abc import Iterable
from functools import partial

from diag.model.enums import Audience, Kind
from diag.reports import advice, frame
from diag.reports.alerts import alerts_box, compliance_table
from diag.reports.budget_tables import budget_by_action
from diag.reports.citations import (
    all_sources,
    known_sources,
    prices_table,
    sources_list,
)
from diag.reports.dated import all_aids, dated_sources, watch_list
from diag.reports.escape import Md
from diag.reports.evidence import photos_told
from diag.reports.findings import kind_of, observed, open_words, short_places
from diag.reports.layout import Pair, definitions, table
from diag.reports.option import option_section
from diag.reports.plan import Action
from diag.reports.price_rows import cost_table
from diag.reports.progress import since
from diag.reports.records import (
    answers_by_place,
    contributors,
    measures,
    place_tables,
    usual_signature,
)
from diag.reports.report import Report
from diag.reports.rooms import room_levels
from diag.reports.rulebook import rulebook
from diag.reports.unknowns import unknowns
from diag.words.dates import describe_day, describe_duration
from diag.words.figures import number
from diag.words.sentences import count_range, listed, sentence, uncapitalised
from diag.words.vocabulary import OWNERS

READER = Audience.TECHNIQUE
NAMED = 60
"""At most so many criteria named that moved since the last audit."""

_ANOMALIES = {
    Kind.COMPLIANCE: "Anomalies : conformité",
    Kind.BLOCKING: "Anomalies : conditions indispensables",
    Kind.IMPROVEMENT: "Anomalies : améliorations",
}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, ticket = report.plan, partial(_ticket, report)
    usual = usual_signature(report)
    return {
        "option": option_section(report.option, reserved=True),
        "since": since(report.progress, named=NAMED) if report.progress else "",
        "cover": frame.cover(report, "Service technique et prestataires"),
        "alerts": alerts_box(report, READER),
        "open": uncapitalised(open_words(report)),
        "tickets": [
            (title, advice.blocks(report, some, READER, ticket))
            for title, some in _by_kind(report, plan.actions)
        ],
        "to_confirm": _to_confirm(report),
        "untreated": _untreated(report),
        "unknowns": unknowns(report),
        "rooms": room_levels(report, READER),
        "places": place_tables(report, usual),
        "measures": measures(report),
        "answers": answers_by_place(report, usual),
        "criteria": rulebook(report),
        "compliance": compliance_table(report, READER),
        "usual": usual,
        "costs": cost_table(report),
        "budget": budget_by_action(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "photos": photos_told(report),
        "journal": _journal(report),
        "aids": all_aids(report),
        "watched": watch_list(report),
        "sources": sources_list(report, all_sources(report) | dated_sources(report)),
        "prices": prices_table(report),
    }


def _ticket(report: Report, action: Action) -> tuple[Pair, ...]:
    words, told = report.wording(action, READER), action.advice.recommendation
    how = sentence(report.told(action, words.how, READER))
    return (
        ("Lieux", _places(report, action)),
        ("Quantité", _quantity(action)),
        *_criterion(report, action),
        ("Comment", " ".join(filter(None, (how, advice.steps(action))))),
        ("Qui, quand, coût", _who(report, action)),
        ("Recette", sentence(report.told(action, told.done_when, READER))),
        ("Suite", sentence(advice.follow_up(action))),
    )


def _places(report: Report, action: Action) -> str:
    """Return where, unless it is the school as a whole."""
    whole = action.advice.places in {(), (report.facts.root,)}
    return "" if whole else sentence(report.spoken_places(action, READER))


def _to_confirm(report: Report) -> Md:
    """Return what a check may call for, in a line each: nobody orders it yet."""
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            result.criterion.ref or result.criterion.id if result else "",
            OWNERS[one.advice.recommendation.owner],
            _possible_cost(one),
        )
        for one in report.plan.to_confirm
        for result in [report.result(one.advice.recommendation.when.criterion)]
    ]
    columns = ("Action possible", "Critère à trancher", "Qui", "Coût TTC, environ")
    return table("Actions à confirmer, hors des totaux", columns, rows)


def _possible_cost(action: Action) -> str:
    """Return what it would cost; nothing is known of how much where nothing is bound.

    « au moins 0 € » tells nobody anything.
    """
    amounts = action.advice.cost.once_ttc, action.advice.cost.yearly_ttc
    known = any(one.minimum or one.maximum for one in amounts)
    if known or action.advice.cost.free:
        return advice.cost_cell(action)
    return "à chiffrer"


def _by_kind(
    report: Report, actions: Iterable[Action]
) -> list[tuple[str, list[Action]]]:
    """Return actions under three titles; what waits stands with what it waits for."""
    groups: dict[Kind, list[Action]] = {kind: [] for kind in _ANOMALIES}
    kind = Kind.IMPROVEMENT
    for action in actions:
        if not action.under:
            kind = _kind(report, action)
        groups[kind].append(action)
    return [(_ANOMALIES[kind], some) for kind, some in groups.items() if some]


def _kind(report: Report, action: Action) -> Kind:
    return kind_of(report.result(action.advice.recommendation.when.criterion))


def _criterion(report: Report, action: Action) -> tuple[Pair, ...]:
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ()
    criterion = result.criterion
    named = ", ".join(one for one in (criterion.ref, criterion.title) if one)
    sources = ", ".join(known_sources(action.advice.recommendation.sources))
    seen = observed(report, result, READER)
    cited = f"{named} ({sources})" if sources else named
    return ("Attendu", cited), ("Constaté", sentence(seen))


def _quantity(action: Action) -> str:
    """Return how many, unless the places listed just above say it."""
    quantity, places = action.advice.quantity, len(action.advice.places)
    alone = quantity.low == quantity.high == 1
    said = quantity.low == quantity.high == places
    return "" if alone or said else count_range(quantity)


def _who(report: Report, action: Action) -> str:
    effort = action.advice.effort_days
    charge = f" ; charge : {count_range(effort, 'jour', 'jours')}" if effort else ""
    due, cost = advice.due(report, action), advice.cost(action)
    lasts = describe_duration(action.advice.recommendation.lifetime)
    life = f" ; durée de vie : {lasts}" if lasts else ""
    return sentence(f"{advice.owner(action)}, {due}{charge} ; {cost}{life}")


def _untreated(report: Report) -> Md:
    """Return what falls short and that no recommendation cures."""
    cured = {one.advice.recommendation.when.criterion for one in report.plan}
    rows = [
        (
            result.criterion.ref,
            result.criterion.title,
            observed(report, result, READER),
            listed([report.place_name(one.place) for one in short_places(result)], 12),
        )
        for result in report.assessment.criteria.values()
        if result.criterion.id not in cured and short_places(result)
    ]
    columns = ("Repère", "Critère", "Constat", "Lieux")
    return table("Ce qui reste en dessous sans action proposée", columns, rows)


def _journal(report: Report) -> Md:
    checklist = report.checklist
    pairs: list[Pair] = [
        ("Campagne", report.audit.campaign),
        ("Empreinte de l'audit", report.digest),
        (
            "Édition des grilles",
            f"{checklist.title}, {checklist.version}",
        ),
        ("Empreinte de l'édition", report.edition),
        ("Réponses", number(sum(map(len, report.facts.answers.values())))),
        ("Ont répondu", contributors(report)),
    ]
    for visit in report.visits:
        said = (
            f"présents : {listed(visit.present)}" * bool(visit.present),
            f"rencontrés : {listed(visit.met)}" * bool(visit.met),
            f"autorisation : {visit.authorisation}" * bool(visit.authorisation),
        )
        told = " ; ".join(one for one in said if one) or "sans précision"
        pairs.append((f"Visite du {describe_day(visit.date)}", told))
    return definitions(pairs)
