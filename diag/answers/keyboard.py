"""French keyboards: what the row of digits gives without Shift, read as digits."""

TWINS = {
    "&": "1",
    "é": "2",
    '"': "3",
    "'": "4",
    "(": "5",
    "-": "6",
    "è": "7",
    "_": "8",
    "ç": "9",
    "à": "0",
}
"""Character → the digit on the same key."""


def digit_of(character: str) -> str:
    """Return the digit that a key stands for, or an empty text."""
    if len(character) == 1 and character in "0123456789":
        return character
    return TWINS.get(character, "")


def as_digits(text: str, kept: str = "") -> str:
    """Return a text with every twin read as its digit, save those to be kept."""
    return "".join(char if char in kept else TWINS.get(char, char) for char in text)
