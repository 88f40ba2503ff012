"""`overlay/charte.yaml`: how a syndicat signs its documents; each fault is told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from diag.desk.house.drawn_logo import LogoError
from diag.desk.house.logo import read_logo
from diag.reports.house.contrast import READABLE, WHITE, contrast, is_colour, pale
from diag.reports.house.house import House
from diag.reports.house.look import Look
from diag.rules.overlay import CHARTER

MAX_WORDS = {"name": 120, "logo_alt": 200, "contact": 1000, "closing": 1000}
"""Longest text of each key."""
KEYS = ("accent", "logo", *MAX_WORDS)
"""What a charter may say."""


def charter_of(overlay: Path) -> House:
    """Return what a charter says; whatever cannot be followed is in its notices."""
    path = overlay / CHARTER
    if not path.is_file():
        return House()
    reader = _Reader(f"{overlay.name}/{CHARTER}")
    told = reader.read(path)
    look = Look()
    if "accent" in told:
        look = reader.accented(look, told["accent"].lower())
    if "logo" in told:
        name = told.get("name", "")
        words = told.get("logo_alt") or (f"Logo : {name}" if name else "Logo")
        look = reader.with_logo(look, overlay, told["logo"], words)
    return House(
        look=look,
        name=told.get("name", "").replace("\n", " ").strip(),
        contact=told.get("contact", "").strip(),
        closing=told.get("closing", "").strip(),
        notices=tuple(reader.notices),
    )


class _Reader:
    """Reads one charter; collects what is to be said of it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notices: list[str] = []
        self._line: Callable[[str], int] = lambda _key: 1

    def read(self, path: Path) -> dict[str, str]:
        """Return the texts of the charter by key."""
        # Reading YAML costs 40 ms to import: only who has a charter pays.
        from diag.rules.reading.nodes import Scalar, spot_of  # noqa: PLC0415
        from diag.rules.source import MAX_BYTES, read_source  # noqa: PLC0415

        try:
            with path.open("rb") as file:
                source = read_source(self.file, file.read(MAX_BYTES + 1))
        except OSError as error:
            self.notices.append(f"{self.file} : lecture impossible ({error.strerror}).")
            return {}
        self.notices += map(str, source.problems)
        root = source.root
        if root is None:
            return {}
        self._line = lambda key: spot_of(root, key).line
        told = {}
        for key, node in root.nodes.items():
            if key not in KEYS:
                self._say(key, f"clé inconnue (admises : {', '.join(KEYS)}).")
            elif not isinstance(node, Scalar) or not isinstance(node.value, str):
                self._say(key, "un texte est attendu, entre guillemets.")
            elif len(node.value) > MAX_WORDS.get(key, 200):
                self._say(key, f"plus de {MAX_WORDS.get(key, 200)} signes.")
            else:
                told[key] = node.value
        return told

    def accented(self, look: Look, accent: str) -> Look:
        """Return a look with this accent, if everyone can read it."""
        if not is_colour(accent):
            self._say("accent", 'écrivez une couleur ainsi : "#1a5c6b".')
            return look
        tint = pale(accent)
        found = min(contrast(accent, WHITE), contrast(accent, tint))
        if found < READABLE:
            ratio = f"{int(found * 10) / 10:.1f}".replace(".", ",")
            self._say(
                "accent",
                f"{accent} se lit mal sur fond clair : contraste de {ratio} pour 1, "
                "4,5 au moins. Prenez une couleur plus foncée. La couleur livrée sert.",
            )
            return look
        return replace(look, accent=accent, tint=tint)

    def with_logo(self, look: Look, overlay: Path, name: str, words: str) -> Look:
        """Return a look with a logo, if it can be shown."""
        try:
            return replace(look, logo=read_logo(overlay, name, words))
        except LogoError as error:
            self._say("logo", f"« {name} » : {error} Les documents n'ont pas de logo.")
            return look

    def _say(self, key: str, what: str) -> None:
        self.notices.append(f"{self.file}, ligne {self._line(key)}, {key} : {what}")
