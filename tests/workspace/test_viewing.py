"""Where nothing opens, one is told, and where the file is."""

from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.workspace.disk import show_file


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder where programs are looked for, on Linux with a screen."""
    monkeypatch.setenv("PATH", f"{tmp_path}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path


def viewer(folder: Path, code: int) -> None:
    """Write a viewer that notes what it is asked, and ends so."""
    program = folder / "xdg-open"
    script = f'#!/bin/sh\necho "$1" > "{folder}/asked"\nexit {code}\n'
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)


def test_without_a_viewer_one_is_told_where_the_file_is(
    bin_folder: Path,
) -> None:
    with pytest.raises(DiagError, match=r"mairie\.html"):
        show_file(bin_folder / "mairie.html")


def test_a_viewer_is_given_the_file(bin_folder: Path) -> None:
    viewer(bin_folder, 0)

    show_file(bin_folder / "mairie.html")

    asked = (bin_folder / "asked").read_text(encoding="utf-8").strip()
    assert asked == str(bin_folder / "mairie.html")


def test_a_viewer_that_fails_is_told(bin_folder: Path) -> None:
    viewer(bin_folder, 3)

    with pytest.raises(DiagError, match=r"rien ouvert.*mairie\.html"):
        show_file(bin_folder / "mairie.html")


def test_without_a_screen_nothing_is_tried(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SSH the viewer is there, ends well, and nobody sees anything."""
    viewer(bin_folder, 0)
    monkeypatch.delenv("DISPLAY")

    with pytest.raises(DiagError, match=r"écran.*mairie\.html"):
        show_file(bin_folder / "mairie.html")
    assert not (bin_folder / "asked").exists()
