"""A domain's file: questions, criteria, recommendations and examples side by side."""

from diag.model.enums import (
    Audience,
    Direction,
    Kind,
    Owner,
    Profile,
    Provenance,
    QuestionType,
)
from diag.rules.forms.special import EffortShape, ExampleShape, RollUpShape
from diag.rules.forms.words import (
    CHOICE,
    DURATION,
    LEVEL,
    NAME,
    PLACE,
    REF,
    SLUG,
    SOURCE,
    one_of,
)
from diag.rules.reading.numbers import Bound, Whole
from diag.rules.reading.records import Key, ListOf, Record, Table
from diag.rules.reading.shapes import Flag, OneOf, RuleText, Text

DOMAIN = Record(
    "domaine",
    {
        "id": Key(SLUG, "identifiant du domaine", "reseau"),
        "title": Key(Text(), "titre affiché", '"Accès à Internet"'),
        "weight": Key(Whole(1, 100), "poids dans la note globale", "3"),
    },
)
"""What a file is about."""


PROPOSED = Record(
    "choix",
    {
        "id": Key(CHOICE, "identifiant lu par les règles", "fibre"),
        "label": Key(Text(), "réponse affichée", '"Fibre optique"'),
    },
)
"""One possible answer."""


QUESTION = Record(
    "question",
    {
        "id": Key(NAME, "identifiant, jamais réutilisé ni changé", "nb_classes"),
        "domain": Key(SLUG, "domaine où la question se range ; celui du fichier sinon"),
        "place": Key(PLACE, "ce que la question regarde", "ecole"),
        "type": Key(one_of(QuestionType), "nature de la réponse", "integer"),
        "label": Key(Text(), "ce que l'on relève", '"Nombre de classes"'),
        "ask": Key(Text(), "phrase à dire à la personne rencontrée"),
        "look": Key(Text(), "ce qui vaut preuve"),
        "hint": Key(Text(), "aide affichée sous la question"),
        "unit": Key(Text(), "unité du nombre : Mbit/s, mois, €"),
        "choices": Key(ListOf(PROPOSED), "réponses possibles d'un choice ou choices"),
        "ordered": Key(Flag(), "true : les choix vont du pire au meilleur"),
        "range": Key(ListOf(Bound(), 2), "bornes ; refusé au-delà"),
        "likely": Key(ListOf(Bound(), 2), "bornes ; à confirmer au-delà"),
        "relevant": Key(RuleText(), "règle : quand la question se pose"),
        "required": Key(Flag(), "true : à relever même en visite courte"),
        "profile": Key(
            one_of(Profile), "visite la plus courte qui la pose ; déduite sinon"
        ),
        "whom": Key(
            OneOf((
                "direction",
                "baie",
                "salle",
                "lot",
                "equipe",
                "commune",
                "syndicat",
            )),
            "à qui l'on demande, où l'on se tient",
        ),
        "provenance": Key(
            ListOf(one_of(Provenance)), "comment la réponse peut être connue"
        ),
        "stale_after": Key(DURATION, "durée après laquelle la réponse est à revoir"),
        "sensitive": Key(Flag(), "true : dans le seul rapport technique"),
    },
)
"""How one fact is collected."""


CRITERION = Record(
    "critère",
    {
        "id": Key(SLUG, "identifiant, jamais réutilisé ni changé", "debit-suffisant"),
        "ref": Key(
            REF,
            "numéro dans le dossier",
        ),
        "domain": Key(SLUG, "domaine ; celui du fichier sinon"),
        "title": Key(Text(), "titre affiché", '"Un débit qui suffit à la classe"'),
        "kind": Key(one_of(Kind), "conformité, socle ou progrès", "improvement"),
        "weight": Key(Whole(1, 100), "poids dans le domaine ; 1 sinon"),
        "place": Key(PLACE, "lieu jugé", "ecole"),
        "applicable": Key(RuleText(), "règle : quand le critère s'applique"),
        "levels": Key(
            Table(LEVEL, RuleText()),
            "niveau : règle qui le donne ; 0 sinon",
            '{2: "debit_descendant >= 30", 1: "debit_descendant >= 8"}',
        ),
        "improves_with": Key(
            Table(NAME, one_of(Direction)),
            "question : sens dans lequel le fait s'améliore",
        ),
        "roll_up": Key(RollUpShape(), "comment plusieurs lieux donnent un seul niveau"),
        "why": Key(Text(), "pourquoi ce critère", '"Une classe entière se connecte."'),
        "sources": Key(ListOf(SOURCE), "sources, ou metier", "[S31]"),
        "verify_before_quoting": Key(
            Flag(), "true : texte de loi à relire avant citation"
        ),
    },
)
"""How facts are judged."""


WORDS_TO: dict[Audience, tuple[str, ...]] = {
    Audience.MAIRIE: ("title", "why", "decision"),
    Audience.EQUIPE: ("title", "why", "meanwhile"),
    Audience.ACADEMIE: ("title", "why"),
    Audience.TECHNIQUE: ("title", "how"),
}
"""What each audience is told of a recommendation, all of it required."""


_WORDS: dict[str, Key] = {
    "title": Key(Text(), "ce qu'il faut faire", '"Câbler {quantite} salles"'),
    "why": Key(Text(), "pourquoi", '"La classe attend ses vidéos."'),
    "decision": Key(Text(), "ce qui est à voter", '"Voter {cout} au budget."'),
    "meanwhile": Key(Text(), "que faire d'ici là", '"Télécharger la veille."'),
    "how": Key(Text(), "comment faire", '"Câble de catégorie 6A, testé."'),
}


def _telling(audience: Audience, *keys: str) -> Key:
    example = ", ".join(f"{key}: {_WORDS[key].example}" for key in keys)
    record = Record("", {key: _WORDS[key] for key in keys})
    return Key(record, f"texte pour {audience}", f"{{{example}}}")


WORDING = Record(
    "",
    {str(audience): _telling(audience, *keys) for audience, keys in WORDS_TO.items()},
)
"""A recommendation told to each audience."""


BELOW = Record(
    "",
    {
        "criterion": Key(SLUG, "critère", "debit-suffisant"),
        "below": Key(Whole(1, 3), "se déclenche sous ce niveau", "2"),
    },
)
"""What triggers a recommendation."""


REQUIREMENT = Record(
    "",
    {
        "criterion": Key(SLUG, "critère à satisfaire d'abord"),
        "at_least": Key(Whole(1, 3), "niveau qu'il doit atteindre"),
        "recommendation": Key(SLUG, "préconisation à faire d'abord"),
    },
)
"""What must hold first: one of two ways."""


STEP = Record(
    "étape",
    {
        "id": Key(SLUG, "identifiant", "releve"),
        "title": Key(Text(), "ce que l'on fait", '"Relever les salles"'),
    },
)
"""A step."""


RECOMMENDATION = Record(
    "préconisation",
    {
        "id": Key(
            SLUG, "identifiant, jamais réutilisé ni changé", "cabler-les-classes"
        ),
        "domain": Key(SLUG, "domaine ; celui du fichier sinon"),
        "when": Key(
            BELOW, "ce qui la déclenche", "{criterion: debit-suffisant, below: 2}"
        ),
        "requires": Key(ListOf(REQUIREMENT), "ce qui doit être fait avant"),
        "owner": Key(one_of(Owner), "qui agit", "commune"),
        "quantity": Key(RuleText(), "règle : combien ; 1 sinon"),
        "prices": Key(Table(NAME, RuleText()), "ligne de prix.yaml : règle, combien"),
        "effort": Key(EffortShape(), "règle : jours de travail"),
        "delay": Key(DURATION, "délai pour agir"),
        "lifetime": Key(DURATION, "durée de vie de ce qui est fait"),
        "effect": Key(
            Table(SLUG, Whole(1, 3)), "critère : niveau atteint une fois fait"
        ),
        "steps": Key(ListOf(STEP), "étapes, dans l'ordre"),
        "wording": Key(
            WORDING,
            "un texte par destinataire",
            "{mairie: …, equipe: …, academie: …, technique: …}",
        ),
        "done_when": Key(
            Text(), "à quoi l'on voit que c'est fait", '"Prises testées."'
        ),
        "sources": Key(ListOf(SOURCE), "sources, ou metier"),
    },
)
"""What to do."""


DOMAIN_FILE = Record(
    "",
    {
        "domain": Key(
            DOMAIN, "de quoi parle ce fichier", "{id: …, title: …, weight: 1}"
        ),
        "questions": Key(ListOf(QUESTION), "les faits à relever"),
        "criteria": Key(ListOf(CRITERION), "comment on les juge"),
        "recommendations": Key(ListOf(RECOMMENDATION), "ce que l'on préconise"),
        "examples": Key(ListOf(ExampleShape()), "audits exemplaires qui le prouvent"),
    },
)
"""`reseau.yaml` and its like."""
