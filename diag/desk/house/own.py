"""A syndicat's own templates and charter, as they stand in its workspace."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from diag.desk.checklists.editions import overlay_of
from diag.desk.workspace import Workspace
from diag.reports.house.house import House
from diag.reports.report import Office

FOLDER = "modeles"
"""Folder of the overlay that holds templates."""
SUFFIX = ".md.jinja"
MAX_TEMPLATE = 256 * 1024
"""Heaviest template read."""

_MARKED = (".png", ".jpg", ".jpeg", ".svg", ".yaml")


def templates_folder(workspace: Workspace) -> Path:
    """Return the folder of one's own templates, there or not."""
    return overlay_of(workspace) / FOLDER


def office_of(workspace: Workspace) -> Office:
    """Return who hands the documents over, and what they made their own."""
    house, settings = house_of(workspace), workspace.settings
    name = house.name or settings.syndicat
    return Office(name, settings.phone, settings.email, house)


def house_of(workspace: Workspace) -> House:
    """Return the templates and the charter of a workspace's overlay, read anew."""
    overlay = overlay_of(workspace)
    if not overlay.is_dir():
        return House()
    charter = _charter(overlay, _mark(overlay))
    templates, notices = own_templates(overlay / FOLDER)
    return House(
        templates=templates,
        look=charter.look,
        name=charter.name,
        contact=charter.contact,
        closing=charter.closing,
        notices=(*charter.notices, *notices),
    )


def own_templates(
    folder: Path,
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the templates of a folder, and a sentence for each that is not read."""
    from diag.reports.templating import FOLDER as SHIPPED  # noqa: PLC0415 - Jinja

    found: list[tuple[str, str]] = []
    notices = []
    for path in sorted(folder.glob("*.jinja")) if folder.is_dir() else ():
        place = f"overlay/{FOLDER}/{path.name}"
        if not (SHIPPED / path.name).is_file():
            notices.append(
                f"{place} : aucun modèle livré ne porte ce nom ; il ne sert pas. "
                "Voyez les noms : diag templates list."
            )
            continue
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_TEMPLATE + 1)
            if len(raw) > MAX_TEMPLATE:
                notices.append(f"{place} : plus de 256 Kio ; il ne sert pas.")
                continue
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            notices.append(
                f"{place} : lecture impossible, ou pas en UTF-8 ; il ne sert pas."
            )
            continue
        found.append((path.name, text))
    return tuple(found), tuple(notices)


def _mark(overlay: Path) -> str:
    """Return what changes whenever the charter or a logo does."""
    mark = sha256()
    for path in sorted(overlay.iterdir()):
        if path.suffix.lower() in _MARKED and path.is_file():
            stat = path.stat()
            mark.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()


@lru_cache(maxsize=4)  # decoding a logo costs 20 ms, an export makes hundreds
def _charter(overlay: Path, mark: str) -> House:  # noqa: ARG001 - the mark is the key
    from diag.desk.house.charter import charter_of  # noqa: PLC0415 - as above

    return charter_of(overlay)
