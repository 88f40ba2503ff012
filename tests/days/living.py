"""What a day needs: laptops with their screens, the office, a telephone, a form filled.

One waits for words on a screen, never for a time; each program is a process.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from time import time
from typing import Self

import httpx
from PIL import Image
from pypdf import PdfReader

from diag.audit import session as audits
from diag.audit.session import AuditSession
from diag.demo.territory import FictionalTerritory, write_fictional_territory
from diag.phone import ADDRESS
from diag.sync.hub.home import HubHome
from diag.workspace.workspace import Workspace
from tests.cli.running import command, environment
from tests.sync.serving import free_port
from tests.sync.test_kills import hub_process, wait_for
from tests.terminal.terminal import Terminal

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""What gives a program another clock than the machine's, where it is installed."""

SIZES = {"small": (80, 24), "large": (120, 40)}

_ARROWS = ("up", "down", "right", "left")
_KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "delete": "\x1b[3~",
    "end": "\x1b[F",
    **{way: f"\x1b[{end}" for way, end in zip(_ARROWS, "ABCD", strict=True)},
    **{f"f{rank}": f"\x1bO{end}" for rank, end in enumerate("PQRS", 1)},
    "f5": "\x1b[15~",
    **{f"f{rank}": f"\x1b[{rank + 11}~" for rank in range(6, 10)},
    **{f"ctrl+{chr(96 + rank)}": chr(rank) for rank in range(1, 27)},
}
"""What a terminal sends for a key."""


class Screen(Terminal):
    """A terminal where one presses keys by name, then sees words."""

    def press(self, *keys: str) -> Self:
        """Press keys, named or as they are typed."""
        self.send("".join(_KEYS.get(key, key) for key in keys))
        return self

    def see(self, *texts: str) -> Self:
        """Wait until each text stands on a line of the screen."""
        for text in texts:
            self.wait_for(lambda: self.shows(text), text)  # noqa: B023 - called at once
        return self

    def line(self, pattern: str) -> re.Match[str]:
        """Return where a pattern stands on a line of the screen."""
        plain = (re.sub("[\u00a0\u202f]", " ", line) for line in self.lines)
        found = next(filter(None, (re.search(pattern, line) for line in plain)), None)
        assert found, pattern
        return found

    def leave(self, *texts: str) -> Self:
        """Wait until none of the texts stands on the screen any more."""
        for text in texts:
            self.wait_for(lambda: not self.shows(text), f"no more {text}")  # noqa: B023 - called at once
        return self


class Laptop:
    """An engineer's laptop: a workspace, its screens, its commands."""

    def __init__(self, folder: Path, person: str, clock: str = "") -> None:
        self.folder = folder
        self.person = person
        self.clock = clock
        """When its programs start, by its own clock: « 2027-11-15 09:00:00 »."""

    def words(self, *words: str) -> list[str]:
        """Return the command line that runs diag at its hour."""
        if not self.clock:
            return command(*words)
        hour = (f"FAKETIME=@{self.clock}", "FAKETIME_DONT_FAKE_MONOTONIC=1")
        return [
            "env",
            f"LD_PRELOAD={FAKETIME}",
            *hour,
            "NO_FAKE_STAT=1",
            *command(*words),
        ]

    def screens(self, size: str = "small") -> Screen:
        """Open the screens."""
        os.environ[ADDRESS] = "127.0.0.1"
        return Screen(self.words(), self.folder, SIZES[size])

    def run(self, *words: str, code: int = 0, stdin: str = "") -> str:
        """Run a command to its end; return what it printed."""
        done = subprocess.run(
            self.words(*words),
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            env=environment(self.folder),
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def enrol(self, office: "Office", right: str = "write") -> None:
        """Have the office know it, then bring both to the same."""
        self.run("sync", "enrol", office.invite(self.person, right))
        self.sync()

    def sync(self) -> None:
        """Bring the office and the laptop to the same."""
        assert "Tout ce qui est ici est au bureau" in self.run("sync")

    @contextmanager
    def audit(self, ref: str, campaign: str | None = None) -> Iterator[AuditSession]:
        """Give an audit as the store has it."""
        with Workspace.open(self.folder) as there:
            yield audits.open_session(there, ref, campaign)

    def page(self, ref: str, name: str, campaign: str) -> str:
        """Return the Markdown of a document."""
        folder = self.folder / "exports" / f"{ref}-{campaign}"
        text = (folder / f"{name}.md").read_text("utf-8")
        return re.sub("[\u00a0\u202f]", " ", text)

    def pages(self, ref: str, name: str, campaign: str) -> int:
        """Return how many pages the PDF of a document has."""
        path = self.folder / "exports" / f"{ref}-{campaign}" / f"{name}.pdf"
        return len(PdfReader(path).pages)


class Office:
    """The hub of the syndicat: its folder, and the process that serves it."""

    def __init__(self, folder: Path, territory: FictionalTerritory) -> None:
        self.folder = folder
        self._clerk = Laptop(folder.parent / "clerk", "")
        self._clerk.folder.mkdir()
        url = f"https://127.0.0.1:{free_port()}"
        self.run("init", "--name", "Vallombre Numérique", "--url", url)
        self.run("directory", str(territory.annuaire))

    def run(self, *words: str) -> str:
        """Run a command of the hub."""
        return self._clerk.run("hub", "--folder", str(self.folder), *words)

    def invite(self, person: str, right: str = "write") -> str:
        """Return the line that enrols a laptop, for all that the syndicat has."""
        where = ("--territory", "999", "--territory", "syndicat")
        said = self.run("enrol", person, *where, "--right", right)
        return next(line for line in said.splitlines() if line.startswith("https"))

    def audits(self) -> int:
        """Return how many audits it holds."""
        store = HubHome.open(self.folder).store()
        try:
            return len(store.manifest({"*"}))
        finally:
            store.close()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Have it serve, in a process of its own."""
        home = HubHome.open(self.folder)
        with hub_process(home):
            wait_for(home)
            yield


class Telephone:
    """A telephone on the same Wi-Fi: it types the six digits, then sends."""

    def __init__(self, screen: Screen) -> None:
        text = " ".join(screen.lines).replace("\u00a0", " ").replace("\u202f", " ")
        where = re.search(r"À la main : (\S+)", text)
        digits = re.search(r"puis le code (\d{3}) ?(\d{3})", text)
        assert where
        assert digits
        self._http = httpx.Client(base_url=f"http://{where[1]}", timeout=60)
        entered = self._http.post("/", data={"c": "".join(digits.groups())})
        assert entered.status_code == 303, entered.text
        self._path = entered.headers["location"]
        assert self._http.get(self._path).status_code == 200
        assert self.where()  # the page's script asks at once

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def where(self) -> str:
        """Return where it says that what it sends will go."""
        return self._http.get(f"{self._path}/ICI").text

    def photo(self, colour: str) -> str:
        """Take a photo of a wall and send it; return what it is told."""
        taken = BytesIO()
        Image.new("RGB", (1600, 1200), colour).save(taken, "JPEG")
        return self._sent("PHOTO", taken.getvalue())

    def say(self, words: str) -> str:
        """Say a word; return what it is told."""
        return self._sent("MOT", words.encode())

    def _sent(self, what: str, body: bytes) -> str:
        answer = self._http.post(f"{self._path}/{what}", content=body)
        assert answer.status_code == 200, answer.text
        return answer.text


def filled(page: Path, by: str, answers: Mapping[str, str], to: Path) -> Path:
    """Fill a form written as HTML, as its script saves it; return the file."""
    html = page.read_text("utf-8")
    wanted = {name: _attribute(html, name) for name in ("subject", "code", "file")}
    asked = set(re.findall(r'data-q="(\w+)"', html))
    assert set(answers) <= asked, asked
    rows = [
        {"question": each}
        | ({"state": "unknown"} if value == "?" else {"value": value})
        for each, value in answers.items()
    ]
    path = to / wanted.pop("file")
    form = {"format": "diag-form", "version": 1, "by": by, "rows": rows, **wanted}
    path.write_text(json.dumps(form), "utf-8")
    return path


def _attribute(html: str, name: str) -> str:
    found = re.search(f'data-{name}="([^"]+)"', html)
    assert found, name
    return found[1]


def downloaded(folder: Path) -> FictionalTerritory:
    """Return the official files of the invented territory, as downloaded."""
    return write_fictional_territory(folder)


def today() -> date:
    """Return the day that these programs live in."""
    return date.fromtimestamp(time())  # noqa: DTZ012 - the user's day
