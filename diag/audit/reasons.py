"""What stands next to a rule and to an action: its law, whom it binds, why, when."""

from collections.abc import Callable
from datetime import date

from diag.answers.types import TYPES
from diag.assess.plan import Action
from diag.assess.results import CriterionResult, Target
from diag.assess.spread import NAMED
from diag.audit.report import Report
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Criterion, Law
from diag.model.enums import Audience, Gate, Kind, Nature, Party, PlaceKind, State
from diag.rules.nouns import root_of
from diag.words.dates import describe_day
from diag.words.sentences import (
    NEXT_BUDGET,
    Blanks,
    filled,
    listed,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import ASKED, LAW, NATURES, TO_READ

_SEVERAL = (" et ", " à ", ",", " suivants")
"""What makes « article » a plural."""

_BOUND = {
    PlaceKind.ECOLE: Party.COMMUNE,
    PlaceKind.COMMUNE: Party.COMMUNE,
    PlaceKind.SYNDICAT: Party.SYNDICAT,
}
"""Who answers for a rule among elected readers, by the subject of the audit."""

_SCHOOLING = frozenset({Party.ACADEMIE, Party.ECOLE})
"""Who answers for it among those of the national education."""


def concerns(criterion: Criterion, audience: Audience) -> bool:
    """Say whether a reader answers for a rule; what is no rule is for everyone.

    A commune that reads of a fault of the académie helps neither.
    """
    if not criterion.nature.binds or not criterion.binds:
        return True
    if audience.oversees:
        return bool(_SCHOOLING & {*criterion.binds})
    return not audience.votes or _BOUND[root_of(criterion.place)] in criterion.binds


def basis(result: CriterionResult) -> str:
    """Return what it rests on: « Obligation : loi n° 2015-136 …, article 7 II »."""
    return basis_words(result.criterion, is_read=result.is_read)


def basis_words(criterion: Criterion, *, is_read: bool) -> str:
    """Return the same of a criterion whose text was read of late, or was not."""
    if criterion.law is None:
        return NATURES[criterion.nature]
    nature = NATURES[criterion.nature] if is_read else label(criterion)
    return f"{nature} : {law_words(criterion.law)}"


def label(criterion: Criterion) -> str:
    """Return what stands for its nature until its text has been read of late."""
    if criterion.law is None:
        return NATURES[criterion.nature]
    if criterion.nature is Nature.LOI:
        return TO_READ
    return f"{NATURES[criterion.nature]}, {uncapitalised(TO_READ)}"


def law_words(law: Law) -> str:
    """Return a text and its article: « code civil, articles 9 et 372-1 »."""
    text = uncapitalised(law.text)
    if not law.article:
        return text
    plural = "s" * any(one in law.article for one in _SEVERAL)
    return f"{text}, article{plural} {law.article}"


def deadline_words(
    criterion: Criterion, checklist: Checklist, facts: Facts, today: date
) -> str:
    """Return until when, or since when; empty without a date that is known.

    A rule whose day has passed binds still: it is not announced as to come.
    """
    day = deadline_of(criterion, checklist, facts)
    if not day:
        return ""
    words = day_words(day, today, binds=criterion.nature.binds)
    return f"échéance{' ' if _is_past(day, today) else ' : '}{words}"


def day_words(day: str, today: date, *, binds: bool) -> str:
    """Return « 2030 », or « échue depuis le 14 octobre 2025, encore exigible »."""
    words = describe_day(day)
    if not _is_past(day, today):
        return words
    since = f"le {words}" if len(day) == len("2026-11-27") else words
    return f"échue depuis {since}{', encore exigible' * binds}"


def _is_past(day: str, today: date) -> bool:
    return day < today.isoformat()[: len(day)]


def deadline_of(criterion: Criterion, checklist: Checklist, facts: Facts) -> str:
    """Return the ISO day until when, or since when; empty where none is known."""
    name = criterion.deadline
    if name in checklist.deadlines:
        return checklist.deadlines[name].due
    question = checklist.questions.get(name)
    if question is None or question.sensitive or not TYPES[question.type].is_day:
        return ""
    answer = facts.answer(facts.root, name)
    is_known = answer is not None and answer.state is State.KNOWN
    return str(answer.value) if answer and is_known else ""


def pressure(criterion: Criterion, *, is_read: bool) -> Kind:
    """Return how hard it presses: what the ministry asks, or nobody read, improves."""
    kind = criterion.kind
    is_law = is_read and criterion.nature is Nature.LOI
    return Kind.IMPROVEMENT if kind is Kind.COMPLIANCE and not is_law else kind


def heading(*, is_law: bool) -> str:
    """Return the title above rules that are broken: none is called a law by heart."""
    return f"{LAW if is_law else ASKED} et qui n'est pas encore respecté"


def describe_reason(report: Report, action: Action, audience: Audience) -> str:
    """Return why: the words for this reader, else the criterion's own reason."""
    own = report.wording(action, audience).why
    result = report.result(action.advice.recommendation.when.criterion)
    why = own or (result.criterion.why if result else "")
    return sentence(report.fill_blanks(action, why, audience))


def describe_steps(action: Action) -> str:
    """Return the steps in a row: « d'abord …, puis … »."""
    titles = [step.title.rstrip(".") for step in action.advice.recommendation.steps]
    return sentence(" ; puis ".join(titles))


def describe_due(report: Report, action: Action) -> str:
    """Return « avant le 12 mars 2027 »."""
    return f"avant le {report.format_due(action)}"


Naming = Callable[[Report, str, Audience], str]
"""Names a recommendation, or a criterion, by its id."""


def describe_waiting(
    report: Report, action: Action, audience: Audience, name: Naming | None = None
) -> str:
    """Return what must come first, by its `name`; empty when nothing must.

    Where only some places wait, they are named: « à CM2 : après R2 ».
    """
    needed = [
        one for one in action.advice.targets if one.trigger is action.advice.trigger
    ]
    waits: dict[tuple[Gate, tuple[str, ...]], list[Target]] = {}
    for one in needed:
        if one.gate is not Gate.OPEN:
            waits.setdefault((one.gate, one.waits_for), []).append(one)
    parts = []
    for (gate, first), targets in waits.items():
        names = listed([(name or name_places)(report, one, audience) for one in first])
        is_partial = len(targets) < len(needed)
        if gate is Gate.CHECK_FIRST:
            words = f"à vérifier d'abord{names and f' : {names}'}"
        elif not names:
            words = "sous condition"
        else:
            words = f"après {names}" if is_partial else f"à engager après {names}"
        if is_partial:
            places = [report.place_name(one.place) for one in targets]
            words = f"à {listed(places, NAMED)} : {words}"
        parts.append(words)
    return " ; ".join(parts)


def describe_covered(report: Report, action: Action, audience: Audience) -> str:
    """Return the actions that it makes needless, by name."""
    return listed([name_places(report, one, audience) for one in action.advice.covers])


def name_places(report: Report, one: str, audience: Audience) -> str:
    """Return a recommendation by its id: its number and title, or what it was."""
    action = report.plan.action(one)
    if action:
        return f"{action.ref} ({report.title(action, audience)})"
    if one in report.checklist.criteria:
        known = report.checklist.recommendations
        cure = next(
            (
                action
                for action in report.plan.actions
                for each in action.advice.covers
                if each in known and known[each].when.criterion == one
            ),
            None,
        )
        if cure:
            return f"{cure.ref} ({report.title(cure, audience)})"
        return f"« {report.checklist.criteria[one].title} »"
    past = report.checklist.recommendations.get(one)
    words = past.wording.get(audience) if past else None
    return (
        filled(words.title, Blanks(None, "", report.it, NEXT_BUDGET)) if words else one
    )
