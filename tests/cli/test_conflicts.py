import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from diag.audit.follow import claim, move
from diag.audit.observing import observe
from diag.audit.places import add_place, remove_place
from diag.model.enums import AuditStatus, PlaceKind
from tests.audit.apart import meet, say, two_laptops
from tests.audit.builders import DAY, SCHOOL, started, workspace
from tests.cli.running import diag


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
    assert shown.out.count(", déclaré, ") == len("AB")

    left = diag(desk, "conflicts", "leave", SCHOOL, told["id"], "--comment", "à voir")
    assert left.code == 0
    taken = diag(desk, "conflicts", "take", SCHOOL, told["id"], "A", "--json")
    assert len(json.loads(taken.out)["revisions"]) == 1
    assert diag(desk, "conflicts", SCHOOL).out == "Aucun conflit.\n"
    gone = diag(desk, "conflicts", "write", SCHOOL, "nb_classes", "7")
    assert gone.code == 1
    assert "Il n'en reste aucun" in gone.err


@pytest.mark.parametrize(("choice", "rooms"), [("keep", 1), ("remove", 0)])
def test_a_room_removed_here_and_edited_there_is_kept_or_removed(
    tmp_path: Path, choice: str, rooms: int
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        add_place(mine, PlaceKind.SALLE, "Atelier")
        meet(mine, theirs)
        say(theirs, "type_salle", "classe", place="Atelier")
        remove_place(mine, "Atelier")
        meet(mine, theirs)
    desk = tmp_path / "mine"
    (told,) = json.loads(diag(desk, "conflicts", SCHOOL, "--json").out)
    shown = diag(desk, "conflicts", "show", SCHOOL, told["id"])
    assert "après que u-1 l'a retiré" in shown.out
    assert "Atelier" in shown.out

    assert diag(desk, "conflicts", choice, SCHOOL, told["id"]).code == 0

    assert diag(desk, "conflicts", SCHOOL).out == "Aucun conflit.\n"
    listed = diag(desk, "audit", "place", SCHOOL, "list")
    assert listed.out.count("Atelier") == rooms


def test_a_merge_says_what_it_did_and_the_way_back(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        add_place(mine, PlaceKind.SALLE, "Salle info")
        add_place(theirs, PlaceKind.SALLE, "salle INFO")
        say(mine, "type_salle", "classe", place="Salle info")
        say(theirs, "type_salle", "2", place="salle INFO")
        meet(mine, theirs)
    desk = tmp_path / "mine"
    for listed in (diag(desk, "conflicts"), diag(desk, "conflicts", SCHOOL)):
        told = f"1 lieu peut-être double : diag conflicts places {SCHOOL}\n"
        assert told in listed.out
    (found,) = json.loads(diag(desk, "conflicts", "places", SCHOOL, "--json").out)

    done = diag(desk, "conflicts", "merge", SCHOOL, found["kept"], found["other"])

    assert done.code == 0, done.err
    assert "comme un seul" in done.out
    assert "peut-être" not in done.out
    assert f"1 conflit à trancher : diag conflicts {SCHOOL}" in done.out
    back = done.out.splitlines()[-1].partition(" : diag ")[2].split()
    assert diag(desk, *back).code == 0


def test_who_is_unknown_here_is_a_plain_label_in_what_programs_read(
    tmp_path: Path,
) -> None:
    """Words for people stood there: « quelqu'un d'inconnu ici (u-9) »."""
    with (
        workspace(tmp_path / "mine", author="u-1") as anne,
        workspace(tmp_path / "theirs", author="u-9", seed=2) as nine,
    ):
        mine, theirs = started(anne), started(nine)
        meet(mine, theirs)
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 6)
        observe(theirs, "une prise nue")
        claim(theirs, DAY + timedelta(days=365))
        move(theirs, AuditStatus.SOUMIS)
        meet(mine, theirs)
    asked = [
        ("conflicts", SCHOOL),
        ("audit", "history", SCHOOL),
        ("audit", "list"),
        ("audit", "observe", SCHOOL, "list"),
        ("review",),
        ("progress",),
    ]
    told = {words: diag(tmp_path / "mine", *words, "--json").out for words in asked}
    answers = ("export", "answers", SCHOOL, "--format", "json")
    diag(tmp_path / "mine", *answers, "--out", str(tmp_path))
    told[answers] = next(tmp_path.glob("*.json")).read_text(encoding="utf-8")
    for words, text in told.items():
        assert '"u-9"' in text, words
        assert "inconnu" not in text, words
    paper = ("report", SCHOOL, "--audience", "technique", "--format", "md")
    diag(tmp_path / "mine", *paper, "--out", str(tmp_path / "papers"))
    printed = "".join(one.read_text() for one in (tmp_path / "papers").rglob("*.md"))
    (who,) = re.findall(r"Ont répondu(.*?\n.*)", printed)
    assert "inconnu ici (u-9)" in who.replace("\xa0", " "), "to people"
