"""A recommendation as its author writes it: what triggers it, buys and makes true."""

from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Tag

from diag.checklist.fields import (
    Become,
    ItemForm,
    ListOf,
    Rule,
    ShareText,
    Table,
    Text,
    YamlForm,
    example_of,
    key,
)
from diag.checklist.source import Entries
from diag.checklist.words import (
    AnyId,
    Duration,
    Name,
    OwnerWord,
    PlaceWord,
    Reached,
    Slug,
    SourceId,
    TradeWord,
)
from diag.model.base import Noun
from diag.model.checklist import Recommendation


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
