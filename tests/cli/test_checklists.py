"""`diag checklists`: what the syndicat changed, told in French."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.audit.builders import workspace
from tests.audit.small_edition import ship
from tests.cli.running import Run, diag
from tests.imports.test_grids import PLAIN, book
from tests.rules.written import FILES, spoilt


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Compile in no time: what is told of an overlay depends on no shipped file."""
    return ship(tmp_path / "livrees", monkeypatch)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("espace")
    assert diag(folder, "init", "--author", "A B", "--syndicat", "S").code == 0
    return folder


def overlay(home: Path, text: str) -> None:
    (home / "overlay").mkdir(exist_ok=True)
    (home / "overlay" / "local.yaml").write_text(text, encoding="utf-8")


def lines(run: Run) -> list[str]:
    return [line.strip() for line in run.out.splitlines()]


def test_what_differs_from_the_shipped_edition_is_told_in_french(home: Path) -> None:
    overlay(home, 'prices:\n  - {id: prise_rj45, typical: "101.50", as_of: 2026}\n')
    run = diag(home, "checklists", "diff")
    assert run.code == 0, run.err
    assert lines(run)[0].startswith("livrée, ")
    assert "→ courante, " in lines(run)[0]
    assert "Prix" in lines(run)
    assert "prix courant : 95,50 € → 101,50 €" in lines(run)
    assert "information de : 2025 → 2026" in lines(run)
    told = json.loads(diag(home, "checklists", "diff", "--json").out)
    (only,) = told["differences"]
    assert only["fields"]["typical"] == {"before": 9550, "after": 10150}


def test_a_broken_change_is_said_and_nothing_pretends_to_differ(home: Path) -> None:
    overlay(home, "prices:\n  - {id: prise_rj45, typical: cher}\n")
    run = diag(home, "checklists", "diff")
    assert run.code == 1
    assert "overlay/local.yaml:2" in run.err
    assert "Rien ne diffère." in run.out
    check = diag(home, "checklists", "check")
    assert check.code == 1
    assert "overlay/local.yaml:2" in check.out


def test_the_first_of_many_errors_are_printed_and_the_others_counted(
    home: Path,
) -> None:
    prices = "".join(f"  - {{id: p{rank}, cle: 1}}\n" for rank in range(300))
    overlay(home, f"prices:\n{prices}")
    check = diag(home, "checklists", "check")
    errors = sum("overlay/local.yaml:" in line for line in lines(check))
    assert (check.code, errors) == (1, 100)
    assert "… et 2\u202f000 autres." in lines(check)
    assert "2\u202f100 erreurs" in lines(check)[-1]


def test_two_folders_are_compared_without_a_workspace(tmp_path: Path) -> None:
    for name, files in (
        ("a", FILES),
        ("b", spoilt("reseau.yaml", '"Débit descendant"', '"Débit"')),
    ):
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text, encoding="utf-8")
    nowhere = tmp_path / "rien"
    run = diag(nowhere, "checklists", "diff", str(tmp_path / "a"), str(tmp_path / "b"))
    assert not nowhere.exists()
    assert run.code == 0, run.err
    assert "libellé : Débit descendant → Débit" in lines(run)


def test_an_edition_is_named_by_the_start_of_its_digest(home: Path) -> None:
    (home / "overlay" / "local.yaml").unlink(missing_ok=True)
    diag(home, "checklists", "diff")  # compiles an edition, and keeps it
    kept = json.loads(diag(home, "checklists", "list", "--json").out)
    digest = kept[0]["digest"]
    run = diag(home, "checklists", "diff", digest[:10], "courante")
    assert run.code == 0, run.err
    wrong = diag(home, "checklists", "diff", "nulle-part")
    assert wrong.code == 1
    assert "diag checklists list" in wrong.err


def test_situations_are_listed_with_the_criteria_that_judge_them(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "grilles"
    folder.mkdir()
    files = spoilt("reseau.yaml", '2: "prises >= 2"', "2: \"type_salle == 'classe'\"")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (only,) = json.loads(
        diag(tmp_path, "check", f"{folder}", "--situations", "--json").out
    )
    assert only == {
        "question": "type_salle",
        "label": "Usage de la salle",
        "criteria": ["prise-par-classe"],
    }
    run = diag(tmp_path, "check", f"{folder}", "--situations")
    first, last = lines(run)
    assert first.split("  ") == ["type_salle", "Usage de la salle", "prise-par-classe"]
    assert last.endswith(
        "1 situation que les critères jugent sans dire ce qui est meilleur."
    )


@pytest.mark.skipif(os.name == "nt", reason="no named pipe in a folder of Windows")
def test_a_pipe_among_the_changes_is_not_waited_for(home: Path) -> None:
    """Nobody writes to it: the check would never end. Here who reads it is let go."""
    overlay(home, 'prices:\n  - {id: prise_rj45, typical: "101.50", as_of: 2026}\n')
    models = home / "overlay" / "modeles"
    models.mkdir()
    pipes = home / "overlay" / "tube.yaml", models / "mairie.md.jinja"
    waited: list[Path] = []

    def let_go(pipe: Path) -> None:
        os.close(os.open(pipe, os.O_WRONLY))  # once somebody reads
        waited.append(pipe)

    for pipe in pipes:
        os.mkfifo(pipe)
    held: list[int] = []
    try:
        with ThreadPoolExecutor(len(pipes)) as aside:
            for pipe in pipes:
                aside.submit(let_go, pipe)
            try:
                for words in (("checklists", "check"), ("templates", "list")):
                    run = diag(home, *words)
                    assert (run.code, waited) == (0, []), run.err
            finally:
                held += [os.open(pipe, os.O_RDONLY | os.O_NONBLOCK) for pipe in pipes]
    finally:
        for each in held:
            os.close(each)
        for pipe in pipes:
            pipe.unlink()
        models.rmdir()


def test_a_grid_is_shown_then_written_and_goes_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, grid = tmp_path / "desk", tmp_path / "grille.xlsx"
    workspace(desk).close()
    grid.write_bytes(book(Feuil1=PLAIN))
    run = diag(desk, "checklists", "import", str(grid))
    assert run.code == 0, run.err
    assert "Point de contrôle → question" in run.out
    assert "Feuil1, ligne 2 : la colonne « Auteur »" in run.out
    assert "Rien n'est écrit" in run.err
    draft = tmp_path / "brouillon"
    run = diag(desk, "checklists", "import", str(grid), "--out", str(draft))
    assert run.code == 0, run.err
    assert {one.name for one in draft.iterdir()} == {
        "edition.yaml",
        "reseau.yaml",
        "wi-fi.yaml",
    }
    assert "0 erreur" in run.out
    again = diag(desk, "checklists", "import", str(grid), "--out", str(draft))
    assert (again.code, "n'est pas vide" in again.err) == (1, True)

    form = tmp_path / "ecole.xlsx"
    words = ("checklists", "export", str(form), "--xlsform", "--from", str(draft))
    run = diag(desk, *words)
    assert run.code == 0, run.err
    assert "3 questions" in run.out
    run = diag(desk, "checklists", "import", str(form))
    assert "3 questions, 0 point sans équivalent" in run.out

    # What has no equivalent cannot be mended: nobody would ever read the others.
    lost = [("geopoint", f"ou{at}", f"Position {at}") for at in range(101)]
    form.write_bytes(
        book(survey=[("type", "name", "label"), ("text", "note", "Note"), *lost])
    )
    run = diag(desk, "checklists", "import", str(form))
    assert sum("« geopoint »" in line for line in lines(run)) == 101

    monkeypatch.chdir(draft.rename(tmp_path / "courante").parent)
    run = diag(desk, "checklists", "export", "livrees.xlsx", "--xlsform")
    assert run.code == 0, run.err
    assert "3 questions" not in run.out  # the current edition, not a folder so named
