"""Why: what a criterion rests on, whom it binds, the way from answers to a result."""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from diag.answers.types import TYPES, evidence
from diag.assess.json import advice_explanation_json, explanation_json
from diag.assess.judge import public
from diag.assess.money import format_cost
from diag.assess.results import CriterionResult
from diag.assess.spread import level_words, spread_words, verdict_words
from diag.assess.why import (
    AdviceExplanation,
    Explanation,
    FactRead,
    PlaceRead,
    TargetRead,
    why,
    why_recommended,
)
from diag.assess.words import quantity_words
from diag.audit.session import AuditSession, elsewhere
from diag.model.checklist import Checklist, Criterion, Law
from diag.model.enums import (
    Audience,
    Kind,
    Nature,
    Party,
    PlaceKind,
    Standing,
    State,
    Trigger,
)
from diag.model.errors import DiagError
from diag.model.fact import Facts
from diag.rules.values import Truth, root_of
from diag.words.dates import describe_day
from diag.words.sentences import sentence, uncapitalised
from diag.words.vocabulary import ASKED, LAW, LEVELS, NATURES, PLACES, TO_READ

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


def fact_words(fact: FactRead) -> str:
    """Return what is known of a fact that judging read."""
    if fact.relevant is False:
        return "ne se demande pas ici"
    return evidence(fact.question, fact.heads) if fact.heads else "pas de réponse"


def is_plainly_out(place: PlaceRead) -> bool:
    """Return whether a criterion is sans objet there, and nobody had to declare it."""
    return place.verdict.standing is Standing.OUT and not place.declared_out


_TRUTHS: dict[Truth, str] = {True: "vrai", False: "faux", None: "pas encore connu"}


class Reasons:
    """Why one criterion or recommendation stands as it does."""

    def __init__(
        self, explained: Explanation | AdviceExplanation, checklist: Checklist
    ) -> None:
        self._told, self._checklist = explained, checklist

    def to_json(self) -> dict[str, object]:
        """Return everything needed to judge again."""
        shown = public(self._checklist)
        if isinstance(self._told, Explanation):
            return explanation_json(self._told, shown)
        return advice_explanation_json(self._told, shown)

    @property
    def lines(self) -> tuple[str, ...]:
        """The reasons, in French."""
        if isinstance(self._told, Explanation):
            return tuple(_criterion_lines(self._told))
        return tuple(_advice_lines(self._told))


def explained(session: AuditSession, ident: str) -> Reasons:
    """Return why a criterion or a recommendation stands as it does.

    Raises:
        DiagError: when the checklists have neither; names the nearest one.
    """
    facts, checklist = session.facts, session.checklist
    if ident in checklist.criteria:
        return Reasons(why(facts, checklist, ident), checklist)
    if ident in checklist.recommendations:
        return Reasons(why_recommended(facts, checklist, ident), checklist)
    known = [*checklist.criteria, *checklist.recommendations]
    near = get_close_matches(ident, known, n=1)
    hint = f" Vouliez-vous dire {near[0]} ?" if near else ""
    hint = elsewhere(session, ident) or hint
    raise DiagError(
        f"Critère ou préconisation « {ident[:60]} » inconnu.{hint} Voyez la liste.",
        command=f"diag why {session.about.ref}",
    )


def listed(session: AuditSession) -> Iterator[str]:
    """Give every criterion and its result, by domain."""
    for domain in session.assessment.domains:
        yield f"{domain.domain.title}"
        width = max((len(each.criterion.id) for each in domain.criteria), default=0)
        for result in domain.criteria:
            name = result.criterion.id.ljust(width)
            yield f"  {name}  {level_words(result)}"


def _criterion_lines(explained: Explanation) -> Iterator[str]:
    criterion, level = explained.criterion, level_words(explained.result)
    yield f"{criterion.title} [{criterion.ref or criterion.id}] : {level}"
    yield f"  {criterion.why}"
    if criterion.law:
        yield f"  {basis(explained.result)}"
    if not explained.result.alone:
        names = {each.place: each.name for each in explained.places}
        kind = PLACES[criterion.place]
        spread = spread_words(explained.result, names.__getitem__, kind)
        if spread:
            yield f"  {sentence(spread)}"
    if explained.result.open:
        yield "  La liste des lieux n'est pas close : il peut y en avoir d'autres."
    out = [each for each in explained.places if is_plainly_out(each)]
    for place in explained.places:
        if place not in out:
            yield from _place_lines(place)
    if out:
        yield f"  Sans objet ici : {', '.join(each.name for each in out)}"
    for source in explained.sources:
        yield f"  Source {source.id} ({source.grade}) : {source.title} {source.url}"
    if not explained.sources:
        yield "  Source : métier, sans texte de référence."


def _place_lines(place: PlaceRead) -> Iterator[str]:
    verdict = place.verdict
    yield f"  {place.name} : {verdict_words(verdict)}"
    if place.declared_out:
        yield f"    déclaré sans objet : {', '.join(place.declared_out)}"
    if place.applicable is not None:
        truth = _TRUTHS[place.applicable.truth]
        yield f"    s'applique si {place.applicable.text} : {truth}"
    if place.given is not None:
        truth = _TRUTHS[place.given.truth]
        yield f"    il faut d'abord {place.given.text} : {truth}"
    if verdict.standing is not Standing.OUT:
        for level in place.levels:
            fired = "  ← donne le niveau" if level.fired else ""
            truth = _TRUTHS[level.truth]
            yield f"    {LEVELS[level.level]} si {level.text} : {truth}{fired}"
    for fact in place.facts:
        named = f"{fact.question.label} ({fact.place_name})"
        yield f"    {named} : {fact_words(fact)}"


def _advice_lines(explained: AdviceExplanation) -> Iterator[str]:
    yield f"Préconisation {explained.recommendation.id}"
    advice = explained.advice
    if advice is None:
        covering = ", ".join(explained.covered_by)
        yield (
            f"  Remplacée par : {covering}"
            if covering
            else "  Pas faite : le critère est assez haut, ou sans objet."
        )
    else:
        sure = advice.trigger is Trigger.FIRES
        yield "  Proposée." if sure else "  À confirmer : le critère n'est pas connu."
        yield f"  Coût : {format_cost(advice.cost)}"
        for one in advice.shared:
            yield f"  {one.need.item} : compris dans {one.payer}"
        if advice.covers:
            yield f"  Remplace aussi : {', '.join(advice.covers)}"
    for target in explained.targets:
        yield from _target_lines(target)
    yield from _criterion_lines(explained.criterion)


def _target_lines(read: TargetRead) -> Iterator[str]:
    sure = read.target.trigger is Trigger.FIRES
    yield f"  {read.name}{'' if sure else ', à confirmer'}"
    many = quantity_words(read.target.quantity, read.target.usual)
    yield f"    Combien : {read.quantity.text} : {many}"
    for need in read.requires:
        level = LEVELS[need.requirement.at_least]
        asked = f"{need.requirement.criterion} au niveau {level}"
        yield f"    Demande d'abord {asked} : {_TRUTHS[need.truth]}"
    for line in read.buys:
        if line.what is not None:
            row, count = line.what, line.text or "quantite"
            many = quantity_words(line.quantity, None)
            yield f"    Prix {row.id} ({row.as_of}, {row.source}) × {count} : {many}"
