"""`diag atlas`: the audits of a campaign as a site of files, for one reader."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from diag.cli.console import campaign_option, workspace_of
from diag.words.sentences import counted


@click.command()
@click.argument(
    "folder", metavar="DOSSIER", type=click.Path(path_type=Path, file_okay=False)
)
@click.option(
    "--view",
    default="syndicat",
    show_default=True,
    metavar="VUE",
    help="Pour qui : syndicat, mairie:INSEE ou circonscription:NOM.",
)
@campaign_option
@click.option(
    "--outline",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Contour du territoire sous la carte (GeoJSON, WGS 84).",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(("html", "pdf", "odt")),
    default=("html", "pdf", "odt"),
    help="Format des documents joints ; répétable (sinon tous).",
)
@click.pass_context
def atlas(
    ctx: click.Context,
    folder: Path,
    view: str,
    campaign: str | None,
    outline: Path | None,
    formats: tuple[str, ...],
) -> None:
    """Écrit l'atlas d'une campagne : carte, liste, une page par école.

    Un dossier de pages qui s'ouvre sans serveur ni réseau, à déposer sur une clé ou
    un partage. La vue dit ce que le destinataire peut voir : une mairie ne reçoit que
    ses écoles, une circonscription aucun montant.
    """
    # The documents cost 200 ms to import: `diag --help` does without.
    from diag.desk.outputs.atlas import write_atlas  # noqa: PLC0415
    from diag.desk.outputs.documents import Form  # noqa: PLC0415

    forms = [Form(one) for one in dict.fromkeys(formats)]
    with workspace_of(ctx) as workspace, _bar() as show:
        done = write_atlas(
            workspace,
            folder,
            view,
            show,
            campaign=campaign,
            outline=outline,
            forms=forms,
        )
    click.echo(str(done.index))
    for warning in done.warnings:
        click.echo(warning, err=True)
    said = [counted(number, one, many) for number, one, many in done.counts]
    click.echo(f"{', '.join(said)}. Pour : {done.view.title}.", err=True)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's stderr; nothing elsewhere."""
    with click.progressbar(
        length=1, label="Audits", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show
