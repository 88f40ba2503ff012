"""What each alert, each action and each euro becomes from one edition to another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.results import Assessment, Cost, CriterionResult, Score
from diag.audit.successors import Heirs, passed_on
from diag.journal.judged import OVERALL
from diag.journal.kept import Cents, Kept, KeptAdvice, KeptAlert
from diag.model.enums import USUAL_READER, Socle, Trigger
from diag.words.figures import euros, half_up, number
from diag.words.sentences import NEXT_BUDGET, Blanks, filled
from diag.words.vocabulary import COMPLIANCES

Criteria = Mapping[str, CriterionResult]
"""Criteria by id, judged."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An audit as it is judged, or as it was: what a preview compares."""

    overall: Score
    socle: Socle
    domains: Mapping[str, tuple[str, Score]]
    """Title and score, by id, in order."""
    alerts: Mapping[str, KeptAlert]
    advice: Mapping[str, KeptAdvice]
    once: Cents
    """What all that is advised costs, with tax."""
    yearly: Cents
    covered: Mapping[str, str]
    """What another action makes needless: its id, the title of that one."""


@dataclass(frozen=True, slots=True)
class Becoming:
    """One thing before and after, in words."""

    ident: str
    title: str
    before: str
    """Empty when what was found was not kept."""
    after: str
    was_there: bool
    is_there: bool

    @property
    def moved(self) -> bool:
        """Say whether it is told otherwise than before, where that is known."""
        return bool(self.before) and self.before != self.after

    @property
    def words(self) -> str:
        """Return « Charte signée : à vérifier → non conforme »."""
        told = f"{self.before} → {self.after}" if self.moved else self.after
        return f"{self.title} : {told}"


def judged_before(kept: Kept, subject: str) -> Judgement:
    """Return a judgement from its rows; `subject` as titles say it."""
    told = kept.summary
    sure = [one for one in kept.advice.values() if one.trigger is Trigger.FIRES]
    return Judgement(
        overall=told.scores[OVERALL],
        socle=told.socle,
        domains={
            ident: (title, told.scores[ident]) for ident, title in told.titles.items()
        },
        alerts=kept.alerts,
        advice={
            ident: one._replace(title=_title(one.title, subject))
            for ident, one in kept.advice.items()
        },
        once=_sum(one.once for one in sure),
        yearly=_sum(one.yearly for one in sure),
        covered={},
    )


def judged_now(assessment: Assessment, subject: str) -> Judgement:
    """Return what a preview compares of an assessment; `subject` as titles say it."""
    once, yearly = _cents(assessment.basket)
    advised = {one.recommendation.id: one for one in assessment.advice}
    titles = {
        ident: _title(one.recommendation.wording[USUAL_READER].title, subject)
        for ident, one in advised.items()
    }
    return Judgement(
        overall=assessment.overall,
        socle=assessment.socle,
        domains={
            one.domain.id: (one.domain.title, one.score) for one in assessment.domains
        },
        alerts={
            one.criterion.id: KeptAlert(one.criterion.title, one.compliance)
            for one in assessment.alerts
            if one.compliance is not None
        },
        advice={
            ident: KeptAdvice(
                titles[ident],
                one.trigger,
                *_cents(one.cost),
                within=titles[one.shared[0].payer] if one.shared else "",
            )
            for ident, one in advised.items()
        },
        once=once,
        yearly=yearly,
        covered={
            needless: titles[ident]
            for ident, one in advised.items()
            for needless in one.covers
        },
    )


def alerts_become(
    before: Judgement | None, after: Judgement, criteria: Criteria, heirs: Heirs
) -> tuple[Becoming, ...]:
    """Return what each point of compliance becomes, those that stand first.

    `criteria` are those of the new edition, judged.
    """
    old = passed_on(before.alerts, heirs) if before else {}
    none = "pas d'alerte" if before else ""
    now = (
        Becoming(
            ident,
            alert.title,
            _alert(old.get(ident), none),
            _alert(alert),
            was_there=ident in old,
            is_there=True,
        )
        for ident, alert in after.alerts.items()
    )
    gone = (
        Becoming(
            ident,
            alert.title,
            _alert(alert),
            _cleared(criteria.get(ident)),
            was_there=True,
            is_there=False,
        )
        for ident, alert in old.items()
        if ident not in after.alerts
    )
    return (*now, *gone)


def advice_becomes(
    before: Judgement | None, after: Judgement, heirs: Heirs
) -> tuple[Becoming, ...]:
    """Return what each action becomes, those that are advised first."""
    old = before.advice if before else {}
    none = "pas préconisée" if before else ""
    came: dict[str, list[str]] = {}
    for ident, one in old.items():
        heir = heirs.get(ident, ident)
        named = _paid(one) if heir == ident else f"« {one.title} », {_paid(one)}"
        came.setdefault(heir, []).append(named)
    now = (
        Becoming(
            ident,
            one.title,
            " et ".join(came.get(ident, [none])),
            _paid(one),
            was_there=ident in came,
            is_there=True,
        )
        for ident, one in after.advice.items()
    )
    gone = (
        Becoming(
            ident,
            one.title,
            _paid(one),
            _ended(after.covered.get(heirs.get(ident, ident), "")),
            was_there=True,
            is_there=False,
        )
        for ident, one in old.items()
        if heirs.get(ident, ident) not in after.advice
    )
    return (*now, *gone)


def money_words(once: Cents, yearly: Cents) -> str:
    """Return « de 760 à 1 235 €, puis 240 € par an »; « sans dépense » for nothing."""
    parts = [_range(once)] if once != (0, 0) else []
    parts += [f"{_range(yearly)} par an"] if yearly != (0, 0) else []
    return ", puis ".join(parts) or "sans dépense"


def _paid(one: KeptAdvice) -> str:
    cost = money_words(one.once, one.yearly)
    if one.within and (one.once, one.yearly) == ((0, 0), (0, 0)):
        cost = f"comprise dans « {one.within} »"
    return cost if one.trigger is Trigger.FIRES else f"{cost}, à confirmer"


def _ended(cover: str) -> str:
    return f"remplacée par « {cover} »" if cover else "n'est plus préconisée"


def _alert(alert: KeptAlert | None, none: str = "") -> str:
    return COMPLIANCES[alert.compliance] if alert else none


def _cleared(result: CriterionResult | None) -> str:
    if result is None:
        return "n'est plus vérifié"
    if result.compliance is None:
        return "n'est plus une obligation"
    return COMPLIANCES[result.compliance]


def _title(text: str, subject: str) -> str:
    """Return a title without its figures."""
    return filled(text, Blanks(None, "", subject, NEXT_BUDGET))


def _cents(cost: Cost) -> tuple[Cents, Cents]:
    once, yearly = (
        (
            half_up(Fraction(one.low)),
            None if one.high is None else half_up(Fraction(one.high)),
        )
        for one in (cost.once_ttc, cost.yearly_ttc)
    )
    return once, yearly


def _sum(amounts: Iterable[Cents]) -> Cents:
    lows, highs = zip((0, 0), *amounts, strict=True)
    bounded = [one for one in highs if one is not None]
    return sum(lows), sum(bounded) if len(bounded) == len(highs) else None


def _range(cents: Cents) -> str:
    low, high = (None if one is None else half_up(Fraction(one, 100)) for one in cents)
    if high is None:
        return f"au moins {euros(low)}" if low else "à chiffrer"
    return euros(high) if low == high else f"de {number(low or 0)} à {euros(high)}"
