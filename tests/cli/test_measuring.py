"""`diag measure`: what will be sent is shown, the line is filled only when allowed."""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diag import probes as limits
from diag.probes import line
from diag.probes.mire import Mire, MireServer
from tests.audit.builders import SCHOOL, workspace
from tests.cli.running import Run, command, diag
from tests.probes.serving import mire_on_loopback
from tests.terminal.terminal import Terminal

SIGNED = (
    *("--signed-by", "Mme Durand", "--role", "maire", "--signed-on", "2026-09-02"),
    *("--scope", "débit, le matin", "--told-by", "M. Petit"),
)


@pytest.fixture(scope="module")
def mire() -> Iterator[Mire]:
    with mire_on_loopback() as served:
        yield served


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of an audit just begun, and a run that is short."""
    monkeypatch.setattr(line, "GAP", 0)
    monkeypatch.setattr(limits, "MOST_METERED", 3_000_000)
    folder = tmp_path / "desk"
    workspace(folder).close()
    assert diag(folder, "audit", "start", SCHOOL).code == 0
    return folder


def measure(desk: Path, mire: Mire, *words: str, stdin: str = "") -> Run:
    url = f"http://{mire.target}"
    given = ("--mire", url, "--metered", *words)
    return diag(desk, "measure", SCHOOL, *given, stdin=stdin)


def test_what_is_measured_is_proposed_and_answers_nothing(
    desk: Path, mire: Mire
) -> None:
    run = measure(desk, mire, "--only", "latence", "--only", "acces")
    assert run.code == 0, run.err
    assert f"200 requêtes vers {mire.target}, 10 s environ" in run.err
    assert "Latence" in run.out
    assert "(au plus " in run.out, "none lost of 200 is not none"
    assert "Portail captif" in run.out
    assert f"diag questionnaire {SCHOOL}" in run.out
    shown = diag(desk, "questionnaire", SCHOOL).out
    assert "Latence moyenne" in shown
    assert "Rien n'est répondu avant" in shown


def test_the_line_is_filled_only_with_an_authorisation(desk: Path, mire: Mire) -> None:
    run = measure(desk, mire, "--only", "debit", "--yes")
    assert run.code == 1
    assert "--signed-by" in run.err
    assert "Mbit/s" not in run.out

    run = measure(desk, mire, "--only", "debit", *SIGNED, stdin="n\n")
    assert run.code == 0, run.err
    assert "Le débit n'est pas mesuré" in run.err

    run = measure(desk, mire, "--only", "debit", "--yes", *SIGNED)
    assert run.code == 0, run.err
    assert "3 Mo au plus" in run.err
    assert "au moins" in run.out
    again = measure(desk, mire, "--only", "debit", "--yes", "--json")
    assert again.code == 0, again.err
    kept = json.loads(again.out)
    assert kept["authorisation"]["by"] == "Mme Durand", "it is remembered"
    assert kept["server"] == f"http://{mire.target}/"
    assert {one["probe"] for one in kept["measurements"]} == {"debit"}


def test_ctrl_c_keeps_what_is_measured(tmp_path: Path, mire: Mire) -> None:
    folder = tmp_path / "desk"
    workspace(folder).close()
    assert diag(folder, "audit", "start", SCHOOL).code == 0
    words = ("measure", SCHOOL, "--mire", f"http://{mire.target}")
    only = ("--only", "acces", "--only", "latence")
    with Terminal(command(*words, *only), folder, size=(120, 30)) as shown:
        shown.wait_for(lambda: shown.shows("connexions sur 200"), "the second probe")
        shown.send("\x03")
        shown.wait_for(lambda: shown.shows("Voir, puis accepter"), "what is proposed")
        assert shown.shows("Arrêté : ce qui était mesuré est gardé.")
        assert shown.shows("Portail captif")
        assert not shown.shows("Paquets perdus")
        assert shown.wait_for_end() == 130


@pytest.fixture
def _heard() -> Iterator[None]:
    """Hear Ctrl+C, to which a shell makes deaf what it runs behind it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
@pytest.mark.parametrize(
    ("words", "where"),
    [
        ((), "127.0.0.1"),
        pytest.param(
            ("--host", "::", "--everywhere"),
            "[::]",
            marks=pytest.mark.skipif(
                not socket.has_dualstack_ipv6(), reason="no IPv6 here"
            ),
        ),
    ],
)
def test_the_server_serves_there_until_ctrl_c(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    where: str,
) -> None:
    start = MireServer.start

    async def start_until_ctrl_c(server: MireServer, *where: Any) -> int:
        bound = await start(server, *where)
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        return bound

    monkeypatch.setattr(MireServer, "start", start_until_ctrl_c)
    run = diag(tmp_path, "mire", "--port", "0", *words)

    assert run.code == 0, run.err
    first, second, *_, last = run.out.splitlines()
    assert first.startswith(f"Mire prête : http://{where}:")
    assert second.startswith("Contrôle de congestion")
    assert last == "Mire arrêtée."


def test_the_server_refuses_what_it_was_not_asked_for(tmp_path: Path) -> None:
    run = diag(tmp_path, "mire", "--host", "::")
    assert "mire --host :: --everywhere" in run.err
    run = diag(tmp_path, "mire", "--host", "0.0.0.0")
    assert (run.code, "--everywhere" in run.err) == (1, True)
    alone = tmp_path / "cert.pem"
    alone.write_text("x")
    assert diag(tmp_path, "mire", "--certificate", str(alone)).code == 2
    assert diag(tmp_path, "mire", "--host", "192.0.2.1", "--port", "0").code == 1


def test_a_date_that_is_none_is_refused_before_anything_is_sent(
    desk: Path, mire: Mire
) -> None:
    wrong = [*SIGNED]
    wrong[wrong.index("2026-09-02")] = "hier"
    run = measure(desk, mire, "--only", "debit", "--yes", *wrong)
    assert run.code == 1
    assert "2026-09-02" in run.err


def test_what_does_not_exist_is_told_with_what_does(desk: Path, mire: Mire) -> None:
    run = measure(desk, mire, "--only", "debits")
    assert run.code == 2
    assert "latence" in run.err
    assert measure(desk, mire, "--room", "Nulle part").code == 1
    run = diag(desk, "measure", SCHOOL, "--mire", "ftp://x", "--only", "latence")
    assert (run.code, "serveur de mesure" in run.err) == (1, True)


def test_without_a_server_what_needs_it_is_told_inconclusive(desk: Path) -> None:
    run = diag(desk, "measure", SCHOOL, "--only", "latence", "--only", "debit")
    assert run.code == 0, run.err
    assert "Aucune mire" in run.err
    assert "non concluant" in run.out
    assert "0 nouvelle réponse proposée" in run.out
