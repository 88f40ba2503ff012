"""The files of a checklist, as their authors write them: each key and its meaning."""

from enum import StrEnum

from diag.model.checklist import Audience, Direction, Kind, Owner, QuestionType
from diag.model.fact import Provenance
from diag.model.place import PlaceKind
from diag.rules.nodes import Entries, Node, Scalar
from diag.rules.reader import Reader, Schema
from diag.rules.records import Key, ListOf, Record, Table
from diag.rules.shapes import (
    Bound,
    Decimals,
    Flag,
    OneOf,
    RuleText,
    Text,
    Whole,
    Word,
)


def _words(names: type[StrEnum]) -> OneOf:
    return OneOf(tuple(str(name) for name in names))


NAME = Word(
    r"[a-z][a-z0-9_]*",
    "un identifiant",
    "Minuscules sans accent, chiffres et « _ », par exemple nb_classes.",
)
"""Id of a question, a price: what rules read, hence no hyphen."""

SLUG = Word(
    r"[a-z][a-z0-9-]*",
    "un identifiant",
    "Minuscules sans accent, chiffres et « - », par exemple debit-suffisant.",
)
"""Id of a domain, a criterion, a recommendation, a step."""

CHOICE = Word(
    r"[a-z0-9][a-z0-9_-]*",
    "un identifiant",
    "Minuscules sans accent, chiffres, « _ » ou « - », par exemple fibre.",
)
"""Id of a choice: a text of rules, between quotes."""

SOURCE = Word(
    r"[A-Za-z][A-Za-z0-9-]*",
    "un identifiant de source",
    "Écrivez un identifiant de sources.yaml (S31) ou metier.",
)
"""Id of a source."""

DURATION = Word(
    r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?",
    "une durée",
    "Écrivez P7D (jours), P6M (mois) ou P15Y (ans).",
)
"""An ISO 8601 duration, in whole days or more."""

DATE = Word(
    r"\d{4}(-\d{2}(-\d{2})?)?", "une date", "Écrivez par exemple 2026-09-01 ou 2026."
)
"""A date, a month or a year."""

LEVEL = Whole(0, 3)
"""A level."""

PLACE = _words(PlaceKind)
"""A place kind."""


class EffortShape:
    """Days of work: a rule, or `{days: rule}`."""

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the rule."""
        if isinstance(node, Entries):
            days = Record("", {"days": Key(RuleText(), "règle", '"quantite / 4"')})
            effort = days.read(node, reader)
            return str(effort["days"]) if effort else None
        return RuleText().read(node, reader)

    def schema(self) -> Schema:
        """Describe both ways."""
        days = {"type": "object", "properties": {"days": RuleText().schema()}}
        return {"anyOf": [RuleText().schema(), days | {"required": ["days"]}]}


class RollUpShape:
    """`worst`, `mean`, or the share of places that reach a level."""

    words = OneOf(("worst", "mean"))
    share = Record(
        "",
        {
            "share_reaching": Key(Whole(1, 3), "niveau qu'un lieu doit atteindre", "2"),
            "steps": Key(
                Table(Word("[123]", "un niveau", "Écrivez 1, 2 ou 3."), Decimals()),
                "niveau : part des lieux, de 0 à 1",
                '{3: "1", 2: "0.75", 1: "0.5"}',
            ),
        },
    )

    def read(self, node: Node, reader: Reader) -> dict[str, object] | None:
        """Return the fields of a RollUp."""
        if isinstance(node, Scalar):
            method = self.words.read(node, reader)
            return {"method": method} if method else None
        if isinstance(node, Entries) and len(node.nodes) == 1:
            (only,) = node.nodes
            if only in self.words.words:
                return {"method": only}
        share = self.share.read(node, reader)
        if share is None:
            return None
        return {
            "method": "share_reaching",
            "threshold": share["share_reaching"],
            "steps": share["steps"],
        }

    def schema(self) -> Schema:
        """Describe the three ways."""
        worst: Schema = {
            "type": "object",
            "properties": {word: {"const": True} for word in self.words.words},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"anyOf": [self.words.schema(), worst, self.share.schema()]}


DOMAIN = Record(
    "domaine",
    {
        "id": Key(SLUG, "identifiant du domaine", "reseau"),
        "title": Key(Text(), "titre affiché", '"Accès à Internet"'),
        "weight": Key(Whole(1, 100), "poids dans la note globale", "3"),
    },
)
"""What a file is about."""

QUESTION = Record(
    "question",
    {
        "id": Key(NAME, "identifiant, jamais réutilisé ni changé", "nb_classes"),
        "domain": Key(SLUG, "domaine où la question se range ; celui du fichier sinon"),
        "place": Key(PLACE, "ce que la question regarde", "ecole"),
        "type": Key(_words(QuestionType), "nature de la réponse", "integer"),
        "label": Key(Text(), "ce que l'on relève", '"Nombre de classes"'),
        "ask": Key(Text(), "phrase à dire à la personne rencontrée"),
        "look": Key(Text(), "ce qui vaut preuve"),
        "hint": Key(Text(), "aide affichée sous la question"),
        "unit": Key(Text(), "unité du nombre : Mbit/s, mois, €"),
        "choices": Key(
            ListOf(
                Record(
                    "choix",
                    {
                        "id": Key(CHOICE, "identifiant lu par les règles", "fibre"),
                        "label": Key(Text(), "réponse affichée", '"Fibre optique"'),
                    },
                )
            ),
            "réponses possibles d'un choice ou d'un choices",
        ),
        "ordered": Key(Flag(), "true : les choix vont du pire au meilleur"),
        "range": Key(ListOf(Bound(), 2), "bornes ; refusé au-delà"),
        "likely": Key(ListOf(Bound(), 2), "bornes ; à confirmer au-delà"),
        "relevant": Key(RuleText(), "règle : quand la question se pose"),
        "required": Key(Flag(), "true : à relever même en visite courte"),
        "whom": Key(
            OneOf(("direction", "baie", "salle", "lot", "equipe", "commune")),
            "à qui l'on demande, où l'on se tient",
        ),
        "provenance": Key(
            ListOf(_words(Provenance)), "comment la réponse peut être connue"
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
            Word(r"[A-Z]{3}-\d{2}[a-z]?", "un numéro", "Écrivez par exemple ACC-02."),
            "numéro dans le dossier",
        ),
        "domain": Key(SLUG, "domaine ; celui du fichier sinon"),
        "title": Key(Text(), "titre affiché", '"Un débit qui suffit à la classe"'),
        "kind": Key(_words(Kind), "conformité, socle ou progrès", "improvement"),
        "weight": Key(Whole(1, 100), "poids dans le domaine ; 1 sinon"),
        "place": Key(PLACE, "lieu jugé", "ecole"),
        "applicable": Key(RuleText(), "règle : quand le critère s'applique"),
        "levels": Key(
            Table(Word("[123]", "un niveau", "Écrivez 1, 2 ou 3."), RuleText()),
            "niveau : règle qui le donne ; 0 sinon",
            '{2: "debit_descendant >= 30", 1: "debit_descendant >= 8"}',
        ),
        "improves_with": Key(
            Table(NAME, _words(Direction)),
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


RECOMMENDATION = Record(
    "préconisation",
    {
        "id": Key(
            SLUG, "identifiant, jamais réutilisé ni changé", "cabler-les-classes"
        ),
        "domain": Key(SLUG, "domaine ; celui du fichier sinon"),
        "when": Key(
            Record(
                "",
                {
                    "criterion": Key(SLUG, "critère", "debit-suffisant"),
                    "below": Key(Whole(1, 3), "se déclenche sous ce niveau", "2"),
                },
            ),
            "ce qui la déclenche",
            "{criterion: debit-suffisant, below: 2}",
        ),
        "requires": Key(
            ListOf(
                Record(
                    "",
                    {
                        "criterion": Key(SLUG, "critère à satisfaire d'abord"),
                        "at_least": Key(Whole(1, 3), "niveau qu'il doit atteindre"),
                        "recommendation": Key(SLUG, "préconisation à faire d'abord"),
                    },
                )
            ),
            "ce qui doit être fait avant",
        ),
        "owner": Key(_words(Owner), "qui agit", "commune"),
        "quantity": Key(RuleText(), "règle : combien ; 1 sinon"),
        "prices": Key(Table(NAME, RuleText()), "ligne de prix.yaml : règle, combien"),
        "effort": Key(EffortShape(), "règle : jours de travail"),
        "delay": Key(DURATION, "délai pour agir"),
        "lifetime": Key(DURATION, "durée de vie de ce qui est fait"),
        "effect": Key(
            Table(SLUG, Whole(1, 3)), "critère : niveau atteint une fois fait"
        ),
        "steps": Key(
            ListOf(
                Record(
                    "étape",
                    {
                        "id": Key(SLUG, "identifiant", "releve"),
                        "title": Key(
                            Text(), "ce que l'on fait", '"Relever les salles"'
                        ),
                    },
                )
            ),
            "étapes, dans l'ordre",
        ),
        "wording": Key(
            Record(
                "",
                {
                    str(audience): _telling(audience, *keys)
                    for audience, keys in WORDS_TO.items()
                },
            ),
            "un texte par destinataire",
            "(voir mairie, equipe, academie, technique)",
        ),
        "done_when": Key(
            Text(), "à quoi l'on voit que c'est fait", '"Prises testées."'
        ),
        "sources": Key(ListOf(SOURCE), "sources, ou metier"),
    },
)
"""What to do."""


class ExampleShape:
    """A golden audit: only its name is read here, `diag.assess` runs the rest."""

    def read(self, node: Node, reader: Reader) -> Node | None:
        """Return the node itself when it has a name."""
        if not isinstance(node, Entries) or "name" not in node.nodes:
            reader.refuse_value(
                node, "un exemple", 'Commencez par « name: "rien de connu" ».'
            )
            return None
        return node

    def schema(self) -> Schema:
        """Describe what is common to all examples."""
        return {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "description": "ce que l'exemple prouve"},
                "answers": {"description": "réponses de l'audit"},
                "places": {"description": "lieux de l'audit"},
                "expect": {"description": "ce que l'on doit trouver"},
            },
        }


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
