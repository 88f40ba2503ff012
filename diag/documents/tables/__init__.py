"""Tables out: what other programs, buyers and technicians take from audits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.audit import session as audits
from diag.audit.evidence import kept_evidence
from diag.audit.offering import listed_by_stock
from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER
from diag.documents.tables.answers import ANSWERS, answers_of
from diag.documents.tables.basket import (
    BasketLine,
    basket_of,
    by_article,
    by_school,
    in_order,
    notice,
)
from diag.documents.tables.glpi import (
    ANOMALIES,
    FATES,
    PARC,
    GlpiFate,
    anomaly_rows,
    archive,
    assets_of,
    devices_of,
    fate_rows,
    parc_of,
    parc_rows,
)
from diag.documents.tables.tickets import (
    TICKETS,
    ticket_page,
    ticket_part,
    ticket_rows,
    tickets_of,
    untechnical,
)
from diag.documents.tables.writers import (
    Cell,
    Judged,
    Table,
    csv_bytes,
    json_bytes,
    judged,
    position,
    school_map,
    table_of,
    xlsx_bytes,
)
from diag.journal.facts import edition_of
from diag.model.audit import Auditee, School
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.workspace.disk import write_whole
from diag.workspace.settings import campaign_named
from diag.workspace.subjects import auditee_of
from diag.workspace.subjects import audits as known_audits
from diag.workspace.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with how many audits are read, of how many."""

Count = tuple[int, str, str]
"""A number, and what it counts: one, and several."""


@dataclass(frozen=True, slots=True)
class ChosenAudits:
    """The audits that a table is made of."""

    sessions: tuple[AuditSession, ...]
    folder: Path
    """Where its files go by default."""
    campaign: str
    unreadable: int = 0
    """Audits that came without their checklists: they cannot be judged."""
    older: tuple[Auditee, ...] = ()
    """Whose audits are of an older method: they are judged no more."""

    def reports(self, day: date, progress: Progress) -> Iterator[Report]:
        """Go through the reports one by one: a territory does not fit in memory.

        Each is whole: a table reads what is public of it, unless asked for more.
        """
        for rank, session in enumerate(self.sessions, 1):
            yield report_of(session.reopen(), day)
            progress(rank, len(self.sessions))


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how much of what."""

    files: tuple[Path, ...]
    counts: tuple[Count, ...]


def chosen(
    workspace: Workspace,
    refs: Sequence[str],
    campaign: str | None = None,
    *,
    everything: bool = False,
) -> ChosenAudits:
    """Return the audits named, or every audit of the campaign.

    Raises:
        DiagError: when one was not started, or there is none; with what to do.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    together = workspace.folder / "exports" / f"tables-{wanted}"
    if everything:
        found = [
            AuditSession(workspace, audit, auditee_of(workspace, audit))
            for audit in known_audits(workspace.journal)
            if audit.campaign == wanted
        ]
        if not found:
            raise DiagError(
                f"Aucun audit dans la campagne {wanted}. Voyez ceux qui existent.",
                command="diag audit list",
            )
        journal = workspace.journal
        whole = [one for one in found if edition_of(journal, one.audit.id)]
        whole.sort(key=lambda one: (one.about.commune, one.about.ref))
        older = tuple(one.about for one in whole if one.is_older)
        judged = tuple(one for one in whole if one.about not in older)
        return ChosenAudits(judged, together, wanted, len(found) - len(whole), older)
    named = [audits.open_session(workspace, ref, wanted) for ref in refs]
    sessions = tuple({session.audit.id: session for session in named}.values())
    alone = len(sessions) == 1
    folder = report_folder(sessions[0]) if alone else together
    return ChosenAudits(sessions, folder, wanted)


def put(folder: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files, each the old one or the new one; all are ready before the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_whole(folder / name, content)
    return tuple(folder / name for name in contents)


def in_formats(
    name: str, tables: Mapping[str, Table], formats: Iterable[str], day: date
) -> dict[str, bytes]:
    """Return a CSV for each table (file name → table), a workbook of all of them."""
    files: dict[str, bytes] = {}
    wanted = set(formats)
    if "csv" in wanted:
        files |= {f"{each}.csv": csv_bytes(table) for each, table in tables.items()}
    if "xlsx" in wanted:
        files[f"{name}.xlsx"] = xlsx_bytes(tables.values(), day)
    return files


def read_counts(picked: ChosenAudits, provisional: int) -> tuple[Count, ...]:
    """Return how many audits were read, provisional or unreadable ones apart."""
    return (
        (len(picked.sessions), "audit lu", "audits lus"),
        *some(provisional, "audit provisoire", "audits provisoires"),
        *some(
            picked.unreadable,
            "audit sans grilles, laissé de côté",
            "audits sans grilles, laissés de côté",
        ),
        *some(
            len(picked.older),
            f"audit de {OLDER}, laissé de côté",
            f"audits de {OLDER}, laissés de côté",
        ),
    )


def some(number: int, one: str, many: str) -> tuple[Count, ...]:
    """Return a count that is shown only when it is not zero."""
    return ((number, one, many),) if number else ()


def left_out(reasons: Counter[str]) -> tuple[Count, ...]:
    """Return how many lines stay out, by reason."""
    return tuple(
        (number, f"ligne laissée de côté : {why}", f"lignes laissées de côté : {why}")
        for why, number in reasons.items()
    )


def _reserved(report: Report) -> int:
    """Return how many actions of a plan stay out of what is public."""
    return sum(report.is_reserved(action.id) for action in report.plan)


def _withheld(number: int) -> tuple[Count, ...]:
    return some(
        number,
        "action réservée laissée de côté (--sensitive)",
        "actions réservées laissées de côté (--sensitive)",
    )


def write_basket(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
    sensitive: bool = False,
) -> Exported:
    """Write what the plans buy, by article and by school.

    What a sensitive fact calls for is bought with the rest only when asked.
    """
    lines: list[BasketLine] = []
    out: Counter[str] = Counter()
    provisional = withheld = 0
    for whole in picked.reports(day, progress):
        report = whole if sensitive else whole.public
        basket = basket_of(report, to_confirm=to_confirm)
        lines += basket.lines
        out += basket.left_out
        provisional += report.provisional
        withheld += 0 if sensitive else _reserved(whole)
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
    files = put(folder, in_formats("panier", tables, formats, day))
    # Who exports is told what stays out; no file that others read says how many.
    return Exported(files, (*counts, *_withheld(withheld)))


def write_tickets(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
    whole_plan: bool = False,
    sensitive: bool = False,
) -> Exported:
    """Write the technician's tickets, as a table and as a page.

    Those that a sensitive fact calls for only when asked.
    """
    rows: list[tuple[Cell, ...]] = []
    parts = []
    provisional = others = withheld = 0
    for whole in picked.reports(day, progress):
        report = whole if sensitive else whole.public
        tickets = tickets_of(report, to_confirm=to_confirm, whole_plan=whole_plan)
        rows += ticket_rows(report, tickets)
        parts.append(ticket_part(report, tickets))
        provisional += report.provisional
        others += 0 if whole_plan else untechnical(report, to_confirm=to_confirm)
        withheld += 0 if sensitive else _reserved(whole)
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
        *_withheld(withheld),
    )
    return Exported(put(folder, files), counts)


def write_answers(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    sensitive: bool = False,
    let_out: bool = False,
) -> Exported:
    """Write every answer, one a row; those that are sensitive only when asked."""
    rows: list[tuple[Cell, ...]] = []
    withheld = provisional = 0
    for report in picked.reports(day, progress):
        told = answers_of(report, sensitive=sensitive, let_out=let_out)
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
    picked: ChosenAudits,
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
    for whole in picked.reports(day, progress):
        report = whole.public
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


def write_glpi(
    picked: ChosenAudits,
    folder: Path,
    day: date,
    progress: Progress,
    *,
    sensitive: bool = False,
) -> Exported:
    """Write what GLPI takes: an inventory, the equipment, the tickets.

    The tickets that a sensitive fact calls for only when asked.
    """
    devices: list[dict[str, object]] = []
    parc: list[tuple[Cell, ...]] = []
    tickets: list[tuple[Cell, ...]] = []
    provisional = withheld = 0
    fates: list[tuple[Cell, ...]] = []
    refused = doubled = 0
    wholes = picked.reports(day, progress)
    for session, whole in zip(picked.sessions, wholes, strict=True):
        report = whole if sensitive else whole.public
        withheld += 0 if sensitive else _reserved(whole)
        stock = parc_of(report)
        kept = kept_evidence(session)
        consoles = (one.read.devices for one in kept if one.file.columns)
        known = (device for each in consoles for device in each)
        assets = assets_of(stock, listed_by_stock(session, kept), known)
        refused += sum(one.fate is GlpiFate.DENIED for one in assets)
        doubled += sum(one.fate is GlpiFate.DOUBLED for one in assets)
        devices += devices_of(report, assets)
        fates += fate_rows(report, assets)
        parc += parc_rows(report, stock)
        tickets += anomaly_rows(report, tickets_of(report))
        provisional += report.provisional
    tables = {
        "glpi-appareils": table_of("Appareils", FATES, fates),
        "glpi-materiel": table_of("Matériel", PARC, parc),
        "glpi-tickets": table_of("Tickets", ANOMALIES, tickets),
    }
    files = in_formats("glpi", tables, ("csv",), day)
    files["glpi-inventaire.zip"] = archive(devices)
    counts = (
        *read_counts(picked, provisional),
        (len(devices), "appareil dans l'inventaire", "appareils dans l'inventaire"),
        *some(refused, "refusé par GLPI sans série", "refusés par GLPI sans série"),
        *some(doubled, "créé par son seul nom", "créés par leur seul nom"),
        (len(parc), "ligne de matériel", "lignes de matériel"),
        (len(tickets), "ticket", "tickets"),
        *_withheld(withheld),
    )
    return Exported(put(folder, files), counts)
