"""One cell at a time: what the official files write, and what Excel made of it.

Each reader returns the canonical value, empty for an empty cell, or raises
`ValueError` with a reason in French when nothing can be made of the cell.
"""

import re
import unicodedata
from datetime import date

from diag.model.text import (
    Number,
    canonical_number,
    clean_line,
    email_problem,
    is_uai,
    normal_uai,
)

UNREADABLE = "\ufffd"
"""What a byte that means nothing became when the file was decoded."""

_SHORT_UAI = re.compile(r"\d{4,6}[A-Z]")
_INSEE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
_DEPARTMENT = re.compile(r"[0-9]{3}|02[AB]")
_POSTCODE = re.compile(r"[0-9]{5}")
_PHONE = re.compile(r"0[0-9]{9}")
_SIRET = re.compile(r"[0-9]{14}")
_SIREN = re.compile(r"[0-9]{9}")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_DECIMAL_END = re.compile(r"(?<=\d)\.0$")
"""What a script leaves of a code that it took for a number."""
_MONTH_FIRST = re.compile(r"\d{1,2}/(?:1[3-9]|[23]\d)/\d{4}(?: .*)?")
_TRUE = {"1", "1.0", "oui", "true", "vrai"}
_FALSE = {"0", "0.0", "non", "false", "faux"}
_LOST_LETTER = re.compile(r"\?\w")
"""A question mark before a letter: no register asks a question so."""
_MAX_CELL = 500


def line_of_text(raw: str) -> str:
    """Return a name or an address with single spaces; punctuation alone is nothing."""
    if len(raw) > _MAX_CELL:
        raise ValueError(f"plus de {_MAX_CELL} caractères")
    if UNREADABLE in raw:
        raise ValueError("caractère illisible")
    if raw.isprintable():  # no control character: most cells
        text = unicodedata.normalize("NFC", " ".join(raw.split()))
    else:
        text = clean_line(raw)
    return text if any(map(str.isalnum, text)) else ""


def official_line(raw: str) -> str:
    """Return a name or an address of a register: no letter of it became a `?`."""
    text = line_of_text(raw)
    if "?" in text and _LOST_LETTER.search(text):
        raise ValueError("caractère illisible")
    return text


def uai(raw: str) -> str:
    """Return a UAI, its lost leading zeros given back when the letter then fits."""
    text = "".join(raw.split()).upper()
    if not text.isascii():
        raise ValueError(_not(raw, "un UAI : sept chiffres et une lettre"))
    if _SHORT_UAI.fullmatch(text) and is_uai(text.zfill(8)):
        return text.zfill(8)
    return normal_uai(text)


def insee(raw: str) -> str:
    """Return the five characters of a commune's code."""
    return _code(raw.upper(), _INSEE, "un code INSEE de commune", zeros=1)


def department(raw: str) -> str:
    """Return the three characters of a department: `033`, `02A`."""
    return _code(raw.upper(), _DEPARTMENT, "un code de département", zeros=2)


def department_of(insee_code: str) -> str:
    """Return the department that a commune's code starts with."""
    if insee_code.startswith(("97", "98", "99")):  # three characters beyond 95
        return insee_code[:3]
    return f"0{insee_code[:2]}"


def postcode(raw: str) -> str:
    """Return the five digits of a postcode."""
    return _code(raw, _POSTCODE, "un code postal", zeros=1)


def rpi(raw: str) -> str:
    """Return the code of a regroupement pédagogique, six digits as a rule."""
    text = _DECIMAL_END.sub("", line_of_text(raw))
    return text.zfill(6) if re.fullmatch(r"\d{4,5}", text) else text


def phone(raw: str) -> str:
    """Return the ten digits of a French number."""
    digits = re.sub(r"[\s.\-()]", "", raw).replace("+33", "0", 1)
    return _code(digits, _PHONE, "un numéro de téléphone", zeros=1)


def siret(raw: str) -> str:
    """Return the fourteen digits of a SIRET; Excel's scientific form is lost."""
    digits = "".join(raw.split())
    if _SCIENTIFIC.fullmatch(digits):
        raise ValueError("SIRET en notation scientifique : Excel l'a perdu")
    return _code(digits, _SIRET, "un SIRET")


def siren(raw: str) -> str:
    """Return the nine digits of a SIREN."""
    return _code(raw, _SIREN, "un SIREN")


def email(raw: str) -> str:
    """Return a well-formed e-mail address."""
    if not raw:
        return ""
    if problem := email_problem(raw):
        raise ValueError(problem)
    return raw


def iso_date(raw: str) -> str:
    """Return an ISO date, from one or from `27/05/2026`."""
    if not raw:
        return ""
    if match := _DATE.fullmatch(raw):
        year, month, day = map(int, match.groups())
    elif match := _FRENCH_DATE.fullmatch(raw):
        day, month, year = map(int, match.groups())
    else:
        raise ValueError(_not(raw, "une date"))
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise ValueError(_not(raw, "une date")) from error


def is_month_first(raw: str) -> bool:
    """Say whether a date can only be one that starts with its month: `05/27/2026`."""
    return _MONTH_FIRST.fullmatch(raw) is not None


def is_in_mainland(latitude: str, longitude: str) -> bool:
    """Say whether coordinates in degrees are within France without its overseas."""
    return 41 <= float(latitude) <= 51.6 and -5.7 <= float(longitude) <= 10  # noqa: PLR2004 - Corsica to Dunkirk, Ouessant to Bastia


def latitude(raw: str) -> str:
    """Return a latitude in degrees, as written, with a point."""
    return _degrees(raw, 90)


def longitude(raw: str) -> str:
    """Return a longitude in degrees, as written, with a point."""
    return _degrees(raw, 180)


def flag(raw: str) -> int | None:
    """Return 1, 0, or None for an empty cell."""
    folded = raw.casefold()
    if folded in _TRUE:
        return 1
    if folded in _FALSE:
        return 0
    if folded:
        raise ValueError(_not(raw, "0 ou 1"))
    return None


def count(raw: str, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    if not raw:
        raise ValueError("nombre absent")
    number = canonical_number(raw)
    if not isinstance(number, int) or not 0 <= number <= most:
        raise ValueError(_not(raw, f"un nombre entier de 0 à {most}"))
    return number


def decimal(raw: str, least: int, most: int) -> Number:
    """Return a number between two bounds."""
    number = canonical_number(raw)
    if not least <= float(number) <= most:
        raise ValueError(_not(raw, f"un nombre de {least} à {most}"))
    return number


def school_year(raw: str) -> str:
    """Return `2022-2023`, from it or from the year of the rentrée."""
    match = re.fullmatch(r"(20\d\d)(?:[-/](20\d\d))?(?:\.0)?", raw)
    if match is None or (match[2] and int(match[2]) != int(match[1]) + 1):
        raise ValueError(_not(raw, "une rentrée scolaire"))
    return f"{match[1]}-{int(match[1]) + 1}"


def _code(raw: str, shape: re.Pattern[str], name: str, *, zeros: int = 0) -> str:
    text = _DECIMAL_END.sub("", "".join(raw.split()))
    if not text:
        return ""
    for lost in range(zeros + 1):
        padded = "0" * lost + text
        if shape.fullmatch(padded):
            return padded
    raise ValueError(_not(raw, name))


def _degrees(raw: str, most: int) -> str:
    if not raw:
        return ""
    text = raw.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,3}(?:\.\d{1,20})?", text) or abs(float(text)) > most:
        raise ValueError(_not(raw, "une coordonnée en degrés"))
    return text


def _not(raw: str, expected: str) -> str:
    return f"« {raw[:40]} » n'est pas {expected}"
