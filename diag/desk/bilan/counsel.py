"""What is recommended, in lines that unfold to reasons, costs, effect and follow-up."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from diag.assess.averages import Averages
from diag.assess.results import CriterionResult
from diag.desk.bilan.advising import declared_wording
from diag.desk.bilan.outline import Line, Tone, heading, quiet
from diag.desk.bilan.score_words import firing, level_words, short_cost
from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.model.audit import FollowUp
from diag.model.enums import Audience, Compliance
from diag.model.money import Price
from diag.reports import advice as told_advice
from diag.reports.findings import observed
from diag.reports.money import spoken_cost, spoken_range
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.words.dates import describe_day
from diag.words.figures import in_words, measure, number
from diag.words.vocabulary import COMPLIANCES, FOLLOW_UPS, LEVELS, OWNERS

READER = Audience.TECHNIQUE
"""The engineer reads everything, as the technical document does."""

AUDIENCES = {
    Audience.MAIRIE: "la mairie",
    Audience.EQUIPE: "l'équipe",
    Audience.ACADEMIE: "l'académie",
    Audience.TECHNIQUE: "la technique",
}
"""To whom a wording speaks."""


def counsel(session: Session) -> tuple[Line, ...]:
    """Return the plan, what is to be confirmed, what is behind."""
    report = report_of(session)
    averages = Averages(session.assessment.domains)
    sections = (
        ("plan", "À faire", report.plan.actions),
        ("confirmer", "À confirmer, hors des totaux", report.plan.to_confirm),
        ("passe", "Faites ou écartées", report.plan.closed),
    )
    return tuple(
        line
        for key, title, actions in sections
        if actions or key == "plan"
        for line in (
            heading(key, f"{title} : {len(actions)}", _sum(actions)),
            *(_action(session, report, averages, one) for one in actions),
        )
    )


def _sum(actions: Sequence[Action]) -> str:
    costs = firing(one.advice for one in actions)
    return short_cost(*costs) if costs else ""


def _action(
    session: Session, report: Report, averages: Averages, action: Action
) -> Line:
    indent = "↳ " if action.under else ""
    state = FOLLOW_UPS[action.state] if action.state else ""
    return Line(
        f"rec/{action.id}",
        f"{indent}{report.title(action, Audience.MAIRIE)}",
        ", ".join(filter(None, (state, short_cost(action.advice.cost)))),
        inner=lambda: tuple(_unfolded(session, report, averages, action)),
        lead=f"{action.ref.ljust(3)} ",
    )


def _unfolded(
    session: Session, report: Report, averages: Averages, action: Action
) -> Iterator[Line]:
    key = f"rec/{action.id}"
    told = (
        ("Constat", _finding(report, action)),
        ("Pourquoi", told_advice.reason(report, action, Audience.MAIRIE)),
        ("Condition", told_advice.waiting(report, action, READER)),
        ("Qui", OWNERS[action.advice.recommendation.owner]),
        ("Quand", told_advice.due(report, action)),
        ("Lieux", report.spoken_places(action, READER) if action.advice.places else ""),
        ("Coût", spoken_cost(action.advice.cost)),
        ("Fourchette", spoken_range(action.advice.cost)),
        ("Étapes", told_advice.steps(action)),
        ("Rang", "placée à la main" if action.by_hand else ""),
    )
    for name, said in told:
        if said:
            yield Line(f"{key}/{name}", f"{name} : {said}")
    yield from _costs(action, key)
    yield from _effect(session, averages, action, key)
    yield from _wordings(session, report, action, key)
    yield from _story(session, report, action.id, key)


def _finding(report: Report, action: Action) -> str:
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ""
    return f"{result.criterion.title}, {observed(report, result, READER)}"


def _costs(action: Action, key: str) -> Iterator[Line]:
    for line in action.advice.cost.lines:
        price, many = line.price, line.quantity
        high = "…" if many.high is None else number(many.high)
        span = high if many.low == many.high else f"{number(many.low)} à {high}"
        rhythm = " par an" if price.yearly else ""
        yield quiet(
            f"{key}/prix/{price.id}",
            f"{price.label} : {span} × {_unit_price(price)}{rhythm}",
        )


def _unit_price(price: Price) -> str:
    """Return what one costs, so that a cost with tax can be reckoned again."""
    least, usual, most = (
        measure(Fraction(cents, 100), "€")
        for cents in (price.minimum, price.typical, price.maximum)
    )
    span = "" if least == most else f" ; de {least} à {most}"
    return f"{usual} HT (TVA {measure(price.vat, '%')}{span})"


def _effect(
    session: Session, averages: Averages, action: Action, key: str
) -> Iterator[Line]:
    """Give « effet si fait »: the whole, then each criterion, before and after."""
    effect = action.advice.recommendation.effect
    after = averages.bounds_once(effect)
    if not effect or averages.bounds is None or after is None:
        return
    before, then = in_words(averages.bounds), in_words(after)
    said = f"{before} → {then}" if before != then else f"{before}, inchangé"
    yield Line(f"{key}/effet", "Effet si fait, sur l'ensemble", said)
    for ident, level in effect.items():
        result = session.assessment.criteria[ident]
        if result.low < level:
            yield _level_change(f"{key}/effet/{ident}", result, level)


def _level_change(key: str, result: CriterionResult, level: int) -> Line:
    high = max(result.high, level)
    then = LEVELS[level] if level == high else f"{LEVELS[level]} à {LEVELS[high]}"
    if result.compliance is not None:
        then = COMPLIANCES[Compliance.CONFORME]
    said = f"{level_words(result)} → {then}"
    return Line(key, f"  {result.criterion.title}", said, tone=Tone.QUIET)


def _wordings(
    session: Session, report: Report, action: Action, key: str
) -> Iterator[Line]:
    for audience, reader in AUDIENCES.items():
        title = report.title(action, audience)
        mine = report.wording(action, audience) != declared_wording(
            session, action.id, audience
        )
        note = "reformulé" if mine else ""
        yield Line(f"{key}/mots/{audience}", f"Pour {reader} : {title}", note)


def _story(session: Session, report: Report, ident: str, key: str) -> Iterator[Line]:
    steps = [one for one in report.follow_ups if one.recommendation == ident]
    here = {one.revision for one in session.follow_ups}
    for one in steps:
        before = "" if one.revision in here else " (audit précédent)"
        author = session.workspace.settings.name_of(one.author)
        yield Line(f"{key}/suite/{one.revision}", step_words(one) + before, author)
    if not steps:
        yield quiet(f"{key}/suite", "Suite : rien encore.")


def step_words(step: FollowUp) -> str:
    """Return one step in a line: state, day, who decided, why."""
    day = f" le {describe_day(step.on)}" if step.on else ""
    by = f", {step.by}" if step.by else ""
    reason = f" : {step.why}" if step.why else ""
    return f"Suite : {FOLLOW_UPS[step.state]}{day}{by}{reason}"
