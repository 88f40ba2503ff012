"""Lines to draw again, as few regions: Textual renders a widget once for each."""

from collections.abc import Iterable

from textual.geometry import Region


def regions_of(lines: Iterable[int], width: int, x: int = 0) -> list[Region]:
    """Return whole lines as regions, those that follow each other together."""
    found: list[Region] = []
    for y in sorted(set(lines)):
        if found and found[-1].bottom == y:
            found[-1] = found[-1].grow((0, 0, 1, 0))
        else:
            found.append(Region(x, y, width, 1))
    return found
