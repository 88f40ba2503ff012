"""Criteria and recommendations as authors write them."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Tag

from diag.checklist.fields import (
    Become,
    FullDay,
    ItemForm,
    ListOf,
    Misfit,
    Rule,
    ShareText,
    Table,
    Text,
    YamlForm,
    example_of,
    key,
)
from diag.checklist.question_form import (
    AnyId,
    Duration,
    KindWord,
    LevelKey,
    Name,
    NatureWord,
    OptionalWeight,
    OwnerWord,
    PartyWord,
    PlaceWord,
    Reached,
    Ref,
    Slug,
    SourceId,
    TradeWord,
)
from diag.checklist.source import Entries
from diag.model.base import Noun
from diag.model.checklist import (
    Criterion,
    Recommendation,
)
from diag.model.enums import Kind


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
        if self.kind is Kind.COMPLIANCE:
            yield from self._misfit_conformity()
        elif self.conforms_at is not None:
            message = f"« conforms_at » ne vaut pas pour « kind: {self.kind} »"
            yield "conforms_at", message, "Supprimez cette clé."
        if self.socle_share is not None and self.kind is not Kind.BLOCKING:
            message = f"« socle_share » ne vaut pas pour « kind: {self.kind} »"
            yield "socle_share", message, "Écrivez « kind: blocking », ou supprimez-la."
        if self.kind is Kind.COMPLIANCE or self.weight == 0:
            yield from self._misfit_unaveraged()
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

    def _misfit_conformity(self) -> Iterator[Misfit]:
        if self.conforms_at is None:
            message = "il manque « conforms_at » : le niveau qui respecte la règle"
            yield "kind", message, "Ajoutez par exemple « conforms_at: 1 »."
        elif str(self.conforms_at) not in self.levels:
            message = f"« conforms_at: {self.conforms_at} » n'a pas de règle"
            levels = ", ".join(sorted(self.levels))
            yield "conforms_at", message, f"Les niveaux du critère sont : {levels}."

    def _misfit_unaveraged(self) -> Iterator[Misfit]:
        remedies = {
            "given": "Écrivez cette condition dans « applicable », ou dans un niveau.",
            "weigh_by": "Supprimez cette clé.",
        }
        for name, remedy in remedies.items():
            if name in self.model_fields_set:
                only = " ne vaut que pour un critère qui entre dans le score"
                yield name, f"« {name} »{only}", remedy


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
