"""`diag synthesis`: the audits of several schools in one document."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.console import campaign_option, workspace_of
from diag.cli.forms import form_options

if TYPE_CHECKING:
    from diag.desk.outputs.documents import Written

# The reports cost 100 ms to import: `diag --help` does without.


@click.command()
@click.argument("scope", metavar="PORTÉE")
@form_options
@campaign_option
@click.pass_context
def synthesis(
    ctx: click.Context,
    scope: str,
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
) -> None:
    """Écrit la synthèse de plusieurs écoles.

    PORTÉE est commune:INSEE (pour le conseil municipal), circonscription:NOM (pour
    l'inspection, sans aucun budget) ou territoire (pour le comité syndical). Un mot du
    nom de la circonscription suffit s'il est seul à le porter.
    """
    from diag.desk.outputs.documents import Form  # noqa: PLC0415 - see above
    from diag.desk.outputs.papers import write_paper  # noqa: PLC0415
    from diag.desk.outputs.syntheses import synthesis as synthesis_of  # noqa: PLC0415

    wanted = [Form(each) for each in forms] or list(Form)
    bar = click.progressbar(
        length=1, label="Audits", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    with workspace_of(ctx) as workspace, bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        paper, usual, provisional = synthesis_of(workspace, scope, day, campaign, show)
    tell_written(write_paper(paper, folder or usual, wanted))
    if provisional:
        click.echo(
            "Provisoire : des audits ne sont pas clos (diag audit list).", err=True
        )


def tell_written(files: Iterable["Written"]) -> None:
    """Print each file once it is written, and what it could not be made to be."""
    for written in files:
        if written.path:
            click.echo(str(written.path))
        if written.warning:
            click.echo(written.warning, err=True)
