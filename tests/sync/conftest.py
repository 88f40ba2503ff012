"""What the tests of sync share: a PostgreSQL, a keyring."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tests.sync.databases import MISSING, Server, programs, running


@pytest.fixture(scope="session")
def postgresql_of() -> Iterator[Callable[[Path], Server]]:
    """Give a PostgreSQL of these programs for quick tests, the same for all."""
    with ExitStack() as stack:

        @cache
        def started(binaries: Path) -> Server:
            return stack.enter_context(running(binaries=binaries))

        yield started


@pytest.fixture(scope="session")
def postgresql(postgresql_of: Callable[[Path], Server]) -> Server:
    """Give the newest PostgreSQL that is installed."""
    newest = programs()
    if newest is None:
        pytest.skip(MISSING)
    return postgresql_of(newest)


class Memory(KeyringBackend):
    """A keyring that keeps what it is given, unless it is locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """Give a keyring that is empty, in the place of the machine's."""
    kept = Memory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: kept)
    return kept
