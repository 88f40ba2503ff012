"""Grids of others, Excel or XLSForm, read as drafts of checklists."""

from pathlib import Path

from diag.imports.evidence.consoles import pairs_typed
from diag.imports.grids.draft import GridDraft, GridRefusedError
from diag.imports.grids.plain import read_plain
from diag.imports.grids.xlsform import is_xlsform, read_xlsform
from diag.imports.workbook import DAMAGES, workbook_sheets
from diag.model.enums import PlaceKind
from diag.words.sentences import system_sentence

MAX_BYTES = 20 * 2**20
"""Largest workbook read."""

_MOST_UNPACKED = 100 * 2**20


def read_grid(
    path: Path, columns: str = "", repeats: str = PlaceKind.SALLE
) -> tuple[GridDraft, dict[str, str]]:
    """Read a workbook; return the draft, and what its columns hold for a plain grid.

    Raises:
        GridRefusedError: no workbook, or nothing in it that asks anything.
    """
    try:
        if not path.is_file():  # a pipe would never end
            raise GridRefusedError(
                f"{path} : ce fichier n'existe pas, ou n'en est pas un."
            )
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise GridRefusedError(system_sentence(error)) from error
    return drafted(raw, path.stem, columns, repeats)


def drafted(
    raw: bytes, title: str, columns: str = "", repeats: str = PlaceKind.SALLE
) -> tuple[GridDraft, dict[str, str]]:
    """Read the bytes of a workbook, as `read_grid` does a file.

    Raises:
        GridRefusedError: as `read_grid` does.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise GridRefusedError(
            "C'est un ancien classeur Excel (.xls). Enregistrez-le en .xlsx, puis "
            "recommencez."
        )
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("too big")
        sheets = workbook_sheets(raw, _MOST_UNPACKED)
    except DAMAGES as error:
        raise GridRefusedError(
            "Ce fichier n'est pas un classeur XLSX ou ODS qui se lise. Enregistrez-le "
            "de nouveau depuis le tableur."
        ) from error
    filled = {name: rows for name, rows in sheets.items() if rows}
    if not filled:
        raise GridRefusedError("Ce classeur est vide.")
    if is_xlsform(filled):
        return read_xlsform(filled, title, PlaceKind(repeats)), {}
    return read_plain(filled, title, pairs_typed(columns) if columns else None)
