"""Each kind of table, from audits to files: basket, tickets, answers, map, GLPI."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from diag.desk.outputs.exporting import (
    Chosen,
    Exported,
    Progress,
    in_formats,
    left_out,
    put,
    read_counts,
    some,
)
from diag.desk.workspace import Workspace
from diag.model.enums import PlaceKind
from diag.model.territory import School
from diag.reports.tables import glpi_inventory
from diag.reports.tables.answers import ANSWERS, answers_of
from diag.reports.tables.basket import BasketLine, basket_of
from diag.reports.tables.basket_notice import notice
from diag.reports.tables.basket_tables import by_article, by_school, in_order
from diag.reports.tables.glpi_anomalies import ANOMALIES, anomaly_rows
from diag.reports.tables.glpi_parc import PARC, parc_of, parc_rows
from diag.reports.tables.json_rows import json_bytes
from diag.reports.tables.school_map import Judged, judged, position, school_map
from diag.reports.tables.table import Cell, table_of
from diag.reports.tables.ticket_page import ticket_page, ticket_part
from diag.reports.tables.ticket_table import TICKETS, ticket_rows
from diag.reports.tables.tickets import tickets_of, untechnical


def write_basket(
    picked: Chosen,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
) -> Exported:
    """Write what the plans buy, by article and by school."""
    lines: list[BasketLine] = []
    out: Counter[str] = Counter()
    provisional = 0
    for report in picked.reports(day, progress):
        basket = basket_of(report, to_confirm=to_confirm)
        lines += basket.lines
        out += basket.left_out
        provisional += report.provisional
    lines = in_order(lines)
    articles, schools = by_article(lines), by_school(lines)
    counts = (
        *read_counts(picked, provisional),
        (len(articles.rows), "article", "articles"),
        (len(schools.rows), "ligne par école", "lignes par école"),
        *left_out(out),
    )
    tables = {
        "panier-par-article": articles,
        "panier-par-ecole": schools,
        "panier-a-lire": notice(day, picked.campaign, counts, to_confirm=to_confirm),
    }
    return Exported(put(folder, in_formats("panier", tables, formats, day)), counts)


def write_tickets(
    picked: Chosen,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
    whole_plan: bool = False,
) -> Exported:
    """Write the technician's tickets, as a table and as a page."""
    rows: list[tuple[Cell, ...]] = []
    parts = []
    provisional = others = 0
    for report in picked.reports(day, progress):
        tickets = tickets_of(report, to_confirm=to_confirm, whole_plan=whole_plan)
        rows += ticket_rows(report, tickets)
        parts.append(ticket_part(report, tickets))
        provisional += report.provisional
        others += 0 if whole_plan else untechnical(report, to_confirm=to_confirm)
    wanted = tuple(formats)
    table = table_of("Tickets", TICKETS, rows)
    files = in_formats("tickets", {"tickets": table}, wanted, day)
    if "md" in wanted:
        files["tickets.md"] = ticket_page(parts, day).encode()
    counts = (
        *read_counts(picked, provisional),
        (len(rows), "ticket", "tickets"),
        *some(
            others,
            "action non technique laissée de côté (--whole-plan)",
            "actions non techniques laissées de côté (--whole-plan)",
        ),
    )
    return Exported(put(folder, files), counts)


def write_answers(
    picked: Chosen,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    sensitive: bool = False,
) -> Exported:
    """Write every answer, one a row; those that are sensitive only when asked."""
    rows: list[tuple[Cell, ...]] = []
    withheld = provisional = 0
    for report in picked.reports(day, progress):
        told = answers_of(report, sensitive=sensitive)
        rows += told.rows
        withheld += told.withheld
        provisional += report.provisional
    wanted = tuple(formats)
    table = table_of("Réponses", ANSWERS, rows)
    files = in_formats("reponses", {"reponses": table}, wanted, day)
    if "json" in wanted:
        about = {"format": "diag-answers", "version": 1, "date": day.isoformat()}
        about |= {"provisional": provisional}
        files["reponses.json"] = json_bytes(table, about)
    counts = (
        *read_counts(picked, provisional),
        (len(rows), "réponse", "réponses"),
        *some(
            withheld,
            "réponse sensible laissée de côté (--sensitive)",
            "réponses sensibles laissées de côté (--sensitive)",
        ),
    )
    return Exported(put(folder, files), counts)


def write_map(
    workspace: Workspace,
    picked: Chosen,
    folder: Path,
    day: date,
    progress: Progress,
    *,
    territory: bool = False,
) -> Exported:
    """Write the schools audited on a map; with the others of the `territory`."""
    schools: dict[str, School] = {}
    if territory:
        lines = workspace.territory.schools()
        found = (workspace.territory.school(line.uai) for line in lines)
        schools = {one.uai: one for one in found if one and not one.vanished}
    scores: dict[str, Judged] = {}
    provisional = 0
    for report in picked.reports(day, progress):
        provisional += report.provisional
        school = report.about.school
        if report.about.kind is PlaceKind.ECOLE and school is not None:
            schools[school.uai] = school
            scores[school.uai] = judged(report)
    content = school_map((one, scores.get(uai)) for uai, one in schools.items())
    lost = sum(position(one) is None for one in schools.values())
    counts = (
        *read_counts(picked, provisional),
        (len(schools), "école sur la carte", "écoles sur la carte"),
        (len(scores), "avec un score", "avec un score"),
        *some(lost, "école sans coordonnées", "écoles sans coordonnées"),
    )
    return Exported(put(folder, {"ecoles.geojson": content}), counts)


def write_glpi(picked: Chosen, folder: Path, day: date, progress: Progress) -> Exported:
    """Write what GLPI takes: an inventory, the equipment, the tickets."""
    devices: list[dict[str, object]] = []
    parc: list[tuple[Cell, ...]] = []
    tickets: list[tuple[Cell, ...]] = []
    provisional = 0
    for report in picked.reports(day, progress):
        stock = parc_of(report)
        devices += glpi_inventory.devices_of(report, stock)
        parc += parc_rows(report, stock)
        tickets += anomaly_rows(report, tickets_of(report))
        provisional += report.provisional
    tables = {
        "glpi-materiel": table_of("Matériel", PARC, parc),
        "glpi-tickets": table_of("Tickets", ANOMALIES, tickets),
    }
    files = in_formats("glpi", tables, ("csv",), day)
    files["glpi-inventaire.zip"] = glpi_inventory.archive(devices)
    counts = (
        *read_counts(picked, provisional),
        (len(devices), "appareil dans l'inventaire", "appareils dans l'inventaire"),
        (len(parc), "ligne de matériel", "lignes de matériel"),
        (len(tickets), "ticket", "tickets"),
    )
    return Exported(put(folder, files), counts)
