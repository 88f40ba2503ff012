"""The SIREN, an organisation's official number: nine digits, the last one checks."""

import re

_SHAPE = re.compile(r"\d{9}")


def is_siren(text: str) -> bool:
    """Say whether `text` has the shape of a SIREN and the right check digit (Luhn)."""
    if not _SHAPE.fullmatch(text):
        return False
    doubled = (int(digit) * (1 + rank % 2) for rank, digit in enumerate(text))
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0  # noqa: PLR2004 - Luhn: the digits of what was doubled


def normal_siren(raw: str) -> str:
    """Return a typed SIREN without spaces.

    Raises:
        ValueError: when it is none, or one of its digits is wrong.
    """
    text = "".join(raw.split())
    if not _SHAPE.fullmatch(text):
        raise ValueError(f"« {raw[:20]} » n'est pas un SIREN : neuf chiffres")
    if not is_siren(text):
        raise ValueError(
            f"SIREN {text} : la clé ne correspond pas, un chiffre est faux"
        )
    return text
