"""What a check found is kept until something changes; damaged, it is as none."""

import subprocess
import sys
from pathlib import Path

import pytest

import diag
from diag.checklist import program_mark
from diag.workspace import checking as check_cache
from diag.workspace.checking import checked, problems_in
from tests.rules.written import FILES


@pytest.fixture
def grilles(tmp_path: Path) -> Path:
    folder = tmp_path / "grilles"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("checked again")

    monkeypatch.setattr(check_cache, "problems_in", refuse)


def test_the_second_time_nothing_is_read_again(
    grilles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = checked(grilles, cache=tmp_path / "cache")
    assert first == problems_in(grilles)
    forbid(monkeypatch)
    assert checked(grilles, cache=tmp_path / "cache") == first


@pytest.mark.parametrize("change", ["file", "overlay", "program"])
def test_whatever_changes_is_checked_again(
    change: str, grilles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    checked(grilles, overlay, cache=tmp_path / "cache")
    if change == "file":
        (grilles / "prix.yaml").write_text("prices: []\n", encoding="utf-8")
    elif change == "overlay":
        (overlay / "a.yaml").write_text(
            "criteria:\n  - {id: debit-suffisant, weight: 9}\n", encoding="utf-8"
        )
    else:
        monkeypatch.setattr(check_cache, "program_mark", lambda: "newer")
    forbid(monkeypatch)
    with pytest.raises(AssertionError, match="checked again"):
        checked(grilles, overlay, cache=tmp_path / "cache")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": 3}', "\0", "null"])
def test_a_damaged_file_is_as_none(damage: str, grilles: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = checked(grilles, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_text(damage, encoding="utf-8")
    assert checked(grilles, cache=cache) == first


def test_a_place_where_nothing_can_be_kept_loses_only_time(
    grilles: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file stands here", encoding="utf-8")
    assert checked(grilles, cache=tmp_path / "cache") == problems_in(grilles)


LOADED = """
import sys
import diag.assess.examples, diag.checklist.lint, diag.checklist.load
print(*{name.split(".")[1] for name in sys.modules if name.startswith("diag.")})
"""


def test_the_program_is_marked_by_every_room_that_a_check_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    monkeypatch.setattr(diag, "__file__", str(tmp_path / "__init__.py"))
    for room in done.stdout.split():
        before = program_mark()
        (tmp_path / room).mkdir()
        (tmp_path / room / "one.py").touch()
        assert program_mark() != before, room
