"""Rooms and aspects: letters in every cell, each room told once, none ranked."""

from dataclasses import replace

from diag.documents.parts.rooms import ROOM_COLUMN, room_levels, rooms_drawn
from diag.documents.room_drawings import (
    HeatMark,
    PlanRoom,
    draw_plan,
)
from diag.model.enums import READERS, Audience
from tests.documents.builders import CHECKLIST, facts, report
from tests.documents.reading import markdown

SCHOOL = facts(
    {
        ("CP", "type_salle"): "classe",
        ("CP", "prises"): 1,
        ("CE1", "prises"): 0,
        ("BCD", "type_salle"): "autre",
        ("CP", "mots_de_passe_affiches"): 2,
        ("BCD", "mots_de_passe_affiches"): 0,
    },
    ("CP", "CE1", "BCD"),
)


def test_each_room_has_its_level_or_what_it_may_be() -> None:
    told = room_levels(report(SCHOOL))
    assert f"| {ROOM_COLUMN} | Réseau | Mots de passe |" in told
    assert "| CP | B | I |" in told
    assert "| CE1 | I | I-R |" in told
    assert "| BCD | – | R |" in told


def test_the_team_reads_nothing_of_a_sensitive_matter() -> None:
    told = room_levels(report(SCHOOL).public)
    assert f"| {ROOM_COLUMN} | Réseau | Mots de passe |" in told
    assert "| CP | B | – |" in told
    assert "BCD" not in told


def test_rooms_stand_in_the_order_of_the_plan() -> None:
    (cp, ce1, bcd) = list(SCHOOL.places)[1:]
    rows = (((bcd, 1), (ce1, 2)), ((cp, 1),))
    told = room_levels(report(replace(SCHOOL, floor={SCHOOL.root: rows})))
    assert told.index("| BCD") < told.index("| CE1") < told.index("| CP")


def test_a_plan_draws_rooms_side_by_side_without_overlap() -> None:
    mark = HeatMark("B", "base", 1)
    rows = [[PlanRoom("CP", 1, mark), PlanRoom("CE1", 2, mark)]]
    found = draw_plan("image", [("École", rows)])
    assert found is not None
    assert found.words == "CP base\u202f; CE1 base."
    assert [one in found.wide.body for one in ('x="1" ', 'x="161" ')] == [True, True]
    drawn, plan = rooms_drawn(SCHOOL, CHECKLIST, report(SCHOOL).assessment, "reseau")
    assert "CP Réseau" not in drawn.words
    assert "CP base" in plan.words


def test_only_who_works_with_rooms_reads_the_table() -> None:
    for audience in READERS:
        expected = audience in {Audience.TECHNIQUE, Audience.EQUIPE}
        assert (f"| {ROOM_COLUMN} |" in markdown(report(), audience)) is expected
