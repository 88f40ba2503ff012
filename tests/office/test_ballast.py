import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from diag.office.sync import FILE, SIZE, free_space, reserve_space

GIGA = 2**30


class Usage(NamedTuple):
    free: int


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(size))


def test_space_is_set_aside_once_and_given_back_when_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 2 * GIGA)
    reserve_space(tmp_path)
    assert (tmp_path / FILE).stat().st_size == SIZE
    assert not free_space(tmp_path)

    free(monkeypatch, SIZE - 1)

    assert free_space(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not free_space(tmp_path)


def test_none_is_taken_where_space_is_scarce(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, GIGA // 2)
    reserve_space(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_it_cannot_be_written_is_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 2 * GIGA)

    reserve_space(tmp_path / "absent")

    assert list(tmp_path.iterdir()) == []
