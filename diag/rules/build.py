"""Values read from files, made into the nouns of the model."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from diag.answers.types import TYPES
from diag.model.base import Noun
from diag.model.checklist import (
    Aid,
    Criterion,
    Deadline,
    Domain,
    PlaceLabel,
    Price,
    Question,
    Recommendation,
    Source,
)
from diag.model.enums import Profile, QuestionType
from diag.model.number import exact
from diag.rules.reading.numbers import is_iso_date

Values = Mapping[str, object]
"""What a record's keys hold."""


class Unfit(ValueError):  # what does not fit together, told to its author
    """Values that are right apart and wrong together."""

    def __init__(self, key: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.key, self.message, self.remedy = key, message, remedy


def question(values: Values, home: str) -> Question:
    """Return a question; a date's range is told apart from a number's.

    Raises:
        Unfit: when choices, unit or bounds do not suit its type, or the profile
            what is required.
    """
    fields = {"domain": home, **values}
    kind = QuestionType(str(values["type"]))
    _check_choices(values, kind)
    _check_bounds(values, kind)
    _check_profile(values)
    if TYPES[kind].is_day and "range" in fields:
        fields["date_range"] = fields.pop("range")
    return Question.model_validate(fields)


def criterion(values: Values, home: str) -> Criterion:
    """Return a criterion; its weight is 1 unless it says otherwise."""
    return Criterion.model_validate({"domain": home, "weight": 1, **values})


def recommendation(values: Values, home: str) -> Recommendation:
    """Return a recommendation.

    Raises:
        Unfit: when a requirement is neither a criterion's level nor a recommendation.
    """
    requires = values.get("requires", ())
    assert isinstance(requires, tuple)
    for requirement in requires:
        if set(requirement) not in ({"criterion", "at_least"}, {"recommendation"}):
            raise Unfit(
                "requires",
                "« requires » : préalable incomplet",
                "Écrivez {criterion: x, at_least: 2} ou {recommendation: y}.",
            )
    return Recommendation.model_validate({"domain": home, **values})


def price(values: Values, _home: str) -> Price:
    """Return a price.

    Raises:
        Unfit: when its three amounts are not in order.
    """
    built = Price.model_validate(values)
    if not built.minimum <= built.typical <= built.maximum:
        raise Unfit(
            "typical",
            "les trois montants ne sont pas dans l'ordre",
            "minimum ≤ typical ≤ maximum.",
        )
    return built


def source(values: Values, _home: str) -> Source:
    """Return a source."""
    return Source.model_validate(values)


def aid(values: Values, _home: str) -> Aid:
    """Return a funding scheme."""
    return Aid.model_validate(values)


def deadline(values: Values, _home: str) -> Deadline:
    """Return a date to watch."""
    return Deadline.model_validate(values)


def domain(values: Values, _home: str) -> Domain:
    """Return a domain."""
    return Domain.model_validate(values)


def place(values: Values, _home: str) -> PlaceLabel:
    """Return how a kind of place is called."""
    return PlaceLabel.model_validate(values)


BUILDERS: dict[str, Callable[[Values, str], Noun]] = {
    "domains": domain,
    "places": place,
    "questions": question,
    "criteria": criterion,
    "recommendations": recommendation,
    "prices": price,
    "aids": aid,
    "deadlines": deadline,
    "sources": source,
}
"""How the items of each section become nouns."""


def _check_choices(values: Values, kind: QuestionType) -> None:
    choices = values.get("choices", ())
    assert isinstance(choices, tuple)
    if TYPES[kind].has_choices and len(choices) < 2:  # noqa: PLR2004
        raise Unfit(
            "choices",
            f"une question de type {kind} demande au moins deux choix",
            'Ajoutez « choices: [{id: oui, label: "Oui"}, …] ».',
        )
    if not TYPES[kind].has_choices and choices:
        raise Unfit(
            "choices",
            f"une question de type {kind} n'a pas de choix",
            "Écrivez « type: choice », ou supprimez les choix.",
        )
    if values.get("ordered") and not TYPES[kind].is_one_choice:
        raise Unfit(
            "ordered",
            "« ordered » ne vaut que pour le type choice",
            "Supprimez cette clé.",
        )
    idents = [choice["id"] for choice in choices]
    twice = sorted({ident for ident in idents if idents.count(ident) > 1})
    if twice:
        raise Unfit("choices", f"choix « {twice[0]} » en double", "Gardez-en un seul.")


def _check_bounds(values: Values, kind: QuestionType) -> None:
    for key in ("unit", "likely"):
        if key in values and not TYPES[kind].is_number:
            raise Unfit(
                key,
                f"« {key} » ne vaut que pour un nombre, pas pour le type {kind}",
                "Supprimez cette clé, ou écrivez « type: number ».",
            )
    if "range" in values and not (TYPES[kind].is_number or TYPES[kind].is_day):
        raise Unfit(
            "range",
            f"« range » ne vaut pas pour le type {kind}",
            "Supprimez cette clé, ou écrivez « type: number ».",
        )
    for key in ("range", "likely"):
        bounds = values.get(key, ())
        assert isinstance(bounds, tuple)
        _check_pair(key, bounds, dates=TYPES[kind].is_day)
    _check_likely(values)


def _check_profile(values: Values) -> None:
    profile = values.get("profile", Profile.SHORT)
    if values.get("required") and profile != Profile.SHORT:
        raise Unfit(
            "profile",
            f"« required: true » se relève même en visite courte, pas « {profile} »",
            "Supprimez « profile », ou « required ».",
        )


def _check_pair(key: str, bounds: tuple[object, ...], *, dates: bool) -> None:
    known = [bound for bound in bounds if bound is not None]
    if any(is_iso_date(str(bound)) != dates for bound in known):
        wanted = "des dates (2026-09-01)" if dates else "des nombres"
        raise Unfit(key, f"« {key} » : il faut {wanted}", f"Écrivez {wanted} ou null.")
    low, high = bounds or (None, None)
    if None not in {low, high} and _order(low) > _order(high):
        raise Unfit(
            key,
            f"« {key} » : {low} est au-dessus de {high}",
            f"Écrivez la plus petite borne d'abord : [{high}, {low}].",
        )


def _check_likely(values: Values) -> None:
    """Refuse what is likely and refused at once: nobody could answer it."""
    allowed, likely = values.get("range"), values.get("likely")
    if not isinstance(allowed, tuple) or not isinstance(likely, tuple):
        return
    (least, most), (low, high) = allowed, likely
    below = None not in {least, low} and _order(low) < _order(least)
    above = None not in {most, high} and _order(high) > _order(most)
    if below or above:
        raise Unfit(
            "likely",
            f"« likely » déborde de « range » : au-delà de [{least}, {most}] une "
            "réponse est refusée",
            "Resserrez « likely », ou élargissez « range ».",
        )


def _order(bound: object) -> Fraction:
    """Return what a bound is compared by: its number, or the rank of its day."""
    text = str(bound)
    if is_iso_date(text):
        return Fraction(date.fromisoformat(text).toordinal())
    return exact(text)
