"""The account of an import: what it did, or would do, in the reader's words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from diag.imports.intake import ImportReport, LineRefusal, Repair
from diag.journal.territory import Cell, RowDifference
from diag.model.text import accented

_NOUNS = {
    "annuaire": "Écoles",
    "effectifs": "Écoles",
    "ips": "Écoles",
    "communes": "Communes",
    "fibre": "Communes",
    "cuivre": "Communes",
    "mairies": "Mairies",
}


_FIELDS = {
    "name": "nom",
    "insee": "code INSEE",
    "commune": "commune",
    "department": "département",
    "sector": "secteur",
    "nursery": "maternelle",
    "elementary": "élémentaire",
    "address": "adresse",
    "postcode": "code postal",
    "postcodes": "codes postaux",
    "phone": "téléphone",
    "email": "courriel",
    "siret": "SIRET",
    "siren": "SIREN",
    "latitude": "latitude",
    "longitude": "longitude",
    "circonscription": "circonscription",
    "priority_education": "éducation prioritaire",
    "rpi": "RPI",
    "state": "état",
    "updated": "mise à jour",
    "classes": "classes",
    "pupils": "élèves",
    "headcount_year": "rentrée des effectifs",
    "ips": "IPS",
    "ips_year": "rentrée de l'IPS",
    "vanished": "absente depuis",
    "population": "population",
    "epci_siren": "SIREN de l'EPCI",
    "epci_name": "EPCI",
    "premises": "locaux",
    "fibre": "locaux raccordables à la fibre",
    "counted_on": "comptés le",
    "sale_end": "fin de vente du cuivre",
    "line_end": "fermeture du cuivre",
    "problem": "adresse en défaut",
    "source_date": "date de l'adresse",
}
"""Field of the territory → its name for a reader."""

_DATES = {"updated", "source_date", "counted_on"}
"""Fields that change with each file, and alone tell nothing."""


def account(report: ImportReport, examples: int = 5) -> tuple[str, ...]:
    """Return the lines to show after an import, or after its rehearsal.

    At most `examples` of each sort are shown; none of them is lost: the report holds
    them all. A rehearsal also names what is new, and each change field by field.
    """
    return tuple(_lines(report, examples))


def _lines(report: ImportReport, examples: int) -> Iterator[str]:
    yield f"{report.file} : {_count(report.rows, report.unit)}, {report.encoding}"
    yield _outcome(report)
    if report.refused:
        number, gender = len(report.refused), "e" if report.unit == "ligne" else ""
        refused = f"refusé{gender}{'s' if number > 1 else ''}"
        yield f"{_count(number, report.unit)} {refused}, rien n'en est pris."
    yield from report.warnings
    if report.is_rehearsal:
        yield from _difference(report, examples)
    if report.vanished_items:
        gone = [_named(report, key) for key in report.vanished_items]
        shown = _some(gone, examples, " ; ")
        yield f"Absentes du fichier, sans doute fermées (rien n'est effacé) : {shown}"
    if report.returned_items:
        yield f"De retour dans le fichier : {_some(report.returned_items, examples)}"
    if report.unknown_items:
        shown = _some(report.unknown_items, examples)
        yield f"Inconnues du territoire, laissées : {shown}"
    if report.skipped:
        parts = ", ".join(f"{reason} ({number})" for reason, number in report.skipped)
        yield f"Laissées de côté : {parts}"
    yield from _repairs(report.repaired)
    yield from _by_reason("Refusé", report, report.refused, examples)
    yield from _by_reason("À savoir", report, report.remarks, examples)
    if report.absent_columns:
        absent = _some(report.absent_columns, 20)
        yield f"Colonnes absentes, laissées comme connues : {absent}"
    if report.ignored_columns:
        yield f"Colonnes inconnues, ignorées : {_some(report.ignored_columns, 20)}"


def _outcome(report: ImportReport) -> str:
    noun = _NOUNS[report.kind]
    if report.changed_nothing:
        if report.unchanged:
            return f"{noun} : rien n'a changé, le territoire savait déjà tout."
        return f"{noun} : rien n'a été importé."
    numbers = (report.added, report.changed, report.unchanged, report.vanished)
    if report.is_rehearsal:
        same = "inchangées" if report.unchanged > 1 else "inchangée"
        words = ("à ajouter", "à modifier", same, "à marquer « fermée ? »")
        counts = [f"{n} {word}" for n, word in zip(numbers, words, strict=True) if n]
    else:
        words = ("ajoutée", "modifiée", "inchangée", "disparue")
        counts = [_count(n, word) for n, word in zip(numbers, words, strict=True) if n]
    return f"{noun} : {', '.join(counts)}."


def _difference(report: ImportReport, examples: int) -> Iterator[str]:
    """Yield what is new, then each row that changes with its fields."""
    added = [_named(report, key) for key in report.added_items]
    yield from _listed("À ajouter", added, examples)
    dated = [each for each in report.changes if each.fields.keys() <= _DATES]
    full = [each for each in report.changes if each not in dated]
    changed = ["\n".join((_named(report, each.key), *_changes(each))) for each in full]
    yield from _listed("À modifier", changed, examples)
    if dated:
        yield f"À modifier, la date seule : {len(dated)}"


def _listed(title: str, items: Sequence[str], most: int) -> Iterator[str]:
    if not items:
        return
    yield f"{title} ({len(items)}) :"
    for item in items[:most]:
        yield f"  {item}"
    if len(items) > most:
        yield f"  et {len(items) - most} de plus"


def _changes(row: RowDifference) -> Iterator[str]:
    for name, (before, after) in row.fields.items():
        yield f"    {_FIELDS[name]} : {_shown(name, before)} → {_shown(name, after)}"


def _shown(name: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return "(vide)"
    if name in {"nursery", "elementary"}:
        return "oui" if cell else "non"
    return str(cell)


def _named(report: ImportReport, key: str) -> str:
    name = report.names.get(key, "")
    return f"{key} {accented(name)}".strip()


def _repairs(repaired: Sequence[Repair]) -> Iterator[str]:
    groups: dict[tuple[str, bool], list[Repair]] = defaultdict(list)
    for repair in repaired:
        groups[repair.column, bool(repair.after)].append(repair)
    for (column, mended), repairs in groups.items():
        first, number = repairs[0], _count(len(repairs), "cellule")
        if mended:
            example = f"« {first.before} » lu {first.after}"
            yield f"Réparé : {column}, {number} (ligne {first.line} : {example})"
        else:
            yield (
                f"Illisible, laissé vide ou tel qu'il était connu : {column}, {number} "
                f"(ligne {first.line} : « {first.before} »)"
            )


def _by_reason(
    title: str, report: ImportReport, lines: Sequence[LineRefusal], examples: int
) -> Iterator[str]:
    groups: dict[str, list[LineRefusal]] = defaultdict(list)
    for line in lines:
        groups[line.reason].append(line)
    for reason, alike in sorted(groups.items(), key=lambda group: -len(group[1])):
        places = [f"{report.unit} {line.line} {line.item}".strip() for line in alike]
        yield f"{title} : {reason} — {_some(places, examples)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _some(items: Sequence[str], most: int, glue: str = ", ") -> str:
    shown = glue.join(items[:most])
    left = len(items) - most
    return f"{shown} et {left} de plus" if left > 0 else shown
