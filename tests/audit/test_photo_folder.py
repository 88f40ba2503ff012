"""The folder where the phone's photos arrive."""

import os
from pathlib import Path

import pytest

from diag.audit.photos import arrivals, choose_photo_folder, photo_folder, seen
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace


def test_only_what_came_since_the_last_time_is_offered(
    desk: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "telephone"
    folder.mkdir()
    for name in ("a.JPG", "b.png", "notes.txt", ".cache.jpg"):
        (folder / name).touch()
    assert photo_folder(desk) is None
    assert arrivals(desk) == ()

    choose_photo_folder(desk, folder)
    first = arrivals(desk)
    seen(desk, first[-1])
    (folder / "c.jpg").touch()
    os.utime(folder / "c.jpg", (0, 0))  # taken long ago, arrived now

    assert photo_folder(desk) == folder
    assert sorted(each.path.name for each in first) == ["a.JPG", "b.png"]
    assert [each.path.name for each in arrivals(desk)] == ["c.jpg"]


def test_a_folder_that_is_not_there_gets_a_sentence(
    desk: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(DiagError, match="n'est pas un dossier"):
        choose_photo_folder(desk, tmp_path / "absent")
    (tmp_path / "cle").mkdir()
    choose_photo_folder(desk, tmp_path / "cle")
    (tmp_path / "cle").rmdir()

    with pytest.raises(DiagError, match="Choisissez-en un"):
        arrivals(desk)
