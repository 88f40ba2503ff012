"""What the engineer makes of advice, what changed, what would follow: as typed."""

import json
from pathlib import Path

import pytest

from tests.audit.audited import audited_workspace, next_campaign
from tests.audit.builders import SCHOOL
from tests.cli.running import Run, diag


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a school audited in full, and again a year later."""
    folder = tmp_path_factory.mktemp("advising") / "home"
    with audited_workspace(folder) as made:
        next_campaign(made)
    return folder


def done(run: Run) -> str:
    assert run.code == 0, run.err
    return run.out


def digest(home: Path) -> str:
    told = done(diag(home, "audit", "status", SCHOOL, "--json"))
    return str(json.loads(told)["digest"])


def test_a_recommendation_is_reworded_shown_and_given_its_words_back(
    home: Path,
) -> None:
    words = ("audit", "reword", SCHOOL, "passer-a-la-fibre", "mairie")
    declared = done(diag(home, *words))

    assert "Titre : La fibre" in done(diag(home, *words, "--title", "La fibre"))
    assert done(diag(home, *words, "--as-declared")) == declared


def test_recommendations_are_reordered_and_added_to(home: Path) -> None:
    before = done(diag(home, "audit", "reorder", SCHOOL)).splitlines()
    after = done(diag(home, "audit", "reorder", SCHOOL, "3", "--down")).splitlines()
    assert before[2].split("[")[1] in after[3]

    done(diag(home, "audit", "recommend", SCHOOL, "Repeindre", "--cost", "250"))
    added = done(diag(home, "audit", "reorder", SCHOOL))
    assert "Repeindre" in added
    ref = next(line.split()[0] for line in added.splitlines() if "Repeindre" in line)
    done(diag(home, "audit", "recommend", SCHOOL, ref, "--remove"))
    again = done(diag(home, "audit", "reorder", SCHOOL, "--as-computed"))
    assert again.splitlines() == before


def test_supposing_tells_before_and_after_and_writes_nothing(home: Path) -> None:
    before = digest(home)

    told = done(diag(home, "suppose", SCHOOL, "--fibre", "--split", "Classe CE1"))
    exact = done(diag(home, "suppose", SCHOOL, "--answer", "nb_classes=?", "--json"))

    assert "rien n'est enregistré" in told
    assert "Accès à Internet" in told
    assert "Raccorder l'école à la fibre" in told
    assert set(json.loads(exact)["overall"]) == {"before", "after"}
    assert digest(home) == before


def test_a_room_supposed_is_split_and_closed_by_its_name(home: Path) -> None:
    added = ("--add-room", "Neuve=Classe CE1")
    told = done(diag(home, "suppose", SCHOOL, *added, "--split", "Neuve=Classe CE2"))
    gone = done(diag(home, "suppose", SCHOOL, *added, "--close-room", "Neuve"))

    for words, what in ((told, "dédoublement"), (gone, "ferm")):
        first, second = (line for line in words.splitlines() if "et si" in line)
        assert "une salle de plus : Neuve" in first
        assert what in second
        assert "Neuve" in second


def test_a_scenario_is_kept_taken_up_and_forgotten(home: Path) -> None:
    done(diag(home, "suppose", SCHOOL, "--fibre", "--save", "La fibre"))
    again = done(diag(home, "suppose", SCHOOL, "--scenario", "la fibre"))
    nothing = diag(home, "suppose", SCHOOL)

    assert "Raccorder l'école à la fibre" in again
    assert "« La fibre »" in nothing.err
    assert "oublié" in done(diag(home, "suppose", SCHOOL, "--forget", "La fibre"))
    assert "inconnu" in diag(home, "suppose", SCHOOL, "--scenario", "La fibre").err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--answer", "nb_clases=3"),
        ("--answer", "prises_rj45=3@Nulle part"),
        ("--close-room", "[/"),
    ],
)
def test_what_cannot_be_supposed_is_refused_in_a_sentence(
    home: Path, words: tuple[str, ...]
) -> None:
    run = diag(home, "suppose", SCHOOL, *words)

    assert run.code == 1
    assert "Traceback" not in run.err
    assert run.err


def test_two_audits_are_compared(home: Path) -> None:
    later = ("--campaign", "2027-2028")

    told = done(diag(home, "compare", SCHOOL, *later))
    exact = json.loads(done(diag(home, "compare", SCHOOL, *later, "--json")))

    assert "De 2026-2027 à 2027-2028" in told
    assert exact["edition_changed"] is False
    assert diag(home, "compare", SCHOOL).code == 1
