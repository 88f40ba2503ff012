"""What a criterion rests on, in words, and whom it concerns: law, advice, custom."""

from datetime import date

from diag.answers.types import TYPES
from diag.assess.results import CriterionResult
from diag.model.checklist import Checklist, Criterion, Law
from diag.model.enums import Audience, Kind, Nature, Party, PlaceKind, State
from diag.model.fact import Facts
from diag.rules.scope import root_of
from diag.words.dates import describe_day
from diag.words.sentences import uncapitalised
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
    day = _deadline(criterion, checklist, facts)
    if not day:
        return ""
    words = day_words(day, today, binds=criterion.nature.binds)
    return f"échéance {words}" if words.startswith("échue") else f"échéance : {words}"


def day_words(day: str, today: date, *, binds: bool) -> str:
    """Return « 2030 », or « échue depuis le 14 octobre 2025, encore exigible »."""
    words = describe_day(day)
    if day >= today.isoformat()[: len(day)]:
        return words
    since = f"le {words}" if len(day) == len("2026-11-27") else words
    return f"échue depuis {since}{', encore exigible' * binds}"


def _deadline(criterion: Criterion, checklist: Checklist, facts: Facts) -> str:
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
