"""The sample that a reader sees first is what the program produces."""

from pathlib import Path

import pytest

from diag.desk.demo import Demonstration, demonstrate
from diag.model.errors import DiagError
from tests.contracts.refresh_exports import EXPORTS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return demonstrate(tmp_path_factory.mktemp("demo") / "essai")


def test_exports_are_what_the_demonstration_writes(made: Demonstration) -> None:
    """Refresh them: python -m tests.contracts.refresh_exports."""
    produced = {path.name: path.read_bytes() for path in made.full}
    kept = {path.name: path.read_bytes() for path in EXPORTS.iterdir()}

    assert sorted(kept) == sorted(produced)
    assert [name for name in kept if kept[name] != produced[name]] == []


def test_the_demonstration_is_the_same_bytes_each_time(made: Demonstration) -> None:
    first = {path.name: path.read_bytes() for path in (*made.full, *made.half)}

    again = demonstrate(made.folder)

    assert {
        path.name: path.read_bytes() for path in (*again.full, *again.half)
    } == first


def test_the_school_audited_in_full_leaves_nothing_to_verify(
    made: Demonstration,
) -> None:
    text = next(path for path in made.full if path.name == "mairie.md").read_text(
        encoding="utf-8"
    )

    assert "Statut\n: définitif" in text
    assert "entre" not in text.split("Score d'ensemble", 1)[1][:20]


def test_the_school_audited_half_way_is_marked_provisional(
    made: Demonstration,
) -> None:
    for path in made.half:
        if path.suffix == ".md":
            assert "provisoire" in path.read_text(encoding="utf-8").lower()


def test_a_commune_is_audited_beside_its_schools(made: Demonstration) -> None:
    text = next(path for path in made.commune if path.name == "mairie.md").read_text(
        encoding="utf-8"
    )

    assert "Commune de Courvaux-sur-Ombre" in text
    assert "Décisions proposées" in text


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")

    with pytest.raises(DiagError, match="rien n'a été touché"):
        demonstrate(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
