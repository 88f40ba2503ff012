"""The screens in a browser: this computer's page, and no other's."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing

import aiohttp
import pytest

from tests.audit.builders import workspace
from tests.cli.running import command, environment

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
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
        assert "Ouvrez http://localhost" in server.stdout.readline()
        _until_it_listens(chosen)
        yield chosen
        server.terminate()


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


def test_the_page_fetches_nothing_elsewhere(port: int) -> None:
    status, policy = asked(port, "/")
    assert status == 200
    assert policy.startswith("default-src 'self'; connect-src ws://localhost:")
    assert "http:" not in policy


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://ailleurs.example"}, {"Host": "ailleurs.example"}],
)
@pytest.mark.parametrize("path", ["/", "/ws"])
def test_another_page_is_refused(port: int, path: str, headers: dict[str, str]) -> None:
    assert asked(port, path, **UPGRADE, **headers)[0] == 403


async def test_the_page_of_this_computer_drives_the_screens(port: int) -> None:
    own = f"http://localhost:{port}"
    page = aiohttp.ClientSession()
    async with page, page.ws_connect(f"{own}/ws?width=80&height=24", origin=own) as ws:
        seen = b""
        async for message in ws:
            seen += message.data if message.type is aiohttp.WSMsgType.BINARY else b""
            if b"Territoire" in seen:
                break

    assert b"Territoire" in seen
