"""A headless Chromium driven by its own protocol, over two pipes: no library."""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 20_000
"""Milliseconds before a condition is given up: only a failure waits so long."""

_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking"),
)
_WITH_PIPES = """import os, sys
os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])"""
"""The browser reads its orders from the third file and answers on the fourth."""
_UNTIL = """new Promise((found,lost)=>{const end=Date.now()+%d;const look=()=>{
let is;try{is=(%s)}catch(e){}
if(is)found(is);
else if(Date.now()>end)lost(Error(document.documentElement.textContent));
else setTimeout(look,20)};look()})"""


class BrowserPage:
    """One tab."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **params: Any) -> Any:
        """Ask the tab something of the protocol."""
        return self._browser.call(method, self._session, **params)

    def go(self, url: str, seen: str) -> None:
        """Open an address and wait until an expression holds there."""
        self.call("Page.navigate", url=url)
        self.until(f"document.readyState=='complete'&&({seen})")

    def run(self, expression: str) -> Any:
        """Return what an expression is worth in the page; a promise is waited for."""
        done = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, condition: str) -> Any:
        """Wait until an expression is true; shows the page when it never is."""
        return self.run(_UNTIL % (PATIENCE, condition))

    def give_files(self, selector: str, *files: Path) -> None:
        """Choose files in a field, as a person does."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        paths = [str(file) for file in files]
        self.call("DOM.setFileInputFiles", files=paths, nodeId=node)

    def picture(self, path: Path) -> None:
        """Keep a picture of the page, to look at."""
        from base64 import b64decode  # noqa: PLC0415 - by hand only

        path.write_bytes(b64decode(self.call("Page.captureScreenshot")["data"]))


class Browser:
    """A Chromium of one's own; what it downloads lands in a folder."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        to_read, self._ask = os.pipe()
        self._answers, to_write = os.pipe()
        self._program = subprocess.Popen(
            [
                *(sys.executable, "-c", _WITH_PIPES, f"{to_read}", f"{to_write}"),
                *(CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"),
            ],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._left = b""
        self._asked = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._ask)
        os.close(self._answers)

    def call(self, method: str, session: str = "", **params: Any) -> Any:
        """Ask something and wait for its answer; what happens meanwhile is kept."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._ask, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._asked:
            self._events.append(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def wait_for_download(self) -> None:
        """Wait until the browser says that a file is whole on the disk."""
        while not any(_is_whole(one) for one in self._events):
            self._events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE / 500)
            assert ready, "the browser says nothing"
            more = os.read(self._answers, 65536)
            assert more, "the browser ended"
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(message))

    def page(self, downloads: Path, width: int = 390, height: int = 844) -> BrowserPage:
        """Open a tab of the size of a phone, apart from the others: its own cookies."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        self.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            eventsEnabled=True,
            browserContextId=context,
            downloadPath=str(downloads),
        )
        target = self.call(
            "Target.createTarget", url="about:blank", browserContextId=context
        )["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = BrowserPage(self, attached["sessionId"])
        page.call("Page.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=True,
        )
        return page


def _is_whole(event: dict[str, Any]) -> bool:
    is_download = event.get("method") == "Browser.downloadProgress"
    return is_download and event["params"]["state"] == "completed"


@contextmanager
def opened_browser(folder: Path) -> Iterator[Browser]:
    """Give a browser; the test is passed over where there is none."""
    if CHROMIUM is None:
        pytest.skip("pas de chromium sur cette machine : apt-get install chromium")
    with Browser(folder / "profil") as browser:
        yield browser
