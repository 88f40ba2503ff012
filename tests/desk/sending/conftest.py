from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.desk.session import Session
from diag.desk.workspace import Workspace
from diag.imports.mairies import import_mairies
from tests.desk.builders import DAY, started, territory, workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace that knows how to write to the town halls."""
    with workspace(tmp_path / "desk") as made:
        import_mairies(territory().mairies, made.territory, source_date=DAY)
        yield made


@pytest.fixture
def session(desk: Workspace) -> Session:
    return started(desk)
