"""Rooms side by side: numbers in every cell, each room told once, none ranked."""

from diag.documents.parts.rooms import ACROSS, LEVEL_COLUMN, room_levels
from diag.model.enums import READERS, Audience
from tests.documents.builders import facts, report
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
    assert f"| {LEVEL_COLUMN} | CP | CE1 | BCD |" in told
    assert "| Deux prises réseau par classe | 1 | 0 | – |" in told
    assert "| Des mots de passe rangés | 0 | 0 à 2 | 2 |" in told


def test_the_team_reads_no_level_of_a_sensitive_matter() -> None:
    told = room_levels(report(SCHOOL).public)
    assert "Des mots de passe rangés" not in told
    assert f"| {LEVEL_COLUMN} | CP | CE1 |\n" in told  # nothing is said of the BCD


def test_many_rooms_are_told_a_few_at_a_time() -> None:
    rooms = tuple(f"Salle {rank}" for rank in range(ACROSS + 1))
    told = room_levels(report(facts({(room, "prises"): 2 for room in rooms}, rooms)))
    assert "dans chaque salle, 1 sur 2*" in told
    assert "dans chaque salle, 2 sur 2*" in told


def test_only_who_works_with_rooms_reads_the_map() -> None:
    for audience in READERS:
        expected = audience in {Audience.TECHNIQUE, Audience.EQUIPE}
        assert (LEVEL_COLUMN in markdown(report(), audience)) is expected
