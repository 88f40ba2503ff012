"""The authors' guide is true: its examples load, its messages exist."""

import ast
import re
from pathlib import Path

import pytest

from diag.assess.examples import check_examples
from diag.checklist.forms import ITEMS
from diag.checklist.load import load_checklists
from diag.workspace.charter import KEYS, charter_of
from tests.rules.written import EDITION, all_problems, load_written

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide-auteur.md").read_text(encoding="utf-8")

BEGINNINGS = {
    "edition.yaml": EDITION.replace("domains: [reseau]\n", ""),
    "equipement.yaml": 'domain: {id: equipement, title: "Équipement", weight: 1}\n',
    "lieux.yaml": """\
questions:
  - id: type_salle
    place: salle
    type: choice
    label: "Usage de la salle"
    choices: [{id: classe, label: "Classe"}, {id: autre, label: "Autre"}]
    ask: "À quoi sert cette salle ?"
  - id: nb_prises
    place: salle
    type: integer
    label: "Prises de courant"
    look: "Les compter."
""",
}


def files_of_the_guide() -> dict[str, str]:
    """Return the files that a reader has once the whole page is followed."""
    parts: dict[str, dict[str, str]] = {}
    for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL):
        heading, body = block.split("\n", maxsplit=1)
        if heading.startswith("# overlay/"):
            continue
        file = re.findall(r"[a-z]+\.yaml", heading)[0]
        section, *_ = body.split(":", maxsplit=1)
        sections = parts.setdefault(file, {})
        if " suite de " in heading:
            sections[heading.rsplit(maxsplit=1)[-1]] += body
        else:
            sections[section] = body
    return BEGINNINGS | {
        file: BEGINNINGS.get(file, "") + "".join(sections.values())
        for file, sections in parts.items()
    }


def test_following_the_page_makes_a_checklist_with_nothing_to_mend(
    tmp_path: Path,
) -> None:
    loaded = load_written(tmp_path, files_of_the_guide())
    assert [str(problem) for problem in all_problems(loaded)] == []
    assert loaded.checklist is not None
    assert set(loaded.checklist.criteria) == {"casques-audio", "prises-de-courant"}
    assert "acheter-des-casques" in loaded.checklist.recommendations
    assert check_examples(loaded.checklist, loaded.examples) == []
    assert len(loaded.examples) == 1


def test_what_the_page_lays_over_a_checklist_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "overlay").mkdir()
    (tmp_path / "grilles").mkdir()
    load_written(tmp_path / "grilles", files_of_the_guide())
    for block in re.findall(r"```yaml\n# (overlay/.*?)```", GUIDE, re.DOTALL):
        name, body = block.split("\n", maxsplit=1)
        (tmp_path / name).write_text(body, encoding="utf-8")
    loaded = load_checklists(tmp_path / "grilles", tmp_path / "overlay")
    assert [str(problem) for problem in all_problems(loaded)] == []
    assert loaded.checklist is not None
    assert set(loaded.checklist.criteria) == {
        "casques-audio",
        "micros-pour-enregistrer",
    }
    assert [str(one.raw["name"]) for one in loaded.examples] == ["un seul micro"]
    assert check_examples(loaded.checklist, loaded.examples) == []
    assert loaded.checklist.criteria["casques-audio"].levels[2] == "nb_casques >= 12"
    assert loaded.checklist.prices["casque_audio"].typical == 1690
    assert loaded.checklist.version == "2026.1 adaptée"


def test_the_charter_of_the_page_is_followed(tmp_path: Path) -> None:
    found = re.findall(r"```yaml\n# overlay/charte.yaml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "charte.yaml").write_text(found[0], encoding="utf-8")
    shape = '<rect width="3" height="1"/>'
    (tmp_path / "logo.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1">{shape}</svg>',
        encoding="utf-8",
    )
    house = charter_of(tmp_path)
    assert house.notices == ()
    assert house.look.logo is not None
    assert all(f"`{key}`" in GUIDE for key in KEYS)


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


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


@pytest.mark.parametrize(
    "key",
    [
        key
        for section, form in ITEMS.items()
        if section not in {"domains", "places"}
        for key in form.model_fields
    ],
)
def test_each_key_is_in_the_guide(key: str) -> None:
    if key != "domain":
        assert f"`{key}`" in GUIDE
