"""The files of a checklist as their authors write them: one key, one line.

Each form builds its own noun of the model. What a rule means is looked at later.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Tag, WithJsonSchema

from diag.checklist.fields import (
    AidStateWord,
    AnyId,
    Apart,
    ChoiceId,
    Day,
    DayOfYear,
    Decimals,
    Department,
    Duration,
    Euros,
    FinanceTopicWord,
    Flag,
    ItemForm,
    ListOf,
    MilestoneWord,
    Misfit,
    Name,
    PlaceWord,
    Rule,
    Section,
    SectionWord,
    Slug,
    SourceId,
    Text,
    TradeWord,
    Weight,
    Whom,
    YamlForm,
    key,
    one_of,
    whole,
)
from diag.checklist.forms import CriterionForm, QuestionForm, RecommendationForm
from diag.checklist.source import Entries
from diag.model.checklist import (
    Aid,
    Aspect,
    Crosscheck,
    Deadline,
    Domain,
    Finance,
    PaperForm,
    PlaceLabel,
    Price,
    RegisteredSource,
    Synonym,
)
from diag.model.enums import BudgetSection
from diag.model.text import exact


class DomainForm(ItemForm, noun="domaine", builds=Domain):
    """What a file is about."""

    id: Slug = key("identifiant du domaine", "reseau")
    title: Text = key("titre affiché", '"Accès à Internet"')
    weight: Weight = key("poids dans le score d'ensemble", "3")


class PlaceForm(ItemForm, noun="lieu", builds=PlaceLabel):
    """How a kind of place is called."""

    id: PlaceWord = key("genre de lieu", "salle")
    label: Text = key("comment on l'appelle", '"salle"')
    plural: Text = key("au pluriel")
    hint: Text = key("ce qui compte comme un tel lieu")
    named_by: ListOf[Name] = key("questions qui le décrivent")


class AspectForm(ItemForm, noun="aspect", builds=Aspect):
    """A side of a room or of a lot."""

    id: Slug = key("identifiant", "image")
    label: Text = key("comment on l'appelle", '"Image"')
    short: Text = key("le même en 3 lettres au plus", '"Ima"')


class SynonymForm(ItemForm, noun="synonyme", builds=Synonym):
    """A word that people type."""

    id: ChoiceId = key("le mot, sans accent ni majuscule", "livebox")
    means: ListOf[Text] = key("bouts de libellés qu'il veut dire", '["box comprise"]')


class PriceForm(ItemForm, noun="prix", builds=Price):
    """One dated price."""

    id: Name = key("identifiant", "prise_rj45")
    label: Text = key("désignation", '"Prise RJ45 posée"')
    unit: Text = key("ce qu'est une unité", '"prise"')
    as_of: Day = key("date du relevé", "2025")
    where: Text = key("où on l'a relevé : un lieu, ou métier")
    minimum: Euros = key("euros HT, prix bas", '"67"')
    typical: Euros = key("euros HT, prix courant", '"95"')
    maximum: Euros = key("euros HT, prix haut", '"125"')
    vat: Decimals = key("taux de TVA en % ; 20 sinon")
    yearly: Flag = key("true : payé chaque année")
    pack: Annotated[int, whole(1, 1000)] = key(
        "combien on en achète à la fois ; 1 sinon"
    )
    lifetime: Duration = key("durée avant de racheter")
    section: SectionWord = key("section du budget ; a_confirmer sinon")
    source: SourceId = key("source, ou metier")
    note: Text = key("ce que le prix comprend")

    def misfits(self) -> Iterator[Misfit]:
        """Yield amounts out of order, and works paid every year."""
        if self.yearly and self.section is BudgetSection.TRAVAUX:
            message = "des travaux ne se paient pas chaque année"
            yield "section", message, "Écrivez « section: fonctionnement »."
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
    valid_until: Day = key("jusqu'à quand le taux vaut ; sans elle, « à demander »")
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
    verify_before_quoting: Flag = key("true : texte de loi à vérifier")
    note: Text = key("ce qu'il faut savoir de plus")


WHOLE = 100
"""Percent of everything."""


class FinanceForm(ItemForm, noun="règle de finances", builds=Finance):
    """One dated rule of local finances."""

    id: Slug = key("identifiant", "fctva-taux")
    topic: FinanceTopicWord = key("de quoi elle parle", "fctva")
    title: Text = key("titre affiché", '"Taux du FCTVA"')
    says: Text = key("la règle, en une phrase ou deux", '"16,404 % du TTC éligible."')
    section: SectionWord = key("section du budget dont elle parle")
    percent: Decimals = key("taux ou part, en % ; d'une aide, le moins")
    at_most: Decimals = key("d'une aide, le plus, en % ; le même sinon")
    euros: Euros = key("seuil, en euros HT ; d'une aide, le plus par école")
    aid: Slug = key("l'aide dont c'est le taux")
    trades: ListOf[TradeWord] = key("métiers que l'aide paie ; tous sinon")
    milestone: MilestoneWord = key("ce qui se passe alors, chaque année")
    opens: DayOfYear = key("premier jour de l'année, 12-15, ou premier mois, 07")
    closes: DayOfYear = key("dernier jour, ou dernier mois")
    since: Day = key("depuis quand elle vaut")
    until: Day = key("jusqu'à quand elle vaut")
    as_of: Day = key("date de ces informations", "2026-11-27")
    source: SourceId = key("source, ou metier", "S31")
    note: Text = key("ce qu'il faut savoir de plus")

    def misfits(self) -> Iterator[Misfit]:
        """Yield dates out of order, and what keeps an aid from being reckoned."""
        since, until = self.since or "", self.until or ""
        if until and until < since[: len(until)]:
            message = f"elle finirait ({until}) avant de commencer ({since})"
            yield "until", message, ("since", "until")
        for name in ("percent", "section", "until") if self.aid else ():
            if not getattr(self, name):
                message = f"le taux d'une aide sans « {name} » ne se calcule pas"
                yield name, message, f"Ajoutez « {name} »."
        rates = [exact(one) for one in (self.percent, self.at_most) if one]
        are_rates = rates == sorted(rates) and all(0 < one <= WHOLE for one in rates)
        if self.aid and not are_rates:
            message = "les taux de l'aide ne sont pas dans l'ordre, entre 0 et 100"
            yield "at_most", message, ("percent", "at_most")
        if bool(self.milestone) != bool(self.closes):
            message = "« milestone » et « closes » vont ensemble"
            yield "closes", message, "Écrivez les deux, ou aucun."


class SourceForm(ItemForm, noun="source", builds=RegisteredSource):
    """One source of the register."""

    id: SourceId = key("identifiant", "S31")
    grade: Annotated[str, one_of("A", "B", "C", "D", "M")] = key(
        "A officielle, B collectivité, C presse, D vendeur ou copie, M métier", "A"
    )
    title: Text = key("titre du document", '"Guide des usages"')
    url: Text = key("adresse")
    date: Day = key("date du document")


class PaperFormForm(ItemForm, noun="formulaire", builds=PaperForm):
    """What somebody fills before the visit."""

    id: Slug = key("identifiant", "mairie")
    whom: Whom = key("qui le remplit", "commune")
    title: Text = key("titre imprimé", '"Formulaire de la mairie"')
    intro: Text = key("ce qu'il faut savoir avant de répondre", '"Cochez."')
    lines: ListOf[ListOf[Name]] = key(
        "questions de chaque ligne, dans l'ordre", "[[nb_classes]]"
    )
    columns: ListOf[Name] = key("questions sur chaque achat : une ligne d'un tableau")


class CheckForm(ItemForm, noun="contrôle", builds=Crosscheck):
    """What makes an answer doubtful beside others."""

    id: Slug = key("identifiant", "classes-de-l-annuaire")
    when: Rule = key("règle : quand on doute", "nb_classes != annuaire_nb_classes")
    says: Text = key(
        "pourquoi, avec les {noms} que la règle lit", '"l\'annuaire en dit {…}"'
    )
    ask: Name = key("la question à confirmer, ou à corriger", "nb_classes")
    value: Rule = key("règle qui donne le nombre {valeur}")


ITEMS: dict[str, type[ItemForm]] = {
    "domains": DomainForm,
    "places": PlaceForm,
    "aspects": AspectForm,
    "synonyms": SynonymForm,
    "questions": QuestionForm,
    "criteria": CriterionForm,
    "recommendations": RecommendationForm,
    "prices": PriceForm,
    "aids": AidForm,
    "deadlines": DeadlineForm,
    "finances": FinanceForm,
    "sources": SourceForm,
    "forms": PaperFormForm,
    "checks": CheckForm,
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
    aspects: Section[AspectForm] = key("côtés d'une salle ou d'un lot")
    questions: Section[QuestionForm] = key("les faits qui décrivent les lieux")
    examples: Section[ExampleAudit] = key("audits exemplaires")


class SynonymsFile(YamlForm):
    """`synonymes.yaml`."""

    synonyms: Section[SynonymForm] = key(
        "les mots que l'on cherche", '[{id: livebox, means: ["box comprise"]}]'
    )


class PricesFile(YamlForm):
    """`prix.yaml`."""

    prices: Section[PriceForm] = key(
        "les prix, datés",
        '[{id: prise_rj45, label: "…", unit: "prise", as_of: 2025, …}]',
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


class FinancesFile(YamlForm):
    """`finances.yaml`."""

    finances: Section[FinanceForm] = key(
        "les règles de finances, datées",
        '[{id: fctva-taux, topic: fctva, title: "…", …}]',
    )


class SourcesFile(YamlForm):
    """`sources.yaml`."""

    sources: Section[SourceForm] = key(
        "le registre des sources", '[{id: S31, grade: A, title: "…"}]'
    )


class PaperFormsFile(YamlForm):
    """`formulaires.yaml`."""

    forms: Section[PaperFormForm] = key(
        "les formulaires", '[{id: mairie, whom: commune, title: "…", …}]'
    )


class ChecksFile(YamlForm):
    """`controles.yaml`."""

    checks: Section[CheckForm] = key(
        "ce qui fait douter d'une réponse", "[{id: classes, when: …, says: …, ask: …}]"
    )


class RetiredForm(YamlForm, written="{id: vieux-critere, by: debit-suffisant}"):
    """An id that served, and what takes its place."""

    id: AnyId = key("identifiant qui ne servira plus", "debit-suffisant")
    by: AnyId = key("ce qui lui succède")


RetiredItem = Annotated[
    Annotated[AnyId, Tag("un mot")] | Annotated[RetiredForm, Tag("des clés")],
    Discriminator(
        lambda node: "des clés" if isinstance(node, Entries | RetiredForm) else "un mot"
    ),
]
"""An id, or `{id: …, by: …}`."""


class EditionFile(YamlForm):
    """`edition.yaml`."""

    title: Text = key("titre de la grille", '"Grille du premier degré"')
    version: Text = key("version de l'édition", '"2026.1"')
    domains: ListOf[Slug] = key("ordre des domaines")
    retired: ListOf[RetiredItem] = key("ce qui a servi et ne servira plus : {id, by}")


FILES: dict[str, type[YamlForm]] = {
    "lieux.yaml": PlacesFile,
    "synonymes.yaml": SynonymsFile,
    "prix.yaml": PricesFile,
    "aides.yaml": AidsFile,
    "echeances.yaml": DeadlinesFile,
    "finances.yaml": FinancesFile,
    "sources.yaml": SourcesFile,
    "formulaires.yaml": PaperFormsFile,
    "controles.yaml": ChecksFile,
    "edition.yaml": EditionFile,
}
"""Files of a fixed name; any other file is a domain's."""


Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""


def json_schema() -> Schema:
    """Return the schema of the files as authors write them."""
    properties: Schema = {}
    forms: list[type[YamlForm]] = [*FILES.values(), DomainFile]
    for form in forms:
        schema = form.model_json_schema()
        properties |= _inline(schema, schema.get("$defs", {}))["properties"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Grille de diag",
        "description": "Un fichier d'une grille ; voir docs/guide-auteur.md.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def overlay_schema() -> Schema:
    """Return the schema of an overlay's files: any key may be missing, or `null`."""
    schema = json_schema()
    partial: Schema = {}
    for name, section in schema["properties"].items():
        items = section.get("items")
        if isinstance(items, dict) and "properties" in items:
            partial[name] = {**section, "items": _partial_item(items)}
        else:
            is_item = "properties" in section
            partial[name] = _partial_item(section) if is_item else section
    whole = partial["domain"]
    named: Schema = {"type": "string", "description": "Le domaine où tout va"}
    partial["domain"] = {"anyOf": [named, whole]}
    return {
        **schema,
        "title": "Changements posés sur une grille de diag",
        "properties": partial,
    }


def _inline(schema: Any, defs: Schema) -> Any:
    """Return what pydantic describes, as an editor shows it: forms in their place.

    The names and notes of classes, in English, are left out; so is what is for Python.
    """
    if isinstance(schema, list):
        return [_inline(one, defs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if ref := schema.get("$ref"):
        form = {**defs[ref.rpartition("/")[2]], "description": None}
        return _inline(form | {k: v for k, v in schema.items() if k != "$ref"}, defs)
    kept = {
        name: {key: _inline(one, defs) for key, one in part.items()}
        if name == "properties"
        else _inline(part, defs)
        for name, part in schema.items()
        if name not in {"$defs", "title", "default", "examples"} and part is not None
    }
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if patterns := kept.pop("patternProperties", None):
        ((pattern, values),) = patterns.items()
        kept |= {
            "propertyNames": {"pattern": pattern},
            "additionalProperties": values,
        }
    return kept


def _partial_item(item: Schema) -> Schema:
    """Return an item that may hold only what it changes."""
    properties = item["properties"]
    changed = {name: _or_nothing(one) for name, one in properties.items()}
    off: Schema = {"type": "boolean", "description": "true : désactivé"}
    named = ["id"] if "id" in properties else []
    return {**item, "required": named, "properties": {**changed, "off": off}}


def _or_nothing(schema: Schema) -> Schema:
    """Return what a key may hold: a group may be partial, and `null` takes it out."""
    if isinstance(properties := schema.get("properties"), dict):
        inner = {name: _or_nothing(one) for name, one in properties.items()}
        schema = {**schema, "required": [], "properties": inner}
    described = {name: schema[name] for name in ("description",) if name in schema}
    return {**described, "anyOf": [schema, {"type": "null"}]}
