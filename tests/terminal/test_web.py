"""The screens in a browser: this computer's page, and no other's."""

import http.client
import os
import re
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest

from tests.audit.builders import workspace
from tests.cli.running import command, diag, environment

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


class Served(NamedTuple):
    """A server that runs, the address that it showed, its workspace."""

    process: subprocess.Popen[str]
    port: int
    address: str
    home: Path

    @property
    def own(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("web") / "home"
    with workspace(home):
        pass
    chosen = _free()
    with subprocess.Popen(
        command("web", "--port", str(chosen)),
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        shown = re.search(r"http://localhost\S+", server.stdout.readline())
        assert shown
        _until_it_listens(chosen)
        yield Served(server, chosen, shown.group(), home)
        server.kill()


def _free() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


def _until_it_listens(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("localhost", port)) == 0:
                return
    raise AssertionError("the server never listened")


def asked(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Return the status of an answer, and its policy."""
    link = http.client.HTTPConnection("localhost", port, timeout=30)
    with closing(link):
        link.request("GET", path, headers=headers)
        with link.getresponse() as answer:
            return answer.status, answer.getheader("Content-Security-Policy") or ""


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://ailleurs.example"}, {"Host": "ailleurs.example"}, {}],
)
@pytest.mark.parametrize("path", ["/", "/ws", "/?cle=devinee", "/static/js/textual.js"])
def test_another_page_or_browser_is_refused(
    served: Served, path: str, headers: dict[str, str]
) -> None:
    assert asked(served.port, path, **UPGRADE, **headers)[0] == 403


def test_a_port_in_use_is_told_with_another(served: Served) -> None:
    second = diag(served.home, "web", "--port", str(served.port))
    assert second.code
    assert f"Le port {served.port} est pris par un autre programme" in second.err
    assert f"--port {served.port - 1}" in second.err


async def test_one_browser_drives_the_screens_that_end_with_the_server(
    served: Served,
) -> None:
    """The address serves once; nothing else is fetched; no process is left alive."""
    async with aiohttp.ClientSession() as page, aiohttp.ClientSession() as other:
        async with page.get(served.address) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self'; connect-src ws://localhost:")
            assert "http:" not in policy
            assert "frame-ancestors 'none'" in policy
        async with other.get(served.address) as answer:
            assert answer.status == 403
            assert "l'adresse a déjà servi" in await answer.text()

        own = served.own
        async with page.ws_connect(f"{own}/ws?width=80&height=24", origin=own) as ws:
            seen = b""
            async for message in ws:
                if message.type is aiohttp.WSMsgType.BINARY:
                    seen += message.data
                if b"Territoire" in seen:
                    break
            assert b"Territoire" in seen
            watched = [os.pidfd_open(pid) for pid in _below(served.process.pid)]
            assert watched
            served.process.kill()
            for process in watched:
                assert select.select([process], [], [], 120)[0], "left alive"
                os.close(process)


def _below(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_bytes()
    children = map(int, listed.split())
    return [each for child in children for each in (child, *_below(child))]
