"""Places by command: those of the audit before, taken again in one go."""

from pathlib import Path

from tests.audit.builders import SCHOOL, workspace
from tests.cli.running import diag


def test_the_places_of_the_audit_before_are_carried_once(tmp_path: Path) -> None:
    workspace(tmp_path).close()
    diag(tmp_path, "audit", "start", SCHOOL, "--campaign", "2025-2026")
    place = ("audit", "place", SCHOOL)
    added = ("audit", "place", "--campaign", "2025-2026", SCHOOL, "add")
    assert diag(tmp_path, *added, "batiment", "Préfabriqué").code == 0
    diag(tmp_path, *added, "salle", "Classe CP", "--in", "Préfabriqué")
    assert diag(tmp_path, "audit", "start", SCHOOL).code == 0
    carried = diag(tmp_path, *place, "carry")
    assert carried.out == "Repris : les 2 lieux de 2025-2026, sans réponse.\n"
    assert "Classe CP" in diag(tmp_path, *place, "list").out
    again = diag(tmp_path, *place, "carry")
    assert again.code == 1
    assert "Rien à reprendre" in again.err


def test_a_lot_is_moved_and_rooms_are_told_without_a_table(tmp_path: Path) -> None:
    workspace(tmp_path).close()
    diag(tmp_path, "audit", "start", SCHOOL)
    place = ("audit", "place", SCHOOL)
    for room in ("CP", "CE1"):
        diag(tmp_path, *place, "add", "salle", room)
    diag(tmp_path, *place, "add", "lot", "Chariot", "--in", "CP")
    moved = diag(tmp_path, *place, "move", "Chariot", "CE1")
    assert moved.out == "Rangé : Chariot, dans « CE1 »\n"
    refused = diag(tmp_path, *place, "move", "CP", "Chariot")
    assert refused.code == 1
    assert "ne se range pas dans" in refused.err
    first, second, third = diag(tmp_path, *place, "heat").out.splitlines()
    assert first.startswith("CP : reste ")
    assert "danger rien de connu" in first
    assert "sûr" not in first
    assert second.startswith("CE1 : reste ")
    assert third.startswith("Chariot : reste ")
    assert "matériel" in third
