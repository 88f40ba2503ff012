"""Values that may be written in several ways: efforts, roll-ups, examples."""

from diag.rules.forms.words import LEVEL
from diag.rules.reading.nodes import Entries, Node, Scalar
from diag.rules.reading.numbers import Decimals, Whole
from diag.rules.reading.reader import Reader, Schema
from diag.rules.reading.records import Key, Record, Table
from diag.rules.reading.shapes import Flag, OneOf, RuleText


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
                Table(LEVEL, Decimals()),
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
            ((word, value),) = node.nodes.items()
            if word in self.words.words and Flag().read(value, reader):
                return {"method": word}
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


_TOLD = {
    "name": "ce que l'exemple prouve",
    "domain": "domaine dont parle expect ; celui du fichier sinon",
    "answers": "réponses à l'école",
    "places": "lieux : kind, name, in, answers",
    "closed": "genres de lieux dont la liste est complète",
    "visit_date": "jour de la visite",
    "expect": "ce que l'on doit trouver",
}
"""What the keys of an example say."""


class ExampleShape:
    """A golden audit: only its name is read here, `diag.assess` runs the rest."""

    def read(self, node: Node, reader: Reader) -> Node | None:
        """Return the node itself when it has a name."""
        if not isinstance(node, Entries) or "name" not in node.nodes:
            remedy = 'Commencez par « name: "rien de connu" ».'
            reader.refuse(node.spot, "exemple : il manque la clé « name »", remedy)
            return None
        return node

    def schema(self) -> Schema:
        """Describe its keys; what they hold, `diag.assess` says."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "expect"],
            "properties": {key: {"description": told} for key, told in _TOLD.items()},
        }
