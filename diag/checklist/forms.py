"""Questions, criteria and recommendations as authors write them.

With what does not suit a type of question, or a kind of criterion.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Tag

from diag.answers.types import TYPES
from diag.checklist.fields import (
    AggregateWord,
    AnyId,
    Become,
    BetterWords,
    Bound,
    ChoiceId,
    Decimals,
    Duration,
    Flag,
    FullDay,
    ItemForm,
    KindWord,
    LevelKey,
    ListOf,
    MeasureKey,
    Misfit,
    MomentWord,
    Name,
    NatureWord,
    OptionalWeight,
    OwnerWord,
    Pair,
    PartyWord,
    PlaceWord,
    ProfileWord,
    ProvenanceWord,
    QuestionTypeWord,
    Reached,
    Ref,
    Rule,
    ScopeWord,
    Seconds,
    ShareText,
    Slug,
    SourceId,
    Table,
    Text,
    TradeWord,
    Whom,
    WithoutYearWord,
    YamlForm,
    example_of,
    is_iso_date,
    key,
)
from diag.checklist.source import Entries
from diag.model.base import Noun
from diag.model.checklist import Criterion, Question, Recommendation
from diag.model.enums import Direction, Kind, PlaceKind, Profile, QuestionType
from diag.model.measure import MEASURES, Measurable, MeasureAggregate, MeasureScope
from diag.model.text import Number, exact
from diag.words.sentences import either, nearest


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
    without_year: WithoutYearWord = key("past, coming : quel jour est « 28/11 »")
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
        if self.without_year and not dates:
            message = (
                f"« without_year » ne vaut que pour une date, pas pour {self.type}"
            )
            yield "without_year", message, "Supprimez cette clé."
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
        elif not isinstance(better, Direction):  # every choice is ranked, once
            ranked = [one for rank in better for one in rank]
            strange = next((one for one in ranked if one not in choices), None)
            twice = next((one for one in ranked if ranked.count(one) > 1), None)
            missing = next((one for one in choices if one not in ranked), None)
            if strange is not None:
                near = nearest(strange, choices)
                message = f"« better » : « {strange} » n'est pas un choix"
                remedy = f"Écrivez « {near} »." if near else _ranking_remedy(choices)
                yield "better", message, remedy
            elif twice is not None:
                message = f"« better » : « {twice} » en double"
                yield "better", message, "Gardez-en un seul."
            elif missing is not None:
                message = f"« better » ne range pas « {missing} »"
                remedy = (
                    "Rangez chaque choix une fois ; deux qui se valent : [[a, b], c]."
                )
                yield "better", message, remedy


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


def _ranking_remedy(choices: list[str]) -> str:
    return f"Rangez-les du pire au meilleur : « better: [{', '.join(choices)}] »."


def _is_above(one: Number | None, other: Number | None) -> bool:
    """Whether a bound is above another of its kind, when there are both."""
    if one is None or other is None:
        return False
    if is_iso_date(str(one)):
        return str(one) > str(other)
    return exact(one) > exact(other)


class LawForm(
    YamlForm, written='{text: "Loi n° …", article: "7", read_on: 2026-11-27}'
):
    """The text that a criterion rests on."""

    text: Text = key("le texte", '"Loi n° 2015-136 du 9 février 2015"')
    article: Text = key("article, ou partie du texte")
    read_on: FullDay = key("jour où ses mots ont été lus ; absent : à vérifier")


class FoundForm(YamlForm, written='{below: 2, one: "…", many: "…"}'):
    """What was seen where a criterion falls short."""

    below: Reached = key("sous quel niveau la phrase est vraie", "2")
    one: Text = key("pour un lieu ; {lieux} {valeur}", '"{lieux} : pas d\'image."')
    many: Text = key("pour plusieurs ; {n} {total}")
    value: Rule = key("ce que dit {valeur} : une question, ou une règle")


class StrengthForm(YamlForm, written='{at_least: 2, one: "…", many: "…"}'):
    """What was seen where a criterion is as it should be."""

    at_least: Reached = key("à partir de quel niveau la phrase est vraie", "2")
    one: Text = key("pour un lieu ; {lieux} {valeur}", '"{lieux} : une image."')
    many: Text = key("pour plusieurs ; {n} {total}")
    value: Rule = key("ce que dit {valeur} : une question, ou une règle")


_AVERAGED = (
    ("given", "Écrivez cette condition dans « applicable », ou dans un niveau."),
    ("weigh_by", "Supprimez cette clé."),
)
"""Keys of a criterion that is averaged alone, and what to do instead."""


class CriterionForm(ItemForm, noun="critère", builds=Criterion):
    """How facts are judged at a place."""

    gone: ClassVar = {
        "verify_before_quoting": "Supprimez-la : un texte lu porte « law: {read_on: … "
        "} », les autres s'impriment « texte à vérifier ».",
        "improves_with": "Écrivez « better: up » ou « down » dans la question.",
        "roll_up": "Supprimez-la : chaque lieu a son constat, le score en est la "
        "moyenne ; « socle_share » dit la part des lieux que le socle demande.",
    }

    id: Slug = key("identifiant, jamais réutilisé ni changé", "debit-suffisant")
    ref: Ref = key("numéro dans le dossier")
    domain: Slug = key("domaine ; celui du fichier sinon")
    title: Text = key("titre affiché", '"Un débit qui suffit à la classe"')
    kind: KindWord = key("conformité, socle ou progrès", "improvement")
    weight: OptionalWeight = key("poids dans le domaine ; 1 sinon, 0 hors du score")
    place: PlaceWord = key("lieu jugé", "ecole")
    applicable: Rule = key("règle : quand le critère s'applique")
    given: Rule = key("règle : ce qu'il faut avoir d'abord ; niveau 0 sans cela")
    levels: Table[LevelKey, Rule] = key(
        "niveau : règle qui le donne ; 0 sinon",
        '{2: "debit_descendant >= 30", 1: "debit_descendant >= 8"}',
    )
    conforms_at: Reached = key("conformité : niveau qui respecte la règle")
    nature: NatureWord = key("sur quoi il repose", "usage")
    law: LawForm = key("le texte : {text, article, read_on}")
    binds: ListOf[PartyWord] = key("qui doit le respecter")
    deadline: AnyId = key("question de date, ou échéance de echeances.yaml")
    weigh_by: Rule = key("règle : poids de chaque lieu dans la moyenne ; 1 sinon")
    socle_share: ShareText = key("socle : part des lieux qui doivent tenir ; 1 sinon")
    aspect: Slug = key("côté d'une salle ou d'un lot qu'il regarde")
    found: FoundForm = key("ce que l'on a vu où il n'est pas atteint")
    strength: StrengthForm = key("ce que l'on a vu où il est atteint")
    why: Text = key("pourquoi ce critère", '"Une classe entière se connecte."')
    sources: ListOf[SourceId] = key("sources, ou metier", "[S31]")

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun; its weight is 1 when it has none."""
        return {"weight": 1} | super().values(home)

    def misfits(self) -> Iterator[Misfit]:
        """Yield what does not suit the kind, or a criterion that is not averaged."""
        is_rule = self.kind is Kind.COMPLIANCE
        if is_rule and self.conforms_at is None:
            message = "il manque « conforms_at » : le niveau qui respecte la règle"
            yield "kind", message, "Ajoutez par exemple « conforms_at: 1 »."
        elif is_rule and str(self.conforms_at) not in self.levels:
            message = f"« conforms_at: {self.conforms_at} » n'a pas de règle"
            levels = ", ".join(sorted(self.levels))
            yield "conforms_at", message, f"Les niveaux du critère sont : {levels}."
        elif not is_rule and self.conforms_at is not None:
            message = f"« conforms_at » ne vaut pas pour « kind: {self.kind} »"
            yield "conforms_at", message, "Supprimez cette clé."
        if self.socle_share is not None and self.kind is not Kind.BLOCKING:
            message = f"« socle_share » ne vaut pas pour « kind: {self.kind} »"
            yield "socle_share", message, "Écrivez « kind: blocking », ou supprimez-la."
        for name, remedy in _AVERAGED if is_rule or self.weight == 0 else ():
            if name in self.model_fields_set:
                only = "ne vaut que pour un critère qui entre dans le score"
                yield name, f"« {name} » {only}", remedy
        yield from self._misfit_nature()

    def _misfit_nature(self) -> Iterator[Misfit]:
        """Yield what makes a rule of what is none, or forgets what makes it one."""
        is_rule = self.kind is Kind.COMPLIANCE
        if is_rule and not self.nature.binds:
            message = f"« nature: {self.nature} » n'est pas une règle que l'on respecte"
            remedy = "Écrivez loi ou consigne, ou « kind: improvement »."
            yield "nature", message, remedy
        elif self.nature.binds and not is_rule:
            message = f"« nature: {self.nature} » ne vaut que pour « kind: compliance »"
            yield "kind", message, "Écrivez « kind: compliance », ou une autre nature."
        elif is_rule and self.law is None:
            message = "il manque « law » : le texte qui pose la règle"
            yield "nature", message, 'Ajoutez par exemple « law: {text: "Loi n° …"} ».'
        elif is_rule and not self.binds:
            message = "il manque « binds » : qui doit respecter la règle"
            yield "nature", message, "Ajoutez par exemple « binds: [commune] »."


class _ForAll(YamlForm):
    title: Text = key("ce qu'il faut faire", '"Câbler {quantite} salles"')


class ForAcademie(_ForAll):
    """What the academy reads of a recommendation."""

    why: Text = key("pourquoi", '"La classe attend ses vidéos."')


class OtherwiseForm(YamlForm):
    """What stays as it is if nothing is voted."""

    long: Text = key(
        "en une phrase, sans majuscule", '"les classes restent sans prise."'
    )
    short: Text = key("plus court, sans majuscule", '"pas de prise."')


class ForMairie(ForAcademie):
    """What the mairie reads."""

    decision: Text = key("ce qui est à voter", '"Voter {cout} au budget."')
    otherwise: OtherwiseForm = key("ce qui reste, se lit après « Sinon : »")


class ForEquipe(ForAcademie):
    """What the teachers read."""

    meanwhile: Text = key("que faire d'ici là", '"Télécharger la veille."')


class ForTechnique(_ForAll):
    """What the installers read."""

    how: Text = key("comment faire", '"Câble de catégorie 6A, testé."')


class WordingForm(YamlForm):
    """A recommendation, worded for each audience."""

    mairie: ForMairie = key("texte pour mairie", example_of(ForMairie))
    equipe: ForEquipe = key("texte pour equipe", example_of(ForEquipe))
    academie: ForAcademie = key("texte pour academie", example_of(ForAcademie))
    technique: ForTechnique = key("texte pour technique", example_of(ForTechnique))


class BelowForm(YamlForm, written="{criterion: debit-suffisant, below: 2}"):
    """What triggers a recommendation, at each place of a criterion."""

    criterion: Slug = key("critère", "debit-suffisant")
    below: Reached = key("sous quel niveau ; conforms_at d'une conformité sinon")
    where: Rule = key("règle : à quels lieux ; tous sinon")


class RequirementForm(YamlForm, written="{criterion: debit-suffisant, at_least: 2}"):
    """A level that must be reached first."""

    gone: ClassVar = {
        "recommendation": "Nommez son critère : "
        "« {criterion: debit-suffisant, at_least: 2} »."
    }

    criterion: Slug = key("critère à satisfaire d'abord", "debit-suffisant")
    at_least: Reached = key("niveau qu'il doit atteindre", "2")
    share: ShareText = key("part des lieux contenus qui doivent l'atteindre")


class NeedForm(YamlForm, noun="achat", written="{item: prise_rj45, use: borne}"):
    """What is bought at each place."""

    item: Name = key("ligne de prix.yaml", "prise_rj45")
    use: AnyId = key("à quoi cela sert ; la ligne de prix sinon")
    at: PlaceWord = key("lieu que cela sert ; celui où elle se déclenche sinon")
    count: Rule = key("règle : combien à ce lieu ; quantite sinon")


class StepForm(YamlForm, noun="étape"):
    """A step."""

    id: Slug = key("identifiant", "releve")
    title: Text = key("ce que l'on fait", '"Relever les salles"')


class DaysForm(YamlForm):
    """Days of work."""

    days: Rule = key("règle", '"quantite / 4"')


Effort = Annotated[
    Annotated[Rule, Tag("une règle")] | Annotated[DaysForm, Tag("des jours")],
    Discriminator(
        lambda node: (
            "des jours" if isinstance(node, Entries | DaysForm) else "une règle"
        )
    ),
]
"""Days of work: a rule, or `{days: rule}`."""


class RecommendationForm(ItemForm, noun="préconisation", builds=Recommendation):
    """What to do."""

    gone: ClassVar = {
        "prices": 'Écrivez « buys: [{item: prise_rj45, count: "2 * quantite"}] ».'
    }

    id: Slug = key("identifiant, jamais réutilisé ni changé", "cabler-les-classes")
    domain: Slug = key("domaine ; celui du fichier sinon")
    when: BelowForm = key(
        "ce qui la déclenche", "{criterion: debit-suffisant, below: 2}"
    )
    requires: ListOf[RequirementForm] = key("ce qui doit être fait avant")
    covers: ListOf[Slug] = key("préconisations qu'elle rend inutiles")
    owner: OwnerWord = key("qui agit", "commune")
    trade: TradeWord = key("métier qu'elle demande")
    quantity: Rule = key("règle : combien à chaque lieu ; 1 sinon")
    at_most: Rule = key("règle : ce que la quantité ne dépasse pas")
    buys: ListOf[NeedForm] = key("ce qui s'achète à chaque lieu")
    effort: Effort = key("règle : jours de travail")
    delay: Duration = key("délai pour agir")
    lifetime: Duration = key("durée de vie de ce qui est fait")
    effect: Table[AnyId, Become] = key(
        "question : ce que le fait devient ; ou critère : niveau atteint"
    )
    steps: ListOf[StepForm] = key("étapes, dans l'ordre")
    wording: WordingForm = key(
        "un texte par destinataire",
        "{mairie: …, equipe: …, academie: …, technique: …}",
    )
    done_when: Text = key("à quoi l'on voit que c'est fait", '"Prises testées."')
    sources: ListOf[SourceId] = key("sources, ou metier")

    def build_below(self, home: str, below: int) -> Noun:
        """Return the noun, triggered below a level."""
        values = self.values(home)
        values["when"] |= {"below": below}
        return self.builds.model_validate(values)

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun."""
        values = super().values(home)
        if isinstance(self.effort, DaysForm):
            values["effort"] = self.effort.days
        return values
