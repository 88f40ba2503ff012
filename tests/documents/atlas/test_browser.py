"""An atlas in a real browser, from the disk: axe finds nothing, the filters filter.

Chromium and axe-core come from `.ci/run --long`; elsewhere `AXE` names axe.min.js.
"""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.documents.atlas import write_atlas
from diag.documents.formats import Format
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited_workspace

pytestmark = pytest.mark.long

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_RUN = """
<pre id="axe"></pre><script>
axe.run(document, {rules: {"color-contrast-enhanced": {enabled: false}}}).then(
  (found) => { document.getElementById("axe").textContent = JSON.stringify(
    found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)])); });
</script>
"""


def opened(page: Path, *more: str) -> str:
    """Return a page's document once its scripts ran."""
    assert CHROMIUM
    done = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu"),
            *("--virtual-time-budget=20000", "--dump-dom", *more),
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if CHROMIUM is None:
        pytest.skip("pas de chromium sur cette machine : apt-get install chromium")
    folder = tmp_path_factory.mktemp("navigateur")
    with audited_workspace(folder / "desk") as made:
        yield _written(made, folder / "atlas")


def _written(made: Workspace, out: Path) -> Path:
    write_atlas(made, out, "syndicat", lambda *_: None, forms=(Format.HTML,))
    return out


def violations(
    source: str, folder: Path, width: int, scheme: str
) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong, rule by rule, with the elements concerned."""
    if not AXE.is_file():
        pytest.skip("axe-core manque : npm install --no-save axe-core, ou AXE=…")
    bare = _POLICY.sub("", source)
    script = f"<script>{AXE.read_text('utf-8')}</script>{_RUN}"
    inside = folder / "dedans.html"
    inside.write_text(bare.replace("</body>", f"{script}</body>"), "utf-8")
    # The frame has the width that a window of a headless browser refuses to take.
    frame = folder / "cadre.html"
    frame.write_text(
        f'<body><iframe id="f" src="dedans.html" width="{width}" height="900">'
        "</iframe><script>setInterval(() => { const found = document.getElementById"
        '("f").contentDocument.getElementById("axe"); if (found && found.textContent)'
        " document.title = found.textContent; }, 50);</script>",
        "utf-8",
    )
    dark = "--blink-settings=preferredColorScheme=" + str(int(scheme == "light"))

    dom = opened(frame, "--allow-file-access-from-files", dark)

    found = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert found, "axe n'a pas répondu"
    return [(rule, nodes) for rule, nodes in json.loads(html.unescape(found[1]))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "pattern",
    [
        *("index.html", "ensemble.html", "ecoles/*9990148g.html"),
        *("ecoles/*9990187z.html", "communes/courvaux*.html"),
    ],
)
def test_axe_finds_nothing(
    atlas: Path, tmp_path: Path, pattern: str, width: int, scheme: str
) -> None:
    (page,) = atlas.glob(pattern)

    assert violations(page.read_text("utf-8"), tmp_path, width, scheme) == []


def test_axe_would_find_what_is_wrong(atlas: Path, tmp_path: Path) -> None:
    """The proof's own proof, in the scheme and at the width that are asked."""
    source = (atlas / "index.html").read_text("utf-8")
    faded = source.replace("--soft: #a9b6bd", "--soft: #333b40")

    found = {rule for rule, _ in violations(faded, tmp_path, 360, "dark")}

    assert found == {"color-contrast"}
    assert violations(faded, tmp_path, 360, "light") == []


def test_the_policy_lets_the_filters_run_from_the_disk(atlas: Path) -> None:
    dom = opened(atlas / "index.html")

    form = re.search(r'<form class="filters"[^>]*>', dom)
    assert form
    assert "hidden" not in form[0]
    assert "40 écoles affichées sur 40" in dom


def test_the_filters_keep_what_is_typed(atlas: Path, tmp_path: Path) -> None:
    typed = (
        '<script>const f = document.getElementById("filtres");'
        'f.elements.texte.value = "MARRONNIERS œ".replace(" œ", "");'
        'f.dispatchEvent(new Event("input", {bubbles: true}));</script></body>'
    )
    source = _POLICY.sub("", (atlas / "index.html").read_text("utf-8"))
    page = tmp_path / "filtres.html"
    page.write_text(source.replace("</body>", typed), "utf-8")

    dom = opened(page)

    assert "1 école affichée sur 40" in dom
    assert len(re.findall(r"<tr[^>]*data-uai[^>]* hidden", dom)) == 39
    assert len(re.findall(r"<g[^>]*data-mark[^>]* hidden", dom)) == 38
