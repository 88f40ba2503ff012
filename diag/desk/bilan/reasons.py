"""Why, in lines: a verdict or a recommendation unfolded to facts, rules and sources."""

from collections.abc import Iterator
from difflib import get_close_matches

from diag.assess.facts_read import FactRead
from diag.assess.reasons import (
    AdviceExplanation,
    Explanation,
    LevelRead,
    PlaceRead,
    RollUpRead,
)
from diag.assess.telling import advice_explanation_json, explanation_json
from diag.assess.why import why, why_recommended
from diag.desk.elsewhere import elsewhere
from diag.desk.session import Session
from diag.model.checklist import Source
from diag.model.enums import Compliance, Standing, Trigger
from diag.model.errors import DiagError
from diag.reports.answers import evidence
from diag.reports.money import spoken_cost
from diag.rules.values import Truth
from diag.words.figures import percent

LEVELS = ("insuffisant", "base", "recommandé", "exemplaire")
_TRUTHS: dict[Truth, str] = {True: "vrai", False: "faux", None: "pas encore connu"}
_COMPLIANCE = {
    Compliance.CONFORME: "conforme",
    Compliance.NON_CONFORME: "non conforme",
    Compliance.A_VERIFIER: "à vérifier",
    Compliance.SANS_OBJET: "sans objet",
}


class Reasons:
    """Why one criterion or recommendation stands as it does."""

    def __init__(self, told: Explanation | AdviceExplanation) -> None:
        self._told = told

    def to_json(self) -> dict[str, object]:
        """Return everything needed to judge again."""
        if isinstance(self._told, Explanation):
            return explanation_json(self._told)
        return advice_explanation_json(self._told)

    @property
    def lines(self) -> tuple[str, ...]:
        """The reasons, in French."""
        if isinstance(self._told, Explanation):
            return tuple(_criterion_lines(self._told))
        return tuple(_advice_lines(self._told))


def explained(session: Session, ident: str) -> Reasons:
    """Return why a criterion or a recommendation stands as it does.

    Raises:
        DiagError: when the checklists have neither; names the nearest one.
    """
    facts, checklist = session.facts, session.checklist
    if ident in checklist.criteria:
        return Reasons(why(facts, checklist, ident))
    if ident in checklist.recommendations:
        return Reasons(why_recommended(facts, checklist, ident))
    known = [*checklist.criteria, *checklist.recommendations]
    near = get_close_matches(ident, known, n=1)
    hint = f" Vouliez-vous dire {near[0]} ?" if near else ""
    hint = elsewhere(session, ident) or hint
    raise DiagError(
        f"Critère ou préconisation « {ident[:60]} » inconnu.{hint} Voyez la liste.",
        command=f"diag why {session.about.ref}",
    )


def listed(session: Session) -> Iterator[str]:
    """Give every criterion and what it says, by domain."""
    for domain in session.assessment.domains:
        yield f"{domain.domain.title}"
        width = max((len(each.criterion.id) for each in domain.criteria), default=0)
        for result in domain.criteria:
            name = result.criterion.id.ljust(width)
            said = _result_words(result.standing, result.low, result.high)
            if result.compliance is not None:
                said = _COMPLIANCE[result.compliance]
            yield f"  {name}  {said}"


def _result_words(standing: Standing, low: int, high: int) -> str:
    if standing is Standing.OUT:
        return "sans objet"
    levels = LEVELS[low] if low == high else f"de {LEVELS[low]} à {LEVELS[high]}"
    maybe = " (peut-être sans objet)" if standing is Standing.MAYBE else ""
    return levels + maybe


def _criterion_lines(told: Explanation) -> Iterator[str]:
    criterion, result = told.criterion, told.result
    said = _result_words(result.standing, result.low, result.high)
    if result.compliance is not None:
        said = _COMPLIANCE[result.compliance]
    yield f"{criterion.title} [{criterion.ref or criterion.id}] : {said}"
    yield f"  {criterion.why}"
    if criterion.verify_before_quoting:
        yield "  Point de droit : à relire dans le texte avant de le citer."
    yield from _roll_up_lines(told.roll_up)
    out = [each for each in told.places if _is_plainly_out(each)]
    for place in told.places:
        if place not in out:
            yield from _place_lines(place)
    if out:
        yield f"  Sans objet ici : {', '.join(each.name for each in out)}"
    yield from _source_lines(told.sources)


def _is_plainly_out(place: PlaceRead) -> bool:
    return place.verdict.standing is Standing.OUT and not place.declared_out


def _roll_up_lines(read: RollUpRead) -> Iterator[str]:
    if read.open:
        yield "  La liste des lieux n'est pas close : il peut y en avoir d'autres."
    if read.share is not None:
        low, high = (percent(each) for each in read.share)
        share = low if low == high else f"entre {low} et {high}"
        level = LEVELS[read.method.threshold]
        yield f"  {share} des lieux au niveau {level} ou mieux."


def _place_lines(place: PlaceRead) -> Iterator[str]:
    verdict = place.verdict
    said = _result_words(verdict.standing, verdict.low, verdict.high)
    yield f"  {place.name} : {said}"
    if place.declared_out:
        yield f"    déclaré sans objet : {', '.join(place.declared_out)}"
    if place.applicable is not None:
        truth = _TRUTHS[place.applicable.truth]
        yield f"    s'applique si {place.applicable.text} : {truth}"
    if verdict.standing is not Standing.OUT:
        yield from map(_level_line, place.levels)
    yield from map(_fact_line, place.facts)


def _level_line(read: LevelRead) -> str:
    fired = "  ← donne le niveau" if read.fired else ""
    return f"    {LEVELS[read.level]} si {read.text} : {_TRUTHS[read.truth]}{fired}"


def _fact_line(read: FactRead) -> str:
    said = evidence(read.question, read.heads) if read.heads else "pas de réponse"
    if read.relevant is False:
        said = "ne se demande pas ici"
    return f"    {read.question.label} ({read.place_name}) : {said}"


def _source_lines(sources: tuple[Source, ...]) -> Iterator[str]:
    for source in sources:
        yield f"  Source {source.id} ({source.grade}) : {source.title} {source.url}"
    if not sources:
        yield "  Source : métier, sans texte de référence."


def _advice_lines(told: AdviceExplanation) -> Iterator[str]:
    yield f"Préconisation {told.recommendation.id}"
    if told.advice is None:
        yield "  Pas faite : le critère est assez haut, ou sans objet."
    else:
        sure = told.advice.trigger is Trigger.FIRES
        yield "  Proposée." if sure else "  À confirmer : le critère n'est pas connu."
        yield f"  Coût : {spoken_cost(told.advice.cost)}"
    for each in told.requires:
        need = each.requirement
        what = need.recommendation or f"{need.criterion} au niveau {need.at_least}"
        yield f"  Demande d'abord {what} : {_TRUTHS[each.truth]}"
    yield f"  Combien : {told.quantity.text}"
    for line in told.prices:
        if line.what is not None:
            row = line.what
            yield f"  Prix {row.id} ({row.year}, {row.source}) × {line.text}"
    yield from _criterion_lines(told.criterion)
