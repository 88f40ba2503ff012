"""Rooms and aspects: letters in every cell, each room told once, none ranked."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from diag.documents.parts.places import ROOM_COLUMN, room_levels, rooms_drawn
from diag.documents.school_drawings import (
    HeatMark,
    PlanRoom,
    draw_plan,
    draw_votes,
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


NOTHING = HeatMark("", "")


@pytest.mark.parametrize("across", [2, 6, 20, 200])
def test_every_vote_of_a_room_is_drawn_and_read_aloud(across: int) -> None:
    rows = [
        [
            PlanRoom(f"Bibliothèque <{at}>", 1, NOTHING, range(1, 2 + at % 12))
            for at in range(across)
        ]
    ]
    found = draw_votes([("École", rows)], (13, 14))
    assert found is not None
    for room in rows[0]:
        words = ", ".join(map(str, room.votes[:-1]))
        last = f"{words} et {room.votes[-1]}" if words else "1"
        plural = "s" if words else ""
        assert f"{room.name}\u00a0: vote{plural} {last}" in found.alt
    assert found.alt.endswith("hors d’une salle\u00a0: votes 13 et 14.")
    # A room too narrow for its discs has their count.
    discs = found.wide.body.count("<circle")
    fitting = [
        one for one in rows[0] if 20 * len(one.votes) <= 640 // max(across, 4) - 8
    ]
    assert discs == sum(len(one.votes) for one in fitting)
    places = [int(at) for at in re.findall(r'<circle cx="(\d+)"', found.wide.body)]
    assert all(right - left >= 18 for left, right in pairwise(places))


def test_the_claim_of_a_plan_of_votes_follows_from_it() -> None:
    def claim(*votes: tuple[int, ...]) -> str:
        rooms = [PlanRoom(f"CE{at}", 1, NOTHING, one) for at, one in enumerate(votes)]
        found = draw_votes([("École", [rooms])], ())
        return found.title.replace("\u00a0", " ") if found else ""

    assert claim((), ()) == claim((1, 2)) == ""
    assert claim((1,), ()) == "1 salle sur 2 est visée par un vote"
    assert claim((1, 2), (2,)) == "2 salles sur 2 sont visées par un vote"
    assert claim((1, 2), (3,)) == "« CE0 » réunit 2 des 3 votes qui visent une salle"
    assert claim((1, 2), (2, 3)) == "2 salles sur 2 sont visées par un vote"
