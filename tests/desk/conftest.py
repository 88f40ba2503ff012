from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.session import AuditSession as Session
from diag.workspace.workspace import Workspace
from tests.desk.builders import started, workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> Session:
    return started(desk)
