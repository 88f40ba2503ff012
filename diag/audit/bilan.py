"""What was found, in lines that unfold, and why each point stands as it does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from diag.answers.types import evidence
from diag.assess.judge import public
from diag.assess.results import CriterionResult, DomainResult
from diag.assess.spread import (
    NAMED,
    basis,
    danger_words,
    declined,
    kind_words,
    level_words,
    short_places,
    socle_words,
    spread_words,
    standing_words,
    verdict_words,
)
from diag.assess.votes import unseen_dangers
from diag.assess.why import (
    AdviceExplanation,
    Explanation,
    FactRead,
    PlaceRead,
    advice_explanation_json,
    explanation_json,
    why,
    why_recommended,
)
from diag.assess.words import (
    describe_condition,
    filled_words,
    format_cost,
    quantity_words,
    score_cell,
)
from diag.audit.answer import Key
from diag.audit.findings import (
    danger_fact,
    danger_report,
    found_words,
    names_judged,
    seen_words,
    strength_words,
)
from diag.audit.session import AuditSession, elsewhere
from diag.model.checklist import Checklist
from diag.model.enums import Compliance, Kind, Socle, Standing, Trigger
from diag.model.errors import DiagError
from diag.model.text import Bounds
from diag.rules.expressions import Truth
from diag.rules.language import parse_rule
from diag.words.sentences import counted, listed, sentence, suggest, uncapitalised
from diag.words.vocabulary import KINDS, LAW, LEVELS, PLACES, PROVENANCES, UNSCORED


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
    asks: "Callable[[], Key | None] | None" = None
    """Gives the question that it speaks of, where it was answered; None: none."""


def quiet(key: str, text: str) -> OutlineLine:
    """Return a line of detail."""
    return OutlineLine(key, text, tone=Tone.QUIET)


def heading(key: str, text: str, aside: str = "") -> OutlineLine:
    """Return a line that announces those that follow."""
    return OutlineLine(key, text, aside, tone=Tone.HEADING)


AT_ONCE = 5
"""So many broken rules at most before the domains; the others unfold."""

_ANSWERED: dict[Truth, str] = {True: "oui", False: "non", None: "pas encore connu"}


def findings(session: AuditSession) -> tuple[OutlineLine, ...]:
    """Return dangers, then the facts, then every domain; the score comes last."""
    assessment = session.assessment
    overall = assessment.overall
    blocking = [
        one
        for one in assessment.criteria.values()
        if one.socle and one.socle.low is not Socle.ATTEINT
    ]
    lines = [
        *_dangers(session),
        *_alerts(session),
        OutlineLine(
            "socle",
            "Conditions indispensables",
            socle_words(assessment, session.place_name),
            tone=Tone.ALERT if assessment.socle is Socle.NON_ATTEINT else Tone.HEADING,
            inner=partial(_criteria, session, blocking, "socle") if blocking else None,
        ),
        *_seen(session),
        OutlineLine(
            "domaines",
            "Domaines",
            f"ensemble {score_cell(overall)}",
            filled_words(overall),
            overall.bounds,
            Tone.HEADING,
        ),
    ]
    out = declined(session.facts, session.checklist)
    for each in assessment.domains:
        key, score = f"domaine/{each.domain.id}", each.score
        lines.append(
            OutlineLine(
                key,
                each.domain.title,
                UNSCORED if each.only_complies else score_cell(score),
                filled_words(score),
                score.bounds,
                Tone.HEADING,
                lambda each=each: tuple(_inside(session, each)),  # type: ignore[misc]  # bound in the loop
            )
        )
        choices = out.get(each.domain.id, ())
        lines += (quiet(f"{key}/choix/{one}", one) for one in choices)
    return tuple(lines)


def danger_counts(session: AuditSession) -> str:
    """Return how many dangers are known and where nobody looked; empty: none is asked.

    « 0 danger » is shown only once every room was looked at.
    """
    facts, checklist = session.facts, session.checklist
    known = len(session.assessment.dangers)
    left = len({place for place, _ in unseen_dangers(facts, checklist)})
    kinds = {one.place for one in checklist.questions.values() if one.danger}
    if session.about.school is None or not kinds:
        return ""
    if known:
        rest = counted(left, "salle pas encore regardée", "salles pas encore regardées")
        return f"{counted(known, 'danger')}{f', {rest}' if left else ''}"
    if not any(facts.places_of(kind) for kind in kinds):
        return "Danger : aucune salle vue"
    if left:
        return f"Danger : pas encore regardé dans {counted(left, 'salle')}"
    return counted(0, "danger")


def _dangers(session: AuditSession) -> Iterator[OutlineLine]:
    for one in session.assessment.dangers:
        key = one.place, one.question.id
        heads = session.facts.answers.get(key, ())
        ways = {PROVENANCES[head.provenance]: None for head in heads}
        seen = danger_fact(session.observations, one) or danger_words(one)
        yield OutlineLine(
            "/".join(("danger", *key)),
            sentence(f"{session.place_name(one.place)} : {uncapitalised(seen)}"),
            ", ".join(ways),
            tone=Tone.ALERT,
            lead="! ",
            inner=lambda one=one, heads=heads: (  # type: ignore[misc]  # bound in the loop
                OutlineLine(
                    f"danger/{one.place}/{one.question.id}/fait",
                    one.question.label,
                    evidence(one.question, heads),
                ),
                OutlineLine(
                    f"danger/{one.place}/{one.question.id}/signale",
                    danger_report(session, one.place).words,
                ),
            ),
            asks=lambda key=key: key,  # type: ignore[misc]  # bound in the loop
        )


def _seen(session: AuditSession) -> Iterator[OutlineLine]:
    """Give what else falls short, then what is as it should be, in two lines."""
    judged = sorted(
        session.assessment.criteria.values(),
        key=lambda one: (one.bounds.low, -one.criterion.weight),
    )
    better = [one for one in judged if one.criterion.kind is Kind.IMPROVEMENT]
    for key, title, words, among in (
        ("faits", "À améliorer", found_words, better),
        ("forces", "Ce qui marche", strength_words, judged),
    ):
        seen = tuple(one for one in among if words(session, one))
        if seen:
            yield OutlineLine(
                key,
                title,
                counted(len(seen), "fait"),
                tone=Tone.HEADING,
                inner=partial(_criteria, session, seen, key),
            )


def _alerts(session: AuditSession) -> Iterator[OutlineLine]:
    """Give what fails, then, in lines that unfold, the rest and what to check."""
    alerts = session.assessment.alerts
    broken = [one for one in alerts if one.compliance is Compliance.NON_CONFORME]
    wrong = sorted(broken, key=lambda one: not one.is_law)
    left = [one for one in alerts if one.compliance is Compliance.A_VERIFIER]
    judged = session.assessment.criteria.values()
    sure = sum(one.compliance is Compliance.CONFORME for one in judged)
    # That nothing fails most often means that nobody looked yet.
    if wrong:
        aside = counted(len(wrong), "point non respecté", "points non respectés")
    elif not left:
        aside = "rien à signaler"
    elif not sure:
        aside = "pas encore vérifié"
    else:
        checked = counted(sure, "point vérifié", "points vérifiés")
        aside = f"{checked} sur {sure + len(left)}"
    yield heading("alertes", LAW, aside)
    shown = len(wrong) if len(wrong) <= AT_ONCE else AT_ONCE - 1
    for one in wrong[:shown]:
        yield _criterion(session, one, "alerte")
    for key, what, rest in (
        ("autres", "non respecté", wrong[shown:]),
        ("verifier", "à vérifier", left),
    ):
        if rest:
            other = ("autre point", "autres points") if wrong else ("point", "points")
            many = "s" * (len(rest) > 1 and key == "autres")
            yield OutlineLine(
                f"alertes/{key}",
                f"{counted(len(rest), *other)} {what}{many}",
                inner=partial(_criteria, session, tuple(rest), key),
            )


def _criteria(
    session: AuditSession, results: Sequence[CriterionResult], where: str
) -> tuple[OutlineLine, ...]:
    return tuple(_criterion(session, one, where) for one in results)


def _inside(session: AuditSession, result: DomainResult) -> Iterator[OutlineLine]:
    if result.score.standing is Standing.MAYBE:
        yield quiet(
            f"domaine/{result.domain.id}/peut-etre",
            "Peut-être sans objet : rien de ce que l'on sait ne dit encore s'il y a "
            "lieu d'en juger.",
        )
    # The weakest first, what does not apply last.
    for one in sorted(
        result.criteria,
        key=lambda one: (one.standing is Standing.OUT, one.bounds.low),
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
    seen, aside = seen_words(session, result), level_words(result)
    short = () if result.alone else short_places(result)
    if where == "socle":
        short = tuple(one for one in short if one.high < 1)
    names = [session.place_name(one.place) for one in short]
    if names and not all(name in seen for name in names):
        aside += f" : {listed(names, NAMED)}"
    return OutlineLine(
        f"{where}/{ident}",
        seen or result.criterion.title,
        aside,
        tone=tone,
        inner=lambda: reasons_of(session, ident, where),
        asks=lambda: asked_by(session, ident),
    )


def asked_by(session: AuditSession, criterion: str) -> Key | None:
    """Return the question that most weakens a criterion, at the place where it does.

    One that was answered, else the first that the criterion reads there.
    """
    places = [
        one
        for one in why(session.facts, session.checklist, criterion).places
        if one.facts and not is_plainly_out(one)
    ]
    if not places:
        return None
    weakest = min(
        places,
        key=lambda one: (
            one.verdict.standing is not Standing.IN,
            one.verdict.low,
            one.verdict.high,
        ),
    )
    judged = names_judged(session.checklist.criteria[criterion])
    fact = max(
        weakest.facts, key=lambda one: (one.question.id in judged, bool(one.heads))
    )
    return fact.place, fact.question.id


def reasons_of(
    session: AuditSession, criterion: str, where: str = ""
) -> tuple[OutlineLine, ...]:
    """Return every reason of a criterion, in lines."""
    explained = why(session.facts, session.checklist, criterion)
    key = f"{where}/{criterion}"
    lines = tuple(_reasons(explained, session.checklist, key))
    spread = ""
    if not explained.result.alone:
        kind = kind_words(session.checklist, explained.criterion.place)
        spread = sentence(spread_words(explained.result, session.place_name, kind))
    return (quiet(f"{key}/lieux", spread), *lines) if spread else lines


def _reasons(
    explained: Explanation, checklist: Checklist, key: str
) -> Iterator[OutlineLine]:
    criterion = explained.criterion
    yield quiet(f"{key}/pourquoi", criterion.why)
    if criterion.law:
        yield quiet(f"{key}/droit", basis(explained.result))
    if explained.result.open:
        yield quiet(
            f"{key}/ouverte", "La liste des lieux n'est pas close : il peut y en avoir."
        )
    if explained.result.alone:
        yield from _judged(explained.places[0], checklist, key)
    else:
        out = [one for one in explained.places if is_plainly_out(one)]
        for place in explained.places:
            if place not in out:
                at = f"{key}/{place.place}"
                yield OutlineLine(
                    at,
                    place.name,
                    standing_words(place.verdict),
                    inner=lambda place=place, at=at: tuple(  # type: ignore[misc]  # bound in the loop
                        _judged(place, checklist, at)
                    ),
                )
        if out:
            names = ", ".join(one.name for one in out)
            yield quiet(f"{key}/hors", f"Sans objet ici : {names}")
    for source in explained.sources:
        words = f"Source {source.id} ({source.grade}) : {source.title} {source.url}"
        yield quiet(f"{key}/source/{source.id}", words.rstrip())
    if not explained.sources:
        yield quiet(f"{key}/source", "Source : métier, sans texte de référence.")
    reference = f" {criterion.ref}" if criterion.ref else ""
    nature = KINDS[criterion.kind]
    words = f"Critère{reference} « {criterion.title} » : {nature}"
    yield quiet(f"{key}/id", f"{words}, poids {criterion.weight}")


def _judged(place: PlaceRead, checklist: Checklist, key: str) -> Iterator[OutlineLine]:
    for fact in place.facts:
        where = "" if fact.place == place.place else f"{fact.place_name} : "
        yield OutlineLine(
            f"{key}/fait/{fact.place}/{fact.question.id}",
            f"{where}{fact.question.label}",
            fact_words(fact),
            asks=lambda fact=fact: (fact.place, fact.question.id),  # type: ignore[misc]  # bound in the loop
        )
    if place.applicable is not None and place.applicable.truth is not True:
        rule = _rule(place.applicable.text, checklist)
        yield quiet(
            f"{key}/si", f"S'applique si {rule} : {_ANSWERED[place.applicable.truth]}"
        )
    if place.given is not None:
        rule = _rule(place.given.text, checklist)
        answer = _ANSWERED[place.given.truth]
        yield OutlineLine(
            f"{key}/avant", f"Il faut d'abord : {rule}", answer, tone=Tone.QUIET
        )
    if place.verdict.standing is not Standing.OUT:
        for level in place.levels:
            answer = "donne le niveau" if level.fired else _ANSWERED[level.truth]
            yield OutlineLine(
                f"{key}/niveau/{level.level}",
                f"{LEVELS[level.level].capitalize()} si {_rule(level.text, checklist)}",
                answer,
                tone=Tone.PLAIN if level.fired else Tone.QUIET,
            )


def _rule(text: str, checklist: Checklist) -> str:
    return describe_condition(parse_rule(text).root, checklist.questions)  # type: ignore[arg-type]


def fact_words(fact: FactRead) -> str:
    """Return what is known of a fact that judging read."""
    if fact.relevant is False:
        return "ne se demande pas ici"
    return evidence(fact.question, fact.heads) if fact.heads else "pas de réponse"


def is_plainly_out(place: PlaceRead) -> bool:
    """Return whether a criterion is sans objet there, and nobody had to declare it."""
    return place.verdict.standing is Standing.OUT and not place.declared_out


_TRUTHS: dict[Truth, str] = {True: "vrai", False: "faux", None: "pas encore connu"}


def explained(session: AuditSession, ident: str) -> Explanation | AdviceExplanation:
    """Return why a criterion or a recommendation stands as it does.

    Raises:
        DiagError: when the checklists have neither; names the nearest one.
    """
    facts, checklist = session.facts, session.checklist
    if ident in checklist.criteria:
        return why(facts, checklist, ident)
    if ident in checklist.recommendations:
        return why_recommended(facts, checklist, ident)
    known = [*checklist.criteria, *checklist.recommendations]
    hint = elsewhere(session, ident) or suggest(ident, known)
    raise DiagError(
        f"Critère ou préconisation « {ident[:60]} » inconnu.{hint} Voyez la liste.",
        command=f"diag why {session.about.ref}",
    )


def list_criteria(session: AuditSession) -> Iterator[str]:
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


def explained_json(
    found: Explanation | AdviceExplanation, checklist: Checklist
) -> dict[str, object]:
    """Return everything needed to judge again, of what everyone may read."""
    shown = public(checklist)
    if isinstance(found, Explanation):
        return explanation_json(found, shown)
    return advice_explanation_json(found, shown)


def explained_lines(found: Explanation | AdviceExplanation) -> Iterator[str]:
    """Give the reasons in French: of a recommendation, then of its criterion."""
    if isinstance(found, Explanation):
        yield from _criterion_lines(found)
        return
    yield f"Préconisation {found.recommendation.id}"
    advice = found.advice
    if advice is None:
        covering = ", ".join(found.covered_by)
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
    for read in found.targets:
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
                prices = f"Prix {row.id} ({row.as_of}, {row.source})"
                yield f"    {prices} × {count} : {many}"
    yield from _criterion_lines(found.criterion)
