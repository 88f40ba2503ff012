"""The file of a run is read whole, or refused: a changed byte of it is seen."""

import json
import random

import pytest

from diag.imports.evidence import read_evidence, read_run
from diag.imports.evidence.reading import EvidenceRefusedError
from diag.model.measure import (
    HeardNetwork,
    MeasureRun,
    MeasureStatus,
    run_bytes,
    run_check,
)
from tests.imports.test_evidence import mutated
from tests.probes.builders import DOWN, UP, measured, run_of

RUN = run_of(
    measured(DOWN, 48.27, stats={"p50": 48.1, "spread": 0.02}, is_controlled=True),
    measured(UP, 9.69, confidence="faible", reasons=["mesurée en Wi-Fi"]),
    measured(
        "internet.portail_captif",
        None,
        unit="",
        status="inconclusive",
        why="Aucune mire n'est nommée.",
    ),
    measured("internet.ipv6", True, unit=""),
    heard=[HeardNetwork("École « Péda »", -65, "5", "802.11ax", "WPA2")],
    raw={"nmcli": "a\tb\n\x1b[0m"},
    room="Classe CE2",
    is_cut=True,
)


def test_a_run_is_read_as_it_was_written() -> None:
    raw = run_bytes(RUN)
    assert read_run(raw) == RUN
    read = read_evidence(raw)
    assert [(one.key, one.value) for one in read.figures] == [
        (DOWN, 48.27),
        (UP, 9.69),
        ("internet.ipv6", True),
    ]
    assert read.figures[0].is_controlled
    assert read.figures[1].reasons == ("mesurée en Wi-Fi",)
    assert read.networks == RUN.heard
    assert read.on == "2026-09-08"
    assert any("Aucune mire" in one for one in read.remarks)
    assert any("Arrêtée" in one for one in read.remarks)


def test_one_that_says_nothing_of_value_offers_nothing() -> None:
    absent = measured("internet.ipv6", None, status=MeasureStatus.ABSENT)
    assert read_evidence(run_bytes(run_of(absent))).figures == ()


def test_a_figure_changed_by_hand_is_seen() -> None:
    raw = run_bytes(RUN)
    with pytest.raises(EvidenceRefusedError, match="abîmé"):
        read_evidence(raw.replace(b"48.27", b"98.27"))


def test_a_later_version_is_told_apart_from_damage() -> None:
    document = json.loads(run_bytes(RUN)) | {"version": 2, "new": 1}
    with pytest.raises(EvidenceRefusedError, match="plus récente"):
        read_evidence(json.dumps(document).encode())


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_mutation_is_silently_wrong(count: int) -> None:
    rng, seed = random.Random(17), run_bytes(RUN)
    for _ in range(count):
        raw = mutated(rng, seed)
        try:
            run: MeasureRun = read_run(raw)
        except EvidenceRefusedError:
            continue
        assert run == RUN


def test_a_file_written_before_a_field_was_added_is_read() -> None:
    document = json.loads(run_bytes(RUN))
    older = {name: one for name, one in document["run"].items() if name != "place"}
    document |= {"run": older, "check": run_check(older)}
    assert read_run(json.dumps(document).encode()) == RUN
    document["check"] = run_check(document["run"] | {"is_cut": False})
    with pytest.raises(EvidenceRefusedError, match="abîmé"):
        read_run(json.dumps(document).encode())
