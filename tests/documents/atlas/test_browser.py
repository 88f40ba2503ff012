"""An atlas in a real browser, from the disk: axe finds nothing, the filters filter.

Chromium and axe-core come from `.ci/run --long`; elsewhere `AXE` names axe.min.js.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.documents.atlas import write_atlas
from diag.documents.formats import Format
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited_workspace
from tests.documents.browser import CHROMIUM, looked_at, opened

pytestmark = pytest.mark.long

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
PAGES = (
    *("index.html", "ensemble.html", "ecoles/*9990148g.html"),
    *("ecoles/*9990187z.html", "communes/courvaux*.html"),
)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(atlas: Path, tmp_path: Path, scheme: str) -> None:
    pages = {
        path.name: path.read_text("utf-8")
        for pattern in PAGES
        for path in atlas.glob(pattern)
    }
    assert len(pages) == len(PAGES)
    found = looked_at(pages, tmp_path, (360, 1280), scheme)
    assert {at: one.violations for at, one in found.items() if one.violations} == {}


def test_axe_would_find_what_is_wrong(atlas: Path, tmp_path: Path) -> None:
    """The proof's own proof, in the scheme and at the width that are asked."""
    source = (atlas / "index.html").read_text("utf-8")
    faded = source.replace("--soft: #a9b6bd", "--soft: #333b40")
    for scheme, expected in (("dark", {"color-contrast"}), ("light", set())):
        found = looked_at({"x": faded}, tmp_path, (360,), scheme)["x", 360]
        assert {rule for rule, _ in found.violations} == expected


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
