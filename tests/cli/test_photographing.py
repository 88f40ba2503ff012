"""`diag audit photo`: pictures as a person joins them."""

import json
from pathlib import Path

import pytest

from tests.audit.builders import SCHOOL, started, workspace
from tests.audit.pictures import jpeg, png_claiming
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with workspace(tmp_path / "home") as made:
        started(made)
    return tmp_path / "home"


def test_photos_are_joined_listed_captioned_exported_and_taken_away(
    home: Path, tmp_path: Path
) -> None:
    words = ("audit", "photo", SCHOOL)
    good = str(jpeg(tmp_path / "baie.jpg"))
    bomb = str(png_claiming(tmp_path / "bombe.png", 30_000, 30_000))

    added = diag(home, *words, "add", good, bomb, "--question", "nb_classes")
    again = diag(home, *words, "add", good, "--question", "nb_classes")
    listed = json.loads(diag(home, *words, "list", "--json").out)
    diag(home, *words, "caption", listed[0]["id"][:8], "Baie [/x]")
    exported = diag(home, *words, "export", str(tmp_path / "sortie"))
    shown = diag(home, *words, "list")
    kept = diag(home, "audit", "export", SCHOOL, str(tmp_path / "audit.json"))
    removed = diag(home, *words, "remove", listed[0]["id"])

    assert "1 photo ne voyage pas avec ce fichier" in kept.out
    assert added.code == 1
    assert "Jointe : baie" in added.out
    assert "bombe.png" in added.err
    assert "millions de pixels" in added.err
    assert again.out.startswith("Déjà jointe : baie")
    assert [one["question"] for one in listed] == ["nb_classes"]
    assert "1 photo" in exported.out
    assert [path.name for path in (tmp_path / "sortie").iterdir()] == ["001-baie-x.jpg"]
    assert "Baie [/x]" in shown.out
    assert "Retirée" in removed.out
    assert diag(home, *words, "list").out == ""


def test_a_photo_of_an_unknown_place_is_refused(home: Path, tmp_path: Path) -> None:
    path = str(jpeg(tmp_path / "a.jpg"))

    run = diag(home, "audit", "photo", SCHOOL, "add", path, "--place", "Grenier")

    assert run.code == 1
    assert "« Grenier » inconnu" in run.err


def test_what_is_seen_is_noted_listed_shown_reworded_and_taken_away(
    home: Path, tmp_path: Path
) -> None:
    words = ("audit", "observe", SCHOOL)
    picture = str(jpeg(tmp_path / "fils.jpg"))

    added = json.loads(
        diag(home, *words, "add", "fils [/x] nus", "--photo", picture, "--json").out
    )
    diag(home, "audit", "note", SCHOOL, "nb_classes", "au tableau")
    reply = diag(home, *words, "add", "Nous attendons le devis.", "--reply")
    diag(home, *words, "show", added["id"][:8])
    listed = json.loads(diag(home, *words, "list", "--json").out)
    photo = json.loads(diag(home, "audit", "photo", SCHOOL, "list", "--json").out)[0]
    diag(home, "audit", "photo", SCHOOL, "show", photo["id"])

    assert reply.out.startswith("Noté")
    assert (photo["caption"], photo["shown"]) == ("fils [/x] nus", False)
    assert [(one["text"], one["shown"], one["reply"]) for one in listed] == [
        ("fils [/x] nus", True, False),
        ("Nous attendons le devis.", True, True),
        ("au tableau", False, False),
    ]
    assert listed[0]["files"] == [photo["sha"]]
    assert [one["older"] for one in listed] == [False, False, True]
    assert "« à montrer »" not in diag(home, *words, "list", "--shown").out
    again = json.loads(diag(home, "audit", "photo", SCHOOL, "list", "--json").out)
    assert again[0]["shown"] is True
    diag(home, *words, "reword", listed[2]["id"], "au tableau de la direction")
    diag(home, *words, "show", added["id"], "--hide")
    removed = diag(home, *words, "remove", listed[1]["id"])
    table = diag(home, *words, "list").out.splitlines()
    assert "diag audit undo" in removed.out
    assert [line.split()[-1] for line in table] == ["nus", "direction"]
    assert diag(home, *words, "show", "zzz").code == 1
