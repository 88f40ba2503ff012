"""What a reader of the README installs is what the lock says."""

import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from diag.demo import demonstrate
from tests.cli.running import diag
from tests.examples import cases
from tests.shared import copy_once_made

ROOT = Path(__file__).parents[2]


def locked() -> list[dict[str, object]]:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["package"])


def constraints() -> dict[str, str]:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = (line.split(";")[0].strip().split("==") for line in text.splitlines())
    return dict(pins)


def test_constraints_are_the_lock() -> None:
    pinned = {
        str(one["name"]): str(one["version"])
        for one in locked()
        if one["name"] != "diag"
    }

    assert constraints() == pinned


def test_constraints_are_what_uv_exports() -> None:
    if shutil.which("uv") is None:
        pytest.skip("uv is not here: its own export was not compared")
    exported = subprocess.run(
        [
            *("uv", "export", "--frozen", "--no-hashes", "--no-emit-project"),
            *("--all-extras", "--no-header", "--no-annotate", "--quiet"),
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout

    assert exported == (ROOT / "constraints.txt").read_bytes()


def test_every_dependency_has_a_wheel() -> None:
    assert [one["name"] for one in locked() if not one.get("wheels")] == ["diag"]


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.lstrip().startswith('"')]
    needed = [line for line in lines if ">=" in line]

    assert needed
    assert all("#" in line for line in needed)


def usage(page: str) -> list[list[str]]:
    """Return the words of each line that a page has one type."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = text.split("<!-- usage -->", 1)[1].split("```")[1].strip().splitlines()
    return [shlex.split(line, comments=True) for line in lines]


def test_the_french_page_types_what_the_other_does() -> None:
    assert usage("LISEZMOI.md") == [
        line for line in usage("README.md") if line in usage("LISEZMOI.md")
    ]


@pytest.mark.parametrize("page", cases(["README.md", "LISEZMOI.md"], "README.md"))
def test_each_page_works_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    copy_once_made("demonstration", demonstrate, tmp_path / "diag-demo")
    monkeypatch.chdir(tmp_path)

    for program, *words in usage(page):
        assert program == "diag"
        done = diag(tmp_path / "home", *words)
        assert done.code == 0, (words, done.err)
    assert words[0] == "report"
    assert len(done.out.splitlines()) == 16
    assert "Provisoire" in done.err


@pytest.mark.parametrize("page", ["README.md", "LISEZMOI.md"])
def test_both_pages_give_the_same_set_up_and_powershell_takes_it(page: str) -> None:
    """PowerShell 5.1 knows no `&&`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    demo = (
        "python3 -m venv .venv && .venv/bin/python -m pip install -q "
        "--only-binary=:all: -c constraints.txt -e . && .venv/bin/diag demo"
    )
    assert demo in text.splitlines()
    windows = [line for line in text.splitlines() if "\\Scripts\\" in line]
    assert windows
    assert not [line for line in windows if "&&" in line]
    assert "docs/commandes.md" in text
    other = {"README.md": "LISEZMOI.md", "LISEZMOI.md": "README.md"}[page]
    assert f"({other})" in text.splitlines()[2]
