from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.desk import keeping
from diag.desk.workspace import Workspace
from diag.journal.backup import FOLDER
from tests.desk.builders import workspace


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "other") as made:
        made.keep_settings(made.settings.model_copy(update={"device": "d-autre"}))
        yield made


def test_two_workspaces_share_a_folder_and_lose_nothing(
    desk: Workspace, other: Workspace, tmp_path: Path
) -> None:
    key = tmp_path / "cle"
    key.mkdir()
    theirs = [key / f"diag-2026-01-0{day}.db" for day in range(1, 6)]
    for path in theirs:
        path.write_bytes(b"precieux")
    copies = [keeping.back_up(each, key) for each in (desk, other, desk)]
    assert len({*copies, *theirs}) == 8
    assert {path for path in key.iterdir() if path.suffix == ".db"} == {
        *copies,
        *theirs,
    }
    assert {path.read_bytes() for path in theirs} == {b"precieux"}


def test_the_own_folder_keeps_three_days_however_it_is_named(
    desk: Workspace,
) -> None:
    own = desk.folder / FOLDER
    own.mkdir()
    for day in range(1, 6):
        (own / f"diag-2020-01-0{day}.db").write_bytes(b"ancien")
    made = keeping.back_up(desk, desk.folder / ".." / desk.folder.name / FOLDER)
    assert made == keeping.back_up(desk)
    assert sorted(path.name for path in own.glob("diag-20*.db"))[:2] == [
        "diag-2020-01-04.db",
        "diag-2020-01-05.db",
    ]


def test_a_workspace_without_an_author_is_copied_too(desk: Workspace) -> None:
    with desk.journal.transaction() as connection:
        connection.execute("delete from setting")
    assert keeping.back_up(desk, desk.folder / "ailleurs").exists()
