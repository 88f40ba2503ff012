"""What every transport must do: one suite, run on each.

A new transport adds one carrier to `CARRIERS`.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.sync.bundle import BundleError
from diag.sync.bundle.write import BundleSummary
from diag.sync.exchange import ExchangeEvent, SyncResult
from diag.sync.folder import FolderTransport
from diag.sync.http import HttpTransport
from diag.sync.hub.app import build_app
from diag.sync.meeting import synchronise
from diag.sync.protocol import HubLimits
from diag.sync.trust import build_trust
from tests.journal.builders import NOON
from tests.journal.worlds import content
from tests.sync.bundle.colleagues import Colleague, keys_of, meet
from tests.sync.hub.asking import Counter
from tests.sync.offices import (
    AUDITS,
    ROOTS,
    hub_in,
    journal_in,
    let_in,
    photographed,
    say,
    started,
)

VALLEY, OTHER, _ = AUDITS
LIMITS = HubLimits(push_lines=3, batch_lines=2, piece_bytes=1_000)
"""Little at a time, so that a cut falls in the middle."""

PHOTO = bytes(range(256)) * 10


class Carrier(Protocol):
    """Brings what a colleague has to another."""

    def carry(self, giver: Colleague, taker: Colleague) -> None:
        """Bring it whole."""
        ...

    def carry_cut(self, giver: Colleague, taker: Colleague) -> None:
        """Begin to bring it, and be cut in the middle."""
        ...


class HttpCarrier:
    """Over HTTP, by a hub: the giver calls, then the taker."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._hub = stack.enter_context(hub_in(folder / "hub", limits=LIMITS))
        self._token = let_in(self._hub)

    def carry(self, giver: Colleague, taker: Colleague) -> None:
        for each in (giver, taker):
            assert self._call(each).is_whole

    def carry_cut(self, giver: Colleague, taker: Colleague) -> None:
        for each in (giver, taker):
            asked = count(1)

            def cut(_request: httpx.Request, asked: Iterator[int] = asked) -> None:
                if next(asked) > 2:
                    raise httpx.ReadError("cut")

            assert "a été coupée" in self._call(each, cut).problem

    def _call(
        self, who: Colleague, *hooks: Callable[[httpx.Request], None]
    ) -> SyncResult:
        counter = Counter(build_app(self._hub))

        def answer(asked: httpx.Request) -> httpx.Response:
            path, headers = asked.url.raw_path.decode(), asked.headers
            given = counter.request(
                asked.method, path, content=asked.content, headers=headers
            )
            given.headers.pop("content-encoding", None)
            return httpx.Response(
                given.status_code, headers=given.headers, content=given.content
            )

        transport = HttpTransport("https://hub", build_trust(""), self._token)
        with httpx.Client(
            base_url="https://hub",
            transport=httpx.MockTransport(answer),
            headers=transport._client.headers,
            event_hooks={"request": list(hooks)},
        ) as client:
            transport.close()
            transport._client = client
            result = SyncResult("", "", NOON)
            event = ExchangeEvent(pauses=())
            return synchronise(who.journal, transport, result, event)


class BundleCarrier:
    """By a bundle, from hand to hand."""

    def __init__(self, folder: Path, _stack: ExitStack) -> None:
        self._path = folder / "paquet.diag"

    def carry(self, giver: Colleague, taker: Colleague) -> None:
        giver.write(self._path, taker)
        assert taker.read(self._path).refused == ()

    def carry_cut(self, giver: Colleague, taker: Colleague) -> None:
        giver.write(self._path, taker)
        whole = self._path.read_bytes()
        self._path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BundleError):
            taker.read(self._path)


class FolderCarrier:
    """By a folder that both share."""

    def __init__(self, folder: Path, _stack: ExitStack) -> None:
        self._folder = folder / "partage"
        self._folder.mkdir()

    def carry(self, giver: Colleague, taker: Colleague) -> None:
        for each in (giver, taker):
            assert self._visit(each) == []

    def carry_cut(self, giver: Colleague, taker: Colleague) -> None:
        assert self._visit(giver) == []
        device = self._folder / giver.keys.card.device
        wholes = {path: path.read_bytes() for path in device.glob("*.diag")}
        for path, whole in wholes.items():
            path.write_bytes(whole[: len(whole) // 2])
        assert len(self._visit(taker)) == len(wholes)
        for path, whole in wholes.items():
            path.write_bytes(whole)

    def _visit(self, who: Colleague) -> list[str]:
        transport = FolderTransport(
            reader=who.reader(),
            folder=self._folder,
            recipients=who.known,
            summarise=lambda _: BundleSummary({}, {}, who.origin.author),
            learn=lambda _: None,
        )
        return transport.run(NOON).refused


CARRIERS: dict[str, Callable[[Path, ExitStack], Carrier]] = {
    "http": HttpCarrier,
    "bundle": BundleCarrier,
    "folder": FolderCarrier,
}


@dataclass
class Scene:
    """Two colleagues who worked apart, and what brings their work together."""

    anne: Colleague
    bruno: Colleague
    carrier: Carrier

    def exchange(self) -> None:
        """Bring each what the other has."""
        self.carrier.carry(self.anne, self.bruno)
        self.carrier.carry(self.bruno, self.anne)

    def ids(self) -> list[set[bytes]]:
        return [
            {key for (key,) in each.journal.select("select id from rev")}
            for each in (self.anne, self.bruno)
        ]

    def holds(self, who: Colleague, text: bytes) -> bool:
        return any(text in line for line in who.journal.lines(VALLEY.id))


@pytest.fixture(params=CARRIERS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        anne, bruno = (
            Colleague(
                name, stack.enter_context(journal_in(tmp_path / name)), keys_of(seed)
            )
            for seed, name in enumerate(("anne", "bruno"), 1)
        )
        meet(anne, bruno)
        for who, value in ((anne, 3), (bruno, 4)):
            origin = who.origin
            started(who.journal, VALLEY, origin)
            for number in range(value, value + 5):
                say(who.journal, VALLEY, number, origin)
        started(bruno.journal, OTHER, bruno.origin)
        yield Scene(anne, bruno, CARRIERS[request.param](tmp_path, stack))


def test_both_end_with_the_same_union(scene: Scene) -> None:
    ours, theirs = scene.ids()

    scene.exchange()

    assert scene.ids() == [ours | theirs, ours | theirs]
    assert scene.anne.journal.manifest() == scene.bruno.journal.manifest()
    assert content(scene.anne.journal.connection) == content(
        scene.bruno.journal.connection
    )


def test_the_same_again_changes_nothing(scene: Scene) -> None:
    scene.exchange()
    before = content(scene.anne.journal.connection)

    scene.exchange()

    assert content(scene.anne.journal.connection) == before
    assert content(scene.bruno.journal.connection) == before


def test_cut_in_the_middle_it_goes_on_the_next_time(scene: Scene) -> None:
    ours, theirs = scene.ids()

    scene.carrier.carry_cut(scene.anne, scene.bruno)

    assert scene.ids()[1] != ours | theirs
    scene.exchange()
    assert scene.ids() == [ours | theirs, ours | theirs]
    assert scene.anne.journal.manifest() == scene.bruno.journal.manifest()


def test_an_erasure_passes_and_what_it_erased_does_not_come_back(
    scene: Scene,
) -> None:
    origin = scene.anne.origin
    note = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "Mme Zzyzx")
    written = scene.anne.journal.write(note, origin)
    scene.exchange()
    assert scene.holds(scene.bruno, b"Zzyzx")

    scene.anne.journal.write(changes.erased(VALLEY.id, written.id, "demande"), origin)
    scene.carrier.carry(scene.bruno, scene.anne)
    assert not scene.holds(scene.anne, b"Zzyzx")
    scene.exchange()

    assert not scene.holds(scene.bruno, b"Zzyzx")
    assert scene.anne.journal.manifest() == scene.bruno.journal.manifest()


def test_attachments_arrive(scene: Scene) -> None:
    sha = photographed(scene.anne.journal, PHOTO, 1, scene.anne.origin)

    scene.exchange()

    assert AttachmentStore(scene.bruno.folder).get(sha) == PHOTO
