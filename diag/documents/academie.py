"""What the inspectorate reads: project, training, ENT, compliance and what comes first.

Other schools are compared with by their scores: none is named, and it is no ranking.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.assess.spread import concerns
from diag.audit.findings import (
    conflict_words,
    describe_due,
    describe_reason,
    describe_waiting,
    is_own,
    name_places,
    needs,
    observed,
    open_words,
    pressing,
)
from diag.audit.report import Report
from diag.documents.blocks import Md, Pair, bullets, sections, table
from diag.documents.document import EmbeddedFile
from diag.documents.parts import advice, frame, places
from diag.documents.parts.advice import (
    EXPECTED_AND_SEEN,
    NATURE_AND_TEXT,
    alerts_box,
    cures,
    failing,
    rests_on,
    themes_table,
)
from diag.documents.parts.budget import source_words, sources_list
from diag.documents.parts.frame import since
from diag.model.enums import Audience, Compliance, Gate, Owner, Standing
from diag.words.sentences import (
    counted,
    first_sentence,
    listed,
    sentence,
    uncapitalised,
)

READER = Audience.ACADEMIE

NAMED = 8
"""At most so many criteria named that moved since the last audit."""

TOLD = 5
"""At most so many actions described at length."""

REASON_WORDS = 20
"""Longest reason of a point of law, in words, when a sentence is so short."""

CITED = 2
"""At most so many sources cited by a point of law."""

MINE, CHECKED = 20, 12
"""Most actions and points to be checked on its four pages."""

OTHERS = 6
"""At most so many actions of other people listed."""

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
    mine = [
        one for one in report.plan.actions if one.advice.recommendation.owner in _ACTORS
    ]
    # Described at length: project, training and ENT before the rest.
    subjects = {
        one.criterion.id
        for _, prefixes in _SUBJECTS
        for one in _among(report, prefixes)
    }
    order = sorted(
        mine, key=lambda one: one.advice.recommendation.when.criterion not in subjects
    )
    told = advice.choose(mine, order, TOLD)
    next_ones = [one for one in mine if one not in told]
    wrong = failing(report, READER)
    lawful = {one.criterion.id for one in wrong}  # their table has these
    rest = [
        one
        for one in report.plan.actions
        if one not in mine and one.advice.recommendation.when.criterion not in lawful
    ]
    # The few that are listed, what lacks most first, in their order.
    own = [one for one in rest if is_own(report, one)]
    order = [*own, *needs(report, rest), *pressing(report, rest), *rest]
    others = advice.choose(rest, order, OTHERS)
    uncounted = [one for one in rest if one not in others]
    out = len(_titles(report, Compliance.SANS_OBJET))
    cited = [name for one in wrong for name in one.criterion.sources[:CITED]]
    cited += [name for one in told for name in advice.cited(report, one, CITED)]
    return {
        "since": since(report.progress, named=NAMED),
        "cover": frame.cover(report, "Inspection et services académiques"),
        "noted": places.shown_list(report),
        "reply": places.reply_words(report),
        "dangers": frame.dangers_box(report),
        "alerts": alerts_box(report, READER),
        "domains": frame.domain_table(report, beside=True),
        "project": _subject(report, "Projet et usages", _PROJECT),
        "training": _subject(report, "Formation", _TRAINING),
        "ent": _subject(report, "Espace numérique de travail", _ENT),
        "unexamined": ", ni ".join(
            name
            for name, prefixes in _SUBJECTS
            if report.about.school and not _among(report, prefixes)
        ),
        "actions": advice.blocks(
            report, told, READER, partial(_describe_action, report)
        ),
        "others": _others(report, others, "Actions des autres acteurs"),
        "next_ones": _others(report, next_ones, "Autres actions de leur ressort"),
        "uncounted": themes_table(report, uncounted, READER, "Les autres, par thème"),
        "gates": _gates(report, (*told, *next_ones, *others)),
        "wrong": _compliance_table(report, wrong),
        "kept": bullets(_titles(report, Compliance.CONFORME)),
        "unchecked": bullets(_titles(report, Compliance.A_VERIFIER)),
        "out": f"{out} point{'s' * (out > 1)}" if out else "",
        "open": uncapitalised(open_words(report, conflicts=False)),
        "conflicts": conflict_words(report),
        "sources": sources_list(report, cited),
    }


def printed(report: Report) -> tuple[dict[str, object], tuple[EmbeddedFile, ...]]:
    """Return what its four pages print; the whole travels inside as Markdown."""
    mine = [
        one for one in report.plan.actions if one.advice.recommendation.owner in _ACTORS
    ]
    told = _titles(report, Compliance.A_VERIFIER)
    rest = len(told) - CHECKED
    more = [f"{rest} autres, dans le fichier joint"] if rest > 0 else []
    view: dict[str, object] = {
        "mine": sections((
            _others(report, mine[:MINE], "Qui les mène, et avant quand"),
            bullets(_beyond(report, mine)),
        )),
        "unchecked": bullets([*told[:CHECKED], *more]),
    }
    return view, ()


def _beyond(report: Report, mine: Sequence[Action]) -> Iterator[str]:
    """Give what the rows name that is not among them, then how many rows were cut."""
    shown = {one.id for one in mine[:MINE]}
    first = dict.fromkeys(
        first
        for one in mine[:MINE]
        for first in one.advice.waits_for
        if first not in shown and report.plan.action(first)
    )
    if first:
        names = [name_places(report, one, READER) for one in first]
        yield f"Attendu d'abord : {listed(names, len(names))}."
    if mine[MINE:]:
        rest = counted(len(mine[MINE:]), "autre action", "autres actions")
        yield f"{rest}, dans le fichier joint."


def _titles(report: Report, state: Compliance) -> list[str]:
    return [
        one.criterion.title
        for one in report.assessment.criteria.values()
        if one.compliance is state and concerns(one.criterion, READER)
    ]


def _compliance_table(report: Report, judged: Iterable[CriterionResult]) -> Md:
    rows = []
    for one in judged:
        sources = ", ".join(map(source_words, one.criterion.sources[:CITED]))
        why = first_sentence(one.criterion.why, REASON_WORDS)
        seen, cure = observed(report, one), cures(report, one, READER)
        text = rests_on(report, one)
        rows.append((one.criterion.title, text, seen, f"{why} ({sources})", cure))
    expected, seen_there = EXPECTED_AND_SEEN
    columns = (
        *(expected, NATURE_AND_TEXT, seen_there),
        *("Pourquoi", "Ce qui est proposé"),
    )
    return table("Points non respectés", columns, rows)


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
            observed(report, one),
            cures(report, one, READER),
        )
        for one in _among(report, prefixes)
    ]
    columns = (*EXPECTED_AND_SEEN, "Ce qui est proposé")
    return table(caption, columns, rows)


def _describe_action(report: Report, action: Action) -> tuple[Pair, ...]:
    done = report.fill_blanks(action, action.advice.recommendation.done_when, READER)
    who = f"{advice.owner(action)}, {describe_due(report, action)}"
    sources = " et ".join(advice.cited(report, action, CITED))
    why = describe_reason(report, action, READER)
    return (
        *advice.found(report, action),
        ("Pourquoi", f"{why} ({sources})" if sources else why),
        ("Qui et quand", sentence(who)),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _others(report: Report, actions: Iterable[Action], caption: str) -> Md:
    rows = [advice.line(report, one, READER, priced=False) for one in actions]
    columns = ("N°", "Action", "Qui", "Avant le")
    return table(caption, columns, rows)


def _gates(report: Report, shown: tuple[Action, ...]) -> Md:
    rows = [
        (
            one.titled(report.title(one, READER)),
            describe_waiting(report, one, READER),
        )
        for one in shown
        if one.advice.gate is not Gate.OPEN
    ]
    columns = ("Action", "Ce qui doit venir d'abord")
    return table("Actions qui attendent une condition", columns, rows)
