"""The probes against a real server on the loopback; what they lack is told."""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import trustme

from diag.model.errors import DiagError
from diag.model.measure import MEASURES, MeasureContext, MeasureStatus
from diag.probes import Allowance, Probe, ProbeFinding, Setting, line, load
from diag.probes.host import Host, NameAnswer, Page
from diag.probes.line import (
    DOWN,
    JITTER,
    LATENCY,
    LOADED_DOWN,
    LOSS,
    NAMES_LATENCY,
    REWRITING,
    UP,
    LatencyProbe,
    NamesProbe,
    ThroughputProbe,
)
from diag.probes.mire import Mire, MireLimits, mire_at
from diag.probes.services import ADDRESS, MTU, PORTAL, PROXY, SIX, AccessProbe
from tests.probes.serving import mire_on_loopback


class LoopbackHost(Host):
    """Has no proxy, whatever the machine of the tests has."""

    def proxies(self) -> Mapping[str, str]:
        return {}

    async def has_pac(self) -> bool:
        return False


class HastyHost(LoopbackHost):
    """Lives five seconds in one: as much is measured of less that is moved."""

    def monotonic(self) -> float:
        return 5 * super().monotonic()


@pytest.fixture(scope="module")
def mire() -> Iterator[Mire]:
    with mire_on_loopback(MireLimits(hourly_bytes=10**13)) as served:
        yield served


async def found(probe: Probe, setting: Setting) -> dict[str, ProbeFinding]:
    """Return what a probe finds, by key."""
    return {one.key: one async for one in probe.run(setting)}


def silent() -> Mire:
    """Return a server that takes no connection."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
    return mire_at(f"127.0.0.1:{port}")


async def test_latency_is_of_two_hundred_connections(
    mire: Mire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "GAP", 0)
    # A busy machine may leave a connection waiting: none is lost, none is left out.
    monkeypatch.setattr(line, "WAIT", 60.0)
    monkeypatch.setattr(line, "_USUAL_WAIT", 60.0)
    told: list[float] = []
    setting = Setting(LoopbackHost(), mire, tell=lambda share, _: told.append(share))
    got = await found(LatencyProbe(), setting)
    assert {*got} == {LATENCY, JITTER, LOSS}
    assert got[LOSS].value == 0
    assert got[LATENCY].stats["n"] == 200
    assert got[LATENCY].stats["loss_most"] < 0.014
    assert got[LATENCY].value == got[LATENCY].stats["p50"] > 0
    assert told == sorted(told)
    assert told[-1] == 1


class DeafHost(LoopbackHost):
    """Every connection of it is lost."""

    async def connect(self, address: str, port: int, seconds: float = 2.0) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("probe", [LatencyProbe(), ThroughputProbe()])
async def test_a_server_that_is_not_there_is_soon_given_up(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "GAP", 0)
    with pytest.raises(DiagError, match="ne répond pas"):
        await found(probe, Setting(DeafHost(), silent()))


@pytest.mark.parametrize("probe", [LatencyProbe(), ThroughputProbe(), AccessProbe()])
def test_without_a_server_each_tells_what_it_lacks(probe: Probe) -> None:
    assert "mire" in probe.missing(Setting(LoopbackHost()))
    assert not probe.missing(Setting(LoopbackHost(), mire_at("mire.test")))
    assert probe.plan(Setting(LoopbackHost(), mire_at("mire.test"))).targets == (
        "mire.test:80",
    )


async def test_a_throughput_stops_at_the_bytes_of_its_run(mire: Mire) -> None:
    allowance = Allowance(6_000_000)
    setting = Setting(LoopbackHost(), mire, allowance=allowance)
    plan = ThroughputProbe().plan(setting)
    assert plan.down_bytes + plan.up_bytes == 6_000_000
    got = await found(ThroughputProbe(), setting)
    assert got[DOWN].status is got[UP].status is MeasureStatus.PARTIAL
    assert "Au moins" in got[DOWN].why
    assert got[DOWN].is_own_server
    assert got[DOWN].method == "http-4conn-recv"
    assert got[UP].method == "http-4conn-ack"
    # Each connection may have one buffer more under way when the limit is met.
    assert -8 * 256 * 1024 < allowance.left <= 0


async def test_a_throughput_that_settles_stops_and_has_its_latency(
    mire: Mire, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def settles(seconds: list[float]) -> bool:
        seen.append(len(seconds))
        return True

    monkeypatch.setattr(load, "WARM_UP", 0.2)
    monkeypatch.setattr(load, "has_settled", settles)
    monkeypatch.setattr(load, "MANY", 1e9)
    monkeypatch.setattr(load, "LONGEST", 1e3)  # of its seconds
    setting = Setting(HastyHost(), mire, allowance=Allowance(10**12))
    way = load.Load(HastyHost(), mire, "127.0.0.1", 10**12, is_up=False)
    measured = await way.run(setting, done=0.0)
    assert measured.is_settled
    assert not measured.is_short
    assert measured.waits
    assert measured.server.startswith("diag-mire/1")
    assert all(not one.is_alive() for one in way._threads)


async def test_a_throughput_that_is_cancelled_leaves_no_connection(mire: Mire) -> None:
    begun = asyncio.Event()
    setting = Setting(LoopbackHost(), mire, tell=lambda *_: begun.set())
    way = load.Load(LoopbackHost(), mire, "127.0.0.1", 10**12, is_up=True)
    under_way = asyncio.create_task(way.run(setting, done=0.0))
    await begun.wait()
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    await asyncio.to_thread(way._join)
    assert all(not one.is_alive() for one in way._threads)


class TrustingHost(LoopbackHost):
    """Believes the authority of a test, as a system believes a school's."""

    def __init__(self, authority: trustme.CA) -> None:
        self.authority = authority

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


async def test_a_server_in_https_is_measured_by_who_believes_it(mire: Mire) -> None:
    authority = trustme.CA(organization_name="Académie de Test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with mire_on_loopback(tls=context) as secured:
        setting = Setting(
            TrustingHost(authority), secured, allowance=Allowance(3_000_000)
        )
        got = await found(ThroughputProbe(), setting)
        assert got[DOWN].is_own_server
        assert got[UP].is_own_server
        page = await setting.host.fetch(secured.url("empty.php"))
        assert (page.status, page.issuer) == (200, "Académie de Test")
        plain = await found(AccessProbe(), Setting(LoopbackHost(), mire))
        largest = (await found(AccessProbe(), setting))[MTU]
        assert largest.status is plain[MTU].status, "as well in secret as not"

        stranger = Setting(TrustingHost(trustme.CA()), secured)
        got = await found(ThroughputProbe(), stranger)
        assert got[DOWN].status is MeasureStatus.INCONCLUSIVE
        page = await stranger.host.fetch(secured.url("empty.php"))
        assert page.problem == "tls"


async def test_what_this_computer_lacks_is_no_answer_of_a_site() -> None:
    class Untrusting(LoopbackHost):
        def tls(self) -> ssl.SSLContext:
            raise ssl.SSLError("no store of certificates")

    with pytest.raises(ssl.SSLError, match="no store"):
        await Untrusting().fetch(silent().url("empty.php"))


async def test_a_busy_server_is_told_as_such() -> None:
    with mire_on_loopback(MireLimits(tests=0)) as busy:
        got = await found(ThroughputProbe(), Setting(LoopbackHost(), busy))
    assert got[DOWN].status is MeasureStatus.INCONCLUSIVE
    assert "occupée" in got[DOWN].why
    assert "occupée" in got[UP].why
    assert got[LOADED_DOWN].status is MeasureStatus.INCONCLUSIVE


def test_each_measure_of_the_line_that_a_checklist_may_name_is_made() -> None:
    every = (LatencyProbe(), ThroughputProbe(), NamesProbe(), AccessProbe())
    made = {key for one in every for key in one.produces}
    assert {key for key in MEASURES if key.startswith("internet.")} <= made


def test_from_a_room_by_wifi_it_is_the_room_that_is_measured(mire: Mire) -> None:
    wifi = Setting(Host(), mire, "CE2", context=MeasureContext(is_wired=False))
    assert wifi.key(DOWN) == "wifi.debit_descendant"
    wired = replace(wifi, context=MeasureContext(is_wired=True))
    short, long = (ThroughputProbe().plan(one).seconds for one in (wifi, wired))
    assert (short, long) == (12, 22), "one passes through every room"
    assert wired.key(DOWN) == replace(wifi, room="").key(DOWN) == DOWN


async def test_what_stands_before_the_internet_is_found(mire: Mire) -> None:
    got = await found(AccessProbe(), Setting(LoopbackHost(), mire))
    assert got[PORTAL].value is False
    assert got[PROXY].status is MeasureStatus.ABSENT
    assert got[ADDRESS].value == "127.0.0.1"
    assert got[SIX].status is MeasureStatus.INCONCLUSIVE
    largest = got[MTU].value
    assert largest is None or (isinstance(largest, int) and largest > 1000)


class PortalHost(LoopbackHost):
    """A portal answers in the place of any server."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def proxies(self) -> Mapping[str, str]:
        return {"https": "http://jean:secret@proxy.ecole.test:3128"}

    async def fetch(self, url: str, **_asked: object) -> Page:
        return self.page


PORTALS = (
    (Page(302, headers={"location": "http://portail.test/a?u=jean"}), True),
    (Page(302, headers={"location": "http://[portail"}), True),
    (Page(200, body=b"<HTML><title>Connexion</title>"), True),
    (Page(511), True),
    (Page(204), False),
    (Page(200, headers={"server": "diag-mire/1 (cubic)"}), False),
    (Page(problem="timeout"), None),
    (Page(200, body=b"ok"), None),
)


@pytest.mark.parametrize(("page", "is_there"), PORTALS)
async def test_a_portal_is_what_answers_for_the_server(
    *, page: Page, is_there: bool | None, mire: Mire
) -> None:
    got = await found(AccessProbe(), Setting(PortalHost(page), mire))
    assert got[PORTAL].value is is_there
    assert got[PROXY].value == "proxy.ecole.test:3128", "neither name nor password"
    assert "jean" not in got[PORTAL].why


class FarHost(LoopbackHost):
    """Everything is three quarters of a second away, by a clock of its own."""

    now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    async def connect(
        self, address: str, port: int, seconds: float = 2.0
    ) -> float | None:
        self.now_s += 0.75
        return 750.0


async def test_a_line_by_satellite_is_measured_in_the_time_there_is(
    mire: Mire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "GAP", 0.0)
    host, probe = FarHost(), LatencyProbe()
    setting = Setting(host, mire)
    got = await found(probe, setting)
    assert got[LATENCY].value == 750.0
    assert got[LATENCY].stats["n"] < line.TRIES
    assert host.now_s < 2 * probe.plan(setting).seconds + 5, "the runner stops it then"


async def test_a_computer_without_ipv6_reaches_nothing_by_it(
    mire: Mire, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = socket.socket

    def without(family: int = -1, *rest: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return plain(family, *rest)

    monkeypatch.setattr(socket, "socket", without)
    assert await Host().connect("::1", mire.port) is None
    assert await Host().connect(mire.host, mire.port)


class NamingHost(LoopbackHost):
    """Its resolver gives an address to whatever it is asked, or to what exists."""

    def __init__(self, *, invents: bool, answers: bool = True) -> None:
        self.invents, self.answers = invents, answers
        self.asked: list[str] = []

    def name_servers(self) -> tuple[str, ...]:
        return ("192.168.1.1",)

    async def ask_name(self, name: str, server: str) -> NameAnswer:
        self.asked.append(name)
        if not self.answers:
            return NameAnswer()
        if name.startswith("diag-") and not self.invents:
            return NameAnswer(code="NXDOMAIN", ms=31.0)
        return NameAnswer(("192.0.2.1",), "NOERROR", 20.5)


@pytest.mark.parametrize("invents", [True, False])
async def test_a_resolver_that_invents_answers_is_found(*, invents: bool) -> None:
    host = NamingHost(invents=invents)
    got = await found(NamesProbe(), Setting(host, names=("a.test", "b.test")))
    assert got[REWRITING].value is invents
    assert got[NAMES_LATENCY].value == 20.5
    assert got[NAMES_LATENCY].stats["n"] == 18, "the first of each fills the cache"
    assert len({*host.asked}) == 2 + 8
    plan = NamesProbe().plan(Setting(host, names=("a.test", "b.test")))
    assert plan.packets == len(host.asked)


class FarNamingHost(NamingHost):
    """Its resolver is beyond a satellite, by a clock of its own."""

    now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    async def ask_name(self, name: str, server: str) -> NameAnswer:
        self.now_s += 0.7
        return (await super().ask_name(name, server))._replace(ms=700.0)


async def test_a_resolver_by_satellite_is_measured_in_the_time_there_is() -> None:
    host, probe = FarNamingHost(invents=False), NamesProbe()
    setting = Setting(host)
    got = await found(probe, setting)
    assert got[NAMES_LATENCY].value == 700.0
    assert got[REWRITING].value is False
    assert host.now_s < 2 * probe.plan(setting).seconds + 5, "the runner stops it then"


async def test_a_resolver_that_is_silent_is_told() -> None:
    host = NamingHost(invents=False, answers=False)
    with pytest.raises(DiagError, match=r"192\.168\.1\.1 ne répond"):
        await found(NamesProbe(), Setting(host))
    assert len(host.asked) == 3, "each is waited for: two seconds"
