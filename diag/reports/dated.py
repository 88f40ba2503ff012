"""What is true on a date only: aids to check before use, dates to watch."""

from collections.abc import Iterable

from diag.model.dated import Aid, AidState, Deadline
from diag.reports.citations import source_words
from diag.reports.escape import Md
from diag.reports.layout import table
from diag.reports.report import Report
from diag.words.dates import describe_day
from diag.words.sentences import sentence

_STATES = {
    AidState.OPEN: "ouverte",
    AidState.CLOSED: "terminée",
    AidState.UNKNOWN: "à vérifier chaque année",
}


def possible_aids(report: Report) -> Md:
    """Return the schemes that the commune may ask for; none when nothing is to pay."""
    columns = (
        "Aide",
        "Qui demande, à quelles conditions",
        "Taux et plafond relevés",
        "À vérifier auprès de",
        "Information de",
    )
    rows = [
        (
            f"{aid.title} (ouverte)" if aid.state is AidState.OPEN else aid.title,
            _conditions(aid),
            _amounts(aid),
            aid.ask,
            f"{describe_day(aid.as_of)} ({source_words(aid.source)})",
        )
        for aid in told_aids(report)
    ]
    return table("Aides possibles, aucune n'est acquise", columns, rows)


def told_aids(report: Report) -> list[Aid]:
    """Return the schemes that the town hall reads of."""
    return _within_reach(report) if report.budget.rows else []


def all_aids(report: Report) -> Md:
    """Return every scheme with its source, the closed ones to date what is there."""
    columns = (
        "Aide",
        "État",
        "Quand",
        "Conditions",
        "Taux et plafond relevés",
        "Source",
        "Information de",
    )
    rows = [
        (
            aid.title,
            _STATES[aid.state],
            aid.period,
            " ".join(filter(None, (_conditions(aid), sentence(aid.note)))),
            _amounts(aid),
            source_words(aid.source),
            describe_day(aid.as_of),
        )
        for aid in (*_within_reach(report), *_closed(report))
    ]
    return table("Aides, ouvertes et terminées", columns, rows)


def watch_list(report: Report) -> Md:
    """Return the dates to watch, in order, those without a date last."""
    columns = (
        "Quoi",
        "Date",
        "Ce qui change",
        "À vérifier auprès de",
        "Source",
        "Information de",
    )
    known = report.checklist.deadlines.values()
    ordered = sorted(known, key=lambda one: one.due or "9999")
    rows = [
        (
            one.title,
            _due(one, report.date.isoformat()),
            _change(one),
            one.ask,
            source_words(one.source),
            describe_day(one.as_of),
        )
        for one in ordered
    ]
    return table("Dates à surveiller", columns, rows)


def dated_sources(report: Report) -> frozenset[str]:
    """Return the sources of the aids and of the dates told."""
    told: Iterable[Aid | Deadline] = (
        *_within_reach(report),
        *_closed(report),
        *report.checklist.deadlines.values(),
    )
    return frozenset(one.source for one in told)


def _within_reach(report: Report) -> list[Aid]:
    population = report.commune.population if report.commune else None
    department = report.about.department
    aids = report.checklist.aids.values()
    return [one for one in aids if one.may_serve(department, population)]


def _closed(report: Report) -> list[Aid]:
    aids = report.checklist.aids.values()
    return [one for one in aids if one.state is AidState.CLOSED]


def _conditions(aid: Aid) -> str:
    return f"{sentence(f'demande : {aid.applicant}')} {aid.conditions}"


def _amounts(aid: Aid) -> str:
    parts = [aid.rate, f"plafond : {aid.ceiling}" * bool(aid.ceiling)]
    return " ; ".join(one for one in parts if one) or "non relevé"


def _due(deadline: Deadline, today: str) -> str:
    said = describe_day(deadline.due)
    if not said:
        return "à vérifier"
    if not deadline.has_passed(today):
        return said
    is_day = said != deadline.due and len(deadline.due) == len(today)
    return f"depuis le {said}" if is_day else f"depuis {said}"


def _change(deadline: Deadline) -> str:
    law = "Texte à relire avant citation." if deadline.verify_before_quoting else ""
    return " ".join(filter(None, (deadline.what, sentence(deadline.note), law)))
