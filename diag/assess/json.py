"""Assessments and explanations as plain values, exact, so that anyone may recompute.

An exact number is an integer, or a « n/d » text; enumerations are their values; nothing
is rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction

from diag.assess.results import Advice, Assessment, Cost, CriterionResult, by_vat
from diag.assess.why import AdviceExplanation, Explanation
from diag.model.audit import Answer
from diag.model.base import Noun
from diag.model.checklist import Checklist, Question

Plain = dict[str, object]
"""A JSON object."""

_ASKED = {"id", "place", "type", "label", "unit", "range", "date_range", "relevant"}
"""What of a question one needs to judge its answer again."""

_NAMES = {"gate": "prerequisite"}
"""What has another name for programs: there, a gate would be what is `given`."""


def plain(value: object) -> object:
    """Return any value of this house as JSON has it."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Fraction():
            whole = value.denominator == 1
            return (
                value.numerator if whole else f"{value.numerator}/{value.denominator}"
            )
        case date():
            return value.isoformat()
    return _composed(value)


def _composed(value: object) -> object:
    if isinstance(value, Question):
        return value.model_dump(mode="json", include=_ASKED)
    if isinstance(value, Noun):
        return value.model_dump(mode="json")
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, Answer) and value.is_masked:
        value = replace(value, value=None, reason="")
    named: Mapping[str, object] | None = None
    if is_dataclass(value):
        named = {each.name: getattr(value, each.name) for each in fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        named = value._asdict()
    if named is not None:
        return {_NAMES.get(name, name): plain(each) for name, each in named.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    raise TypeError(f"{value!r} has no plain form")


def assessment_json(assessment: Assessment, shown: Checklist) -> Plain:
    """Return an assessment for a program: `diag score --json`.

    Here and below, `shown` is the checklist as everyone may read it: what is not in it
    is not `public`.
    """
    return {
        "overall": plain(assessment.overall),
        "socle": plain(assessment.socle),
        "dangers": [
            {"place": each.place, "question": each.question.id}
            for each in assessment.dangers
        ],
        "domains": [
            {
                "id": each.domain.id,
                "weight": each.domain.weight,
                "score": plain(each.score),
                "criteria": [one.criterion.id for one in each.criteria],
            }
            for each in assessment.domains
        ],
        "criteria": {
            ident: criterion_json(result, shown)
            for ident, result in assessment.criteria.items()
        },
        "advice": [advice_json(each, shown) for each in assessment.advice],
        "basket": cost_json(assessment.basket),
        "due": cost_json(assessment.due),
    }


def criterion_json(result: CriterionResult, shown: Checklist) -> Plain:
    """Return a criterion's result for a program, its declaration by id."""
    criterion = result.criterion
    return {
        "domain": criterion.domain,
        "kind": plain(criterion.kind),
        "weight": criterion.weight,
        "public": criterion.id in shown.criteria,
        "standing": plain(result.standing),
        "bounds": plain(result.bounds),
        "settled": plain(result.settled),
        "open": result.open,
        "compliance": plain(result.compliance),
        "socle": plain(result.socle),
        "verdicts": [
            {
                "place": each.place,
                "standing": plain(each.standing),
                "low": each.low,
                "high": each.high,
                "declared_out": each.declared_out,
                "given": each.given,
                "weight": plain(each.weight),
            }
            for each in result.verdicts
        ],
    }


def explanation_json(explanation: Explanation, shown: Checklist) -> Plain:
    """Return why a criterion stands where it does: `diag why --json`."""
    return {
        "criterion": plain(explanation.criterion),
        "result": criterion_json(explanation.result, shown),
        "places": plain(explanation.places),
        "sources": plain(explanation.sources),
        "visit_date": plain(explanation.visit_date),
    }


def advice_explanation_json(explanation: AdviceExplanation, shown: Checklist) -> Plain:
    """Return why a recommendation is made, or is not, for a program."""
    advice = explanation.advice
    return {
        "recommendation": plain(explanation.recommendation),
        "advice": advice_json(advice, shown) if advice else None,
        "criterion": explanation_json(explanation.criterion, shown),
        "targets": plain(explanation.targets),
        "covered_by": list(explanation.covered_by),
        "sources": plain(explanation.sources),
    }


def advice_json(advice: Advice, shown: Checklist) -> Plain:
    """Return advice for a program, its recommendation and prices by id."""
    return {
        "recommendation": advice.recommendation.id,
        "public": advice.recommendation.id in shown.recommendations,
        "trigger": plain(advice.trigger),
        "prerequisite": plain(advice.gate),
        "waits_for": list(advice.waits_for),
        "targets": plain(advice.targets),
        "places": list(advice.places),
        "quantity": plain(advice.quantity),
        "usual": plain(advice.usual),
        "covers": list(advice.covers),
        "legal": advice.is_legal,
        "danger": advice.is_danger,
        "effort_days": plain(advice.effort_days),
        "gain": plain(advice.gain),
        "cost": cost_json(advice.cost),
        "due": cost_json(advice.due),
        "alone": cost_json(advice.alone),
        "shared": [
            {"item": each.need.item, "use": each.need.use, "payer": each.payer}
            for each in advice.shared
        ],
    }


def cost_json(cost: Cost) -> Plain:
    """Return what things cost, row by row and as sums."""
    return {
        "lines": [
            {"price": each.price.id, "quantity": plain(each.quantity)}
            for each in cost.lines
        ],
        "once_ht": plain(cost.once_ht),
        "once_ttc": plain(cost.once_ttc),
        "yearly_ht": plain(cost.yearly_ht),
        "yearly_ttc": plain(cost.yearly_ttc),
        "by_vat": plain(by_vat(cost)),
    }
