"""Style sheets read once: Textual reads all of them again at each new screen."""

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_KEPT = 512
"""More than there are sheets, those of Textual's own widgets included."""


class ReadOnce(Stylesheet):
    """Rules that are kept until the colours change."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_KEPT)

    def reparse(self) -> None:
        """Apply new sheets or colours; those that did not change are not read."""
        self.parse()
