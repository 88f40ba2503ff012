"""Which tables are drawn: their headers say so, and nothing else."""

import xml.etree.ElementTree as ET

import pytest

from diag.documents.drawings import drawn
from diag.documents.parts.budget import EXPENSE, REMAINS
from diag.documents.parts.frame import SCORE_COLUMN
from diag.documents.parts.rooms import LEVEL_COLUMN

SCORES = [["Domaine", SCORE_COLUMN], ["Wi-Fi & cie", "40"]]
YEARS = [[EXPENSE, "2026", "2027", "Total TTC"], [REMAINS, "10 €", "20 €", "30 €"]]
ROOMS = [[LEVEL_COLUMN, "CP <b>"], ["Une prise", "2"]]


@pytest.mark.parametrize("rows", [SCORES, YEARS, ROOMS])
def test_a_drawing_is_sound_and_described(rows: list[list[str]]) -> None:
    found = drawn(rows)
    assert found is not None
    root = ET.fromstring(found.svg("t"))
    titled = {one.get("id"): one.text for one in root if one.get("id")}
    assert titled == {"t-titre": found.title, "t-texte": found.words}
    assert root.get("aria-labelledby") == "t-titre t-texte"
    assert found.alt == f"{found.title}. {found.words}"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["Domaine", "Complétude"], ["Wi-Fi", "40 %"]],
        [["Domaine", SCORE_COLUMN]],
        [[EXPENSE, "2026"], ["Wi-Fi", "10 €"]],
        [[LEVEL_COLUMN, "CP"]],
    ],
)
def test_other_tables_are_not_drawn(rows: list[list[str]]) -> None:
    assert drawn(rows) is None
