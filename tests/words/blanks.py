"""What a sentence still has to fill."""

import re


def blanks_in(text: str) -> frozenset[str]:
    """Return the placeholders of a recommendation that a text still holds."""
    return frozenset(re.findall(r"\{(quantite|n|cout|lieux|echeance)[|}]", text))
