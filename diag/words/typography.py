"""French typography: which space stands before and after what.

Only spaces change; a letter never does, so a user's own words stay his. Times and
addresses hold no space before their signs, hence are left alone by construction.
"""

import re
from functools import lru_cache

NNBSP = "\u202f"
"""Narrow no-break space: before ; ! ? and between thousands."""

NBSP = "\u00a0"
"""No-break space: before :, inside « », before % € and units, after n°."""

_UNITS = (
    "%|€|Mbit/s|Gbit/s|kbit/s|Mo|Go|To|GHz|MHz|dBm|dB|lux|lx|kWh|kW|W|V|A|VA|°C|"
    "mm|cm|m²|m|km|min|ms|s|h|ans?|mois|jours?|pouces?"
)

_ABBREVIATIONS = ("n°", "N°", "art.", "p.", "L.", "R.", "D.", "M.", "Mme")
_AFTER = "|".join(rf"(?<={re.escape(short)})" for short in _ABBREVIATIONS)
_NARROW = re.compile(r"[ \u00a0](?=[;!?])|(?<=\d)[ \u00a0](?=\d{3}(?!\d))")

_WIDE = re.compile(
    r"[ \u202f](?=:(?:[\s*]|$))"  # « : » may close a bold lead-in
    r"|(?<=«)[ \u202f]|[ \u202f](?=»)"
    rf"|(?<=\d)[ \u202f](?=(?:{_UNITS})(?![\w/]))"
    rf"|(?:{_AFTER})[ \u202f](?=[\dA-ZÀ-Ý])"
)


@lru_cache(maxsize=4096)
def french(text: str) -> str:
    """Return `text` with French spaces, letter for letter otherwise; idempotent."""
    if " " not in text and NBSP not in text and NNBSP not in text:
        return text
    return _WIDE.sub(NBSP, _NARROW.sub(NNBSP, text))
