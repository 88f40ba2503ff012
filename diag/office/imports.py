"""Files imported: official lists, and own tables written into the overlay."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.checklist import shipped_checklists
from diag.checklist.load import OFF, load_checklists
from diag.checklist.loaded import Loaded
from diag.checklist.source import Entries, Items, Node, Scalar, text_of
from diag.imports.communes import (
    import_communes,
    import_copper,
    import_effectifs,
    import_fibre,
    import_ips,
    import_mairies,
)
from diag.imports.intake import ImportReport, Progress, silent
from diag.imports.own_tables import COLUMNS, SECTIONS, OwnRows, read_own_table
from diag.imports.schools import import_annuaire
from diag.imports.source import digest_of, refusal
from diag.journal.territory import Territory
from diag.model.checklist import is_stale
from diag.model.text import Number, canonical_number, clean_line, file_words
from diag.words.dates import describe_day
from diag.words.sentences import counted, first_few
from diag.workspace.disk import write_whole
from diag.workspace.editions import current
from diag.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OwnImport:
    """The account of a table read into the overlay."""

    lines: tuple[str, ...]
    """Its account, in French."""
    is_refused: bool
    """No row came in, and some were refused: what was there before stays."""


def import_own_table(
    workspace: Workspace, kind: str, path: Path, *, dry_run: bool = False
) -> OwnImport:
    """Read a table into the overlay, in place of the last one; return its account.

    A `dry_run` writes nothing: the account shows what would change, cell by cell.

    Raises:
        DiagError: when the file is no such table, or nothing could be written.
    """
    overlay = workspace.overlay
    target = overlay / f"import-{kind}.yaml"
    own = f"{overlay.name}/{target.name}"
    section = SECTIONS[kind]
    shipped = load_checklists(shipped_checklists())
    before = shipped
    if overlay.is_dir():
        before = load_checklists(shipped_checklists(), overlay)
    spots = {
        ident: spot
        for (part, ident), spot in before.overlaid.items()
        if part == section
    }
    taken = {ident: spot for ident, spot in spots.items() if spot.file != own}
    rows = read_own_table(path, kind, shipped, taken)
    kept = {*rows.items, *taken} if rows.items or not rows.refused else set(spots)
    gone = [ident for ident in spots if ident not in kept]
    lines = [*_counts(file_words(path.name), rows)]
    if dry_run:
        lines += _cells_changed(section, rows, before)
    elif rows.items:
        overlay.mkdir(exist_ok=True)
        write_whole(
            target, _file(kind, file_words(path.name), rows.items).encode("utf-8")
        )
    elif not rows.refused:
        target.unlink(missing_ok=True)
    if gone:
        lines.append(f"De retour à ce qui est livré : {', '.join(gone)}")
    if kind == "prix":
        lines += _aged(rows, shipped, workspace.world.today().isoformat())
    if rows.items and not dry_run:
        lines.append(f"Écrit dans {own} ; voyez l'effet : diag checklists diff")
    if notice := current(workspace).notice:
        lines.append(notice)
    is_refused = bool(rows.refused) and not (rows.items or rows.unchanged)
    return OwnImport(tuple(lines), is_refused)


def _counts(file: str, rows: OwnRows) -> Iterator[str]:
    lines = (
        (rows.added, "ajoutée"),
        (rows.changed, "changée"),
        (rows.unchanged, "comme livrée"),
        (rows.refused, "refusée"),
    )
    counts = ", ".join(counted(len(some), word) for some, word in lines if some)
    yield f"{file} : {counts or 'aucune ligne'}."
    yield from first_few(
        f"Refusé : ligne {one.line} {f'{one.item} ' if one.item else ''}: {one.reason}"
        for one in rows.refused
    )
    if rows.ignored_columns:
        yield f"Colonnes inconnues, ignorées : {', '.join(rows.ignored_columns)}"


def _cells_changed(section: str, rows: OwnRows, before: Loaded) -> Iterator[str]:
    """Yield each row that comes in, with its cells that are not those in use."""
    for ident, item in rows.items.items():
        now = before.nodes.get((section, ident))
        known = now.nodes if isinstance(now, Entries) else {}
        yield f"  {ident}" if known else f"  {ident} (à ajouter)"
        for key, node in item.nodes.items():
            old, new = _text(known.get(key)), _text(node)
            if key != "id" and _comparable(old) != _comparable(new):
                column = COLUMNS[section][key][0] if key in COLUMNS[section] else key
                yield f"    {column} : {old or '(vide)'} → {new}"


def _text(node: Node | None) -> str:
    if isinstance(node, Items):
        return ", ".join(map(_text, node.nodes))
    return text_of(node)


def _comparable(text: str) -> Number | str:
    try:
        return canonical_number(text)
    except ValueError:
        return text


_AGED_YEARS = 2
"""Years after which a price is worth asking again, before it is too old to count."""


def _aged(rows: OwnRows, shipped: Loaded, today: str) -> Iterator[str]:
    """Yield a warning for the prices of a table that were seen long ago."""
    dates: dict[str, str] = {
        ident: text_of(item.nodes.get("as_of"))
        or shipped.draft.prices[ident].as_of  # a row may give only what it changes
        for ident, item in rows.items.items()
        if OFF not in item.nodes
    }
    aged = [
        f"{ident} ({describe_day(seen)})"
        for ident, seen in dates.items()
        if is_stale(seen, today, _AGED_YEARS)
    ]
    if aged:
        yield (f"Relevés depuis plus de deux ans, à redemander : {', '.join(aged)}")


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
    "cuivre": import_copper,
    "effectifs": import_effectifs,
    "fibre": import_fibre,
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
    seen: str = "",
) -> ImportReport:
    """Read an official file into the territory: all of it, or nothing.

    `seen` is the SHA-256 of the file whose rehearsal was agreed to.

    Raises:
        DiagError: when the file or the territory cannot be used, or the file is no
            longer the one `seen`.
    """
    if seen and digest_of(path) != seen:
        raise refusal(path.name, "le fichier a changé depuis", "Relisez-le")
    if source_date is not None:
        return import_mairies(
            path, workspace.territory, progress, source_date=source_date
        )
    return READERS[kind](path, workspace.territory, progress)


def rehearse_file(
    workspace: Workspace,
    kind: str,
    path: Path,
    progress: Progress = silent,
    *,
    source_date: date | None = None,
) -> ImportReport:
    """Return what importing a file would change; nothing is.

    Raises:
        DiagError: as the import would.
    """
    with workspace.territory.rehearsal():
        return import_file(workspace, kind, path, progress, source_date=source_date)
