"""Pages in a real browser, all of them in one start: what axe finds, what overflows.

Chromium and axe-core come from `.ci/run --long`; elsewhere `AXE` names axe.min.js.
"""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

_LOOK = """
(async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"], rules: {"color-contrast-enhanced": {enabled: false}},
  });
  const cards = [...document.querySelectorAll(".cards tbody tr")].filter((row) =>
    getComputedStyle(row).display === "block");
  const drawn = [...document.querySelectorAll(".drawing svg, .drawing ul")];
  const seen = (one) => one.getClientRects().length > 0;
  parent.postMessage({
    violations: found.violations.map((one) =>
      [one.id, one.nodes.map((node) => node.html)]),
    wide: document.documentElement.scrollWidth,
    scrolled: [...document.querySelectorAll("main *")].filter((one) =>
      one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1
      && /auto|scroll/.test(getComputedStyle(one).overflowX)).length,
    cards: cards.map((row) => [...row.children].filter(seen).map((cell) =>
      getComputedStyle(cell, "::before").content)),
    drawings: drawn.filter(seen).map((one) => one.getBoundingClientRect().right),
  }, "*");
})();
"""

_FRAMES = """<!DOCTYPE html><title>…</title><body><script>
const wanted = %s, found = [];
function next() {
  const [page, width] = wanted[found.length] || [];
  if (!page) { document.title = JSON.stringify(found); return; }
  document.body.replaceChildren();
  const frame = document.createElement("iframe");
  Object.assign(frame, {src: page, width, height: 900});
  document.body.append(frame);
}
addEventListener("message", (told) => { found.push(told.data); next(); });
next();
</script>"""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What a browser makes of a page, at one width."""

    violations: list[tuple[str, list[str]]]
    """The rules of axe that it breaks, with the elements concerned."""
    wide: int
    """Pixels across, what overflows included."""
    scrolled: int
    """Elements that hide a part of what they hold, to be scrolled to."""
    cards: list[list[str]]
    """The labels shown on each row that became a card."""
    drawings: list[float]
    """Where each drawing shown ends."""


def opened(page: Path, *more: str) -> str:
    """Return a page's document once its scripts ran."""
    if CHROMIUM is None:
        pytest.skip("pas de chromium sur cette machine : apt-get install chromium")
    done = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu"),
            *("--virtual-time-budget=600000", "--dump-dom", *more),
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=170,
    )
    return done.stdout.decode("utf-8")


def looked_at(
    pages: Mapping[str, str],
    folder: Path,
    widths: Iterable[int],
    scheme: str = "light",
) -> dict[tuple[str, int], SeenPage]:
    """Return what a browser makes of each page at each width, started once.

    A frame has the width that a window of a headless browser refuses to take.
    """
    if not AXE.is_file():
        pytest.skip("axe-core manque : npm install --no-save axe-core, ou AXE=…")
    shutil.copy(AXE, folder / "axe.js")
    for rank, source in enumerate(pages.values()):
        script = f'<script src="axe.js"></script><script>{_LOOK}</script></body>'
        bare = _POLICY.sub("", source).replace("</body>", script)
        (folder / f"{rank}.html").write_text(bare, "utf-8")
    wanted = [(rank, width) for rank in range(len(pages)) for width in widths]
    frames = folder / "cadres.html"
    asked = json.dumps([[f"{rank}.html", width] for rank, width in wanted])
    frames.write_text(_FRAMES % asked, "utf-8")

    dark = f"--blink-settings=preferredColorScheme={int(scheme == 'light')}"
    dom = opened(frames, dark)

    told = re.search(r"<title>(\[.*?)</title>", dom, re.DOTALL)
    assert told, "le navigateur n'a pas répondu"
    found: list[dict[str, Any]] = json.loads(html.unescape(told[1]))
    names = list(pages)
    return {
        (names[rank], width): SeenPage(
            **one | {"violations": [(rule, nodes) for rule, nodes in one["violations"]]}
        )
        for (rank, width), one in zip(wanted, found, strict=True)
    }
