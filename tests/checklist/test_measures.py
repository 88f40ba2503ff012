"""What authors write of measures: read, refused with a remedy, kept by an edition."""

from pathlib import Path

import pytest

from diag.checklist.edition import compare, compiled, digest, open_edition
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded
from diag.imports.evidence import DOWN, LATENCY, LOSS, UP
from diag.imports.evidence.radio import figures_of_spot
from diag.model.checklist import Measure
from diag.model.measure import (
    MEASURES,
    HeardNetwork,
    MeasureAggregate,
    MeasureScope,
    MeasureSeries,
)
from diag.probes import MeasureLists
from diag.probes.run import probes_of
from tests.rules.written import FILES

SPEED = '{key: internet.debit_descendant, scope: ligne, round: "0.1"}'
EMITTED = "{key: wifi.emis, scope: salle}"
ROUNDED = "{key: wifi.emis, scope: salle, aggregate: max, round: 1}"
SIGNAL = '{key: wifi.signal_5ghz, scope: salle, round: "0.5"}'
GENERATION = (
    "    choices: [{id: n, label: N}, {id: ac, label: AC}]\n"
    "    measures: [{key: wifi.generation, scope: salle, aggregate: min}]\n"
)
WRITTEN = FILES["reseau.yaml"].replace(
    '    label: "Débit descendant"\n',
    f'    label: "Débit descendant"\n    measures: [{SPEED}]\n',
)


def loaded(folder: Path, domain: str) -> Loaded:
    """Write the small checklist with that domain, and load it."""
    folder.mkdir(exist_ok=True)
    for name, text in (FILES | {"reseau.yaml": domain}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_checklists(folder)


def test_a_measure_is_read_and_outlives_an_edition(tmp_path: Path) -> None:
    read = loaded(tmp_path, WRITTEN)

    assert not read.problems
    opened = open_edition(compiled(read.draft))
    assert opened.questions["debit"].measures == (
        Measure(
            of="internet.debit_descendant",
            scope=MeasureScope.LINE,
            aggregate=MeasureAggregate.MEDIAN,
            round="0.1",
        ),
    )


def test_an_edition_without_measures_keeps_its_bytes_and_asks_nothing_again(
    tmp_path: Path,
) -> None:
    before = loaded(tmp_path / "before", FILES["reseau.yaml"]).draft
    after = loaded(tmp_path / "after", WRITTEN).draft

    edition = compiled(before)
    assert b"measures" not in edition
    assert digest(compiled(open_edition(edition))) == digest(edition)
    assert set(compare(before, after).kept) == set(before.questions)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("internet.debit_descendant", "internet.debit_desc", "debit_descendant » ?"),
        ("scope: ligne", "scope: salle", "se mesure par ligne"),
        ("scope: ligne", "scope: lignes", "« ligne » ?"),
        ("scope: ligne, ", "", "« scope »"),
        ("internet.debit_descendant", "internet.latence", "en ms"),
        ("unit: Mbit/s", "unit: Go", "est en Mbit/s"),
        ("internet.debit_descendant", "internet.ipv6", "demande le type boolean"),
        ('round: "0.1"', "round: 0", "pas positif"),
        (SPEED, f"{SPEED}, {SPEED}", "en double"),
        (
            "type: integer\n",
            f"type: integer\n    unit: Mbit/s\n    measures: [{SPEED}]\n",
            "se pose par salle",
        ),
        (
            "type: boolean\n",
            f"type: boolean\n    measures: [{EMITTED}]\n",
            "n'a pas de médiane",
        ),
        (
            "type: boolean\n",
            f"type: boolean\n    measures: [{ROUNDED}]\n",
            "ne s'arrondit pas",
        ),
        (
            "type: integer\n",
            f"type: integer\n    unit: dBm\n    measures: [{SIGNAL}]\n",
            "à l'entier",
        ),
        (
            "type: boolean\n",
            f"type: choice\n{GENERATION}",
            "aucun n'est un choix",
        ),
    ],
)
def test_a_measure_that_cannot_answer_is_told_with_its_remedy(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in WRITTEN
    read = loaded(tmp_path, WRITTEN.replace(right, wrong, 1))

    assert any(said in str(each) for each in read.problems), read.problems


def test_each_measure_is_what_a_reader_or_a_probe_brings() -> None:
    heard = HeardNetwork("École", -60, "5", "802.11ax", "WPA2")
    figures = [*figures_of_spot([heard])]
    lists = MeasureLists()
    brought = {
        key
        for series in MeasureSeries
        for probe in probes_of(series, lists)
        for key in probe.produces
    }
    brought |= {key.replace("internet.", "wifi.", 1) for key in brought}
    brought |= {one.key for one in figures} | {DOWN, UP, LATENCY, LOSS}

    assert MEASURES.keys() <= brought
    assert all(MEASURES[one.key].takes(one.value) for one in figures)


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("internet.latence", 20.6, "20,6"),
        ("internet.latence", 20, True),
        ("internet.latence", 0, 10**400),
        ("internet.latence", 0, float("nan")),
        ("wifi.capte", False, 0),
        ("wifi.capte", True, "oui"),
        ("wifi.generation", "wifi6", "wifi9"),
        ("wifi.generation", "wifi4", 4),
    ],
)
def test_a_value_of_another_kind_is_no_measure(
    key: str, right: object, wrong: object
) -> None:
    assert MEASURES[key].takes(right)
    assert not MEASURES[key].takes(wrong)
