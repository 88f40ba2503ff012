"""The JSON Schema that editors use says what the loader reads."""

import re
from pathlib import Path
from typing import Any

import pytest

from diag.checklist import shipped_checklists
from diag.checklist.files import json_schema, overlay_schema
from tests.cli.running import diag


def item(section: str) -> Any:
    properties: Any = json_schema()["properties"]
    return properties[section]["items"]


@pytest.mark.parametrize(
    ("section", "required", "optional"),
    [
        ("questions", "label", "relevant"),
        ("criteria", "levels", "given"),
        ("recommendations", "wording", "requires"),
        ("prices", "typical", "vat"),
        ("sources", "grade", "url"),
        ("places", "label", "named_by"),
    ],
)
def test_each_section_has_its_keys(section: str, required: str, optional: str) -> None:
    schema = item(section)
    assert required in schema["required"]
    assert optional in schema["properties"]
    assert optional not in schema["required"]
    assert schema["additionalProperties"] is False


def test_every_key_is_described_in_french() -> None:
    for section in ("questions", "criteria", "recommendations", "prices", "sources"):
        for name, key in item(section)["properties"].items():
            assert key["description"], (section, name)


def test_closed_lists_are_completed() -> None:
    assert item("criteria")["properties"]["kind"]["enum"] == [
        "compliance",
        "blocking",
        "improvement",
    ]


@pytest.mark.parametrize("ref", ["ACC-02", "A11-01", "WIF-05b"])
def test_a_criterion_may_bear_any_number_of_the_dossier(ref: str) -> None:
    pattern = item("criteria")["properties"]["ref"]["pattern"]
    assert re.match(pattern, ref)


def test_each_audience_is_asked_for_its_own_words() -> None:
    wording = item("recommendations")["properties"]["wording"]
    assert wording["required"] == ["mairie", "equipe", "academie", "technique"]
    assert wording["properties"]["mairie"]["required"] == ["title", "why", "decision"]


def test_the_file_beside_the_checklists_is_up_to_date() -> None:
    written = (shipped_checklists() / "schema.json").read_text(encoding="utf-8")
    printed = diag(Path(), "check", "--schema").out
    assert printed == written, "lancez : diag check --schema > checklists/schema.json"


def test_what_is_laid_over_may_say_only_what_it_changes() -> None:
    properties: Any = overlay_schema()["properties"]
    criterion = properties["criteria"]["items"]
    assert criterion["required"] == ["id"]
    assert criterion["properties"]["off"]["type"] == "boolean"
    assert criterion["additionalProperties"] is False
    weight = criterion["properties"]["weight"]
    assert weight["description"]
    assert {"type": "null"} in weight["anyOf"]
    wording, _ = properties["recommendations"]["items"]["properties"]["wording"][
        "anyOf"
    ]
    assert wording["required"] == []
    mairie, _ = wording["properties"]["mairie"]["anyOf"]
    assert mairie["required"] == []
    named, whole = properties["domain"]["anyOf"]
    assert named["type"] == "string"
    assert whole["required"] == ["id"]
    assert properties["version"] == json_schema()["properties"]["version"]
