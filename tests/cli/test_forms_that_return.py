"""The mairie's form: filled off line in a browser, mailed back, read, accepted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diag.audit import session as audits
from diag.audit.proposals import waiting
from diag.model.enums import PlaceKind, Provenance, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL, workspace
from tests.browser import opened_browser
from tests.cli.running import diag

_TICKED = """for (const [name, value] of %s)
document.querySelector(`[data-q=${name}] [value="${value}"]`).click()"""
_TYPED = """for (const [where, text] of %s) {
const field = document.querySelector(where); field.value = text;
field.dispatchEvent(new Event('input', {bubbles: true}))}"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file that a secretary saves, beside the workspace it comes back to."""
    folder = tmp_path_factory.mktemp("mairie")
    workspace(folder / "desk").close()
    for whom in ("mairie", "prestataire"):
        words = ("questionnaire", SCHOOL, "--for", whom, "--out", f"{folder}/{whom}")
        run = diag(folder / "desk", *words)
        assert run.code == 0, run.err
        written = {path.suffix for path in (folder / whom).rglob("*.*")}
        assert written >= {".html", ".odt", ".pdf"}
    with opened_browser(folder) as browser:
        tab = browser.page(folder, width=1000)
        (page,) = (folder / "mairie").rglob("questionnaire-commune.html")
        tab.go(page.as_uri(), "document.querySelector('form')")
        ticked = [
            ("depend_cuivre", "oui"),
            ("inventaire", "?"),
            ("contrat_maintenance", "aucun"),
        ]
        typed = [
            ("[data-q=prochain_conseil] input", "12/01/2027"),
            ("[data-n='1']", "Tablette <b>X</b>"),
            ("[data-q=lot_nombre][data-p='1'] input", "12"),
            ("[name=by]", "secrétaire"),
        ]
        tab.run(_TICKED % json.dumps(ticked))
        tab.run(_TYPED % json.dumps(typed))
        tab.run("document.querySelector('button').click()")
        told = tab.until("document.getElementById('said').textContent")
        assert "5 réponses" in told
        saved = folder / f"reponses-mairie-{SCHOOL}.json"
        browser.wait_for_download()
        assert tab.run("performance.getEntriesByType('resource').length") == 0
    return saved


@pytest.fixture
def came_back(filled: Path, tmp_path: Path) -> Callable[..., Path]:
    """Give the file as it came, changed where one says."""

    def written(**changed: Any) -> Path:
        data = {**json.loads(filled.read_text("utf-8")), **changed}
        path = tmp_path / "revenu.json"
        path.write_text(json.dumps(data), "utf-8")
        return path

    return written


def test_what_the_mairie_fills_off_line_is_proposed_then_accepted(
    filled: Path,
) -> None:
    desk = filled.parent / "desk"
    ask = ("questionnaire", SCHOOL)
    read = diag(desk, *ask, "--from", str(filled))
    assert read.code == 0, read.err
    assert "5 réponses proposées" in read.out
    assert "Tablette <b>X</b>" in read.out
    again = diag(desk, *ask, "--from", str(filled))
    assert "dont 5 déjà vues" in again.out
    line = next(one for one in read.out.splitlines() if "conseil" in one)
    left = diag(desk, *ask, "--refuse", line.split()[0])
    assert left.code == 0, left.err
    with Workspace.open(desk) as made:
        before = audits.open_session(made, SCHOOL).facts.answers
    took = diag(desk, *ask, "--accept", "tout")
    assert took.code == 0, took.err
    assert "Acceptées : 4 réponses." in took.out

    with Workspace.open(desk) as made:
        session = audits.open_session(made, SCHOOL)
        facts = session.facts
        told = facts.answer(facts.root, "depend_cuivre")
        assert told
        assert (told.value, told.provenance) == (True, Provenance.DECLARED)
        assert told.reason.startswith("la mairie (secrétaire)")
        unknown = facts.answer(facts.root, "inventaire")
        assert unknown
        assert unknown.state is State.UNKNOWN
        (lot,) = facts.places_of(PlaceKind.LOT)
        assert lot.name == "Tablette <b>X</b>"
        count = facts.answer(lot.id, "lot_nombre")
        assert count
        assert count.value == 12
        assert facts.answer(facts.root, "prochain_conseil") is None
        assert waiting(session) == ()
        assert len(facts.answers) == len(before) + 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject": OTHER}, f"celui de {OTHER}"),
        ({"version": 2}, "version 2"),
        ({"format": "autre"}, "n'est pas un formulaire"),
        ({"code": "00000000"}, "00000000"),
        ({"code": "../../x"}, "abîmé"),
        ({"rows": [{"question": "nb_classes", "value": "3"}]}, "ne pose pas"),
        ({"rows": [{"question": "depend_cuivre", "value": {"a": 1}}]}, "abîmé"),
        ({"rows": [{"question": "depend_cuivre", "value": "oui", "x": 1}]}, "abîmé"),
        ({"rows": [{"question": "lot_nombre", "value": "1", "purchase": 99}]}, "abîm"),
        ({"by": "x" * 81}, "abîmé"),
    ],
)
def test_a_file_that_is_not_this_pages_is_refused_whole(
    came_back: Callable[..., Path],
    filled: Path,
    changed: dict[str, Any],
    said: str,
) -> None:
    desk = filled.parent / "desk"
    with Workspace.open(desk) as made:
        before = audits.open_session(made, SCHOOL).digest
    run = diag(desk, "questionnaire", SCHOOL, "--from", str(came_back(**changed)))
    assert run.code == 1
    assert said in run.err
    with Workspace.open(desk) as made:
        assert audits.open_session(made, SCHOOL).digest == before


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b'{"format": NaN}']
)
def test_bytes_that_are_no_form_are_refused(
    filled: Path, tmp_path: Path, raw: bytes
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    run = diag(filled.parent / "desk", "questionnaire", SCHOOL, "--from", str(path))
    assert run.code == 1
    assert "abîmé" in run.err
    path.write_bytes(b" " * 300_000)
    run = diag(filled.parent / "desk", "questionnaire", SCHOOL, "--from", str(path))
    assert "256 ko" in run.err


def test_an_impossible_answer_is_told_and_the_others_are_proposed(
    came_back: Callable[..., Path], filled: Path
) -> None:
    rows = [
        {"question": "categorie_erp", "value": "77"},
        {"question": "categorie_erp", "state": "unknown"},
    ]
    path = str(came_back(rows=rows))
    run = diag(filled.parent / "desk", "questionnaire", SCHOOL, "--from", path)
    assert run.code == 0, run.err
    assert "Refusée" in run.err
    assert "Lues : 1 réponse." in run.out
