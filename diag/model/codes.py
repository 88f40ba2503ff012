"""Codes in files, UAI, SIREN, INSEE, e-mail addresses; how a campaign is named."""

import re
from datetime import date
from uuid import UUID, uuid5

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


NS_DIAG = UUID("3b8f2a52-6f0d-5f5c-9d0e-6a1f7c1d2b90")
"""Namespace of every id that two laptops must find alike, apart."""

_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_FIRST_MONTH = 8
"""A campaign opened from August on belongs to the school year that starts."""


def is_campaign(text: str) -> bool:
    """Say whether a text can name a campaign: it names folders too, so only a slug."""
    return bool(_CAMPAIGN.fullmatch(text))


PROGRAMMES = "programme-"
"""How the campaign of a programme begins: it holds no audit."""


def checked_campaign(text: str) -> str:
    """Return a campaign's name as it is.

    Raises:
        ValueError: when it is no slug; the message gives the rule.
    """
    if not is_campaign(text):
        raise ValueError(
            f"Campagne « {text[:40]} » refusée : lettres minuscules sans accent, "
            "chiffres et tirets seulement, par exemple 2026-2027."
        )
    return text


def school_year(day: date) -> str:
    """Return the school year of a day: the default campaign, `2026-2027`."""
    start = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{start}-{start + 1}"


def is_school_year(text: str) -> bool:
    """Say whether a campaign is named after a school year, as they should be."""
    first, _, last = text.partition("-")
    is_years = re.fullmatch(r"[0-9]{4}-[0-9]{4}", text)
    return bool(is_years) and int(last) == int(first) + 1


def id_in_campaign(campaign: str, subject: str) -> str:
    """Return the id of the audit of a subject, `ecole:UAI`, in a campaign."""
    return str(uuid5(uuid5(NS_DIAG, campaign), subject))
