"""The files of a checklist as their authors write them: one key, one line.

Each form builds its own noun of the model. What a rule means is looked at later.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, PlainValidator, Tag, WithJsonSchema

from diag.checklist.fields import (
    Apart,
    Bound,
    Decimals,
    Euros,
    Flag,
    ItemForm,
    ListOf,
    Misfit,
    Pair,
    Rule,
    Section,
    Table,
    Text,
    YamlForm,
    example_of,
    is_iso_date,
    key,
    one_of,
    whole,
    word,
)
from diag.checklist.source import Entries, Scalar
from diag.model.checklist import (
    Aid,
    AidState,
    Criterion,
    Deadline,
    Domain,
    PlaceLabel,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
)
from diag.model.enums import (
    Direction,
    Kind,
    Owner,
    PlaceKind,
    Profile,
    Provenance,
    QuestionType,
)
from diag.model.number import Number, exact

Name = Annotated[str, word("name", r"[a-z][a-z0-9_]*")]  # read by rules: no hyphen
Slug = Annotated[str, word("slug", r"[a-z][a-z0-9-]*")]
ChoiceId = Annotated[str, word("choice_id", r"[a-z0-9][a-z0-9_-]*")]
SourceId = Annotated[str, word("source", r"[A-Za-z][A-Za-z0-9-]*")]
RetiredId = Annotated[str, word("retired", r"[a-z][a-z0-9_-]*")]
Ref = Annotated[str, word("ref", "[A-Z][A-Z0-9]{2}-[0-9]{2}[a-z]?")]
Department = Annotated[str, word("department", r"[0-9]{3}|02[AB]")]

Duration = Annotated[
    str, word("duration", r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?")
]

Day = Annotated[str, word("date", r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")]
LevelKey = Annotated[str, word("level", "[123]")]
Reached = Annotated[int, whole(1, 3)]
Weight = Annotated[int, whole(1, 100)]
PlaceWord = Annotated[PlaceKind, one_of(*PlaceKind)]
QuestionTypeWord = Annotated[QuestionType, one_of(*QuestionType)]
KindWord = Annotated[Kind, one_of(*Kind)]
DirectionWord = Annotated[Direction, one_of(*Direction)]
OwnerWord = Annotated[Owner, one_of(*Owner)]
ProfileWord = Annotated[Profile, one_of(*Profile)]
ProvenanceWord = Annotated[Provenance, one_of(*Provenance)]
AidStateWord = Annotated[AidState, one_of(*AidState)]


class DomainForm(ItemForm, noun="domaine", builds=Domain):
    """What a file is about."""

    id: Slug = key("identifiant du domaine", "reseau")
    title: Text = key("titre affiché", '"Accès à Internet"')
    weight: Weight = key("poids dans la note globale", "3")


class ChoiceForm(YamlForm, noun="choix"):
    """One possible answer."""

    id: ChoiceId = key("identifiant lu par les règles", "fibre")
    label: Text = key("réponse affichée", '"Fibre optique"')


class QuestionForm(ItemForm, noun="question", builds=Question):
    """How one fact is collected."""

    id: Name = key("identifiant, jamais réutilisé ni changé", "nb_classes")
    domain: Slug = key("domaine où la question se range ; celui du fichier sinon")
    place: PlaceWord = key("ce que la question regarde", "ecole")
    type: QuestionTypeWord = key("nature de la réponse", "integer")
    label: Text = key("ce que l'on relève", '"Nombre de classes"')
    ask: Text = key("phrase à dire à la personne rencontrée")
    look: Text = key("ce qui vaut preuve")
    hint: Text = key("aide affichée sous la question")
    unit: Text = key("unité du nombre : Mbit/s, mois, €")
    choices: ListOf[ChoiceForm] = key("réponses possibles d'un choice ou choices")
    ordered: Flag = key("true : les choix vont du pire au meilleur")
    range: Pair[Bound] = key("bornes ; refusé au-delà")
    likely: Pair[Bound] = key("bornes ; à confirmer au-delà")
    relevant: Rule = key("règle : quand la question se pose")
    required: Flag = key("true : à relever même en visite courte")
    profile: ProfileWord = key("visite la plus courte qui la pose ; déduite sinon")
    whom: Annotated[
        str,
        one_of("direction", "baie", "salle", "lot", "equipe", "commune", "syndicat"),
    ] = key("à qui l'on demande, où l'on se tient")
    provenance: ListOf[ProvenanceWord] = key("comment la réponse peut être connue")
    stale_after: Duration = key("durée après laquelle la réponse est à revoir")
    sensitive: Flag = key("true : dans le seul rapport technique")

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun; a date's range is apart from a number's."""
        values = super().values(home)
        if self.type is QuestionType.DATE and "range" in values:
            values["date_range"] = values.pop("range")
        return values

    def misfits(self) -> Iterator[Misfit]:
        """Yield choices, unit and bounds that do not suit the type."""
        kind, choices = self.type, self.choices or ()
        choosing = kind in {QuestionType.CHOICE, QuestionType.CHOICES}
        counting = kind in {QuestionType.INTEGER, QuestionType.NUMBER}
        if choosing and len(choices) < 2:  # noqa: PLR2004
            yield (
                "choices",
                f"une question de type {kind} demande au moins deux choix",
                'Ajoutez « choices: [{id: oui, label: "Oui"}, …] ».',
            )
        if choices and not choosing:
            yield (
                "choices",
                f"une question de type {kind} n'a pas de choix",
                "Écrivez « type: choice », ou supprimez les choix.",
            )
        if self.ordered and kind is not QuestionType.CHOICE:
            message = "« ordered » ne vaut que pour le type choice"
            yield "ordered", message, "Supprimez cette clé."
        idents = [choice.id for choice in choices]
        if twice := sorted({ident for ident in idents if idents.count(ident) > 1}):
            yield "choices", f"choix « {twice[0]} » en double", "Gardez-en un seul."
        remedy = "Supprimez cette clé, ou écrivez « type: number »."
        for name in ("unit", "likely"):
            if name in self.model_fields_set and not counting:
                message = "ne vaut que pour un nombre, pas pour le type"
                yield name, f"« {name} » {message} {kind}", remedy
        if self.range and not counting and kind is not QuestionType.DATE:
            yield "range", f"« range » ne vaut pas pour le type {kind}", remedy
        yield from self._misfit_bounds()
        if self.required and self.profile not in {None, Profile.SHORT}:
            message = "« required: true » se relève même en visite courte, pas"
            remedy = "Supprimez « profile », ou « required »."
            yield "profile", f"{message} « {self.profile} »", remedy

    def _misfit_bounds(self) -> Iterator[Misfit]:
        dates = self.type is QuestionType.DATE
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


def _is_above(one: Number | None, other: Number | None) -> bool:
    """Whether a bound is above another of its kind, when there are both."""
    if one is None or other is None:
        return False
    if is_iso_date(str(one)):
        return str(one) > str(other)
    return exact(one) > exact(other)


_ROLLED = ("worst", "mean")


class ShareForm(YamlForm):
    """The share of places that reach a level."""

    share_reaching: Reached = key("niveau qu'un lieu doit atteindre", "2")
    steps: Table[LevelKey, Decimals] = key(
        "niveau : part des lieux, de 0 à 1", '{3: "1", 2: "0.75", 1: "0.5"}'
    )


def _roll_up(node: object) -> str:
    """Return the tag of the way in which a roll-up is written."""
    if isinstance(node, Scalar | str):
        return "un mot"
    if isinstance(node, Entries) and len(node.nodes) == 1:
        ((name, value),) = node.nodes.items()
        if name in _ROLLED and isinstance(value, Scalar) and value.value is True:
            return "un mot vrai"
    return "une part"


RollUp = Annotated[
    Annotated[Literal["worst", "mean"], one_of(*_ROLLED), Tag("un mot")]
    | Annotated[
        str,
        PlainValidator(lambda node: next(iter(node.nodes))),
        WithJsonSchema({
            "type": "object",
            "properties": {name: {"const": True} for name in _ROLLED},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }),
        Tag("un mot vrai"),
    ]
    | Annotated[ShareForm, Tag("une part")],
    Discriminator(_roll_up),
]
"""`worst`, `{worst: true}`, or the share of places that reach a level."""


class CriterionForm(ItemForm, noun="critère", builds=Criterion):
    """How facts are judged."""

    id: Slug = key("identifiant, jamais réutilisé ni changé", "debit-suffisant")
    ref: Ref = key("numéro dans le dossier")
    domain: Slug = key("domaine ; celui du fichier sinon")
    title: Text = key("titre affiché", '"Un débit qui suffit à la classe"')
    kind: KindWord = key("conformité, socle ou progrès", "improvement")
    weight: Weight = key("poids dans le domaine ; 1 sinon")
    place: PlaceWord = key("lieu jugé", "ecole")
    applicable: Rule = key("règle : quand le critère s'applique")
    levels: Table[LevelKey, Rule] = key(
        "niveau : règle qui le donne ; 0 sinon",
        '{2: "debit_descendant >= 30", 1: "debit_descendant >= 8"}',
    )
    improves_with: Table[Name, DirectionWord] = key(
        "question : sens dans lequel le fait s'améliore"
    )
    roll_up: RollUp = key("comment plusieurs lieux donnent un seul niveau")
    why: Text = key("pourquoi ce critère", '"Une classe entière se connecte."')
    sources: ListOf[SourceId] = key("sources, ou metier", "[S31]")
    verify_before_quoting: Flag = key("true : texte de loi à relire avant citation")

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun; its weight is 1 when it has none."""
        values = {"weight": 1} | super().values(home)
        if isinstance(self.roll_up, ShareForm):
            values["roll_up"] = {
                "method": "share_reaching",
                "threshold": self.roll_up.share_reaching,
                "steps": self.roll_up.steps,
            }
        elif self.roll_up:
            values["roll_up"] = {"method": self.roll_up}
        return values


class _ForAll(YamlForm):
    title: Text = key("ce qu'il faut faire", '"Câbler {quantite} salles"')


class ForAcademie(_ForAll):
    """What the academy reads of a recommendation."""

    why: Text = key("pourquoi", '"La classe attend ses vidéos."')


class ForMairie(ForAcademie):
    """What the mairie reads."""

    decision: Text = key("ce qui est à voter", '"Voter {cout} au budget."')


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


class BelowForm(YamlForm):
    """What triggers a recommendation."""

    criterion: Slug = key("critère", "debit-suffisant")
    below: Reached = key("se déclenche sous ce niveau", "2")


class RequirementForm(YamlForm):
    """What must hold first: one of two ways."""

    criterion: Slug = key("critère à satisfaire d'abord")
    at_least: Reached = key("niveau qu'il doit atteindre")
    recommendation: Slug = key("préconisation à faire d'abord")


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

    id: Slug = key("identifiant, jamais réutilisé ni changé", "cabler-les-classes")
    domain: Slug = key("domaine ; celui du fichier sinon")
    when: BelowForm = key(
        "ce qui la déclenche", "{criterion: debit-suffisant, below: 2}"
    )
    requires: ListOf[RequirementForm] = key("ce qui doit être fait avant")
    owner: OwnerWord = key("qui agit", "commune")
    quantity: Rule = key("règle : combien ; 1 sinon")
    prices: Table[Name, Rule] = key("ligne de prix.yaml : règle, combien")
    effort: Effort = key("règle : jours de travail")
    delay: Duration = key("délai pour agir")
    lifetime: Duration = key("durée de vie de ce qui est fait")
    effect: Table[Slug, Reached] = key("critère : niveau atteint une fois fait")
    steps: ListOf[StepForm] = key("étapes, dans l'ordre")
    wording: WordingForm = key(
        "un texte par destinataire",
        "{mairie: …, equipe: …, academie: …, technique: …}",
    )
    done_when: Text = key("à quoi l'on voit que c'est fait", '"Prises testées."')
    sources: ListOf[SourceId] = key("sources, ou metier")

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun."""
        values = super().values(home)
        if isinstance(self.effort, DaysForm):
            values["effort"] = self.effort.days
        return values

    def misfits(self) -> Iterator[Misfit]:
        """Yield a requirement that is neither a level nor a recommendation."""
        ways = ({"criterion", "at_least"}, {"recommendation"})
        if any(one.model_fields_set not in ways for one in self.requires or ()):
            remedy = "Écrivez {criterion: x, at_least: 2} ou {recommendation: y}."
            yield "requires", "« requires » : préalable incomplet", remedy


class PlaceForm(ItemForm, noun="lieu", builds=PlaceLabel):
    """How a kind of place is called."""

    id: PlaceWord = key("genre de lieu", "salle")
    label: Text = key("comment on l'appelle", '"salle"')
    plural: Text = key("au pluriel")
    hint: Text = key("ce qui compte comme un tel lieu")
    named_by: ListOf[Name] = key("questions qui le décrivent")


class PriceForm(ItemForm, noun="prix", builds=Price):
    """One dated price."""

    id: Name = key("identifiant", "prise_rj45")
    label: Text = key("désignation", '"Prise RJ45 posée"')
    unit: Text = key("ce qu'est une unité", '"prise"')
    year: Annotated[int, whole(2000, 2100)] = key("année du relevé", "2025")
    minimum: Euros = key("euros HT, prix bas", '"67"')
    typical: Euros = key("euros HT, prix courant", '"95"')
    maximum: Euros = key("euros HT, prix haut", '"125"')
    vat: Decimals = key("taux de TVA en % ; 20 sinon")
    yearly: Flag = key("true : payé chaque année")
    lifetime: Duration = key("durée avant de racheter")
    source: SourceId = key("source, ou metier")
    note: Text = key("ce que le prix comprend")

    def misfits(self) -> Iterator[Misfit]:
        """Yield amounts out of order."""
        if not self.minimum <= self.typical <= self.maximum:
            message = "les trois montants ne sont pas dans l'ordre"
            yield "typical", message, ("minimum", "typical", "maximum")


class AidForm(ItemForm, noun="aide", builds=Aid):
    """One funding scheme, never promised."""

    id: Slug = key("identifiant", "detr")
    title: Text = key("nom du dispositif", '"Dotation aux communes rurales"')
    state: AidStateWord = key("ouvert, clos ou inconnu", "unknown")
    applicant: Text = key("qui dépose la demande", '"la commune"')
    conditions: Text = key("ce qui est demandé", '"Moins de 2 000 habitants."')
    rate: Text = key("part payée, avec l'année où on l'a vue")
    ceiling: Text = key("plafond, avec l'année où on l'a vu")
    period: Text = key("quand la demande se dépose, ou se déposait")
    ask: Text = key("auprès de qui vérifier", '"la préfecture"')
    departments: ListOf[Department] = key("départements concernés ; tous sinon")
    max_population: Annotated[int, whole(1, 10_000_000)] = key(
        "habitants au-delà desquels la commune n'a rien"
    )
    as_of: Day = key("date de ces informations", "2022")
    source: SourceId = key("source, ou metier", "S31")
    note: Text = key("ce qu'il faut savoir de plus")


class DeadlineForm(ItemForm, noun="échéance", builds=Deadline):
    """One date to watch."""

    id: Slug = key("identifiant", "fin-windows-10")
    title: Text = key("de quoi il s'agit", '"Fin de Windows 10"')
    due: Day = key("la date ; absente si elle varie ou n'est pas connue")
    what: Text = key("ce qui change", '"Plus de correctifs de sécurité."')
    ask: Text = key("qui connaît la date exacte", '"le syndicat"')
    as_of: Day = key("date de ces informations", "2025-10")
    source: SourceId = key("source, ou metier", "S92")
    verify_before_quoting: Flag = key("true : texte de loi à relire avant citation")
    note: Text = key("ce qu'il faut savoir de plus")


class SourceForm(ItemForm, noun="source", builds=RegisteredSource):
    """One source of the register."""

    id: SourceId = key("identifiant", "S31")
    grade: Annotated[str, one_of("A", "B", "C", "D", "M")] = key(
        "A officielle, B collectivité, C presse, D vendeur, M métier", "A"
    )
    title: Text = key("titre du document", '"Guide des usages"')
    url: Text = key("adresse")
    date: Day = key("date du document")


ITEMS: dict[str, type[ItemForm]] = {
    "domains": DomainForm,
    "places": PlaceForm,
    "questions": QuestionForm,
    "criteria": CriterionForm,
    "recommendations": RecommendationForm,
    "prices": PriceForm,
    "aids": AidForm,
    "deadlines": DeadlineForm,
    "sources": SourceForm,
}
"""What the items of each section are made of."""

NOUNS = {section: form.noun for section, form in ITEMS.items()}
"""How a message names the items of each section."""

_EXAMPLE = {
    "name": "ce que l'exemple prouve",
    "domain": "domaine dont parle expect ; celui du fichier sinon",
    "answers": "réponses à l'école",
    "places": "lieux : kind, name, in, answers",
    "closed": "genres de lieux dont la liste est complète",
    "visit_date": "jour de la visite",
    "expect": "ce que l'on doit trouver",
}

ExampleAudit = Annotated[
    object,
    WithJsonSchema({
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "expect"],
        "properties": {name: {"description": what} for name, what in _EXAMPLE.items()},
    }),
]
"""A golden audit: `diag.assess` reads it."""


class DomainFile(YamlForm):
    """`reseau.yaml` and its like."""

    domain: Apart[DomainForm] = key(
        "de quoi parle ce fichier", "{id: …, title: …, weight: 1}"
    )
    questions: Section[QuestionForm] = key("les faits à relever")
    criteria: Section[CriterionForm] = key("comment on les juge")
    recommendations: Section[RecommendationForm] = key("ce que l'on préconise")
    examples: Section[ExampleAudit] = key("audits exemplaires qui le prouvent")


class PlacesFile(YamlForm):
    """`lieux.yaml`."""

    places: Section[PlaceForm] = key("genres de lieux")
    questions: Section[QuestionForm] = key("les faits qui décrivent les lieux")
    examples: Section[ExampleAudit] = key("audits exemplaires")


class PricesFile(YamlForm):
    """`prix.yaml`."""

    prices: Section[PriceForm] = key(
        "les prix, datés",
        '[{id: prise_rj45, label: "…", unit: "prise", year: 2025, …}]',
    )


class AidsFile(YamlForm):
    """`aides.yaml`."""

    aids: Section[AidForm] = key(
        "les aides, datées", '[{id: detr, title: "…", state: unknown, …}]'
    )


class DeadlinesFile(YamlForm):
    """`echeances.yaml`."""

    deadlines: Section[DeadlineForm] = key(
        "les dates à surveiller",
        '[{id: fin-windows-10, title: "…", due: 2025-10-14, …}]',
    )


class SourcesFile(YamlForm):
    """`sources.yaml`."""

    sources: Section[SourceForm] = key(
        "le registre des sources", '[{id: S31, grade: A, title: "…"}]'
    )


class EditionFile(YamlForm):
    """`edition.yaml`."""

    title: Text = key("titre de la grille", '"Grille du premier degré"')
    version: Text = key("version de l'édition", '"2026.1"')
    domains: ListOf[Slug] = key("ordre des domaines")
    retired: ListOf[RetiredId] = key("identifiants qui ont servi et ne serviront plus")


FILES: dict[str, type[YamlForm]] = {
    "lieux.yaml": PlacesFile,
    "prix.yaml": PricesFile,
    "aides.yaml": AidsFile,
    "echeances.yaml": DeadlinesFile,
    "sources.yaml": SourcesFile,
    "edition.yaml": EditionFile,
}
"""Files of a fixed name; any other file is a domain's."""
