"""The folder of an atlas: put in place at once, and nobody's file thrown away."""

import shutil
from pathlib import Path

import pytest

from diag.documents.atlas import files_of, staged
from diag.model.errors import DiagError


def write(folder: Path, text: str = "x", view: str = "syndicat") -> None:
    with staged(folder, view) as part:
        (part / "ecoles").mkdir()
        (part / "ecoles" / "a.html").write_text(text, "utf-8")


@pytest.mark.parametrize("prepared", [False, True], ids=["absent", "empty"])
def test_a_new_or_an_empty_folder_is_taken(tmp_path: Path, *, prepared: bool) -> None:
    folder = tmp_path / "atlas"
    if prepared:
        folder.mkdir()

    write(folder)

    assert files_of(folder) == ["atlas.json", "ecoles/a.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["atlas"]


def test_a_folder_that_holds_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mes-notes.txt").write_text("à moi", "utf-8")

    with pytest.raises(DiagError, match="autre chose qu'un atlas"):
        write(tmp_path)

    assert files_of(tmp_path) == ["mes-notes.txt"]


def test_a_file_that_somebody_put_in_an_atlas_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "atlas", "ancien")
    (tmp_path / "atlas" / "ecoles" / "notes.odt").write_text("à moi", "utf-8")

    with pytest.raises(DiagError, match=r"ecoles/notes\.odt"):
        write(tmp_path / "atlas")

    assert (tmp_path / "atlas" / "ecoles" / "a.html").read_text("utf-8") == "ancien"


def test_what_systems_leave_about_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "atlas", "ancien")
    (tmp_path / "atlas" / ".DS_Store").write_text("", "utf-8")

    write(tmp_path / "atlas", "neuf")

    assert files_of(tmp_path / "atlas") == ["atlas.json", "ecoles/a.html"]


@pytest.mark.parametrize("listed", ["", "[]", "{}", '{"format": "autre"}', "\x00"])
def test_a_list_that_is_not_ours_protects_the_folder(
    tmp_path: Path, listed: str
) -> None:
    (tmp_path / "atlas.json").write_text(listed, "utf-8")

    with pytest.raises(DiagError, match="autre chose qu'un atlas"):
        write(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "atlas").write_text("", "utf-8")

    with pytest.raises(DiagError, match="est un fichier"):
        write(tmp_path / "atlas")


def test_what_a_cut_run_left_is_swept_away(tmp_path: Path) -> None:
    write(tmp_path / "atlas", "ancien")
    shutil.copytree(tmp_path / "atlas", tmp_path / ".atlas.en-cours")

    write(tmp_path / "atlas", "neuf")

    assert [path.name for path in tmp_path.iterdir()] == ["atlas"]


def test_a_run_cut_between_the_two_renamings_loses_nothing(tmp_path: Path) -> None:
    write(tmp_path / "atlas", "ancien")
    (tmp_path / "atlas").rename(tmp_path / ".atlas.ancien")

    with pytest.raises(ZeroDivisionError), staged(tmp_path / "atlas", "syndicat"):
        raise ZeroDivisionError

    assert (tmp_path / "atlas" / "ecoles" / "a.html").read_text("utf-8") == "ancien"


def test_a_stranger_under_the_working_name_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / ".atlas.en-cours").mkdir()
    (tmp_path / ".atlas.en-cours" / "a.txt").write_text("à moi", "utf-8")

    with pytest.raises(DiagError, match="ne vient pas de diag"):
        write(tmp_path / "atlas")

    assert files_of(tmp_path) == [".atlas.en-cours/a.txt"]
