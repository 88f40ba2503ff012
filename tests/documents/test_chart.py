"""What a drawing is: sound, described, and over the table that it was built with."""

import xml.etree.ElementTree as ET

import pytest

from diag.assess.money import Money
from diag.documents.blocks import drawings_in, sections, table
from diag.documents.document import Document, Meta
from diag.documents.drawings import Bar, Drawing, draw_rooms, draw_scores, draw_years
from tests.documents.builders import TODAY

SCORES = draw_scores([Bar("Wi-Fi & cie", "40", (40, 40))])
YEARS = draw_years([(2026, Money(10)), (2027, Money(20))])
ROOMS = draw_rooms(["CP <b>"], [("Une prise", [(2, 2)])])


@pytest.mark.parametrize("found", [SCORES, YEARS, ROOMS])
def test_a_drawing_is_sound_and_described(found: Drawing | None) -> None:
    assert found is not None
    root = ET.fromstring(found.svg("t"))
    titled = {one.get("id"): one.text for one in root if one.get("id")}
    assert titled == {"t-titre": found.title, "t-texte": found.words}
    assert root.get("aria-labelledby") == "t-titre t-texte"
    assert found.alt == f"{found.title}. {found.words}"


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_scores([]) is None
    assert draw_years([]) is None
    assert draw_rooms(["CP"], []) is None


def test_a_drawing_stands_over_the_table_that_it_was_built_with() -> None:
    columns = ("Domaine", "Score sur 100")
    drawn = table("Scores", columns, [("Wi-Fi | cie", "40")], drawing=SCORES)
    alike = table("Scores", columns, [("Salles", "40")])
    text = sections((drawn, alike))
    meta = Meta(title="T", day=TODAY)
    read = Document(
        meta=meta, markdown=f"# T\n\n{text}\n", drawings=drawings_in([text])
    )
    opened = [one for one in read.pages.body if one.type == "table_open"]
    assert [one.meta["drawing"] for one in opened] == [SCORES, None]
