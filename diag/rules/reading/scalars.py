"""What an unquoted text means: YAML 1.2's core schema, without octal or exponents."""

import re
from decimal import Decimal

ScalarValue = str | int | Decimal | bool | None
"""What a scalar may be; a number is exact, never a float."""


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


_TRUE = frozenset({"true", "True", "TRUE"})


_FALSE = frozenset({"false", "False", "FALSE"})


_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")


_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})")


def plain_value(text: str) -> ScalarValue:
    """Return the value of an unquoted text; what is nothing else is a text."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
