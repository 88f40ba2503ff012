"""What every test shares: bytecode that is kept, and less to count over and over.

Without bytecode each process compiles what it imports again, a third of its start: it
is kept for the programs that tests start too. The environment of a container often
forbids it; `.gitignore` names the folders. Garbage is looked for less often, and what
outlives a module's tests is held for good: it was walked through again and again, a
third of the time.
"""

import gc
import logging
import os
import re
import sys
from collections.abc import Generator, Iterator
from contextlib import nullcontext, suppress
from functools import cache, lru_cache, partial
from importlib import import_module
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from diag.audit.session import AuditSession
from diag.checklist import load, source
from diag.demo.territory import FictionalTerritory, write_fictional_territory
from diag.journal import connection, file
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.office import sync
from diag.sync import transfer
from diag.workspace import editions
from diag.workspace.workspace import Workspace
from tests.audit.builders import started, workspace
from tests.examples import load_profile
from tests.journal.ready import bring_up_to_date
from tests.judged import judge_once
from tests.shared import share
from tests.shipped import compile_once, mark_once
from tests.typeset_once import typeset_once

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
gc.set_threshold(200_000, 50, 1_000)

_TOGETHER = {
    "the program, parsed": (
        *("test_commands_apart.py", "test_commands_named.py", "test_floors.py"),
        *("test_french_is_an_end.py", "test_spelling.py"),
    ),
    "a PostgreSQL": (
        *("hub/test_doctor.py", "hub/test_postgres.py", "hub/test_rounds.py"),
        *("hub/test_store.py", "hub/test_supervision.py", "sync/test_properties.py"),
    ),
    "a program, waited for": ("tests/terminal/", "cli/test_kill.py"),
}
"""What is made once for several modules of tests, kept on one worker.

Who waits too: the other workers have the processor meanwhile.
"""

_HERE = Path(__file__).parent

_FILES = 64
"""How many files of checklists stay read: the shipped ones, and those of a test."""

_JUDGING = "tests/assess/"
"""Tests of judging itself, which change it."""

_GUESS = 2**8
"""What a passphrase costs to try, of scrypt: a hundred times less than in a program."""

_NUMBERS = count()
"""Of the folders of tests."""

_SHARED = pytest.StashKey[str]()
_OFF = 0
"""`pragma synchronous`: the system writes to the disk when it likes."""


sync.SIZE = 2**10  # 20 MB for each new workspace took a tenth of the office's time
editions._compile = cache(compile_once)
load.read_source = lru_cache(_FILES)(source.read_source)  # type: ignore[attr-defined]  # where it is called


def pytest_configure(config: pytest.Config) -> None:
    """Give the run one folder, which its workers share and which leaves with it."""
    load_profile(is_long=_is_long(config))
    folder = getattr(config, "workerinput", {}).get("shared")
    if folder is None:
        folder = mkdtemp(prefix="diag-tests-")
        config.add_cleanup(partial(rmtree, folder, ignore_errors=True))
    share(Path(folder))
    config.stash[_SHARED] = folder


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have each worker of a whole run import its share of the modules first.

    In a fresh clone each is compiled, its asserts written anew, and kept: workers that
    collect in one order all did so, 20 s of processor instead of 10. What does not
    import is told by the collection, which imports it again.
    """
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args_source is not config.ArgsSource.TESTPATHS:
        return
    modules = sorted(_HERE.rglob("test_*.py"))
    rank = int(worker["workerid"].removeprefix("gw"))
    first = len(modules) * rank // worker["workercount"]
    for path in modules[first:] + modules[:first]:
        named = path.relative_to(_HERE.parent).with_suffix("")
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(named.parts))


def pytest_collection_finish() -> None:
    """Hold for good what was imported and collected."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Have the end of the run walk through nothing: five collections, and Python's."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Name the shared folder to a worker that starts."""
    node.workerinput["shared"] = node.config.stash[_SHARED]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Have the long run try each property again, on all its examples."""
    for item in items if _is_long(config) else ():
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("long")


def _is_long(config: pytest.Config) -> bool:
    words = str(config.option.markexpr).replace("not long", "")
    return "long" in words


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Wait for the disk only where losing power is the point: the rest is thrown away.

    There too, a new file goes through every migration; elsewhere it is copied. The
    programs that tests start always do both.
    """
    full = connection._WRITING["synchronous"]
    level = full if item.get_closest_marker("durable") else _OFF
    waits = file._sync if level else str
    makes = file._bring_up_to_date if level else bring_up_to_date
    with (
        patch.dict(connection._WRITING, synchronous=level),
        patch.object(file, "_sync", waits),
        patch.object(connection, "_N", _GUESS),
        patch.object(file, "_bring_up_to_date", makes),
        patch.object(editions, "mark_of", mark_once),
        nullcontext() if item.nodeid.startswith(_JUDGING) else judge_once(),
        typeset_once(),
        patch.dict(transfer._COMMANDS, clear=True),  # of the line of this machine
    ):
        return (yield)


@pytest.fixture(scope="module", autouse=True)
def _held_for_good() -> Iterator[None]:
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _same_environment() -> Iterator[None]:
    """Give back the variables that a test changes; `tests/__init__.py` chose them."""
    before = dict(os.environ)
    yield
    after = dict(os.environ)
    for name in after.keys() - before.keys():
        del os.environ[name]
    for name, value in before.items() - after.items():
        os.environ[name] = value


@pytest.fixture(autouse=True)
def _same_log() -> Iterator[None]:
    """Log nothing into the workspace of a test that is over: its folder is gone."""
    logger = logging.getLogger("diag")
    before = [*logger.handlers]
    yield
    for handler in [one for one in logger.handlers if one not in before]:
        logger.removeHandler(handler)
        handler.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> LoadScopeScheduling | None:
    """Keep on one worker the modules that share what is dear to make."""
    by_module = config.getvalue("dist") == "loadscope"
    return _Together(config, log) if by_module else None


class _Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    def _split_scope(self, nodeid: str) -> str:
        module = str(super()._split_scope(nodeid))
        for what, users in _TOGETHER.items():
            if any(user in module for user in users):
                return what
        return module


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: screens and programs wait a lot."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Give a folder, which stays when the test fails.

    That of pytest looks for a free number among all that tests before had, for each
    left a link: a second of processor a worker.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}{next(_NUMBERS)}"
    folder.mkdir(mode=0o700)
    failed = request.session.testsfailed
    yield folder
    if request.session.testsfailed == failed:
        rmtree(folder, ignore_errors=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace with the invented territory of two schools."""
    with workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    """Give an audit just begun in it."""
    return started(desk)


@pytest.fixture(scope="session")
def vallombre(tmp_path_factory: pytest.TempPathFactory) -> FictionalTerritory:
    """Give the files of the invented territory of the demonstration."""
    return write_fictional_territory(tmp_path_factory.mktemp("vallombre"))


@pytest.fixture
def territory(tmp_path: Path) -> Iterator[Territory]:
    """Give the tables of an empty territory."""
    with Journal.open(tmp_path) as journal:
        yield Territory(journal.connection, clock=lambda: 1_790_000_000_000)
