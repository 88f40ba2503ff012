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
