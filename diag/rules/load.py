"""A folder of YAML files read into a checklist, and everything that is wrong with it.

All problems are collected; the checklist is withheld while one is an error. What a
rule means is not looked at here.
"""

from pathlib import Path

from diag.rules.harvest import Harvest
from diag.rules.loaded import Example, Loaded
from diag.rules.source import MAX_BYTES

__all__ = ["Example", "Loaded", "load_checklists"]


def load_checklists(folder: Path) -> Loaded:
    """Read every YAML file of a folder; never raises for what is in it."""
    harvest = Harvest()
    paths = _listing(folder, harvest)
    for path in paths:
        if path.suffix == ".yaml":
            _read_file(path, harvest)
        elif path.suffix == ".yml":
            remedy = "Renommez-le en .yaml."
            harvest.refuse_file(path.name, "ce fichier n'est pas lu", remedy)
    _refuse_missing(folder, {path.name for path in paths}, harvest)
    return harvest.loaded()


def _listing(folder: Path, harvest: Harvest) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        remedy = "Vérifiez le chemin du dossier."
        harvest.refuse_file(folder.name, _reason(error), remedy)
        return []


def _read_file(path: Path, harvest: Harvest) -> None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        remedy = "Vérifiez les droits du fichier."
        harvest.refuse_file(path.name, _reason(error), remedy)
        return
    harvest.take(path.name, raw)


def _refuse_missing(folder: Path, names: set[str], harvest: Harvest) -> None:
    if not any(name.endswith((".yaml", ".yml")) for name in names):
        remedy = "Donnez le dossier qui contient les fichiers .yaml."
        harvest.refuse_file(folder.name, "aucune grille dans ce dossier", remedy)
    elif "edition.yaml" not in names:
        remedy = 'Créez-le, avec « title: "…" » et « version: "2026.1" ».'
        harvest.refuse_file("edition.yaml", "ce fichier manque", remedy)


def _reason(error: OSError) -> str:
    return f"lecture impossible ({error.strerror or error})"
