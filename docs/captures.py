"""Draws the pictures of the engineer's guide from the running program.

    python -m docs.captures

Everything is invented and the world is fixed, so the same program draws the same
pictures; `tests/contracts/test_guide_ingenieur.py` says when they have aged.
"""
# ruff: noqa: INP001 - a script, not a package

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from textual import events
from textual.pilot import Pilot

from diag.demo import demonstrate
from diag.demo.stories import AGAIN, DAY
from diag.tui.app import DiagApp
from diag.workspace.workspace import fixed_world
from tests.tui.waiting import shows, wait_for

FOLDER = Path(__file__).parent / "captures"
"""Where the guide finds them."""

FULL, HALF = "9990148G", "9990211A"
SIZE = (100, 30)

_CALLS = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->", re.DOTALL)


RECORDED = (
    *("territoire", "recherche", "ecole", "fiche", "photos", "grille"),
    *("avant-de-partir", "bilan", "preconisations"),
)
"""What the recording shows, in turn."""

_SECONDS = 3
"""How long each picture of the recording stays."""

_BOX = re.compile(r'viewBox="([^"]*)"')


def recorded(frames: Sequence[str]) -> str:
    """Return one picture that shows others in turn: no script, nothing to load.

    Who asks for less motion, or prints, sees the first.
    """
    box = _BOX.search(frames[0])
    assert box
    share = 100 / len(frames)
    delays = "".join(
        f".f{rank}{{animation-delay:{rank * _SECONDS}s}}" for rank in range(len(frames))
    )
    style = (
        f".frame{{visibility:hidden;animation:shown {len(frames) * _SECONDS}s "
        f"step-end infinite}}.f0{{visibility:visible}}{delays}"
        f"@keyframes shown{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}"
        "100%{visibility:hidden}}@media(prefers-reduced-motion:reduce)"
        "{.frame{animation:none}}"
    )
    shown = "".join(
        f'<g class="frame f{rank}">{frame}</g>' for rank, frame in enumerate(frames)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box[1]}">'
        f"<style>{style}</style>{shown}</svg>\n"
    )


class Captures:
    """The walk of the guide, a picture at each step."""

    def __init__(self, app: DiagApp, pilot: Pilot[None], scratch: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.scratch = scratch
        self.drawn: dict[str, str] = {}
        """SVG by name of file, in the order of the guide."""

    async def draw(self, name: str, word: str) -> None:
        """Draw the screen once a word stands on it and nothing is left to do."""
        await wait_for(self.pilot, lambda: shows(self.pilot, word), word)
        await self.pilot.pause()
        svg = self.app.export_screenshot(title="diag")
        # The pictures call nobody: a page that is opened offline is whole.
        self.drawn[f"{name}.svg"] = _CALLS.sub("", svg)

    async def at(self, go: Callable[[], None], word: str) -> None:
        """Go to a place, and wait until it is there."""
        go()
        await wait_for(self.pilot, lambda: shows(self.pilot, word), word)

    async def walk(self) -> None:
        """Go from arrival to report."""
        await self.arrive()
        await self.visit()
        await self.conclude()

    async def arrive(self) -> None:
        """Find a school in the territory."""
        press, app = self.pilot.press, self.app
        await self.draw("territoire", "Chantelombe")
        await press(*"farandole")
        await self.draw("recherche", "1 école")
        await self.at(lambda: app.go_school(FULL), "Adresse")
        await self.draw("ecole", "2026-2027")

    async def visit(self) -> None:
        """Go through the places and the questions of another."""
        press, app = self.pilot.press, self.app
        await self.at(lambda: app.go_visit(HALF, None, None), "Réponse")
        await self.draw("fiche", "Demander")
        await press("f6")
        await self.draw("salles", "Les salles")
        await press("escape", "f2")
        await self.draw("grille", "Recopier")
        await press("f2")
        await wait_for(self.pilot, lambda: shows(self.pilot, "Réponse"), "fiche")
        await self.photo()
        await press("ctrl+r")
        await self.draw("avant-de-partir", "vant de partir")
        await press("escape", "f1")
        await self.draw("aide", "Visite")
        await press("escape")

    async def conclude(self) -> None:
        """Read what comes of a visit, of the next one, and of all of them."""
        press, app = self.pilot.press, self.app
        await self.at(lambda: app.go_bilan(FULL), "Domaines")
        await self.draw("bilan", "Ce que la loi demande")
        await press("2")
        await self.draw("preconisations", "[Préconisations]")
        await self.at(lambda: app.go_bilan(AGAIN), "Domaines")
        await press("3")
        await self.draw("evolution", "Décidé, pas encore fait")
        await self.at(app.go_territory, "F9 Programme")
        await press("f9")
        await self.draw("programme", "Sans blocage")
        self.drawn["visite.svg"] = recorded([
            self.drawn[f"{name}.svg"] for name in RECORDED
        ])

    async def photo(self) -> None:
        """Join a picture of a cabinet that nobody ever saw."""
        path = self.scratch / "baie ouverte.jpg"
        Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(path)
        await self.pilot.press("f7")
        await wait_for(self.pilot, lambda: shows(self.pilot, "Photos : "), "photos")
        self.app.post_message(events.Paste(str(path)))
        await self.draw("photos", "Jointe : baie ouverte")
        await self.pilot.press("escape")
        await wait_for(self.pilot, lambda: shows(self.pilot, "Réponse"), "fiche")


@asynccontextmanager
async def opened(scratch: Path) -> AsyncIterator[Captures]:
    """Open the demonstration's workspace."""
    home = scratch / "demo"
    demonstrate(home)
    app = DiagApp(home, fixed_world(DAY, seed=11))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        yield Captures(app, pilot, scratch)


async def captures() -> dict[str, str]:
    """Return every picture, by name of file."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        async with opened(Path(scratch)) as walk:
            await walk.walk()
            return walk.drawn


def main() -> None:
    """Write the pictures; those that are no longer drawn go away."""
    drawn = asyncio.run(captures())
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.svg"):
        if path.name not in drawn:
            path.unlink()
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
