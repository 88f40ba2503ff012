"""`diag workshop`, from the theme to the year that a ballot changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.running import diag
from tests.cli.test_programme import begin
from tests.programme.reading import read_once
from tests.shared import copy_once_made

WIRING = "cabler-les-classes"
WORKSHOP = "Atelier du nord"
YEARS = range(2027, 2032)


@pytest.fixture(scope="module", autouse=True)
def _audits_read_once() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of one closed audit, with money enough for a part of it."""
    tmp_path = tmp_path_factory.mktemp("workshop")
    folder = tmp_path / "home"
    copy_once_made("programme", begin, folder)
    programme(folder, "split", "--syndicat", "0.4")
    table = tmp_path / "enveloppes.csv"
    rows = [f"syndicat;{year};investissement;600;oui" for year in YEARS]
    rows += [f"99903;{year};investissement;1500;oui" for year in YEARS]
    rows += [f"99903;{year};fonctionnement;3000;" for year in YEARS]
    table.write_text("\n".join(("code;année;section;montant;report", *rows)))
    assert diag(folder, "import", "enveloppes", str(table)).code == 0
    workshop(folder, "theme", "reseau", "Réseau", "--recommendation", WIRING)
    workshop(folder, "theme", "usages", "Usages en classe", "--domain", "nulle-part")
    workshop(folder, "new", WORKSHOP, "--on", "03/02/2024", "--present", "parents:12")
    return folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path) -> Path:
    return Path(copytree(made_once, tmp_path / "home"))


def programme(home: Path, *words: str) -> str:
    done = diag(home, "programme", *words)
    assert done.code == 0, done.err
    return done.out


def workshop(home: Path, *words: str) -> str:
    done = diag(home, "workshop", *words)
    assert done.code == 0, done.err
    return done.out


def table(home: Path, text: str) -> Path:
    path = home.parent / "bulletins.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_ballots_of_a_file_weigh_once_adopted_and_say_so(home: Path) -> None:
    file = table(
        home,
        "role;Réseau;usages\n"
        "parents;9;1\nélu;8;2\nparent;9;1\nmaire;1;1\nparent;9;4\nparent;x;0\n",
    )
    told = workshop(home, "import", WORKSHOP, str(file))
    assert "3 lignes notées" in told
    for line, problem in ((5, "« maire »"), (6, "10 points"), (7, "« x »")):
        assert f"ligne {line} : " in told
        assert problem in told
    assert "0 ligne notée ; 3 déjà là" in workshop(home, "import", WORKSHOP, str(file))
    assert "Sans effet" in workshop(home, "weights")
    assert "poids" not in programme(home, "why", WIRING)
    programme(home, "decide", "pilotage", "avis", "--on", "04/02/2024", "--ref", "avis")
    done = diag(home, "workshop", "weights", "--decision", "avis")
    assert done.code == 1
    assert "comité syndical" in done.err
    programme(home, "decide", "syndicat", "adopte", "--on", "05/02/2024", "--ref", "1")
    assert "Adoptés" in workshop(home, "weights", "--decision", "1")
    weighed = "Thème Réseau, poids 1,25 (1 atelier, 3 bulletins) : sans lui, "
    # What blocks is first by its class: its theme weighs on nothing.
    assert "poids" not in programme(home, "why", WIRING)
    programme(home, "variant", "Par euro", "--by-euro")
    assert weighed in programme(home, "why", WIRING, "--variant", "Par euro")
    found = json.loads(workshop(home, "themes", "--json"))
    assert found["ballots"] == 3
    assert {one["theme"]: one["in_force"] for one in found["themes"]} == {
        "reseau": "5/4",
        "usages": "4/5",
    }
    # Another rule is to be adopted anew.
    assert "Sans effet" in workshop(home, "weights", "--bound", "1.1")
    assert "poids" not in programme(home, "why", WIRING)


def test_cards_are_kept_in_their_words_under_a_role_and_taken_away(home: Path) -> None:
    said = "Le Wi-Fi tombe [bold]à midi[/]"
    workshop(home, "card", WORKSHOP, said, "--role", "enseignant", "--theme", "Réseau")
    file = table(home, "texte;role;theme\nTrop peu de prises;élus;réseau\n;parent;\n")
    told = workshop(home, "import", WORKSHOP, str(file))
    assert "ligne 3" in told
    shown = workshop(home, "show", WORKSHOP)
    assert f"« {said} » (enseignant, Réseau)" in shown
    assert "« Trop peu de prises » (élu, Réseau)" in shown
    assert "12 présents, 2 cartes, 0 bulletin" in shown
    card = json.loads(workshop(home, "show", "--json"))[0]["cards"][0]
    workshop(home, "remove", card["id"][:8])
    assert card["text"] not in workshop(home, "show", WORKSHOP)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("ballot", WORKSHOP, "reseau:11", "--role", "elu"), "de 0 à 10"),
        (("ballot", WORKSHOP, "reseau:6", "usages:6", "--role", "elu"), "10 points"),
        (("ballot", WORKSHOP, "vélo:1", "--role", "elu"), "reseau, usages"),
        (("card", "Atelier du sud", "…", "--role", "elu"), "Atelier du nord"),
        (("card", WORKSHOP, " ", "--role", "elu"), "Texte"),
        (("theme", "Mes Usages", "Usages"), "minuscules"),
        (("new", "Autre", "--on", "03/02/2024", "--present", "maire:3"), "maire"),
        (("new", "Autre", "--on", "03/02/2024", "--present", "elu:-3"), "Présents"),
        (("weights", "--bound", "3"), "entre 1 et 2"),
        (("remove", "zzz"), "0 cartes"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    home: Path, words: tuple[str, ...], problem: str
) -> None:
    done = diag(home, "workshop", *words)
    assert done.code == 1
    assert problem in " ".join(done.err.split())
