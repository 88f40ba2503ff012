"""Official names as a reader expects them: registers leave the capital's accent out."""

import re

_BARE_SCHOOL = re.compile(r"\bE(cole|COLE)(?=\b|s\b|S\b)")


def accented(name: str) -> str:
    """Return an official name with the accent that its register leaves out."""
    return _BARE_SCHOOL.sub(lambda bare: "É" + bare[1], name)
