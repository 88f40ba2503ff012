"""Files imported: official lists, and own tables written into the overlay."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.checklist.edition import shipped_checklists
from diag.checklist.load import load_checklists
from diag.checklist.source import Entries, Items, Node, Scalar
from diag.imports.communes import import_communes, import_mairies
from diag.imports.intake import ImportReport, Progress, silent
from diag.imports.own_tables import SECTIONS, OwnRows, read_own_table
from diag.imports.schools import import_annuaire, import_effectifs, import_ips
from diag.journal.territory import Territory
from diag.model.text import clean_line
from diag.workspace.disk import write_whole
from diag.workspace.editions import current, overlay_of
from diag.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OwnImport:
    """The account of a table read into the overlay."""

    lines: tuple[str, ...]
    """Its account, in French."""
    is_refused: bool
    """No row came in, and some were refused: what was there before stays."""


def import_own_table(workspace: Workspace, kind: str, path: Path) -> OwnImport:
    """Read a table into the overlay, in place of the last one; return its account.

    Raises:
        DiagError: when the file is no such table, or nothing could be written.
    """
    overlay = overlay_of(workspace)
    target = overlay / f"import-{kind}.yaml"
    own = f"{overlay.name}/{target.name}"
    section = SECTIONS[kind]
    before = load_checklists(shipped_checklists(), overlay)
    spots = {
        ident: spot
        for (part, ident), spot in before.overlaid.items()
        if part == section
    }
    taken = {ident: spot for ident, spot in spots.items() if spot.file != own}
    shipped = load_checklists(shipped_checklists())
    rows = read_own_table(path, kind, shipped, taken)
    kept = {*rows.items, *taken} if rows.items or not rows.refused else set(spots)
    gone = [ident for ident in spots if ident not in kept]
    if rows.items:
        overlay.mkdir(exist_ok=True)
        write_whole(target, _file(kind, path.name, rows.items).encode("utf-8"))
    elif not rows.refused:
        target.unlink(missing_ok=True)
    is_refused = bool(rows.refused) and not (rows.items or rows.unchanged)
    lines = _account(path.name, own, rows, gone, current(workspace).notice)
    return OwnImport(tuple(lines), is_refused)


def _account(
    file: str, own: str, rows: OwnRows, gone: list[str], notice: str
) -> Iterator[str]:
    lines = (
        (rows.added, "ajoutée", "ajoutées"),
        (rows.changed, "changée", "changées"),
        (rows.unchanged, "comme livrée", "comme livrée"),
        (rows.refused, "refusée", "refusées"),
    )
    counts = ", ".join(
        f"{len(some)} {many if len(some) > 1 else one}"
        for some, one, many in lines
        if some
    )
    yield f"{file} : {counts or 'aucune ligne'}."
    for one in rows.refused:
        item = f"{one.item} " if one.item else ""
        yield f"Refusé : ligne {one.line} {item}: {one.reason}"
    if gone:
        yield f"De retour à ce qui est livré : {', '.join(gone)}"
    if rows.ignored_columns:
        yield f"Colonnes inconnues, ignorées : {', '.join(rows.ignored_columns)}"
    if rows.items:
        yield f"Écrit dans {own} ; voyez l'effet : diag checklists diff"
    if notice:
        yield notice


def _file(kind: str, source: str, items: Mapping[str, Entries]) -> str:
    lines = [
        f"# Écrit par « diag import {kind} {clean_line(source)} ».",
        "# Le prochain import remplace ce fichier : changez plutôt le tableau.",
        f"{SECTIONS[kind]}:",
    ]
    for item in items.values():
        keys = ", ".join(f"{key}: {_yaml(node)}" for key, node in item.nodes.items())
        lines.append(f"  - {{{keys}}}")
    return "\n".join(lines) + "\n"


def _yaml(node: Node) -> str:
    if isinstance(node, Items):
        return f"[{', '.join(map(_yaml, node.nodes))}]"
    value = node.value if isinstance(node, Scalar) else ""
    if isinstance(value, bool | int):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


READERS: dict[str, Callable[[Path, Territory, Progress], ImportReport]] = {
    "annuaire": import_annuaire,
    "communes": import_communes,
    "effectifs": import_effectifs,
    "ips": import_ips,
    "mairies": import_mairies,
}
"""Kind of official file → who reads it."""


def import_file(
    workspace: Workspace,
    kind: str,
    path: Path,
    progress: Progress = silent,
    *,
    source_date: date | None = None,
) -> ImportReport:
    """Read an official file into the territory: all of it, or nothing.

    Raises:
        DiagError: when the file or the territory cannot be used.
    """
    if source_date is not None:
        return import_mairies(
            path, workspace.territory, progress, source_date=source_date
        )
    return READERS[kind](path, workspace.territory, progress)
