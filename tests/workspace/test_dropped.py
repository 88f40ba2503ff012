"""Every way in which a terminal tells the files that were dropped on it."""

from pathlib import Path

import pytest

from diag.workspace.disk import path_typed, paths_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jpg", "salle d'été 1.jpg", "b.jpg"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "{0}/salle d'été 1.jpg",
        "'{0}/salle d'\\''été 1.jpg'",
        '"{0}/salle d\'été 1.jpg"',
        "{0}/salle\\ d\\'été\\ 1.jpg",
        "file://{0}/salle%20d'%C3%A9t%C3%A9%201.jpg",
        "  {0}/salle d'été 1.jpg \r\n",
    ],
)
def test_a_path_with_spaces_and_an_apostrophe_is_read(folder: Path, text: str) -> None:
    found = paths_of(text.format(folder), windows=False)

    assert found == (folder / "salle d'été 1.jpg",)


@pytest.mark.parametrize("between", [" ", "\n", "\r\n"])
def test_several_files_come_in_order_and_once(folder: Path, between: str) -> None:
    text = between.join(f"'{folder}/{name}'" for name in ("b.jpg", "a.jpg", "b.jpg"))

    assert paths_of(text, windows=False) == (folder / "b.jpg", folder / "a.jpg")


def test_windows_paths_keep_their_backslashes() -> None:
    text = '"C:\\Photos du jour\\a.jpg" C:\\b.jpg'

    assert paths_of(text, windows=True) == (
        Path("C:\\Photos du jour\\a.jpg"),
        Path("C:\\b.jpg"),
    )


def test_what_is_no_path_breaks_nothing() -> None:
    assert paths_of("", windows=False) == ()
    assert paths_of("# text/uri-list\n\n", windows=False) == ()
    assert paths_of("d'accord", windows=False) == (Path("d'accord"),)
    assert paths_of("a\0b", windows=False) == (Path("ab"),)
    assert paths_of("~personne-de-ce-nom/x", windows=False)


@pytest.mark.parametrize(
    "text", ["{0}/Mes photos", "'{0}/Mes photos'", "{0}/Mes\\ photos"]
)
def test_one_path_keeps_its_spaces_be_it_a_folder_or_not_there(
    folder: Path, text: str
) -> None:
    assert path_typed(text.format(folder)) == folder / "Mes photos"
    (folder / "Mes photos").mkdir()
    assert path_typed(text.format(folder)) == folder / "Mes photos"


def test_one_path_is_none_when_empty_and_itself_when_nobody_has_that_name() -> None:
    assert path_typed("  \n") is None
    assert path_typed("~/x") == Path.home() / "x"
    assert path_typed("~personne-de-ce-nom/x") == Path("~personne-de-ce-nom/x")
