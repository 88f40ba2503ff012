"""The bilan: what was found, what is advised, what became of it and what changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from diag.answers.types import evidence
from diag.assess.facts import FactRead
from diag.assess.json import advice_explanation_json, explanation_json
from diag.assess.money import format_cost
from diag.assess.results import CriterionResult, DomainResult
from diag.assess.why import (
    AdviceExplanation,
    Explanation,
    PlaceRead,
    RollUpRead,
    why,
    why_recommended,
)
from diag.assess.words import describe_condition, filled_words, level_words, score_words
from diag.audit.session import AuditSession, elsewhere
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Compliance, Kind, Socle, Standing, Trigger
from diag.model.errors import DiagError
from diag.model.number import Bounds
from diag.rules.language import parse_rule
from diag.rules.values import Truth
from diag.words.figures import percent
from diag.words.sentences import counted
from diag.words.vocabulary import COMPLIANCES, KINDS, LEVELS, SOCLES, UNSCORED


class Tone(StrEnum):
    """How loud a line is; its words are enough without colour."""

    HEADING = "heading"
    PLAIN = "plain"
    QUIET = "quiet"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One line of an outline: text, what stands at its right, what unfolds under it."""

    key: str
    """The same from one reading to the next, so that what is unfolded stays so."""
    text: str
    aside: str = ""
    """At the right, in a few words."""
    note: str = ""
    """At the far right, after a scale."""
    bounds: Bounds | None = None
    """Drawn to scale at the right."""
    tone: Tone = Tone.PLAIN
    inner: "Callable[[], tuple[OutlineLine, ...]] | None" = None
    """What unfolds in place; None: nothing does."""
    lead: str = ""
    """What stands before the text, a rank: what goes on stands under the text."""


def quiet(key: str, text: str) -> OutlineLine:
    """Return a line of detail."""
    return OutlineLine(key, text, tone=Tone.QUIET)


def heading(key: str, text: str, aside: str = "") -> OutlineLine:
    """Return a line that announces those that follow."""
    return OutlineLine(key, text, aside, tone=Tone.HEADING)


_ANSWERED: dict[Truth, str] = {True: "oui", False: "non", None: "pas encore connu"}


def findings(session: AuditSession) -> tuple[OutlineLine, ...]:
    """Return the alerts, what is indispensable, then every domain."""
    assessment = session.assessment
    blocking = [
        one
        for one in session.assessment.criteria.values()
        if one.criterion.kind is Kind.BLOCKING
        and one.standing is not Standing.OUT
        and one.low < 1
    ]
    return (
        *_alerts(session),
        OutlineLine(
            "socle",
            "Conditions indispensables",
            SOCLES[assessment.socle],
            tone=Tone.ALERT if assessment.socle is Socle.NON_ATTEINT else Tone.HEADING,
            inner=(
                (lambda: tuple(_criterion(session, one, "socle") for one in blocking))
                if blocking
                else None
            ),
        ),
        *(_domain(session, each) for each in assessment.domains),
    )


def _alerts(session: AuditSession) -> Iterator[OutlineLine]:
    """Give what fails, then, in one line that unfolds, what is to be checked."""
    alerts = session.assessment.alerts
    wrong = [one for one in alerts if one.compliance is Compliance.NON_CONFORME]
    left = [one for one in alerts if one.compliance is Compliance.A_VERIFIER]
    if not wrong:
        yield heading("alertes", "Conformité", _none_wrong(session, len(left)))
    else:
        many = "s" * (len(wrong) > 1)
        yield heading("alertes", "Conformité", f"{len(wrong)} non conforme{many}")
    for one in wrong:
        yield _criterion(session, one, "alerte")
    if left:
        many = "s" * (len(left) > 1)
        yield OutlineLine(
            "alertes/verifier",
            f"{len(left)} point{many} de conformité à vérifier",
            "à vérifier",
            inner=lambda: tuple(_criterion(session, one, "verifier") for one in left),
        )


def _none_wrong(session: AuditSession, left: int) -> str:
    """Return what no « non conforme » means: most often that nobody looked yet."""
    if not left:
        return "rien à signaler"
    sure = sum(
        one.compliance is Compliance.CONFORME
        for one in session.assessment.criteria.values()
    )
    if not sure:
        return "pas encore vérifiée"
    return f"{counted(sure, 'point vérifié', 'points vérifiés')} sur {sure + left}"


def _domain(session: AuditSession, result: DomainResult) -> OutlineLine:
    score = result.score
    return OutlineLine(
        f"domaine/{result.domain.id}",
        result.domain.title,
        UNSCORED if result.only_complies else score_words(score),
        filled_words(score),
        score.bounds,
        Tone.HEADING,
        lambda: tuple(_inside(session, result)),
    )


def _inside(session: AuditSession, result: DomainResult) -> Iterator[OutlineLine]:
    if result.score.standing is Standing.MAYBE:
        yield quiet(
            f"domaine/{result.domain.id}/peut-etre",
            "Peut-être sans objet : rien de ce que l'on sait ne dit encore s'il y a "
            "lieu d'en juger.",
        )
    # The weakest first, what does not apply last.
    for one in sorted(
        result.criteria, key=lambda one: (one.standing is Standing.OUT, one.low)
    ):
        yield _criterion(session, one, "critere")


def _criterion(
    session: AuditSession, result: CriterionResult, where: str
) -> OutlineLine:
    ident = result.criterion.id
    if result.compliance is Compliance.NON_CONFORME:
        tone = Tone.ALERT
    else:
        tone = Tone.QUIET if result.standing is Standing.OUT else Tone.PLAIN
    return OutlineLine(
        f"{where}/{ident}",
        result.criterion.title,
        level_words(result),
        tone=tone,
        inner=lambda: reasons_of(session, ident, where),
    )


def reasons_of(
    session: AuditSession, criterion: str, where: str = ""
) -> tuple[OutlineLine, ...]:
    """Return every reason of a criterion, in lines."""
    told = why(session.facts, session.checklist, criterion)
    return tuple(_reasons(told, session.checklist, f"{where}/{criterion}"))


def _reasons(
    told: Explanation, checklist: Checklist, key: str
) -> Iterator[OutlineLine]:
    criterion = told.criterion
    yield quiet(f"{key}/pourquoi", criterion.why)
    if criterion.verify_before_quoting:
        yield quiet(
            f"{key}/droit", "Point de droit : à relire dans le texte avant de le citer."
        )
    read = told.roll_up
    if read.open:
        yield quiet(
            f"{key}/ouverte", "La liste des lieux n'est pas close : il peut y en avoir."
        )
    if read.share is not None:
        yield quiet(f"{key}/part", _share_words(read))
    yield from _places(told.places, criterion, checklist, key)
    for source in told.sources:
        said = f"Source {source.id} ({source.grade}) : {source.title} {source.url}"
        yield quiet(f"{key}/source/{source.id}", said.rstrip())
    if not told.sources:
        yield quiet(f"{key}/source", "Source : métier, sans texte de référence.")
    reference = f" {criterion.ref}" if criterion.ref else ""
    nature = KINDS[criterion.kind]
    yield quiet(f"{key}/id", f"Critère{reference} : {nature}, poids {criterion.weight}")


def _places(
    places: Sequence[PlaceRead], criterion: Criterion, checklist: Checklist, key: str
) -> Iterator[OutlineLine]:
    if criterion.roll_up is None and len(places) == 1:
        yield from _judged(places[0], checklist, key)
        return
    plainly_out = [one for one in places if _is_plainly_out(one)]
    for place in places:
        if place not in plainly_out:
            yield _place(place, checklist, f"{key}/{place.place}")
    if plainly_out:
        names = ", ".join(one.name for one in plainly_out)
        yield quiet(f"{key}/hors", f"Sans objet ici : {names}")


def _place(place: PlaceRead, checklist: Checklist, key: str) -> OutlineLine:
    verdict = place.verdict
    low, high = LEVELS[verdict.low], LEVELS[verdict.high]
    said = low if low == high else f"{low} à {high}"
    if verdict.standing is Standing.OUT:
        said = "déclaré sans objet"
    return OutlineLine(
        key,
        place.name,
        said,
        inner=lambda: tuple(_judged(place, checklist, key)),
    )


def _judged(place: PlaceRead, checklist: Checklist, key: str) -> Iterator[OutlineLine]:
    for fact in place.facts:
        where = "" if fact.place == place.place else f"{fact.place_name} : "
        yield OutlineLine(
            f"{key}/fait/{fact.place}/{fact.question.id}",
            f"{where}{fact.question.label}",
            _fact_words(fact),
        )
    if place.applicable is not None and place.applicable.truth is not True:
        rule = _rule(place.applicable.text, checklist)
        yield quiet(
            f"{key}/si", f"S'applique si {rule} : {_ANSWERED[place.applicable.truth]}"
        )
    if place.verdict.standing is not Standing.OUT:
        for level in place.levels:
            said = "donne le niveau" if level.fired else _ANSWERED[level.truth]
            yield OutlineLine(
                f"{key}/niveau/{level.level}",
                f"{LEVELS[level.level].capitalize()} si {_rule(level.text, checklist)}",
                said,
                tone=Tone.PLAIN if level.fired else Tone.QUIET,
            )


def _rule(text: str, checklist: Checklist) -> str:
    return describe_condition(parse_rule(text).root, checklist.questions)  # type: ignore[arg-type]


def _fact_words(fact: FactRead) -> str:
    if fact.relevant is False:
        return "ne se demande pas ici"
    return evidence(fact.question, fact.heads) if fact.heads else "pas de réponse"


def _is_plainly_out(place: PlaceRead) -> bool:
    return place.verdict.standing is Standing.OUT and not place.declared_out


_TRUTHS: dict[Truth, str] = {True: "vrai", False: "faux", None: "pas encore connu"}


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


def explained(session: AuditSession, ident: str) -> Reasons:
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


def listed(session: AuditSession) -> Iterator[str]:
    """Give every criterion and its result, by domain."""
    for domain in session.assessment.domains:
        yield f"{domain.domain.title}"
        width = max((len(each.criterion.id) for each in domain.criteria), default=0)
        for result in domain.criteria:
            name = result.criterion.id.ljust(width)
            yield f"  {name}  {_result_words(result)}"


def _result_words(result: CriterionResult) -> str:
    if result.compliance is not None:
        return COMPLIANCES[result.compliance]
    return _standing_words(result.standing, result.low, result.high)


def _standing_words(standing: Standing, low: int, high: int) -> str:
    if standing is Standing.OUT:
        return "sans objet"
    levels = LEVELS[low] if low == high else f"de {LEVELS[low]} à {LEVELS[high]}"
    return levels + " (peut-être sans objet)" * (standing is Standing.MAYBE)


def _criterion_lines(told: Explanation) -> Iterator[str]:
    criterion, read = told.criterion, told.roll_up
    said = _result_words(told.result)
    yield f"{criterion.title} [{criterion.ref or criterion.id}] : {said}"
    yield f"  {criterion.why}"
    if criterion.verify_before_quoting:
        yield "  Point de droit : à relire dans le texte avant de le citer."
    if read.open:
        yield "  La liste des lieux n'est pas close : il peut y en avoir d'autres."
    if read.share is not None:
        yield f"  {_share_words(read)}"
    out = [each for each in told.places if _is_plainly_out(each)]
    for place in told.places:
        if place not in out:
            yield from _place_lines(place)
    if out:
        yield f"  Sans objet ici : {', '.join(each.name for each in out)}"
    for source in told.sources:
        yield f"  Source {source.id} ({source.grade}) : {source.title} {source.url}"
    if not told.sources:
        yield "  Source : métier, sans texte de référence."


def _share_words(read: RollUpRead) -> str:
    low, high = (percent(each) for each in read.share or ())
    share = low if low == high else f"entre {low} et {high}"
    return f"{share} des lieux au niveau {LEVELS[read.method.threshold]} ou mieux."


def _place_lines(place: PlaceRead) -> Iterator[str]:
    verdict = place.verdict
    words = _standing_words(verdict.standing, verdict.low, verdict.high)
    yield f"  {place.name} : {words}"
    if place.declared_out:
        yield f"    déclaré sans objet : {', '.join(place.declared_out)}"
    if place.applicable is not None:
        truth = _TRUTHS[place.applicable.truth]
        yield f"    s'applique si {place.applicable.text} : {truth}"
    if verdict.standing is not Standing.OUT:
        for level in place.levels:
            fired = "  ← donne le niveau" if level.fired else ""
            truth = _TRUTHS[level.truth]
            yield f"    {LEVELS[level.level]} si {level.text} : {truth}{fired}"
    for fact in place.facts:
        named = f"{fact.question.label} ({fact.place_name})"
        yield f"    {named} : {_fact_words(fact)}"


def _advice_lines(told: AdviceExplanation) -> Iterator[str]:
    yield f"Préconisation {told.recommendation.id}"
    if told.advice is None:
        yield "  Pas faite : le critère est assez haut, ou sans objet."
    else:
        sure = told.advice.trigger is Trigger.FIRES
        yield "  Proposée." if sure else "  À confirmer : le critère n'est pas connu."
        yield f"  Coût : {format_cost(told.advice.cost)}"
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
