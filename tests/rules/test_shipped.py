"""The checklists that come with diag are found, in a wheel and in the source tree."""

from pathlib import Path

import pytest

import diag
from diag.checklist.edition import shipped_checklists


def test_the_source_tree_has_them_beside_the_package() -> None:
    assert (shipped_checklists() / "edition.yaml").is_file()


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diag" / "checklists").mkdir(parents=True)
    monkeypatch.setattr(diag, "__file__", str(tmp_path / "diag" / "__init__.py"))
    assert shipped_checklists() == tmp_path / "diag" / "checklists"
