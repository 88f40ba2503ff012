"""The network drawn from its facts: all of them, in their place, true to its claim."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

from diag.documents.drawings import WIDTH
from diag.documents.school_drawings import (
    NetworkPart,
    NetworkSketch,
    draw_network,
    network_sketch,
    read_network,
)
from diag.documents.technique import view
from diag.model.enums import PlaceKind
from diag.words.sentences import typeset
from tests.documents.builders import facts, report
from tests.documents.test_shipped import school

FINE = NetworkPart("Câbles", ("Catégorie 6",), short=False)
WEAK = NetworkPart("Baie ou coffret", ("Coffret ouvert",), short=True)
ROOM = NetworkPart("Classe des petits et moyens", ("0 prise", "−76 dBm"), short=True)
SKETCH = NetworkSketch(
    access=replace(FINE, name="Arrivée"),
    cabinet=WEAK,
    cables=FINE,
    link=replace(WEAK, name="Entre les bâtiments"),
    buildings={"Principal": [FINE] * 9, "Des petits": [ROOM]},
)


def test_every_part_is_drawn_in_its_frame_and_told_in_words() -> None:
    found = draw_network(SKETCH)
    root = ET.fromstring(found.svg("t"))
    words = " ".join(one.text or "" for one in root.iter() if one.text)
    for part in SKETCH.parts:
        for line in (part.name, *part.lines):
            assert typeset(line) in found.alt
            assert all(word in words for word in line.split())
    box = r'x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"'
    boxes = re.findall(box, found.wide.body)
    assert boxes
    for x, y, width, height in boxes:
        assert int(x) + int(width) <= WIDTH
        assert int(y) + int(height) <= found.wide.height


def test_what_is_to_do_again_is_counted_and_never_told_by_colour_alone() -> None:
    found = draw_network(SKETCH)
    assert found.title.replace("\u00a0", " ") == (
        "À reprendre : « Baie ou coffret », « Entre les bâtiments » et 1 salle"
    )
    assert found.wide.body.count('stroke-width="2.5"/>') == 2 + 2  # boxes, links whole
    assert found.wide.body.count("stroke-dasharray") == 1
    assert found.words.count("à reprendre") == 3
    still = {"Principal": [FINE]}
    fine = replace(SKETCH, cabinet=FINE, link=FINE, buildings=still)
    assert draw_network(fine).title == "Rien à reprendre n’est sûr"


def test_a_shipped_school_has_each_of_its_rooms_on_the_sketch() -> None:
    told = school(1, 10)
    found = read_network(told)
    named = [one.name for some in found.buildings.values() for one in some]
    assert len(named) == len(told.facts.places_of(PlaceKind.SALLE)) > 0
    assert "Le réseau, lieu par lieu" in str(view(told)["network"])


def test_nothing_is_drawn_where_nothing_is_read() -> None:
    assert network_sketch(report(facts())) == ""


def test_a_long_line_is_folded_and_never_cut_inside_a_word() -> None:
    """« Dans un autre local que la baie, câb… » hid the loose cable."""
    far = "Dans un autre local que la baie, câble volant"
    long = NetworkPart("Arrivée", ("Cuivre", "11 Mbit/s", far), short=True)
    drawn = draw_network(replace(SKETCH, access=long)).wide.body
    assert "volant" in drawn
    assert "câb…" not in drawn
    every = " ; ".join(["étiquettes, plan et recette"] * 8)
    crowded = replace(SKETCH, cables=NetworkPart("Câbles", (every,), short=True))
    assert " …" in draw_network(crowded).wide.body
