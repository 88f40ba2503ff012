"""Places where nothing is known yet: what is missing, and the key that provides it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, SETTINGS, workspace
from tests.tui.builders import app_on
from tests.tui.routes import ROUTES
from tests.tui.waiting import shows, wait_for

Step = tuple[str, str]
"""A key, what is shown then."""

_NO_ROOM = "Aucune salle encore : F6 puis s les ajoute"
"""What the visit of a school without rooms begins with."""

EMPTY: dict[str, Sequence[Step]] = {
    "territoire": [
        ("", "Aucune école encore : importez l'annuaire officiel (touche F8)"),
        ("f8", "jamais"),
    ],
    "tournee": [("", "Tournée vide : dans Territoire, Espace y met l'école")],
    "programme": [
        ("", "Touche n : en ouvrir un"),
        ("n", "Premier budget"),
        ("escape", "Aucun programme"),
    ],
    "importer": [("", "jamais"), ("enter", "Chemin du fichier")],
    "aide": [("", "ce qui est possible ici")],
    "palette": [
        *(("", "Importer"), ("w", "Rien ne répond à ces mots")),
        ("escape", "Aucune école encore"),
    ],
    "ecole": [("", "à commencer : Entrée ouvre l'audit"), ("enter", "reste")],
    "visite": [
        ("", _NO_ROOM),
        *(("f6", "Aucune salle : s en ajoute"), ("s", "Salle")),
        *(("escape", "Aucune salle"), ("escape", "Direction")),
        *(("f2", "F6 en ajoute"), ("f6", "Aucune salle : s en ajoute")),
    ],
    "mesures": [("", "Rien n'est encore mesuré ici"), ("3", "salle")],
    "bilan": [
        *(("3", "Premier audit de cette école"), ("i", "n : une autre réponse")),
        *(("escape", "Premier audit"), ("c", "Échap revient à ce qui reste à voir")),
        ("escape", "Premier audit"),
    ],
}
"""Place → keys that lead through what is empty there, and what each shows."""

WITHOUT_A_SCHOOL = ("territoire", "tournee", "programme", "importer", "aide", "palette")
WITHOUT_AN_AUDIT = ("ecole", "visite", "mesures", "bilan")


def test_every_place_is_walked_empty() -> None:
    assert {*WITHOUT_A_SCHOOL, *WITHOUT_AN_AUDIT} == EMPTY.keys() == ROUTES.keys()


async def test_without_a_school_each_place_says_what_is_missing_and_the_key(
    tmp_path: Path,
) -> None:
    Workspace.create(tmp_path / "w", SETTINGS, fixed_world(DAY, 1)).close()
    await walked(tmp_path / "w", "Aucune école encore", WITHOUT_A_SCHOOL)


async def test_without_an_audit_each_place_says_what_is_missing_and_the_key(
    tmp_path: Path,
) -> None:
    workspace(tmp_path / "w").close()
    await walked(tmp_path / "w", "40 écoles", WITHOUT_AN_AUDIT)


async def walked(folder: Path, seen: str, places: Sequence[str]) -> None:
    app = app_on(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for place in places:
            await wait_for(pilot, partial(shows, pilot, seen), f"before {place}")
            ROUTES[place][0](app)
            if place in {"visite", "bilan"}:
                await wait_for(pilot, partial(shows, pilot, ROUTES[place][1]), place)
            for key, words in EMPTY[place]:
                if key:
                    await pilot.press(key)
                await wait_for(pilot, partial(shows, pilot, words), words)
            app.go_territory()
