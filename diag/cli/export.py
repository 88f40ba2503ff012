"""`diag export …`: tables for buyers, technicians, other programs; a map, a tour."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diag.cli.shared import (
    Day,
    agree_to_let_out,
    campaign_option,
    complete_subject,
    let_out_option,
    print_lines,
    progress_bar,
    workspace_of,
)
from diag.model.enums import WORKING_READER
from diag.office.agenda import Tour, export_tour, tour_of
from diag.words.sentences import counted
from diag.workspace.subjects import school_of
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.documents.tables import ChosenAudits, Exported, Progress


F = TypeVar("F", bound=Callable[..., Any])


# The tables cost 100 ms to import: `diag --help` does without.


@click.group()
def export() -> None:
    """Écrit des tables : achats, tickets, réponses, carte, GLPI.

    SUJET est l'UAI d'une école, commune:INSEE ou syndicat:SIREN, un ou plusieurs ;
    --all prend tous les audits de la campagne. commune:INSEE est l'audit de la
    commune : ceux de ses écoles se nomment un par un.
    """


_out = click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des fichiers (sinon « exports » de l'espace de travail).",
)


def _subjects(command: F) -> F:
    """Add whom the table is about, where it goes and of which campaign."""
    for option in (
        campaign_option,
        _out,
        click.option(
            "--all", "everything", is_flag=True, help="Tous les audits de la campagne."
        ),
        click.argument(
            "refs",
            metavar="[SUJET]...",
            nargs=-1,
            shell_complete=complete_subject,
        ),
    ):
        command = option(command)
    return command


def _formats(*names: str) -> Callable[[F], F]:
    """Add --format, repeatable; all of them by default."""
    return click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice(names),
        default=names,
        help="Forme ; répétable (sinon toutes).",
    )


_to_confirm = click.option(
    "--to-confirm", is_flag=True, help="Aussi ce qui reste à confirmer."
)


def _agreed(picked: "ChosenAudits", *, let_out: bool) -> None:
    """Ask before a table holds what may name somebody."""
    from diag.audit.remarks import slips_of  # noqa: PLC0415 - YAML

    every = (slips_of(one, (WORKING_READER,)) for one in picked.sessions)
    agree_to_let_out((slip for found in every for slip in found), let_out=let_out)


def _sensitive(what: str) -> Callable[[F], F]:
    return click.option("--sensitive", is_flag=True, help=f"Aussi {what}.")


@export.command()
@_subjects
@_formats("csv", "xlsx")
@_to_confirm
@_sensitive("ce qu'appelle un fait sensible")
@click.pass_context
def basket(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    to_confirm: bool,
    sensitive: bool,
    **asked: Any,
) -> None:
    """Écrit le panier d'un groupement de commandes.

    Quantités et prix par article, par école et par lot de la consultation. Ce qui est
    écarté, fait ou déjà commandé n'y est pas.
    """
    from diag.documents.tables.basket import write_basket  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        day = workspace.world.today()
        done = write_basket(
            picked,
            folder,
            formats,
            day,
            bar,
            to_confirm=to_confirm,
            sensitive=sensitive,
        )
    _print_written(done)


@export.command()
@_subjects
@_formats("csv", "xlsx", "md")
@_to_confirm
@click.option(
    "--whole-plan", is_flag=True, help="Aussi les actions qui ne sont pas techniques."
)
@_sensitive("ce qu'appelle un fait sensible")
@let_out_option
@click.pass_context
def tickets(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    to_confirm: bool,
    whole_plan: bool,
    sensitive: bool,
    let_out: bool,
    **asked: Any,
) -> None:
    """Écrit les tickets de l'informaticien.

    Les actions techniques du plan et les anomalies : lieux, constat, comment faire,
    priorité, délai, à quoi l'on sait que c'est terminé.
    """
    from diag.documents.tables.tickets import write_tickets  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        _agreed(picked, let_out=let_out)
        day = workspace.world.today()
        done = write_tickets(
            picked,
            folder,
            formats,
            day,
            bar,
            to_confirm=to_confirm,
            whole_plan=whole_plan,
            sensitive=sensitive,
        )
    _print_written(done)


@export.command()
@_subjects
@_formats("csv", "xlsx", "json")
@_sensitive("les réponses sensibles")
@let_out_option
@click.pass_context
def answers(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    sensitive: bool,
    let_out: bool,
    **asked: Any,
) -> None:
    """Écrit toutes les réponses, une par ligne.

    Pour un tableur ou un programme ; les réponses sensibles restent à part, et les
    numéros de téléphone des notes n'y sont pas sans --let-out.
    """
    from diag.documents.tables.answers import write_answers  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        day = workspace.world.today()
        _agreed(picked, let_out=let_out)
        done = write_answers(
            picked, folder, formats, day, bar, sensitive=sensitive, let_out=let_out
        )
    _print_written(done)


@export.command("map")
@_subjects
@click.pass_context
def map_(ctx: click.Context, /, **asked: Any) -> None:
    """Écrit la carte des écoles (GeoJSON).

    Scores en intervalles et complétude ; --all y met toutes les écoles du territoire,
    auditées ou non.
    """
    from diag.documents.tables import write_map  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        day = workspace.world.today()
        whole = bool(asked["everything"])
        done = write_map(workspace, picked, folder, day, bar, territory=whole)
    _print_written(done)


@export.command()
@_subjects
@_sensitive("les tickets qu'appelle un fait sensible")
@let_out_option
@click.pass_context
def glpi(
    ctx: click.Context, /, *, sensitive: bool, let_out: bool, **asked: Any
) -> None:
    """Écrit l'inventaire et les tickets pour GLPI.

    Une archive JSON des appareils, et trois tables CSV : ce que GLPI fera de chacun
    d'après ses règles livrées, tout le matériel, les tickets. Les numéros de série et
    les adresses viennent des inventaires lus (audit import-evidence).
    """
    from diag.documents.tables.glpi import write_glpi  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        _agreed(picked, let_out=let_out)
        day = workspace.world.today()
        done = write_glpi(picked, folder, day, bar, sensitive=sensitive)
    _print_written(done)


@export.command()
@click.argument("uais", metavar="[UAI]...", nargs=-1, shell_complete=complete_subject)
@click.option("--on", "day", type=Day(), help="Jour de la tournée.")
@_out
@click.pass_context
def tour(
    ctx: click.Context, uais: tuple[str, ...], day: date | None, folder: Path | None
) -> None:
    """Écrit une tournée pour un agenda (fichier .ics).

    Les écoles nommées, dans l'ordre ; sans elles, celles de la tournée préparée dans
    les écrans. Sans --on : le jour prévu.
    """
    with workspace_of(ctx) as workspace:
        kept = tour_of(workspace)
        named = tuple(school_of(workspace, uai).uai for uai in uais)
        planned = Tour(day or kept.day, named or kept.uais)
        click.echo(export_tour(workspace, planned, folder))


@contextmanager
def _chosen(
    ctx: click.Context,
    refs: Sequence[str],
    folder: Path | None,
    campaign: str | None,
    *,
    everything: bool,
) -> Iterator[tuple[Workspace, "ChosenAudits", Path, "Progress"]]:
    from diag.documents.tables import chosen  # noqa: PLC0415 - 100 ms

    if bool(refs) is everything:
        raise click.UsageError("Donnez un ou plusieurs sujets, ou --all.")
    with workspace_of(ctx) as workspace:
        picked = chosen(workspace, refs, campaign, everything=everything)
        with progress_bar() as bar:
            yield workspace, picked, folder or picked.folder, bar


def _print_written(done: "Exported") -> None:
    """Print the files, then how much of what they hold."""
    print_lines(map(str, done.files))
    counts = [counted(number, one, many) for number, one, many in done.counts]
    click.echo(", ".join(counts), err=True)
