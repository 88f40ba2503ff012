"""Who loads what, at run time: the linter cannot see a deferred import."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.house import Tree, circles, package

SQL = {"sqlite3", "sqlite_utils", "_sqlite3"}
PAGES = {"jinja2", "markdown_it"}
NETWORK = {
    *("cryptography", "dns", "httpx", "psutil", "starlette", "truststore", "uvicorn"),
}


FLOORS = {
    "import diag.__main__": {*SQL, "click", "textual", "pydantic"},
    "import diag.cli": {*SQL, "yaml", "jinja2", "pydantic"},
    "import diag.workspace.workspace": {
        *("yaml", "jinja2", "sqlite_utils", "textual", "pydantic"),
    },
    "import diag.cli.checklists, diag.cli.territory, diag.workspace.checking": {
        *("yaml", "jinja2", "pydantic"),
    },
    "import diag.cli.workspace": {
        *("jinja2", "yaml", "diag.audit.session", "diag.journal.facts"),
    },
    "from diag.cli import answer, hub, measure, sync": {
        *(*PAGES, *NETWORK, "yaml", "sqlite_utils"),
    },
    "import diag.tui.app, diag.tui.photos, diag.tui.visit": {
        *("PIL", "segno", "starlette", "uvicorn"),
    },
    "from diag.documents import academie, atlas, synthesis, technique": {
        *("xlsxwriter", "typst"),
    },
}
"""What each imports → what is loaded neither by it nor by those before it."""

JUDGING = "import diag.model.checklist, diag.model.audit, diag.assess.judge"


def loaded_by(*statements: str) -> list[set[str]]:
    """Return what one program has loaded after each statement."""
    program = "\n".join(
        f"{one}\nimport sys; print(' '.join(sys.modules))" for one in statements
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    return [set(line.split()) for line in done.stdout.decode().splitlines()]


def test_a_floor_loads_only_what_it_needs() -> None:
    found = zip(FLOORS.items(), loaded_by(*FLOORS), strict=True)
    excess = {what: loaded & unwanted for (what, unwanted), loaded in found}
    assert {what: names for what, names in excess.items() if names} == {}


def test_judging_loads_no_database_and_no_page() -> None:
    (loaded,) = loaded_by(JUDGING)
    assert loaded & {*SQL, *PAGES, "yaml"} == set()


def test_nothing_asks_for_posix_alone() -> None:
    posix = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "tty"}
    named = re.compile(rf"^ *import .*\b(?:{'|'.join(posix)})\b", re.MULTILINE)
    tree = package()
    naming = [name for name, text in tree.texts.items() if named.search(text)]
    assert naming
    for module in naming:
        nodes = tree.walked[module]
        guarded = {
            inner
            for node in nodes
            if isinstance(node, ast.If)
            and ast.unparse(node.test) == "sys.platform != 'win32'"
            for inner in node.body
        }
        names = {
            alias.name
            for node in nodes
            if isinstance(node, ast.Import) and node not in guarded
            for alias in node.names
        }
        assert not names & posix, module


def test_no_import_is_kept_under_its_own_name() -> None:
    """So does the linter mend one that a package does not read any more."""
    kept = set()
    for module, nodes in package().walked.items():
        imports = [one for one in nodes if isinstance(one, ast.Import | ast.ImportFrom)]
        names = [alias for one in imports for alias in one.names]
        kept |= {f"{module}: {one.name}" for one in names if one.name == one.asname}
    assert kept == set()


def test_no_module_reaches_itself_by_imports() -> None:
    tree = package()
    assert circles(tree.imports()) == []
    assert circles(tree.runs()) == []


def test_a_package_that_an_import_runs_is_part_of_a_circle(tmp_path: Path) -> None:
    """Whoever imports `leaving` first finds `ask` not there yet."""
    for name, text in {
        "leaving": "from diag.visit.commands import Go\nask = 1\n",
        "visit/__init__": "from diag.leaving import ask\n",
        "visit/commands": "Go = 1\n",
    }.items():
        path = tmp_path / "diag" / f"{name}.py"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")

    assert circles(Tree(tmp_path).runs()) == [["diag.leaving", "diag.visit"]]


def test_circles_are_found_through_deferred_imports_but_not_annotations(
    tmp_path: Path,
) -> None:
    for name, text in {
        "__init__": "",
        "one": "def act():\n    from diag import two\n",
        "two": "from diag.three import thing\nimport diag.typed\n",
        "three": "import diag.one\nthing = 1\n",
        "typed": "if TYPE_CHECKING:\n    from diag import two\nelse:\n    two = None\n",
    }.items():
        (tmp_path / "diag").mkdir(exist_ok=True)
        (tmp_path / "diag" / f"{name}.py").write_text(text, encoding="utf-8")

    tree = Tree(tmp_path)

    assert circles(tree.imports()) == [["diag.one", "diag.three", "diag.two"]]
    (typed,) = circles(tree.imports(typing=True))
    assert "diag.typed" in typed
