"""A real PostgreSQL on the loopback, thrown away afterwards."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import sleep

import psycopg

from diag.sync.hub.postgres import PostgresEngine
from tests.sync.serving import free_port

MISSING = "PostgreSQL is not here (Debian: apt-get install postgresql)"
"""Why what needs it is skipped."""

_OWNER = "postgres"
"""The server refuses to run as root; the Debian package makes this account."""


@dataclass
class Server:
    """A server of its own, where everyone of this machine is trusted."""

    port: int
    version: str
    _numbers: Iterator[int] = field(default_factory=count)
    _ready: list[str] = field(default_factory=list)

    def new_database(self, template: str = "template1") -> str:
        """Return the address of one that is empty, or a copy of another."""
        name = f"hub{next(self._numbers)}"
        words = f"create database {name} template {template}{self._by_file}"
        self._connection.execute(words)
        return self.address(name)

    def hub_database(self) -> str:
        """Return the address of one with the tables of a hub, made once and copied."""
        if not self._ready:
            address = self.new_database()
            PostgresEngine(address).close()
            self._ready.append(address.rpartition("/")[2])
        return self.new_database(self._ready[0])

    @property
    def _by_file(self) -> str:
        """Copied so, a database costs half; an older server knows no other way."""
        return " strategy file_copy" if int(self.version.split(".")[0]) > 14 else ""

    @cached_property
    def _connection(self) -> psycopg.Connection:
        """One that stays open: each costs the server half of a database."""
        return psycopg.connect(self.address("postgres"), autocommit=True)

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def address(self, name: str) -> str:
        return f"postgresql://diag@127.0.0.1:{self.port}/{name}"


@cache
def versions() -> tuple[Path, ...]:
    """Return the folder of each server that is installed, the newest first."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    initdb = shutil.which("initdb")
    if not found and initdb:
        return (Path(initdb).parent,)
    return tuple(sorted(found, key=lambda path: -int(path.parent.name)))


def programs() -> Path | None:
    """Return the folder of the newest server that is installed."""
    return versions()[0] if versions() else None


@contextmanager
def running(*, durable: bool = False, binaries: Path | None = None) -> Iterator[Server]:
    """Give a server; one that is not durable is for quick tests only."""
    where = binaries or programs()
    assert where is not None, MISSING
    folder = Path(mkdtemp(prefix="diag-pg-"))
    owner = _OWNER if os.name == "posix" and os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner)
    try:
        data = folder / "data"
        made = [str(where / "initdb"), "--auth=trust", "--username=diag", "--no-sync"]
        made += ["--encoding=UTF8", "--locale=C", f"--pgdata={data}"]
        subprocess.run(
            made, check=True, user=owner, cwd=folder, stdout=subprocess.DEVNULL
        )
        yield from _serving(where, data, owner, durable=durable)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serving(
    where: Path, data: Path, owner: str | None, *, durable: bool
) -> Iterator[Server]:
    port = free_port()
    words = [str(where / "postgres"), "-D", str(data), "-h", "127.0.0.1"]
    words += ["-p", str(port), "-k", ""]
    # Its shared memory is a file of the folder: it leaves with it.
    words += ["-c", "dynamic_shared_memory_type=mmap"]
    if not durable:
        for name in ("fsync", "full_page_writes", "autovacuum"):
            words += ["-c", f"{name}=off"]
        words += ["-c", "wal_level=minimal", "-c", "max_wal_senders=0"]
    log = data.parent / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(words, user=owner, cwd=data, stderr=said)
    try:
        with closing(Server(port, _waited(port, log))) as server:
            yield server
    finally:
        # At once: a server asked politely writes down what is then deleted.
        process.send_signal(signal.SIGQUIT if os.name == "posix" else signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _waited(port: int, log: Path) -> str:
    """Return the version of a server, once it answers."""
    for _ in range(300):
        try:
            with psycopg.connect(
                f"postgresql://diag@127.0.0.1:{port}/postgres"
            ) as connection:
                ((version,),) = connection.execute("show server_version").fetchall()
                return str(version)
        except psycopg.OperationalError:
            sleep(0.05)
    raise AssertionError(log.read_text("utf-8", "replace"))
