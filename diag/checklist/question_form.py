"""A question as its author writes it, what does not suit its type, words of forms."""

from collections.abc import Iterator
from typing import Annotated, Any

from diag.answers.types import TYPES
from diag.checklist.fields import (
    Become,
    BetterWords,
    Bound,
    Decimals,
    Flag,
    ItemForm,
    ListOf,
    Misfit,
    Pair,
    Rule,
    Table,
    Text,
    YamlForm,
    is_iso_date,
    key,
    one_of,
    whole,
    word,
)
from diag.model.checklist import AidState, Question
from diag.model.enums import (
    BudgetSection,
    Direction,
    FinanceTopic,
    Kind,
    Milestone,
    Moment,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Profile,
    Provenance,
    QuestionType,
    Trade,
)
from diag.model.measure import MEASURES, Measurable, MeasureAggregate, MeasureScope
from diag.model.text import Number, exact
from diag.words.sentences import either, nearest

Name = Annotated[str, word("name", r"[a-z][a-z0-9_]*")]  # read by rules: no hyphen
Slug = Annotated[str, word("slug", r"[a-z][a-z0-9-]*")]
ChoiceId = Annotated[str, word("choice_id", r"[a-z0-9][a-z0-9_-]*")]
SourceId = Annotated[str, word("source", r"[A-Za-z][A-Za-z0-9-]*")]
AnyId = Annotated[str, word("ident", r"[a-z][a-z0-9_-]*")]
Ref = Annotated[str, word("ref", "[A-Z][A-Z0-9]{2}-[0-9]{2}[a-z]?")]
Department = Annotated[str, word("department", r"[0-9]{3}|02[AB]")]

Duration = Annotated[
    str, word("duration", r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?")
]

DayOfYear = Annotated[
    str, word("day_of_year", r"(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")
]
Day = Annotated[str, word("date", r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")]
LevelKey = Annotated[str, word("level", "[123]")]
Reached = Annotated[int, whole(1, 3)]
Weight = Annotated[int, whole(1, 100)]
OptionalWeight = Annotated[int, whole(0, 100)]
PlaceWord = Annotated[PlaceKind, one_of(*PlaceKind)]
QuestionTypeWord = Annotated[QuestionType, one_of(*QuestionType)]
KindWord = Annotated[Kind, one_of(*Kind)]
NatureWord = Annotated[Nature, one_of(*Nature)]
PartyWord = Annotated[Party, one_of(*Party)]
OwnerWord = Annotated[Owner, one_of(*Owner)]
TradeWord = Annotated[Trade, one_of(*Trade)]
ProfileWord = Annotated[Profile, one_of(*Profile)]
MomentWord = Annotated[Moment, one_of(*Moment)]
Whom = Annotated[
    str,
    one_of(
        *("direction", "baie", "salle", "lot", "equipe", "commune", "syndicat"),
        *("prestataire", "bureau", "fichier"),
    ),
]
Seconds = Annotated[int, whole(0, 3600)]
ProvenanceWord = Annotated[Provenance, one_of(*Provenance)]
SectionWord = Annotated[BudgetSection, one_of(*BudgetSection)]
MilestoneWord = Annotated[Milestone, one_of(*Milestone)]
FinanceTopicWord = Annotated[FinanceTopic, one_of(*FinanceTopic)]
AidStateWord = Annotated[AidState, one_of(*AidState)]
MeasureKey = Annotated[str, one_of(*MEASURES)]
ScopeWord = Annotated[MeasureScope, one_of(*MeasureScope)]
AggregateWord = Annotated[MeasureAggregate, one_of(*MeasureAggregate)]


class ChoiceForm(YamlForm, noun="choix"):
    """One possible answer."""

    id: ChoiceId = key("identifiant lu par les règles", "fibre")
    label: Text = key("réponse affichée", '"Fibre optique"')
    sets: Table[Name, Become] = key("autres faits qu'elle dit : {fait: valeur}")
    short: Text = key("dans une colonne : six caractères au plus")


class MeasureForm(YamlForm, noun="mesure"):
    """What a measure answers, and how several make one answer."""

    of: MeasureKey = key("ce qui se mesure", "internet.latence", alias="key")
    scope: ScopeWord = key("où cela se mesure", "ligne")
    aggregate: AggregateWord = key("de plusieurs : median, sinon min ou max")
    round: Decimals = key('pas de la réponse : 1, "0.1"')


class QuestionForm(ItemForm, noun="question", builds=Question):
    """How one fact is collected."""

    id: Name = key("identifiant, jamais réutilisé ni changé", "nb_classes")
    domain: Slug = key("domaine où la question se range ; celui du fichier sinon")
    place: PlaceWord = key("ce que la question regarde", "ecole")
    type: QuestionTypeWord = key("nature de la réponse", "integer")
    label: Text = key("ce que l'on relève", '"Nombre de classes"')
    short: Text = key("en tête de colonne : deux lignes de onze caractères, « / »")
    ask: Text = key("phrase à dire à la personne rencontrée")
    look: Text = key("ce qui vaut preuve")
    hint: Text = key("aide affichée sous la question")
    unit: Text = key("unité du nombre : Mbit/s, mois, €")
    choices: ListOf[ChoiceForm] = key("réponses possibles d'un choice ou choices")
    ordered: Flag = key("true : les choix vont du pire au meilleur")
    range: Pair[Bound] = key("bornes ; refusé au-delà")
    likely: Pair[Bound] = key("bornes ; à confirmer au-delà")
    relevant: Rule = key("règle : quand la question se pose")
    better: BetterWords = key("up, down, ou les choix du pire au meilleur")
    at_most: Name = key("question dont celle-ci est une part")
    void: Flag = key("true : « sans objet » est une réponse admise, avec sa raison")
    danger: Flag = key("true : un oui est un danger, imprimé avant tout")
    required: Flag = key("true : à relever même en visite courte")
    profile: ProfileWord = key("visite la plus courte qui la pose ; déduite sinon")
    whom: Whom = key("à qui l'on demande, où l'on se tient")
    moment: MomentWord = key("quand on la relève")
    seconds: Seconds = key("secondes qu'elle prend au premier lieu")
    seconds_again: Seconds = key("secondes à chaque autre lieu ; les mêmes sinon")
    words: ListOf[ChoiceForm] = key("ce qui se dit au lieu d'un nombre ou d'un oui")
    same_gesture: Name = key("question répondue du même geste", alias="with")
    provenance: ListOf[ProvenanceWord] = key("comment la réponse peut être connue")
    stale_after: Duration = key("durée après laquelle la réponse est à revoir")
    measures: ListOf[MeasureForm] = key("mesures qui y répondent, la première prise")
    sensitive: Flag = key("true : dans le seul rapport technique")

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun; a date's range is apart from a number's."""
        values = super().values(home)
        if TYPES[self.type].is_day and "range" in values:
            values["date_range"] = values.pop("range")
        return values

    def misfits(self) -> Iterator[Misfit]:
        """Yield choices, unit and bounds that do not suit the type."""
        kind, choices = TYPES[self.type], self.choices or ()
        if kind.has_choices and len(choices) < 2:  # noqa: PLR2004
            yield (
                "choices",
                f"une question de type {self.type} demande au moins deux choix",
                'Ajoutez « choices: [{id: oui, label: "Oui"}, …] ».',
            )
        if choices and not kind.has_choices:
            yield (
                "choices",
                f"une question de type {self.type} n'a pas de choix",
                "Écrivez « type: choice », ou supprimez les choix.",
            )
        if self.ordered and not kind.is_one_choice:
            message = "« ordered » ne vaut que pour le type choice"
            yield "ordered", message, "Supprimez cette clé."
        idents = [choice.id for choice in choices]
        if twice := sorted({ident for ident in idents if idents.count(ident) > 1}):
            yield "choices", f"choix « {twice[0]} » en double", "Gardez-en un seul."
        remedy = "Supprimez cette clé, ou écrivez « type: number »."
        for name in ("unit", "likely", "at_most"):
            if name in self.model_fields_set and not kind.is_number:
                message = "ne vaut que pour un nombre, pas pour le type"
                yield name, f"« {name} » {message} {self.type}", remedy
        if self.range and not (kind.is_number or kind.is_day):
            yield "range", f"« range » ne vaut pas pour le type {self.type}", remedy
        yield from self._misfit_gesture()
        yield from self._misfit_bounds()
        yield from self._misfit_direction()
        yield from self._misfit_measures()
        if self.danger and not kind.is_yes_no:
            message = f"« danger » ne vaut que pour un oui ou non, pas pour {self.type}"
            yield "danger", message, "Écrivez « type: boolean », ou supprimez-la."
        if self.required and self.profile not in {None, Profile.SHORT}:
            message = "« required: true » se relève même en visite courte, pas"
            remedy = "Supprimez « profile », ou « required »."
            yield "profile", f"{message} « {self.profile} »", remedy

    def _misfit_gesture(self) -> Iterator[Misfit]:
        if self.seconds_again is not None and self.seconds is None:
            message = "« seconds_again » sans « seconds » : que prend le premier lieu ?"
            yield "seconds_again", message, "Ajoutez « seconds »."
        if self.words and self.choices:
            message = "« words » : un choix s'écrit sous « choices »"
            yield "words", message, "Ajoutez-le aux choix, avec ses « sets »."
        if any(not word.sets for word in self.words or ()):
            message = "« words » : un mot ne dit rien sans « sets »"
            yield "words", message, "Ajoutez « sets: {fait: valeur} »."
        if self.same_gesture == self.id:
            message = "« with » : une question ne va pas avec elle-même"
            yield "with", message, "Nommez celle qui se répond du même geste."

    def _misfit_bounds(self) -> Iterator[Misfit]:
        dates = TYPES[self.type].is_day
        wanted = "des dates (2026-09-01)" if dates else "des nombres"
        for name, bounds in (("range", self.range), ("likely", self.likely)):
            low, high = bounds or (None, None)
            known = [str(one) for one in (low, high) if one is not None]
            if any(is_iso_date(one) != dates for one in known):
                message = f"« {name} » : il faut {wanted}"
                yield name, message, f"Écrivez {wanted} ou null."
            if _is_above(low, high):
                yield (
                    name,
                    f"« {name} » : {low} est au-dessus de {high}",
                    f"Écrivez la plus petite borne d'abord : [{high}, {low}].",
                )
        (least, most), (low, high) = (
            bounds or (None, None) for bounds in (self.range, self.likely)
        )
        if _is_above(least, low) or _is_above(high, most):
            message = "« likely » déborde de « range » : au-delà de"
            remedy = "Resserrez « likely », ou élargissez « range »."
            yield (
                "likely",
                f"{message} [{least}, {most}] une réponse est refusée",
                remedy,
            )

    def _misfit_measures(self) -> Iterator[Misfit]:
        keys = [one.of for one in self.measures or ()]
        if twice := next((one for one in keys if keys.count(one) > 1), None):
            message = f"« measures » : « {twice} » en double"
            yield "measures", message, "Gardez-en une seule."
        for one in self.measures or ():
            for why, remedy in _measure_misfits(one, self):
                yield "measures", f"« measures » : « {one.of} » {why}", remedy

    def _misfit_direction(self) -> Iterator[Misfit]:
        kind, better = TYPES[self.type], self.better
        if better is None:
            return
        choices = [choice.id for choice in self.choices or ()]
        if not kind.is_readable:
            message = f"« better » ne vaut pas pour le type {self.type}"
            yield "better", message, "Supprimez cette clé."
        elif not kind.is_one_choice and not isinstance(better, Direction):
            message = "« better » : une liste ne range que les réponses d'un choice"
            yield "better", message, "Écrivez up ou down."
        elif isinstance(better, Direction) and kind.is_one_choice:
            message = f"« better » : {better} ne dit pas lequel des choix est meilleur"
            yield "better", message, _ranking_remedy(choices)
        elif not isinstance(better, Direction):
            yield from _misfit_ranks([one for rank in better for one in rank], choices)


def _measure_misfits(
    one: MeasureForm, asked: QuestionForm
) -> Iterator[tuple[str, str]]:
    """Yield why a measure cannot answer a question, and what to do."""
    known = MEASURES[one.of]
    places = _ANSWERED_AT[known.scope]
    if one.scope is not known.scope:
        yield f"se mesure par {known.scope}", f"Écrivez « scope: {known.scope} »."
    if asked.place not in places:
        yield (
            f"se mesure par {known.scope}, la question se pose par {asked.place}",
            f"Posez-la par {either(places)}.",
        )
    if known.is_number:
        yield from _figure_misfits(one, known, asked)
        return
    wanted = QuestionType.CHOICE if known.words else QuestionType.BOOLEAN
    if asked.type is not wanted:
        why = f"demande le type {wanted}, pas {asked.type}"
        yield why, f"Écrivez « type: {wanted} »."
    if one.aggregate in {None, MeasureAggregate.MEDIAN}:
        yield "n'a pas de médiane", "Écrivez « aggregate: min », ou max."
    if one.round is not None:
        yield "ne s'arrondit pas", "Supprimez « round »."
    choices = {choice.id for choice in asked.choices or ()}
    if known.words and not choices & set(known.words):
        words = either(known.words)
        yield f"donne {words} : aucun n'est un choix", "Nommez ainsi les choix."


_ANSWERED_AT = {
    MeasureScope.LINE: (PlaceKind.ECOLE,),
    MeasureScope.ROOM: (PlaceKind.ECOLE, PlaceKind.SALLE),
}
"""Kinds of places whose questions measures of a scope answer."""


def _figure_misfits(
    one: MeasureForm, known: Measurable, asked: QuestionForm
) -> Iterator[tuple[str, str]]:
    step, kind = one.round, TYPES[asked.type]
    if not kind.is_number:
        yield f"donne un nombre, pas un {asked.type}", "Écrivez « type: number »."
    elif asked.unit != known.unit:
        own = f"la question en {asked.unit}" if asked.unit else "la question sans unité"
        why = f"est en {known.unit}, {own}"
        yield why, f'Écrivez « unit: "{known.unit}" ».'
    if step is not None and exact(step) <= 0:
        yield "s'arrondit à un pas positif", 'Écrivez « round: "0.1" ».'
    elif step is not None and kind.is_whole and exact(step).denominator > 1:
        yield "s'arrondit ici à l'entier", "Écrivez « round: 1 »."


def _misfit_ranks(ranked: list[str], choices: list[str]) -> Iterator[Misfit]:
    """Yield what keeps a ranking from naming every choice once."""
    strange = next((one for one in ranked if one not in choices), None)
    twice = next((one for one in ranked if ranked.count(one) > 1), None)
    missing = next((one for one in choices if one not in ranked), None)
    if strange is not None:
        near = nearest(strange, choices)
        message = f"« better » : « {strange} » n'est pas un choix"
        remedy = f"Écrivez « {near} »." if near else _ranking_remedy(choices)
        yield "better", message, remedy
    elif twice is not None:
        yield "better", f"« better » : « {twice} » en double", "Gardez-en un seul."
    elif missing is not None:
        message = f"« better » ne range pas « {missing} »"
        remedy = "Rangez chaque choix une fois ; deux qui se valent : [[a, b], c]."
        yield "better", message, remedy


def _ranking_remedy(choices: list[str]) -> str:
    return f"Rangez-les du pire au meilleur : « better: [{', '.join(choices)}] »."


def _is_above(one: Number | None, other: Number | None) -> bool:
    """Whether a bound is above another of its kind, when there are both."""
    if one is None or other is None:
        return False
    if is_iso_date(str(one)):
        return str(one) > str(other)
    return exact(one) > exact(other)
