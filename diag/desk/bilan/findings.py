"""What was found, in lines that unfold in place to facts, rules and sources."""

from collections.abc import Iterator, Sequence

from diag.assess.facts_read import FactRead
from diag.assess.reasons import Explanation, LevelRead, PlaceRead
from diag.assess.results import CriterionResult, DomainResult
from diag.assess.why import why
from diag.desk.bilan.outline import Line, Tone, heading, quiet
from diag.desk.bilan.rule_words import tell
from diag.desk.bilan.score_words import SOCLE, filled_words, level_words, score_words
from diag.desk.session import Session
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Compliance, Kind, Socle, Standing
from diag.reports.answers import evidence
from diag.rules.language import parse_rule
from diag.rules.values import Truth
from diag.words.figures import percent
from diag.words.sentences import counted
from diag.words.vocabulary import KINDS, LEVELS, UNSCORED

_TRUTHS: dict[Truth, str] = {True: "oui", False: "non", None: "pas encore connu"}


def findings(session: Session) -> tuple[Line, ...]:
    """Return the alerts, what is indispensable, then every domain."""
    assessment = session.assessment
    return (
        *_alerts(session),
        _socle(session, assessment.socle),
        *(_domain(session, each) for each in assessment.domains),
    )


def _alerts(session: Session) -> Iterator[Line]:
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
        yield Line(
            "alertes/verifier",
            f"{len(left)} point{many} de conformité à vérifier",
            "à vérifier",
            inner=lambda: tuple(_criterion(session, one, "verifier") for one in left),
        )


def _none_wrong(session: Session, left: int) -> str:
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


def _socle(session: Session, socle: Socle) -> Line:
    blocking = [
        one
        for one in session.assessment.criteria.values()
        if one.criterion.kind is Kind.BLOCKING
        and one.standing is not Standing.OUT
        and one.low < 1
    ]
    return Line(
        "socle",
        "Conditions indispensables",
        SOCLE[socle],
        tone=Tone.ALERT if socle is Socle.NON_ATTEINT else Tone.HEADING,
        inner=(
            (lambda: tuple(_criterion(session, one, "socle") for one in blocking))
            if blocking
            else None
        ),
    )


def _domain(session: Session, result: DomainResult) -> Line:
    score = result.score
    return Line(
        f"domaine/{result.domain.id}",
        result.domain.title,
        UNSCORED if result.only_complies else score_words(score),
        filled_words(score),
        score.bounds,
        Tone.HEADING,
        lambda: tuple(_inside(session, result)),
    )


def _inside(session: Session, result: DomainResult) -> Iterator[Line]:
    if result.score.standing is Standing.MAYBE:
        yield quiet(
            f"domaine/{result.domain.id}/peut-etre",
            "Peut-être sans objet : rien de ce que l'on sait ne dit encore s'il y a "
            "lieu d'en juger.",
        )
    for one in sorted(result.criteria, key=_rank):
        yield _criterion(session, one, "critere")


def _rank(result: CriterionResult) -> tuple[bool, int]:
    """Put the weakest first, what does not apply last."""
    return result.standing is Standing.OUT, result.low


def _criterion(session: Session, result: CriterionResult, where: str) -> Line:
    ident = result.criterion.id
    if result.compliance is Compliance.NON_CONFORME:
        tone = Tone.ALERT
    else:
        tone = Tone.QUIET if result.standing is Standing.OUT else Tone.PLAIN
    return Line(
        f"{where}/{ident}",
        result.criterion.title,
        level_words(result),
        tone=tone,
        inner=lambda: reasons_of(session, ident, where),
    )


def reasons_of(session: Session, criterion: str, where: str = "") -> tuple[Line, ...]:
    """Return every reason of a criterion, in lines."""
    told = why(session.facts, session.checklist, criterion)
    key = f"{where}/{criterion}"
    return tuple(_reasons(told, session.checklist, key))


def _reasons(told: Explanation, checklist: Checklist, key: str) -> Iterator[Line]:
    criterion = told.criterion
    yield quiet(f"{key}/pourquoi", criterion.why)
    if criterion.verify_before_quoting:
        yield quiet(
            f"{key}/droit", "Point de droit : à relire dans le texte avant de le citer."
        )
    yield from _roll_up(told, key)
    yield from _places(told.places, criterion, checklist, key)
    for source in told.sources:
        said = f"Source {source.id} ({source.grade}) : {source.title} {source.url}"
        yield quiet(f"{key}/source/{source.id}", said.rstrip())
    if not told.sources:
        yield quiet(f"{key}/source", "Source : métier, sans texte de référence.")
    reference = f" {criterion.ref}" if criterion.ref else ""
    nature = KINDS[criterion.kind]
    yield quiet(f"{key}/id", f"Critère{reference} : {nature}, poids {criterion.weight}")


def _roll_up(told: Explanation, key: str) -> Iterator[Line]:
    read = told.roll_up
    if read.open:
        yield quiet(
            f"{key}/ouverte", "La liste des lieux n'est pas close : il peut y en avoir."
        )
    if read.share is not None:
        low, high = (percent(each) for each in read.share)
        share = low if low == high else f"entre {low} et {high}"
        level = LEVELS[read.method.threshold]
        yield quiet(f"{key}/part", f"{share} des lieux au niveau {level} ou mieux.")


def _places(
    places: Sequence[PlaceRead], criterion: Criterion, checklist: Checklist, key: str
) -> Iterator[Line]:
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


def _place(place: PlaceRead, checklist: Checklist, key: str) -> Line:
    verdict = place.verdict
    low, high = LEVELS[verdict.low], LEVELS[verdict.high]
    said = low if low == high else f"{low} à {high}"
    if verdict.standing is Standing.OUT:
        said = "déclaré sans objet"
    return Line(
        key,
        place.name,
        said,
        inner=lambda: tuple(_judged(place, checklist, key)),
    )


def _judged(place: PlaceRead, checklist: Checklist, key: str) -> Iterator[Line]:
    for fact in place.facts:
        yield Line(
            f"{key}/fait/{fact.place}/{fact.question.id}",
            _label(fact, place),
            _said(fact),
        )
    if place.applicable is not None and place.applicable.truth is not True:
        rule = _rule(place.applicable.text, checklist)
        yield quiet(
            f"{key}/si", f"S'applique si {rule} : {_TRUTHS[place.applicable.truth]}"
        )
    if place.verdict.standing is not Standing.OUT:
        for level in place.levels:
            yield _level(level, checklist, key)


def _level(read: LevelRead, checklist: Checklist, key: str) -> Line:
    said = "donne le niveau" if read.fired else _TRUTHS[read.truth]
    return Line(
        f"{key}/niveau/{read.level}",
        f"{LEVELS[read.level].capitalize()} si {_rule(read.text, checklist)}",
        said,
        tone=Tone.PLAIN if read.fired else Tone.QUIET,
    )


def _rule(text: str, checklist: Checklist) -> str:
    return tell(parse_rule(text).root, checklist.questions)  # type: ignore[arg-type]


def _label(fact: FactRead, place: PlaceRead) -> str:
    where = "" if fact.place == place.place else f"{fact.place_name} : "
    return f"{where}{fact.question.label}"


def _said(fact: FactRead) -> str:
    if fact.relevant is False:
        return "ne se demande pas ici"
    return evidence(fact.question, fact.heads) if fact.heads else "pas de réponse"


def _is_plainly_out(place: PlaceRead) -> bool:
    return place.verdict.standing is Standing.OUT and not place.declared_out
