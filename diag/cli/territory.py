"""`diag import`, `schools`, `progress`: the official lists, the campaign."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diag.cli.shared import (
    Day,
    print_json,
    print_lines,
    print_table,
    progress_bar,
    workspace_command,
)
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import accented, file_words
from diag.words.dates import day_words
from diag.words.sentences import counted, first_few, percent
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.office.supervision import NamedTally

# What reads files, and what judges, is loaded late: `diag schools` does without.

_FILE = click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
_ALL = click.option(
    "--all", "show_all", is_flag=True, help="Montre chaque ligne refusée, sans abréger."
)
_DRY_RUN = click.option(
    "--dry-run", is_flag=True, help="Montre ce qui changerait, sans rien changer."
)
_REHEARSED = "Essai : rien n'est importé. Pour importer, la même ligne sans --dry-run."


@click.group("import")
def import_() -> None:
    """Lit les fichiers officiels et vos tables."""


def _add_official_list(kind: str, help_: str) -> None:
    @import_.command(kind, help=help_)
    @workspace_command
    @_FILE
    @_ALL
    @_DRY_RUN
    def read(
        workspace: Workspace, file: Path, *, show_all: bool, dry_run: bool
    ) -> None:
        _read_official_list(workspace, kind, file, show_all=show_all, dry_run=dry_run)


def _add_own_table(kind: str, help_: str) -> None:
    @import_.command(kind, help=help_)
    @workspace_command
    @_FILE
    @_DRY_RUN
    def read(workspace: Workspace, file: Path, *, dry_run: bool) -> None:
        from diag.office.imports import import_own_table  # noqa: PLC0415

        account = import_own_table(workspace, kind, file, dry_run=dry_run)
        print_lines(account.lines)
        if account.is_refused:
            raise DiagError(f"{file.name} : toutes les lignes lues sont refusées.")
        if dry_run:
            click.echo(_REHEARSED)


for _kind, _help in {
    "annuaire": "Lit l'annuaire de l'éducation, tel que téléchargé (CSV, XLSX, ODS).",
    "effectifs": "Lit les effectifs et les nombres de classes des écoles.",
    "ips": "Lit les indices de position sociale des écoles.",
    "communes": "Lit les communes, leur population, leur EPCI.",
    "fibre": "Lit les locaux raccordables à la fibre, commune par commune (ARCEP).",
    "cuivre": "Lit les dates de fermeture du cuivre, commune par commune.",
}.items():
    _add_official_list(_kind, _help)

for _kind, _help in {
    "prix": "Lit vos prix (votre tableur) et les pose sur les prix livrés.",
    "aides": "Lit vos aides (votre tableur) et les pose sur les aides livrées.",
    "echeances": "Lit vos échéances (votre tableur) et les pose sur celles livrées.",
    "finances": "Lit vos règles de finances (votre tableur), sur celles livrées.",
}.items():
    _add_own_table(_kind, _help)


@import_.command("enveloppes")
@workspace_command
@_FILE
@click.option("--programme", "slug", default="", help="Lequel, s'il y en a plus d'un.")
@click.option("--variant", default="", help="Dans cette variante, sans la copier.")
def read_envelopes(workspace: Workspace, file: Path, slug: str, variant: str) -> None:
    """Lit les enveloppes d'un programme : code;année;section;montant."""
    from diag.programme import setting  # noqa: PLC0415 - judging, 60 ms
    from diag.programme.container import opened  # noqa: PLC0415

    container = opened(workspace, slug)
    rows = tuple(setting.envelopes_in(container, file))
    ident = container.variant_named(variant)
    many = setting.put_envelopes(container, rows, ident)
    refused = [one for one in rows if one.problem]
    lines = (f"Refusé : ligne {one.line} : {one.problem}" for one in refused)
    print_lines(first_few(lines))
    click.echo(f"{file.name} : {counted(many, 'enveloppe lue', 'enveloppes lues')}.")
    if refused and not many:
        raise DiagError(f"{file.name} : toutes les lignes lues sont refusées.")


@import_.command("mairies")
@workspace_command
@_FILE
@click.option(
    "--date", "day", type=Day(), help="Date des adresses ; sinon celle du fichier."
)
@_ALL
@_DRY_RUN
def read_mairies(
    workspace: Workspace,
    file: Path,
    day: date | None,
    *,
    show_all: bool,
    dry_run: bool,
) -> None:
    """Lit les adresses des mairies ; leur date est gardée et montrée."""
    _read_official_list(
        workspace, "mairies", file, day, show_all=show_all, dry_run=dry_run
    )
    if day is None:
        click.echo("Pour donner leur vraie date : --date.")


def _read_official_list(
    workspace: Workspace,
    kind: str,
    path: Path,
    day: date | None = None,
    *,
    show_all: bool,
    dry_run: bool,
) -> None:
    from diag.imports.intake import account  # noqa: PLC0415
    from diag.office.imports import import_file, rehearse_file  # noqa: PLC0415

    act = rehearse_file if dry_run else import_file
    with progress_bar(file_words(path.name)) as progress:
        report = act(workspace, kind, path, progress, source_date=day)
    lines = account(report, examples=sys.maxsize) if show_all else account(report)
    print_lines(lines)
    if report.is_refused:
        which = "toutes les lignes "
        which += "des écoles connues" if report.unknown_items else "lues"
        raise DiagError(
            f"{path.name} : {which} sont refusées, rien n'est importé. "
            "Voyez-les toutes avec --all."
        )
    if dry_run:
        click.echo(_REHEARSED)


@click.command()
@workspace_command
@click.argument("query", nargs=-1, metavar="[MOT]...")
@click.option("--limit", default=50, show_default=True, help="Nombre de lignes.")
def schools(
    workspace: Workspace, query: tuple[str, ...], limit: int, *, as_json: bool
) -> None:
    """Cherche des écoles : commune, nom, UAI, comme on les tape."""
    found = workspace.territory.schools(" ".join(query))
    if as_json:
        print_json([line._asdict() for line in found])
        return
    print_table(
        (
            line.uai,
            line.commune,
            accented(line.name),
            line.closing,
        )
        for line in found[:limit]
    )
    more = f", {limit} affichées (--limit)" if len(found) > limit else ""
    click.echo(f"{counted(len(found), 'école')}{more}", err=True)
    if not found:
        click.echo(
            "Essayez un mot de moins, ou importez la liste officielle : "
            "diag import annuaire FICHIER.csv",
            err=True,
        )


@click.command()
@workspace_command
def progress(workspace: Workspace, *, as_json: bool) -> None:
    """Dit où en est la campagne, par commune et par ingénieur.

    Un audit compte dès que quelque chose y est dit, pour qui y a le plus répondu. À
    lire après « diag sync ».
    """
    from diag.office.supervision import (  # noqa: PLC0415
        by_commune,
        by_engineer,
        standings,
    )

    found = standings(workspace)
    campaign = workspace.campaign
    communes, engineers = by_commune(found), by_engineer(found)
    if as_json:
        print_json({
            "campaign": campaign,
            "communes": [_tally_json(one) for one in communes],
            "engineers": [_tally_json(one) for one in engineers],
        })
        return
    click.echo(f"Campagne {campaign} : {counted(len(found), 'audit')}.")
    for title, tallies in (("Par commune", communes), ("Par ingénieur", engineers)):
        if tallies:
            click.echo(f"\n{title}")
            print_table(
                (
                    f"  {one.title}",
                    counted(one.audits, "audit"),
                    one.words,
                    f"connu à {percent(one.known)}" if one.known is not None else "",
                    counted(one.conflicts, "conflit") if one.conflicts else "",
                    f"le {day_words(one.last)}" if one.last else "",
                )
                for one in tallies
            )
    waiting = sum(one.status is AuditStatus.SOUMIS for one in found)
    conflicts = sum(one.conflicts for one in found)
    if waiting:
        click.echo(f"\n{counted(waiting, 'audit')} à relire : diag review")
    if conflicts:
        click.echo(f"\n{counted(conflicts, 'conflit')} à trancher : diag conflicts")


def _tally_json(one: "NamedTally") -> dict[str, Any]:
    return {
        "title": one.plain_title,
        "audits": one.audits,
        "statuses": {str(status): count for status, count in one.statuses.items()},
        "unsealed": one.unsealed,
        "known": str(one.known) if one.known is not None else None,
        "conflicts": one.conflicts,
        "last": one.last,
    }
