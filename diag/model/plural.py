"""French plurals: they start at two."""

_TWO = 2


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: « 1 école », « 40 écoles »; `many` if not in s."""
    return f"{number} {one if abs(number) < _TWO else many or f'{one}s'}"
