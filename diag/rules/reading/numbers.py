"""Numbers that an author may write: whole, exact, in euros, or the end of a range."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from diag.model.number import Number, canonical_number
from diag.rules.reading.nodes import Node, Scalar
from diag.rules.reading.reader import Reader, Schema


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
            node,
            f"un nombre entier {span}",
            "Écrivez-le en chiffres, sans guillemets ni virgule.",
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


def is_iso_date(text: str) -> bool:
    """Say whether a text is a date written 2026-09-01."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
