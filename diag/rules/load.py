"""Folders of YAML files read into a checklist, and everything that is wrong with it.

All problems are collected; the checklist is withheld while one is an error. What a
rule means is not looked at here.
"""

from pathlib import Path

from diag.checklist.overlay.layers import CHARTER
from diag.checklist.overlay.merge import overlaid
from diag.rules.harvest import Harvest
from diag.rules.loaded import Loaded
from diag.rules.reading.nodes import Entries
from diag.rules.source import MAX_BYTES


def load_checklists(folder: Path, overlay: Path | None = None) -> Loaded:
    """Read every YAML file of a folder; never raises for what is in it.

    The files of `overlay`, when there are any, are laid over those of the folder.
    """
    harvest = Harvest()
    paths = _listing(folder, harvest)
    shipped = _roots(paths, harvest)
    _refuse_missing(folder, {path.name for path in paths}, harvest)
    own: dict[str, Entries] = {}
    if overlay is not None and overlay.is_dir():
        paths = [one for one in _listing(overlay, harvest) if one.name != CHARTER]
        own = _roots(paths, harvest, f"{overlay.name}/")
    if not own:
        for file, root in shipped.items():
            harvest.gather(file, root)
        return harvest.loaded()
    laid = overlaid(shipped, own)
    harvest.refuse(laid.problems)
    for file, root in laid.roots.items():
        harvest.gather(file, root)
    return harvest.loaded(laid.touched)


def _listing(folder: Path, harvest: Harvest) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        remedy = "Vérifiez le chemin du dossier."
        harvest.refuse_file(folder.name, _reason(error), remedy)
        return []


def _roots(paths: list[Path], harvest: Harvest, prefix: str = "") -> dict[str, Entries]:
    roots: dict[str, Entries] = {}
    for path in paths:
        name = f"{prefix}{path.name}"
        if path.suffix == ".yaml":
            root = _root_of(path, name, harvest)
            if root is not None:
                roots[name] = root
        elif path.suffix == ".yml":
            remedy = "Renommez-le en .yaml."
            harvest.refuse_file(name, "ce fichier n'est pas lu", remedy)
    return roots


def _root_of(path: Path, name: str, harvest: Harvest) -> Entries | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        remedy = "Vérifiez les droits du fichier."
        harvest.refuse_file(name, _reason(error), remedy)
        return None
    return harvest.read(name, raw)


def _refuse_missing(folder: Path, names: set[str], harvest: Harvest) -> None:
    if not any(name.endswith((".yaml", ".yml")) for name in names):
        remedy = "Donnez le dossier qui contient les fichiers .yaml."
        harvest.refuse_file(folder.name, "aucune grille dans ce dossier", remedy)
    elif "edition.yaml" not in names:
        remedy = 'Créez-le, avec « title: "…" » et « version: "2026.1" ».'
        harvest.refuse_file("edition.yaml", "ce fichier manque", remedy)


def _reason(error: OSError) -> str:
    return f"lecture impossible ({error.strerror or error})"
