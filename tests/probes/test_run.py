"""A run keeps what it measured, whatever ends it, and never goes past its limits."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag import probes
from diag.imports.evidence import read_run
from diag.model.errors import DiagError, install_command
from diag.model.measure import MeasureStatus, run_bytes
from diag.probes import (
    MOST_BYTES,
    MOST_METERED,
    Allowance,
    ProbeFinding,
    Risk,
    Setting,
    check_installed,
)
from diag.probes import run as runs
from diag.probes.host import Host
from diag.probes.run import NotAuthorisedError, Runner, alone
from tests.probes.builders import AUTHORISED, GivingProbe

SETTING = Setting(Host())
ONE = ProbeFinding("internet.essai", 1.0, "ms")


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


async def test_what_loads_the_line_wants_a_written_authorisation(lock: Path) -> None:
    loading = GivingProbe((ONE,), risk=Risk.LOAD)
    with pytest.raises(NotAuthorisedError, match="autorisation écrite"):
        await Runner.of(SETTING, [loading]).run(lock=lock)
    allowed = Runner.of(SETTING, [loading], AUTHORISED)
    await allowed.run(lock=lock)
    assert [one.value for one in allowed.measurements] == [1.0]
    assert allowed.record(program="diag", subject="x").authorisation == AUTHORISED


async def test_a_run_that_is_cut_keeps_what_it_measured(lock: Path) -> None:
    begun = asyncio.Event()
    probes = [GivingProbe((ONE,)), GivingProbe(endless=True, name="sans fin")]
    runner = Runner.of(SETTING, probes)

    def tell(rank: int, _share: float, _words: str) -> None:
        if rank == 1:
            begun.set()

    under_way = asyncio.create_task(runner.run(tell, lock=lock))
    await begun.wait()
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    record = runner.record(program="diag", subject="x")
    assert record.is_cut
    assert [one.key for one in record.measurements] == ["internet.essai"]
    with alone(lock):  # another one may begin
        pass


@pytest.mark.parametrize(
    ("probe", "why"),
    [
        (GivingProbe(fails=OSError(101, "réseau absent")), "réseau absent"),
        (GivingProbe(endless=True, seconds=0), "plus de 0 secondes"),
        (GivingProbe(lacks="Aucune mire n'est nommée."), "Aucune mire"),
        (GivingProbe(), "Rien n'a répondu"),
    ],
)
async def test_what_gives_nothing_says_why(
    probe: GivingProbe, why: str, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_MARGIN", 0.01)
    runner = Runner.of(SETTING, [probe, GivingProbe((ONE,), name="suivant")])
    await runner.run(lock=lock)
    first, *_ = runner.measurements
    assert first.status is MeasureStatus.INCONCLUSIVE
    assert why in first.why
    assert runner.measurements[-1].value == 1.0, "the next one still runs"


async def test_two_runs_at_once_are_refused(lock: Path) -> None:
    with alone(lock), pytest.raises(DiagError, match="déjà en cours"):
        await Runner.of(SETTING, [GivingProbe((ONE,))]).run(lock=lock)


def test_without_the_extra_it_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_installed()
    monkeypatch.setattr(probes, "find_spec", lambda name: None)
    with pytest.raises(DiagError, match="complément") as missing:
        check_installed()
    assert missing.value.command == install_command("probes")


def test_a_line_paid_by_volume_has_a_tenth() -> None:
    assert Allowance.of(is_metered=False).left == MOST_BYTES == 300_000_000
    allowance = Allowance.of(is_metered=True)
    assert allowance.left == MOST_METERED == 30_000_000
    assert allowance.take(29_999_999)
    assert not allowance.take(1)


ANY = st.text(st.characters(exclude_categories=()), max_size=900)
FINDINGS = st.builds(
    ProbeFinding,
    st.just("internet.essai"),
    st.one_of(ANY, st.booleans(), st.floats(-1e9, 1e9), st.none()),
    target=ANY,
    algorithm=ANY,
    why=ANY,
    doubts=st.lists(ANY, max_size=3).map(tuple),
    raw=st.dictionaries(ANY, st.binary(max_size=200), max_size=60),
)


@given(findings=st.lists(FINDINGS, max_size=4))
def test_whatever_a_network_answers_its_file_is_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, findings: list[ProbeFinding]
) -> None:
    runner = Runner.of(SETTING, [GivingProbe(tuple(findings))])
    lock = tmp_path_factory.getbasetemp() / "lock"
    asyncio.run(runner.run(lock=lock))
    record = runner.record(program="diag", subject="x")
    assert read_run(run_bytes(record)) == record


class JumpingHost(Host):
    """Its wall clock goes an hour back while a probe runs."""

    def __init__(self) -> None:
        self.seen = 0

    def monotonic(self) -> float:
        self.seen += 1
        return 3600.0 * (self.seen > 1)


async def test_a_clock_that_jumps_is_told(lock: Path) -> None:
    runner = Runner.of(Setting(JumpingHost()), [GivingProbe((ONE,))])
    await runner.run(lock=lock)
    assert "horloge" in runner.measurements[0].reasons[0]
