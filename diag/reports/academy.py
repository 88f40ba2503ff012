"""What the inspectorate reads: project, training, ENT, compliance and what comes first.

Schools to compare with are left for later: nothing here pretends to know them.
"""

from collections.abc import Iterable
from functools import partial

from diag.assess.results import CriterionResult, Gate, Standing
from diag.model.checklist import Audience, Owner
from diag.reports import advice, frame
from diag.reports.alerts import alerts_box, why
from diag.reports.citations import source_words, sources_table
from diag.reports.escape import Md
from diag.reports.findings import observed, open_words
from diag.reports.layout import Pair, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.wording import sentence

READER = Audience.ACADEMIE

_PROJECT = ("GOV", "USG", "PER")
_TRAINING = ("FOR",)
_ENT = ("ENT",)
_ACTORS = {Owner.ECOLE, Owner.ACADEMIE}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    judged = _compliance(report)
    theirs = [one for one in report.plan.actions if _is_theirs(one)]
    return {
        "cover": frame.cover(report, "Inspection et services académiques"),
        "alerts": alerts_box(report, READER),
        "project": _subject(report, "Projet et usages", _PROJECT),
        "training": _subject(report, "Formation", _TRAINING),
        "ent": _subject(report, "Espace numérique de travail", _ENT),
        "actions": advice.blocks(report, theirs, READER, partial(_told, report)),
        "others": _others(report),
        "gates": _gates(report),
        "compliance": _compliance_table(report, judged),
        "open": open_words(report),
        "sources": sources_table(report, [one.criterion.id for one in judged]),
    }


def _is_theirs(action: Action) -> bool:
    return action.advice.recommendation.owner in _ACTORS


def _compliance(report: Report) -> list[CriterionResult]:
    results = report.assessment.criteria.values()
    return [one for one in results if one.compliance is not None]


def _compliance_table(report: Report, judged: Iterable[CriterionResult]) -> Md:
    rows = [
        (
            one.criterion.ref,
            one.criterion.title,
            observed(report, one, READER),
            why(one),
            ", ".join(map(source_words, one.criterion.sources)),
        )
        for one in judged
    ]
    columns = ("Repère", "Point", "Constat", "Pourquoi", "Sources")
    return table("Tous les points de conformité examinés", columns, rows)


def _subject(report: Report, caption: str, prefixes: tuple[str, ...]) -> Md:
    rows = [
        (one.criterion.title, observed(report, one, READER), one.criterion.why)
        for one in report.assessment.criteria.values()
        if one.criterion.ref.startswith(prefixes) and one.standing is not Standing.OUT
    ]
    return table(caption, ("Critère", "Constat", "Pourquoi"), rows)


def _told(report: Report, action: Action) -> tuple[Pair, ...]:
    done = report.told(action, action.advice.recommendation.done_when, READER)
    return (
        ("Constat", advice.finding(report, action, READER)),
        ("Pourquoi", advice.reason(report, action, READER)),
        ("Qui", sentence(advice.owner(action))),
        ("Échéance", sentence(advice.due(report, action))),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _others(report: Report) -> Md:
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            advice.owner(one),
            advice.due(report, one),
        )
        for one in report.plan.actions
        if not _is_theirs(one)
    ]
    return table("Actions des autres acteurs", ("Action", "Qui", "Quand"), rows)


def _gates(report: Report) -> Md:
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            advice.waiting(report, one, READER),
        )
        for one in report.plan
        if one.advice.gate is not Gate.OPEN
    ]
    columns = ("Action", "Ce qui doit venir d'abord")
    return table("Actions qui attendent une condition", columns, rows)
