"""A worksheet whose texts come back letter for letter, whatever they look like.

The standard writes U+FFFE as `_xFFFE_`, so a text `_xFFFE_` must be escaped too;
xlsxwriter 3.3 forgets one of two that share an underscore: `_x0041_x0042_`.
"""

import re

from xlsxwriter.worksheet import Worksheet

_UNWRITABLE = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_LITERAL = re.compile(rf"_(?=x[0-9a-fA-F]{{4}}[_{_UNWRITABLE}])")
_SIGN = re.compile(f"[{_UNWRITABLE}]")


class ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A worksheet with the standard's escapes, all of them."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        escaped = _LITERAL.sub("_x005F_", data)
        return _SIGN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", escaped)
