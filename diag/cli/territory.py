"""`diag import …` and `diag schools`: the official lists, in and looked up."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from diag.cli.console import (
    json_option,
    print_json,
    print_table,
    workspace_of,
)
from diag.cli.days import Day
from diag.cli.own_tables import own_table_commands
from diag.model.accents import accented
from diag.model.errors import DiagError
from diag.words.sentences import counted


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
    from diag.desk.territory.importing import import_file  # noqa: PLC0415
    from diag.imports.account import account  # noqa: PLC0415

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
