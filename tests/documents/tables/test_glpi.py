import io
import json
import zipfile
from typing import Any

import fastjsonschema
import pytest

from diag.assess.judge import assess
from diag.audit.report import Report
from diag.documents.tables import Coded
from diag.documents.tables.glpi import (
    ANOMALIES,
    FATES,
    PARC,
    GlpiFate,
    anomaly_rows,
    archive,
    assets_of,
    devices_of,
    fate_rows,
    parc_of,
    parc_rows,
)
from diag.documents.tables.tickets import tickets_of
from diag.imports.evidence.reading import DeviceKind, ListedDevice
from diag.model.audit import Answer, Facts, Place, Value
from diag.model.checklist import Choice
from diag.model.enums import PlaceKind, QuestionType, State
from tests.documents.builders import CHECKLIST, ROOT, facts, known, question, report
from tests.real_data import real_file

LOT = "3616fcae-0000-4000-8000-000000000001"
QUESTIONS = (
    question("type_lot", QuestionType.CHOICE, "Nature du lot", place=PlaceKind.LOT),
    question("lot_nombre", QuestionType.INTEGER, "Nombre", place=PlaceKind.LOT),
    question(
        "lot_systeme",
        QuestionType.CHOICE,
        "Système",
        place=PlaceKind.LOT,
        choices=(Choice(id="windows_11", label="Windows 11"),),
    ),
    question("lot_date_achat", QuestionType.DATE, "Achat", place=PlaceKind.LOT),
    question("nb_bornes", QuestionType.INTEGER, "Bornes"),
    question("impression", QuestionType.CHOICE, "Impression"),
    question("projection", QuestionType.CHOICE, "Image", place=PlaceKind.SALLE),
)
CHECKS = CHECKLIST.model_copy(
    update={"questions": {**CHECKLIST.questions, **{one.id: one for one in QUESTIONS}}}
)


def audited(answers: dict[tuple[str, str], Value | Answer]) -> Report:
    """Return a report of a school with a lot and a room, so answered."""
    bare = facts({}, ("CP",))
    lot = Place(id=LOT, kind=PlaceKind.LOT, parent="CP", name="Portables bleus")
    told = Facts(
        root=ROOT,
        places={**bare.places, LOT: lot},
        answers={
            (ROOT if place == "ecole" else place, name): (
                said if isinstance(said, Answer) else known(said),
            )
            for (place, name), said in answers.items()
        },
        closed=bare.closed,
    )
    assert assess(told, CHECKS)
    return report(told, CHECKS)


FULL: dict[tuple[str, str], Value | Answer] = {
    (LOT, "type_lot"): "portables",
    (LOT, "lot_nombre"): 3,
    (LOT, "lot_systeme"): "windows_11",
    (LOT, "lot_date_achat"): "2022-06-01",
    ("ecole", "nb_bornes"): 2,
    ("ecole", "impression"): "copieur_reseau",
    ("CP", "projection"): "ecran_tactile",
}


def devices(told: Report) -> list[dict[str, Any]]:
    return list(devices_of(told, assets_of(parc_of(told), {})))


def test_each_device_of_a_counted_lot_has_a_name_that_lasts() -> None:
    found = devices(audited(FULL))

    assert [(one["itemtype"], one["deviceid"]) for one in found] == [
        ("Computer", "9990001W-3616fcae-001"),
        ("Computer", "9990001W-3616fcae-002"),
        ("Computer", "9990001W-3616fcae-003"),
        ("NetworkEquipment", "9990001W-borne-001"),
        ("NetworkEquipment", "9990001W-borne-002"),
        ("Printer", "9990001W-copieur-001"),
    ]
    assert {one["tag"] for one in found} == {"9990001W"}
    content = found[0]["content"]
    assert content["hardware"]["chassis_type"] == "Laptop"
    assert content["operatingsystem"] == {"name": "Windows", "full_name": "Windows 11"}
    assert "Portables bleus, CP" in content["hardware"]["description"]


@pytest.mark.parametrize(
    "gone",
    [(LOT, "lot_nombre"), (LOT, "type_lot")],
)
def test_a_lot_of_unknown_kind_or_number_is_a_line_and_no_device(
    gone: tuple[str, str],
) -> None:
    told = audited({**FULL, gone: Answer(State.UNKNOWN)})
    parc = parc_of(told)

    assert "Computer" not in {one["itemtype"] for one in devices(told)}
    assert not parc[0].inventoried
    assert len(parc) == 4


def test_what_has_no_itemtype_is_a_line_of_the_table() -> None:
    told = audited(FULL)
    keys = [column.key for column in PARC]
    rows = [dict(zip(keys, row, strict=True)) for row in parc_rows(told, parc_of(told))]

    assert [(row["itemtype"], row["number"], row["in_json"]) for row in rows] == [
        ("Computer", 3, True),
        ("NetworkEquipment", 2, True),
        ("Printer", 1, True),
        ("", 1, False),
    ]
    assert str(rows[0]["bought"]) == "2022-06-01"
    assert rows[0]["system"] == "Windows 11"


def test_the_archive_holds_a_document_a_device_and_the_same_bytes() -> None:
    found = devices(audited(FULL))

    content = archive(found)

    assert content == archive(found)
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = files.namelist()
        read = [json.loads(files.read(name)) for name in names]
    assert names[0] == "9990001W-3616fcae-001.json"
    assert read == found


LISTED = {
    LOT: (
        ListedDevice(
            DeviceKind.COMPUTER,
            "PC-CP-01",
            "SN1",
            frozenset({"00:00:5e:00:00:01", "00:00:5e:00:00:02"}),
            maker="Exemple",
        ),
        ListedDevice(DeviceKind.COMPUTER, "PC-CP-02"),
    ),
    "nb_bornes": (
        ListedDevice(
            DeviceKind.ACCESS_POINT, "AP-1", "AP1", frozenset({"00:00:5e:00:00:09"})
        ),
    ),
}


def test_what_inventories_listed_is_sent_and_its_fate_is_known() -> None:
    told = audited(FULL)
    assets = assets_of(
        parc_of(told), LISTED, [ListedDevice(DeviceKind.COMPUTER, "pc-cp-02")]
    )
    found: list[dict[str, Any]] = list(devices_of(told, assets))

    content = found[0]["content"]
    assert content["hardware"]["name"] == "PC-CP-01"
    assert content["bios"] == {"ssn": "SN1", "smanufacturer": "Exemple"}
    assert [one["mac"] for one in content["networks"]] == [
        "00:00:5e:00:00:01",
        "00:00:5e:00:00:02",
    ]
    assert found[3]["content"]["network_device"]["serial"] == "AP1"
    assert [one.fate for one in assets] == [
        GlpiFate.CREATED,
        GlpiFate.LINKED_BY_NAME,
        GlpiFate.DOUBLED,
        GlpiFate.CREATED,
        GlpiFate.DENIED,
        GlpiFate.DENIED,
    ]
    known = assets_of(parc_of(told), LISTED, LISTED[LOT])
    assert [one.fate for one in known][:2] == [GlpiFate.LINKED, GlpiFate.LINKED_BY_NAME]
    keys = [column.key for column in FATES]
    row = dict(zip(keys, fate_rows(told, assets)[0], strict=True))
    assert (row["name"], row["serial"]) == ("PC-CP-01", "SN1")
    more = {LOT: LISTED[LOT] * 4}
    assert len(assets_of(parc_of(told)[:1], more)) == 8


def test_every_document_follows_the_schema_that_glpi_publishes() -> None:
    schema = json.loads(
        real_file("inventaires/inventory.schema.json").read_text(encoding="utf-8")
    )
    valid = fastjsonschema.compile(schema)

    told = audited(FULL)
    listed = list(devices_of(told, assets_of(parc_of(told), LISTED)))
    found = devices(told)

    assert found
    for device in (*found, *listed):
        valid(device)
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        valid({**found[0], "itemtype": "Tablette"})


def test_a_broken_law_is_an_incident_and_the_rest_a_request() -> None:
    told = report()
    keys = [column.key for column in ANOMALIES]
    rows = anomaly_rows(told, tickets_of(told, whole_plan=True))
    found = [dict(zip(keys, row, strict=True)) for row in rows]

    assert found[0]["type"] == Coded("1", "Incident")
    assert found[0]["urgency"] == 5
    assert found[-1]["type"] == Coded("2", "Demande")
    assert found[0]["entity"] == "Aubeterre > École élémentaire du Moulin"
    assert "Terminé quand : Une visite le constate." in str(found[0]["content"])
