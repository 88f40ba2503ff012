from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from diag.audit.session import AuditSession
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, know_mairies, started
from tests.shared import copy_once_made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace that knows how to write to the town halls."""
    copy_once_made("mairies", know_mairies, tmp_path / "desk")
    with Workspace.open(tmp_path / "desk", fixed_world(DAY, seed=7)) as opened:
        yield opened


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return started(desk)


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    """Whatever this machine keeps, no test reads it."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # keyring's own
    yield
    keyring.set_keyring(before)
