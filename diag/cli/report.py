"""`diag report`: the four documents of an audit."""

from datetime import date
from pathlib import Path

import click

from diag.cli.console import (
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.cli.days import Day
from diag.desk import audits
from diag.model.checklist import Audience


@click.command()
@subject_argument
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice([str(each) for each in Audience]),
    help="Destinataire ; répétable (sinon les quatre).",
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(["md", "html", "pdf", "odt"]),
    help="Forme des fichiers ; répétable (sinon les quatre).",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des fichiers (sinon « exports » de l'espace de travail).",
)
@click.option(
    "--date",
    "day",
    type=Day(),
    help="Date imprimée (sinon ce jour).",
)
@campaign_option
@click.pass_context
def report(
    ctx: click.Context,
    ref: str,
    audiences: tuple[str, ...],
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
) -> None:
    """Écrit les documents d'un audit : mairie, équipe, académie, technique."""
    # Judging and writing cost 100 ms to import: only who reports pays for it.
    from diag.desk.documents import Form, write_reports  # noqa: PLC0415
    from diag.desk.glance import keep_judged  # noqa: PLC0415
    from diag.desk.reporting import report_folder, report_of  # noqa: PLC0415

    chosen = [Audience(each) for each in audiences] or list(Audience)
    wanted = [Form(each) for each in forms] or list(Form)
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        told = report_of(session, day)
        keep_judged(session)
        place = folder or report_folder(session)
        for written in write_reports(told, chosen, place, wanted):
            if written.path:
                click.echo(str(written.path))
            if written.warning:
                click.echo(written.warning, err=True)
    if told.provisional:
        click.echo(
            "Provisoire : l'audit n'est pas clos "
            f"(diag audit status {ref} --set clos).",
            err=True,
        )
