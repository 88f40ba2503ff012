"""The namespaces of the lab, made and taken away: nothing of them meets the machine."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

WANLINK = Path(__file__).with_name("wanlink.py")
MIRE, MIRE_SIX = "198.51.100.10", "2001:db8::10"
BOX, LAPTOP = "192.168.44.1", "192.168.44.50"
UPSTREAM = "198.51.100.53"
"""Resolver of the Internet of the lab."""

INVENTED = "198.51.100.80"
"""What is answered for names that nobody has, where answers are invented."""


@dataclass(frozen=True)
class Line:
    """A line of a school."""

    name: str
    down: float
    """Mbit/s of IP."""
    up: float
    delay: float
    """Ms, one way."""
    buffer: float
    """Ms."""
    jitter: float = 0.0
    loss: float = 0.0
    mtu: int = 1500
    shaped: float = 0.0
    """Mbit/s of Ethernet that the kernel of the box shapes in the emulator's place."""

    @property
    def useful(self) -> tuple[float, float]:
        """Return what TCP can have of it, down and up, Mbit/s."""
        segment = self.mtu - 52
        share = segment / self.mtu
        if self.shaped:
            return self.shaped * segment / (self.mtu + 14), self.up * share
        return self.down * share, self.up * share


@cache
def missing() -> str:
    """Return why the lab cannot be made here; empty: it can."""
    for program in ("ip", "tc", "dnsmasq", "unshare"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun is closed to this user"
    name = f"dg{os.getpid()}-try"
    for words in (("unshare", "-n", "true"), ("ip", "netns", "add", name)):
        done = subprocess.run(words, capture_output=True, check=False)
        if done.returncode:
            return f"no namespace may be made: {done.stderr.decode()[-100:].strip()}"
    subprocess.run(("ip", "netns", "del", name), check=True)
    return ""


class Lab:
    """Four namespaces: laptop, switch, box, Internet."""

    def __init__(self, line: Line, stack: ExitStack) -> None:
        mark = f"dg{os.getpid()}"
        self.laptop, self.switch = f"{mark}-lap", f"{mark}-sw"
        self.box, self.internet = f"{mark}-box", f"{mark}-net"
        self._stack = stack
        self._make(line)

    def _make(self, line: Line) -> None:
        for space in (self.laptop, self.switch, self.box, self.internet):
            run("ip", "netns", "add", space)
            self._stack.callback(run, "ip", "netns", "del", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
        run("ip", "-n", self.switch, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.switch, "link", "set", "br0", "up")
        for space, port in ((self.laptop, "p1"), (self.box, "p2")):
            ends = ("type", "veth", "peer", "name", port, "netns", self.switch)
            run("ip", "-n", space, "link", "add", "eth0", *ends)
            run("ip", "-n", self.switch, "link", "set", port, "master", "br0", "up")
            run("ip", "-n", space, "link", "set", "eth0", "up")
        self._address(self.laptop, "eth0", f"{LAPTOP}/24", "fd44::50/64")
        self._address(self.box, "eth0", f"{BOX}/24", "fd44::1/64")
        for one in (MIRE, UPSTREAM, INVENTED):
            self._address(self.internet, "lo", f"{one}/32")
        self._address(self.internet, "lo", f"{MIRE_SIX}/128")
        self._join(line)
        for space, way, four, six in (
            (self.laptop, "default", BOX, "fd44::1"),
            (self.box, "default", "10.9.0.1", "2001:db8:9::1"),
        ):
            run("ip", "-n", space, "route", "add", way, "via", four)
            run("ip", "-n", space, "-6", "route", "add", way, "via", six)
        back = ("route", "add", "192.168.44.0/24", "via", "10.9.0.2")
        run("ip", "-n", self.internet, *back)
        back = ("route", "add", "fd44::/64", "via", "2001:db8:9::2")
        run("ip", "-n", self.internet, "-6", *back)
        for name in ("ipv4.ip_forward", "ipv6.conf.all.forwarding"):
            inside = ("ip", "netns", "exec", self.box)
            run(*inside, "sysctl", "-qw", f"net.{name}=1")
        if line.shaped:
            shape = ("rate", f"{line.shaped}mbit", "burst", "32k", "latency", "200ms")
            made = ("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", *shape)
            run("ip", "netns", "exec", self.box, *made)

    def _address(self, space: str, interface: str, *addresses: str) -> None:
        for one in addresses:
            late = ["nodad"] if ":" in one else []
            run("ip", "-n", space, "addr", "add", one, "dev", interface, *late)

    def _join(self, line: Line) -> None:
        mark = os.getpid() % 100_000
        asked = {
            **asdict(line),
            "loss": line.loss / 100,
            "school": {
                "name": f"dgw{mark}",
                "space": self.box,
                "addresses": ["10.9.0.2/30", "2001:db8:9::2/64"],
            },
            "internet": {
                "name": f"dgi{mark}",
                "space": self.internet,
                "addresses": ["10.9.0.1/30", "2001:db8:9::1/64"],
            },
        }
        self.serve(None, sys.executable, str(WANLINK), json.dumps(asked), until="ready")

    def serve(self, space: str | None, *words: str, until: str = "") -> None:
        """Run a program of the lab until its end; wait for a word that it prints."""
        inside = ("ip", "netns", "exec", space) if space else ()
        started = subprocess.Popen(
            [*inside, *words],
            stdout=subprocess.PIPE if until else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._stack.callback(_end, started)
        if until:
            assert started.stdout is not None
            told = started.stdout.readline()
            assert until in told, (words, told)

    def names(self, *, invents: bool = False) -> None:
        """Serve names: the Internet's, which may invent answers, and the box's."""
        common = ("-d", "-C", "/dev/null", "--no-resolv", "--no-hosts", "--user=root")
        bound = (*common, "--bind-interfaces", "-p", "53", "--pid-file")
        known = (f"--host-record=speed.test,{MIRE}", "--local=/speed.test/")
        every = (f"--address=/speed.test/{INVENTED}",)
        said = ("--local-ttl=300", *(every if invents else known))
        self.serve(
            self.internet, "dnsmasq", *bound, f"--listen-address={UPSTREAM}", *said
        )
        asks = (f"--server={UPSTREAM}", f"--listen-address={BOX}")
        self.serve(self.box, "dnsmasq", *bound, *asks)

    def mire(self, address: str = MIRE) -> None:
        """Serve the speed server, by its own command."""
        words = ("-m", "diag", "mire", "--host", address, "--port", "80")
        self.serve(self.internet, sys.executable, *words, until="Mire prête")

    def measure(self, probes: Sequence[str], url: str = f"http://{MIRE}") -> Any:
        """Return what probes find from the laptop, as JSON."""
        program = (sys.executable, "-m", "tests.probes.lab.laptop", url, *probes)
        inside = ("ip", "netns", "exec", self.laptop)
        done = subprocess.run(
            [*inside, *program], stdout=subprocess.PIPE, check=True, timeout=300
        )
        return json.loads(done.stdout)


def _end(started: subprocess.Popen[str]) -> None:
    started.kill()
    started.wait()
    if started.stdout:
        started.stdout.close()


@contextmanager
def lab(line: Line) -> Iterator[Lab]:
    """Make the lab around one line."""
    with ExitStack() as stack:
        yield Lab(line, stack)


def run(*words: str) -> None:
    """Run a command; it must succeed."""
    done = subprocess.run(words, capture_output=True, check=False)
    assert not done.returncode, (words, done.stderr)
