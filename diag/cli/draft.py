"""`diag draft`: documents that people finish, pre-filled from audits."""

from datetime import date
from pathlib import Path

import click

from diag.cli.console import campaign_option, subject_argument, workspace_of
from diag.cli.forms import form_options
from diag.cli.synthesis import tell_written
from diag.desk.outputs.draft_kinds import Draft


@click.command()
@click.argument(
    "kind", metavar="DOCUMENT", type=click.Choice([str(each) for each in Draft])
)
@subject_argument
@form_options
@campaign_option
@click.pass_context
def draft(
    ctx: click.Context,
    kind: str,
    ref: str,
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
) -> None:
    """Prépare un document que d'autres achèvent.

    DOCUMENT : note (explicative de synthèse), deliberation ou compte-rendu (du comité),
    pour commune:INSEE ou l'UAI d'une école ; projet (pédagogique), dossier (de
    candidature) ou convention (de prêt), pour l'UAI d'une école. Chacun dit ce qui est
    pré-rempli, de quelle date, et ce qui reste à écrire : « À compléter ».
    """
    # The reports cost 100 ms to import: `diag --help` does without.
    from diag.desk.outputs.documents import Form  # noqa: PLC0415
    from diag.desk.outputs.drafts import drafted  # noqa: PLC0415
    from diag.desk.outputs.papers import write_paper  # noqa: PLC0415

    wanted = [Form(each) for each in forms] or list(Form)
    with workspace_of(ctx) as workspace:
        made = drafted(workspace, Draft(kind), ref, day, campaign)
    tell_written(write_paper(made.paper, folder or made.folder, wanted))
    if made.provisional:
        click.echo("Provisoire : l'audit n'est pas clos (diag audit list).", err=True)
