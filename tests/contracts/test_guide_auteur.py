"""The authors' guide is true: its steps were followed, its messages exist."""

import ast
import re
from pathlib import Path

import pytest

from diag.assess.examples import check_examples
from diag.checklist import shipped_checklists
from diag.checklist.fields import YamlForm, key_names
from diag.checklist.files import ITEMS
from diag.checklist.forms import BelowForm, MeasureForm, NeedForm, RequirementForm
from diag.checklist.lint.references import reference_problems
from diag.checklist.lint.rules import rule_problems
from diag.checklist.load import load_checklists
from diag.model.measure import MEASURES
from diag.workspace.charter import KEYS, charter_of
from tests.cli.running import diag
from tests.contracts.following import (
    GUIDE,
    ROOT,
    Check,
    checks,
    followed,
    overlay,
    write,
)
from tests.rules.written import all_problems


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.printed[0][:40])
def test_each_step_prints_what_the_page_says(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(check.folder), check.files)

    run = diag(tmp_path / "home", "check", check.folder)

    assert run.out.splitlines() == check.printed
    assert run.err == ""


def test_the_last_step_leaves_nothing_to_mend(tmp_path: Path) -> None:
    write(tmp_path, followed())

    loaded = load_checklists(tmp_path)

    assert [str(problem) for problem in all_problems(loaded)] == []
    assert loaded.checklist is not None
    assert [one.id for one in loaded.checklist.domains] == ["continuite", "reprise"]


def test_what_the_page_lays_over_a_checklist_does_what_it_says(tmp_path: Path) -> None:
    grids, own = tmp_path / "grilles", tmp_path / "overlay"
    write(grids, followed())
    write(own, overlay())

    loaded = load_checklists(grids, own)

    assert [str(problem) for problem in all_problems(loaded)] == []
    checklist = loaded.checklist
    assert checklist is not None
    assert "postes-corriges" not in checklist.criteria
    assert "remplacer-les-postes" not in checklist.recommendations
    assert "lot_corrige" not in checklist.questions
    assert [str(one.raw["name"]) for one in loaded.examples] == ["une seule radio"]
    assert check_examples(checklist, loaded.examples) == []
    assert checklist.criteria["retour-promis"].levels[2] == "retour_promis <= 12"
    assert checklist.prices["lampe"].typical == 1290
    assert checklist.version == "1 adaptée"


def test_what_the_page_builds_is_laid_over_the_shipped_checklists(
    tmp_path: Path,
) -> None:
    files = followed()
    del files["edition.yaml"], files["lieux.yaml"]
    the_socle_is_that_of_all = "      socle: atteint_sauf\n"
    files["reprise.yaml"] = files["reprise.yaml"].replace(the_socle_is_that_of_all, "")
    write(tmp_path, files)

    loaded = load_checklists(shipped_checklists(), tmp_path)

    found = (*loaded.problems, *reference_problems(loaded), *rule_problems(loaded))
    assert [str(problem) for problem in found] == []
    assert loaded.checklist is not None
    assert check_examples(loaded.checklist, loaded.examples) == []
    assert {"continuite", "reprise"} < {one.id for one in loaded.checklist.domains}


def test_the_charter_of_the_page_is_followed(tmp_path: Path) -> None:
    (tmp_path / "charte.yaml").write_text(overlay()["charte.yaml"], encoding="utf-8")
    shape = '<rect width="3" height="1"/>'
    (tmp_path / "logo.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1">{shape}</svg>',
        encoding="utf-8",
    )
    house = charter_of(tmp_path)
    assert house.notices == ()
    assert house.look.logo is not None
    assert all(f"`{key}`" in GUIDE for key in KEYS)


PAGES = [
    ROOT / "README.md",
    ROOT / "LISEZMOI.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_within_the_pages_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """Return what the titles of a page are linked by, as GitHub names them."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"(?s)```.*?```", "", text), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        for title in titles
    }


def messages_of_the_table() -> list[str]:
    table = GUIDE.split("Les messages et leurs remèdes\n")[1].split("|---|---|")[1]
    rows = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("| ")]
    return [
        message
        for row in rows
        for message in row.removeprefix("| «").removesuffix("»").split("», «")
    ]


@pytest.fixture(scope="module")
def written_texts() -> str:
    """Return every text constant of the loader, the language and the lint."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for room in ("rules", "checklist")
        for path in (ROOT / "diag" / room).rglob("*.py")
    ]
    return "\n".join(
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize("message", messages_of_the_table())
def test_each_message_of_the_table_exists(message: str, written_texts: str) -> None:
    for part in message.split("…"):
        assert part.strip().strip(",").strip() in written_texts


FORMS: list[type[YamlForm]] = [
    *(form for section, form in ITEMS.items() if section != "places"),
    *(BelowForm, RequirementForm, NeedForm, MeasureForm),
]


@pytest.mark.parametrize("key", [key for form in FORMS for key in key_names(form)])
def test_each_key_is_in_the_guide(key: str) -> None:
    if key != "domain":
        assert re.search(rf"`{key}`|\b{key}: ", GUIDE)


@pytest.mark.parametrize("key", MEASURES)
def test_each_measure_is_in_the_guide_with_what_it_gives(key: str) -> None:
    known = MEASURES[key]
    words = ", ".join(f"`{word}`" for word in known.words)
    gives = known.unit or words or "oui ou non"
    assert f"| `{key}` | `{known.scope}` | {gives} |" in GUIDE


@pytest.mark.parametrize(
    ("form", "key"), [(form, key) for form in FORMS for key in form.gone]
)
def test_each_key_that_is_gone_is_told_with_what_to_write(
    form: type[YamlForm], key: str
) -> None:
    told = GUIDE.split("emploie des clés que l'on n'écrit plus")[1].split("## ")[0]
    assert f"{key}: " in told, form
