"""The account of an import, in French: what changed, what was refused, what to do."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from diag.imports.report import ImportReport, Refusal, Repair

_NOUNS = {
    "annuaire": "Écoles",
    "effectifs": "Écoles",
    "ips": "Écoles",
    "communes": "Communes",
    "mairies": "Mairies",
}


def account(report: ImportReport, examples: int = 5) -> tuple[str, ...]:
    """Return the lines to show after an import.

    At most `examples` of each sort of refusal are shown; None of them is lost: the
    report holds them all.
    """
    return tuple(_lines(report, examples))


def _lines(report: ImportReport, examples: int) -> Iterator[str]:
    yield f"{report.file} : {_count(report.rows, report.unit)}, {report.encoding}"
    yield _outcome(report)
    yield from report.warnings
    if report.vanished_items:
        shown = _some(report.vanished_items, examples)
        yield f"Absentes du fichier, sans doute fermées (rien n'est effacé) : {shown}"
    if report.returned_items:
        yield f"De retour dans le fichier : {_some(report.returned_items, examples)}"
    if report.unknown_items:
        shown = _some(report.unknown_items, examples)
        yield f"Inconnues du territoire, laissées : {shown}"
    if report.skipped:
        told = ", ".join(f"{number} {reason}" for reason, number in report.skipped)
        yield f"Laissées de côté : {told}"
    yield from _repairs(report.repaired)
    yield from _by_reason("Refusé", report, report.refused, examples)
    yield from _by_reason("À savoir", report, report.remarks, examples)
    if report.ignored_columns:
        yield f"Colonnes inconnues, ignorées : {_some(report.ignored_columns, 20)}"


def _outcome(report: ImportReport) -> str:
    noun = _NOUNS[report.kind]
    if report.changed_nothing:
        if report.unchanged:
            return f"{noun} : rien n'a changé, le territoire savait déjà tout."
        return f"{noun} : rien n'a été importé."
    told = (
        (report.added, "ajoutée"),
        (report.changed, "modifiée"),
        (report.unchanged, "inchangée"),
        (report.vanished, "disparue"),
    )
    return f"{noun} : {', '.join(_count(*part) for part in told if part[0])}."


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
    title: str, report: ImportReport, lines: Sequence[Refusal], examples: int
) -> Iterator[str]:
    groups: dict[str, list[Refusal]] = defaultdict(list)
    for line in lines:
        groups[line.reason].append(line)
    for reason, alike in sorted(groups.items(), key=lambda group: -len(group[1])):
        places = [f"{report.unit} {line.line} {line.item}".strip() for line in alike]
        yield f"{title} : {reason} — {_some(places, examples)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _some(items: Sequence[str], most: int) -> str:
    shown = ", ".join(items[:most])
    left = len(items) - most
    return f"{shown} et {left} de plus" if left > 0 else shown
