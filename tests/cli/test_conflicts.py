import json
from pathlib import Path

from tests.cli.running import diag
from tests.desk.apart import meet, say, two_laptops
from tests.desk.builders import SCHOOL


def contested(folder: Path) -> Path:
    with two_laptops(folder) as (mine, theirs):
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 6)
        meet(mine, theirs)
    return folder / "mine"


def test_conflicts_are_listed_shown_and_settled(tmp_path: Path) -> None:
    desk = contested(tmp_path)

    everywhere = diag(desk, "conflicts")
    assert "1 conflit à trancher" in everywhere.out
    (told,) = json.loads(diag(desk, "conflicts", SCHOOL, "--json").out)
    shown = diag(desk, "conflicts", "show", SCHOOL, told["id"])
    assert "Au départ : rien" in shown.out
    assert "poste d-u-2" in shown.out

    left = diag(desk, "conflicts", "leave", SCHOOL, told["id"], "--comment", "à voir")
    assert left.code == 0
    taken = diag(desk, "conflicts", "take", SCHOOL, told["id"], "A", "--json")
    assert len(json.loads(taken.out)["revisions"]) == 1
    assert diag(desk, "conflicts", SCHOOL).out == "Aucun conflit.\n"
    gone = diag(desk, "conflicts", "write", SCHOOL, "nb_classes", "7")
    assert gone.code == 1
    assert "Il n'en reste aucun" in gone.err
