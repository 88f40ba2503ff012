"""What the inspectorate reads: project, training, ENT, compliance and what comes first.

Schools to compare with are left for later: nothing here pretends to know them.
"""

from collections.abc import Iterable
from functools import partial

from diag.assess.results import Compliance, CriterionResult, Gate, Standing
from diag.model.checklist import Audience, Owner
from diag.reports import advice, frame
from diag.reports.alerts import EXPECTED_AND_SEEN, alerts_box, failing
from diag.reports.choice import is_own, pressing
from diag.reports.citations import source_words, sources_list
from diag.reports.escape import Md
from diag.reports.findings import conflict_words, observed, open_words
from diag.reports.layout import Pair, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.wording import listed, sentence

READER = Audience.ACADEMIE
TOLD = 6
"""At most so many actions told at length."""
CITED = 3
"""At most so many sources cited by a point of law."""
OTHERS = 20
"""At most so many actions of other people told."""

_PROJECT = ("GOV", "USG", "PER")
_TRAINING = ("FOR",)
_ENT = ("ENT",)
_SUBJECTS = (
    ("le projet et les usages", _PROJECT),
    ("la formation des enseignants", _TRAINING),
    ("l'espace numérique de travail", _ENT),
)
_ACTORS = {Owner.ECOLE, Owner.ACADEMIE}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    mine = [one for one in report.plan.actions if _is_theirs(one)]
    told = mine[:TOLD]
    rest = [one for one in report.plan.actions if one not in told]
    others = _most_pressing(report, rest)
    subjects = [one for _, prefixes in _SUBJECTS for one in _among(report, prefixes)]
    wrong = failing(report)
    return {
        "cover": frame.cover(report, "Inspection et services académiques"),
        "alerts": alerts_box(report, READER),
        "project": _subject(report, "Projet et usages", _PROJECT),
        "training": _subject(report, "Formation", _TRAINING),
        "ent": _subject(report, "Espace numérique de travail", _ENT),
        "unexamined": ", ni ".join(
            name
            for name, prefixes in _SUBJECTS
            if report.about.school and not _among(report, prefixes)
        ),
        "actions": advice.blocks(report, told, READER, partial(_told, report)),
        "others": _others(report, others),
        "uncounted": len(rest) - len(others),
        "gates": _gates(report, (*told, *others)),
        "wrong": _compliance_table(report, wrong),
        "kept": _titles(report, Compliance.CONFORME),
        "unchecked": _titles(report, Compliance.A_VERIFIER),
        "out": _titles(report, Compliance.SANS_OBJET),
        "open": open_words(report, conflicts=False),
        "conflicts": conflict_words(report),
        "sources": sources_list(report, _cited((*wrong, *subjects))),
    }


def _most_pressing(report: Report, actions: list[Action]) -> list[Action]:
    """Return as many actions as are told, what presses first, in their order."""
    urgent = pressing(report, actions)
    first = [one for one in actions if one in urgent or is_own(report, one)]
    first.sort(key=lambda one: not is_own(report, one))
    kept = [*first, *(one for one in actions if one not in first)][:OTHERS]
    return [one for one in actions if one in kept]


def _is_theirs(action: Action) -> bool:
    return action.advice.recommendation.owner in _ACTORS


def _cited(results: Iterable[CriterionResult]) -> list[str]:
    return [name for one in results for name in one.criterion.sources[:CITED]]


def _titles(report: Report, state: Compliance) -> str:
    results = report.assessment.criteria.values()
    named = [f"« {r.criterion.title} »" for r in results if r.compliance is state]
    return listed(named, len(named))


def _compliance_table(report: Report, judged: Iterable[CriterionResult]) -> Md:
    rows = [
        (
            one.criterion.title,
            observed(report, one, READER),
            sentence(one.criterion.why),
            ", ".join(map(source_words, one.criterion.sources[:CITED])),
        )
        for one in judged
    ]
    columns = (*EXPECTED_AND_SEEN, "Pourquoi", "Sources")
    return table("Points de conformité à traiter", columns, rows)


def _among(report: Report, prefixes: tuple[str, ...]) -> list[CriterionResult]:
    return [
        one
        for one in report.assessment.criteria.values()
        if one.criterion.ref.startswith(prefixes) and one.standing is not Standing.OUT
    ]


def _subject(report: Report, caption: str, prefixes: tuple[str, ...]) -> Md:
    rows = [
        (
            one.criterion.title,
            observed(report, one, READER),
            one.criterion.why,
            ", ".join(map(source_words, one.criterion.sources[:CITED])),
        )
        for one in _among(report, prefixes)
    ]
    columns = (*EXPECTED_AND_SEEN, "Pourquoi", "Sources")
    return table(caption, columns, rows)


def _told(report: Report, action: Action) -> tuple[Pair, ...]:
    done = report.told(action, action.advice.recommendation.done_when, READER)
    who = f"{advice.owner(action)}, {advice.due(report, action)}"
    return (
        *advice.found(report, action, READER),
        ("Pourquoi", advice.reason(report, action, READER)),
        ("Qui et quand", sentence(who)),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _others(report: Report, actions: Iterable[Action]) -> Md:
    rows = [advice.line(report, one, READER, priced=False) for one in actions]
    columns = ("N°", "Action", "Qui", "Avant le")
    return table("Actions des autres acteurs", columns, rows)


def _gates(report: Report, shown: tuple[Action, ...]) -> Md:
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            advice.waiting(report, one, READER),
        )
        for one in shown
        if one.advice.gate is not Gate.OPEN
    ]
    columns = ("Action", "Ce qui doit venir d'abord")
    return table("Actions qui attendent une condition", columns, rows)
