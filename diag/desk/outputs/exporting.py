"""Tables out of audits: read one after the other, written whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.desk import audits
from diag.desk.auditees import auditee_of
from diag.desk.known_audits import audits as known_audits
from diag.desk.outputs.reporting import report_folder, report_of
from diag.desk.session import Session
from diag.desk.settings import campaign_named
from diag.desk.whole_file import write_whole
from diag.desk.workspace import Workspace
from diag.journal.facts import edition_of
from diag.model.errors import DiagError
from diag.reports.report import Report
from diag.reports.tables.table import Table

Progress = Callable[[int, int], None]
"""Told how many audits are read, of how many."""
Count = tuple[int, str, str]
"""A number, and what it counts: one, and several."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The audits that a table is made of."""

    sessions: tuple[Session, ...]
    folder: Path
    """Where its files go unless told otherwise."""
    campaign: str
    unreadable: int = 0
    """Audits that came without their checklists: they cannot be judged."""

    def reports(self, day: date, progress: Progress) -> Iterator[Report]:
        """Go through the reports one by one: a territory does not fit in memory."""
        for rank, session in enumerate(self.sessions, 1):
            yield report_of(session, day)
            session.forget()
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
) -> Chosen:
    """Return the audits named, or every audit of the campaign.

    Raises:
        DiagError: when one was not started, or there is none; says what to do.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    together = workspace.folder / "exports" / f"tables-{wanted}"
    if everything:
        return _all_of(workspace, wanted, together)
    named = [audits.open_session(workspace, ref, wanted) for ref in refs]
    sessions = tuple({session.audit.id: session for session in named}.values())
    alone = len(sessions) == 1
    folder = report_folder(sessions[0]) if alone else together
    return Chosen(sessions, folder, wanted)


def _all_of(workspace: Workspace, campaign: str, folder: Path) -> Chosen:
    found = [
        Session(workspace, audit, auditee_of(workspace, audit))
        for audit in known_audits(workspace.journal)
        if audit.campaign == campaign
    ]
    if not found:
        raise DiagError(
            f"Aucun audit dans la campagne {campaign}. Voyez ceux qui existent.",
            command="diag audit list",
        )
    journal = workspace.journal
    whole = tuple(one for one in found if edition_of(journal, one.audit.id))
    whole = tuple(sorted(whole, key=lambda one: (one.about.commune, one.about.ref)))
    return Chosen(whole, folder, campaign, len(found) - len(whole))


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
    # The writers are imported by who writes.
    from diag.reports.tables.french_csv import csv_bytes  # noqa: PLC0415
    from diag.reports.tables.workbook import xlsx_bytes  # noqa: PLC0415

    files: dict[str, bytes] = {}
    wanted = set(formats)
    if "csv" in wanted:
        files |= {f"{each}.csv": csv_bytes(table) for each, table in tables.items()}
    if "xlsx" in wanted:
        files[f"{name}.xlsx"] = xlsx_bytes(tables.values(), day)
    return files


def read_counts(picked: Chosen, provisional: int) -> tuple[Count, ...]:
    """Return how many audits were read, provisional or unreadable ones apart."""
    return (
        (len(picked.sessions), "audit lu", "audits lus"),
        *some(provisional, "audit provisoire", "audits provisoires"),
        *some(
            picked.unreadable,
            "audit sans grilles, laissé de côté",
            "audits sans grilles, laissés de côté",
        ),
    )


def some(number: int, one: str, many: str) -> tuple[Count, ...]:
    """Return a count that is worth telling only when it is not zero."""
    return ((number, one, many),) if number else ()


def left_out(reasons: Counter[str]) -> tuple[Count, ...]:
    """Return how many lines stay out, by reason."""
    return tuple(
        (number, f"ligne laissée de côté : {why}", f"lignes laissées de côté : {why}")
        for why, number in reasons.items()
    )
