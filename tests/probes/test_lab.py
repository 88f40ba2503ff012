"""How near the probes are to lines whose truth is known; in namespaces, --long only.

The lines are those that a school has. One of 300 Mbit/s is more than the emulator
carries on two busy cores, and on a line that loses 0.3 % of its packets four CUBIC
connections cannot have all of it: neither has a truth here.
"""

from typing import Any

import pytest

from tests.probes.lab.network import MIRE_SIX, Line, lab, missing

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def _made_of_namespaces() -> None:
    if why := missing():
        pytest.skip(f"the lab of lines: {why}")


LINES = (
    Line("adsl", 8, 0.8, delay=18, buffer=600),
    Line("vdsl", 50, 10, delay=10, buffer=200),
    Line("fibre", 100, 100, delay=4, buffer=25),
    Line("4g", 30, 8, delay=22, buffer=400, jitter=4),
    Line("pppoe", 20, 5, delay=12, buffer=150, mtu=1492),
    Line("kernel", 900, 5, delay=3, buffer=60, shaped=30),
)
THROUGHPUT, LATENCY_MS = 0.08, 0.5
DOWN, UP = "internet.debit_descendant", "internet.debit_montant"


def off(got: dict[str, Any], line: Line) -> dict[str, float]:
    """Return how far each figure is from the truth: shares, ms."""
    down, up = line.useful
    return {
        "down": got[DOWN]["value"] / down - 1,
        "up": got[UP]["value"] / up - 1,
        "latency": got["internet.latence"]["value"] - got["echo"]["value"],
    }


def is_near(wrong: dict[str, float], line: Line) -> bool:
    """Return whether figures are right; two samples of a jitter differ by chance."""
    ways = max(abs(wrong["down"]), abs(wrong["up"]))
    most = LATENCY_MS + 0.4 * line.jitter
    return ways <= THROUGHPUT and abs(wrong["latency"]) <= most


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_line_is_measured_as_it_is(line: Line) -> None:
    with lab(line) as made:
        made.mire()
        for _ in range(5):  # on a busy machine the line itself is late, now and then
            got = made.measure(["latence", "debit", "echo"])
            if is_near(off(got, line), line):
                break
    wrong = off(got, line)
    print(line.name, {name: round(one, 3) for name, one in wrong.items()})
    assert is_near(wrong, line), (wrong, got)
    assert got[DOWN]["algorithm"] == "cubic"
    loaded = got["internet.latence_charge_descendante"]
    assert loaded["increase"] > line.buffer / 4, "a full buffer is seen"
    if line.jitter:
        assert got["internet.gigue"]["value"] > line.jitter / 2


def test_losses_are_found_with_what_they_may_be() -> None:
    line = Line("lossy", 20, 5, delay=5, buffer=150, loss=2)
    true = 1 - 0.98**2  # there and back
    with lab(line) as made:
        made.mire()
        got = made.measure(["latence"])["internet.perte"]
    assert got["loss_most"] >= true / 2, "a bound at 95 % is wrong once in twenty"
    assert got["value"] <= 100 * 3 * true
    assert got["lost"] > 0


@pytest.mark.parametrize("mtu", [1500, 1492, 1400])
def test_the_largest_packet_of_a_line_is_found(mtu: int) -> None:
    with lab(Line("mtu", 50, 50, delay=2, buffer=100, mtu=mtu)) as made:
        made.mire()
        got = made.measure(["acces"])
        assert got["internet.mtu"]["value"] == mtu
        assert got["internet.portail_captif"]["value"] is False
        assert got["internet.ip_publique"]["value"] == "192.168.44.50", "no NAT here"
        made.mire(MIRE_SIX)
        six = made.measure(["acces"], f"http://[{MIRE_SIX}]")
        assert six["internet.ipv6"]["value"] is True


@pytest.mark.parametrize("invents", [False, True])
def test_a_box_that_invents_answers_is_found(*, invents: bool) -> None:
    with lab(Line("names", 50, 10, delay=10, buffer=200)) as made:
        made.names(invents=invents)
        got = made.measure(["dns"])
        assert got["internet.dns_reecriture"]["value"] is invents
        cached = got["internet.dns_latence"]
        assert cached["value"] < 20, "the box keeps what it was told"
        if not invents:
            assert cached["uncached_p50"] > 20, "what it was not told crosses the line"
