"""Values that an author may write: texts, words, numbers, amounts, rules."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from diag.model.number import Number, canonical_number
from diag.model.text import clean_text
from diag.rules.nodes import Node, Scalar
from diag.rules.problem import listed, write_instead
from diag.rules.reader import Reader, Schema, short


@dataclass(frozen=True, slots=True)
class Text:
    """A French text, never empty."""

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the text, cleaned and without spaces around it."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            reader.refuse_value(node, "un texte", "Écrivez-le entre guillemets.")
            return None
        try:
            text = clean_text(node.value).strip()
        except ValueError as error:
            reader.refuse(node.spot, str(error), "Raccourcissez-le ou retapez-le.")
            return None
        if not text:
            reader.refuse_value(node, "un texte", "Écrivez-le, ou supprimez la clé.")
        return text

    def schema(self) -> Schema:
        """Describe a text."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Word:
    """A text of a fixed form: an id, a duration, a date."""

    pattern: str
    what: str
    remedy: str

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the text when it has the form."""
        text = node.text if isinstance(node, Scalar) else ""
        if re.fullmatch(self.pattern, text):
            return text
        reader.refuse_value(node, self.what, self.remedy)
        return None

    def schema(self) -> Schema:
        """Describe the form."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word of a closed list."""

    words: tuple[str, ...]

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the word when it is of the list."""
        text = node.text if isinstance(node, Scalar) else ""
        if text in self.words:
            return text
        remedy = write_instead(text, self.words, f"Écrivez {listed(self.words)}.")
        reader.refuse_value(node, "un mot de la liste", remedy)
        return None

    def schema(self) -> Schema:
        """Describe the list."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, node: Node, reader: Reader) -> bool | None:
        """Return the boolean."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        reader.refuse_value(
            node, "true ou false", "Écrivez true ou false, sans guillemets."
        )
        return None

    def schema(self) -> Schema:
        """Describe a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds."""

    low: int
    high: int

    def read(self, node: Node, reader: Reader) -> int | None:
        """Return the number when it is whole and within the bounds."""
        value = node.value if isinstance(node, Scalar) else None
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
        ):
            return value
        span = f"de {self.low} à {self.high}"
        reader.refuse_value(
            node, f"un nombre entier {span}", "Écrivez-le sans guillemets."
        )
        return None

    def schema(self) -> Schema:
        """Describe the bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Decimals:
    """An exact number: whole, or a decimal between quotes."""

    def read(self, node: Node, reader: Reader) -> Number | None:
        """Return the canonical number."""
        try:
            value = node.value if isinstance(node, Scalar) else None
            return canonical_number(value)
        except ValueError:
            reader.refuse_value(node, "un nombre", 'Écrivez par exemple 30 ou "0.5".')
            return None

    def schema(self) -> Schema:
        """Describe an exact number."""
        pattern = r"^-?[0-9]+([.,][0-9]+)?$"
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": pattern}]}


@dataclass(frozen=True, slots=True)
class Euros:
    """An amount in euros, read as integer cents."""

    def read(self, node: Node, reader: Reader) -> int | None:
        """Return the amount in cents."""
        try:
            value = node.value if isinstance(node, Scalar) else None
            cents = Decimal(canonical_number(value)) * 100
        except ValueError:
            cents = Decimal("0.5")
        if cents == cents.to_integral_value() and cents >= 0:
            return int(cents)
        reader.refuse_value(
            node, "un montant en euros HT", 'Écrivez par exemple "67" ou "67.50".'
        )
        return None

    def schema(self) -> Schema:
        """Describe an amount."""
        pattern = r"^[0-9]+([.,][0-9]{1,2})?$"
        return {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": pattern},
            ]
        }


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range: a number, an ISO date, or null when it is open."""

    def read(self, node: Node, reader: Reader) -> Number | None:
        """Return the number or the date, as its canonical text."""
        if isinstance(node, Scalar):
            if node.value is None or is_iso_date(node.text):
                return None if node.value is None else node.text
            try:
                return canonical_number(node.value)
            except ValueError:
                pass
        reader.refuse_value(
            node,
            "une borne",
            'Écrivez un nombre ("0.5"), une date (2026-09-01) ou null.',
        )
        return None

    def schema(self) -> Schema:
        """Describe a bound."""
        return {"type": ["number", "string", "null"]}


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule, kept as text; whether it makes sense is the language's business."""

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the rule's text."""
        whole = isinstance(node, Scalar) and not isinstance(node.value, bool)
        if not isinstance(node, Scalar) or not whole or not node.text.strip():
            reader.refuse_value(
                node, "une règle", "Écrivez-la entre guillemets doubles."
            )
            return None
        if node.plain and node.braced and not re.fullmatch(r"\w+", node.text):
            key = reader.path[-1]
            reader.refuse(
                node.spot,
                f"« {key} » : règle sans guillemets entre accolades ; une virgule ou "
                "un « # » la couperait",
                f'Écrivez « {key}: "{short(node.text)}" ».',
                "warning",
            )
        return node.text.strip()

    def schema(self) -> Schema:
        """Describe a rule."""
        return {"type": ["string", "integer"]}


def is_iso_date(text: str) -> bool:
    """Say whether a text is a date written 2026-09-01."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
