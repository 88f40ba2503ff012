"""`diag import …` and `diag schools`: the official lists, in and looked up."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from diag.audit.history import day_words
from diag.cli.shared import Day, json_option, print_json, print_table, workspace_of
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import accented
from diag.office.outlook import NamedTally, by_commune, by_engineer, standings
from diag.words.figures import percent
from diag.words.sentences import counted

_HELP = {
    "prix": "Lit vos prix (CSV de tableur) et les pose sur les prix livrés.",
    "aides": "Lit vos aides (CSV de tableur) et les pose sur les aides livrées.",
    "echeances": "Lit vos échéances (CSV de tableur) et les pose sur celles livrées.",
}


def own_table_commands() -> list[click.Command]:
    """Return the commands, one a table."""
    return [_command(kind, help_) for kind, help_ in _HELP.items()]


def _command(kind: str, help_: str) -> click.Command:
    @click.command(kind, help=help_)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.pass_context
    def command(ctx: click.Context, file: Path) -> None:
        # Reading checklists: 60 ms, that the official lists do without.
        from diag.office.imports import import_own_table  # noqa: PLC0415

        with workspace_of(ctx) as workspace:
            account = import_own_table(workspace, kind, file)
        for line in account.lines:
            click.echo(line)
        if account.is_refused:
            raise DiagError(f"{file.name} : toutes les lignes lues sont refusées.")

    return command


@click.group("import")
def import_() -> None:
    """Lit les fichiers officiels : annuaire, effectifs, IPS, communes, mairies."""


_all_option = click.option(
    "--all", "show_all", is_flag=True, help="Montre chaque ligne refusée, sans abréger."
)


def _import_command(kind: str, help_: str) -> None:
    @import_.command(kind, help=help_)
    @click.argument("file", type=click.Path(path_type=Path))
    @_all_option
    @click.pass_context
    def command(ctx: click.Context, file: Path, *, show_all: bool) -> None:
        _import(ctx, kind, file, show_all=show_all)


_import_command("annuaire", "Lit l'annuaire de l'éducation, tel que téléchargé (CSV).")


_import_command("effectifs", "Lit les effectifs et les nombres de classes des écoles.")


_import_command("ips", "Lit les indices de position sociale des écoles.")


_import_command("communes", "Lit les communes, leur population, leur EPCI.")


for _own in own_table_commands():
    import_.add_command(_own)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--date",
    "day",
    type=Day(),
    help="Date des adresses ; sinon celle du fichier.",
)
@_all_option
@click.pass_context
def mairies(
    ctx: click.Context, file: Path, day: date | None, *, show_all: bool
) -> None:
    """Lit les adresses des mairies ; leur date est gardée et montrée."""
    _import(ctx, "mairies", file, day, show_all=show_all)
    if day is None:
        click.echo("Pour donner leur vraie date : --date.")


def _import(
    ctx: click.Context,
    kind: str,
    path: Path,
    source_date: date | None = None,
    *,
    show_all: bool,
) -> None:
    # The readers cost 20 ms to import: `diag schools` does without.
    from diag.imports.intake import account  # noqa: PLC0415
    from diag.office.imports import import_file  # noqa: PLC0415

    with workspace_of(ctx) as workspace, _progress_bar(path.name) as progress:
        report = import_file(workspace, kind, path, progress, source_date=source_date)
    told = account(report, examples=sys.maxsize) if show_all else account(report)
    for line in told:
        click.echo(line)
    if report.refused and not (report.added or report.changed or report.unchanged):
        raise DiagError(
            f"{path.name} : toutes les lignes lues sont refusées, rien n'est importé. "
            "Voyez-les toutes avec --all."
        )


@contextmanager
def _progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's stderr; nothing elsewhere."""
    with click.progressbar(
        length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


@click.command()
@click.argument("query", nargs=-1)
@click.option("--limit", default=50, show_default=True, help="Nombre de lignes.")
@json_option
@click.pass_context
def schools(
    ctx: click.Context, query: tuple[str, ...], limit: int, *, as_json: bool
) -> None:
    """Cherche des écoles : commune, nom, UAI, comme on les tape."""
    with workspace_of(ctx) as workspace:
        found = workspace.territory.schools(" ".join(query))
    if as_json:
        print_json([line._asdict() for line in found])
        return
    print_table(
        (
            line.uai,
            line.commune,
            accented(line.name),
            "fermée ?" if line.vanished else "",
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
@json_option
@click.pass_context
def progress(ctx: click.Context, *, as_json: bool) -> None:
    """Dit où en est la campagne, par commune et par ingénieur.

    Un audit compte dès que quelque chose y est dit, pour qui y a le plus répondu. À
    lire après « diag sync ».
    """
    with workspace_of(ctx) as workspace:
        found = standings(workspace)
        campaign = workspace.campaign
    communes, engineers = by_commune(found), by_engineer(found)
    if as_json:
        print_json({
            "campaign": campaign,
            "communes": [_told(one) for one in communes],
            "engineers": [_told(one) for one in engineers],
        })
        return
    click.echo(f"Campagne {campaign} : {counted(len(found), 'audit')}.")
    for title, tallies in (("Par commune", communes), ("Par ingénieur", engineers)):
        if tallies:
            click.echo(f"\n{title}")
            print_table(_rows(tallies))
    waiting = sum(one.status is AuditStatus.SOUMIS for one in found)
    conflicts = sum(one.conflicts for one in found)
    if waiting:
        click.echo(f"\n{counted(waiting, 'audit')} à relire : diag review")
    if conflicts:
        click.echo(f"\n{counted(conflicts, 'conflit')} à trancher : diag conflicts")


def _rows(tallies: Iterable[NamedTally]) -> Iterable[tuple[str, ...]]:
    for one in tallies:
        yield (
            f"  {one.title}",
            counted(one.audits, "audit"),
            one.words,
            f"connu à {percent(one.known)}" if one.known is not None else "",
            counted(one.conflicts, "conflit") if one.conflicts else "",
            f"le {day_words(one.last)}" if one.last else "",
        )


def _told(one: NamedTally) -> dict[str, Any]:
    return {
        "title": one.title,
        "audits": one.audits,
        "statuses": {str(status): count for status, count in one.statuses.items()},
        "known": str(one.known) if one.known is not None else None,
        "conflicts": one.conflicts,
        "last": one.last,
    }
