"""The INSEE code of a commune: five characters, `2A` and `2B` in Corsica."""

import re

_SHAPE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


def normal_insee(raw: str) -> str:
    """Return a typed INSEE code in capitals, without spaces.

    Raises:
        ValueError: when it is none; a postcode looks like one and is not.
    """
    text = "".join(raw.split()).upper()
    if not _SHAPE.fullmatch(text):
        raise ValueError(
            f"« {raw[:20]} » n'est pas un code INSEE : cinq chiffres, par exemple "
            "80021, ou 2A004 en Corse"
        )
    return text
