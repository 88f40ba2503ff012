"""`diag report`: the four documents of an audit."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.console import campaign_option, workspace_of
from diag.cli.days import Day
from diag.desk import audits
from diag.model.enums import Audience

if TYPE_CHECKING:
    from diag.desk.outputs.many import Wanted
    from diag.desk.session import Session
    from diag.desk.workspace import Workspace
    from diag.reports.report import Report


@click.command()
@click.argument("ref", metavar="SUJET", required=False)
@click.option("--all", "everything", is_flag=True, help="Tous les audits commencés.")
@click.option("--again", is_flag=True, help="Avec --all : réécrire ce qui est à jour.")
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
@click.option(
    "--scenario",
    default="",
    help="Scénario gardé, imprimé comme une option (mairie et technique).",
)
@campaign_option
@click.pass_context
def report(
    ctx: click.Context,
    ref: str | None,
    *,
    everything: bool,
    again: bool,
    audiences: tuple[str, ...],
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
    scenario: str,
) -> None:
    """Écrit les documents d'un audit, ou de tous (--all).

    Pour la mairie, l'équipe, l'académie et le service technique. Avec --all, ce qui
    est déjà écrit et à jour n'est pas réécrit : relancez la commande pour reprendre.
    """
    if everything == bool(ref):
        raise click.UsageError("Nommez un audit (UAI), ou tous : diag report --all.")
    # Judging and writing cost 100 ms to import: only who reports pays for it.
    from diag.desk.outputs.documents import Form  # noqa: PLC0415
    from diag.desk.outputs.many import Wanted  # noqa: PLC0415
    from diag.desk.outputs.reporting import report_of  # noqa: PLC0415

    chosen = tuple(Audience(each) for each in audiences) or tuple(Audience)
    with workspace_of(ctx) as workspace:
        if ref is None:
            wanted = Wanted(
                chosen,
                tuple(map(Form, forms)) or tuple(Form),
                folder,
                again=again,
                scenario=scenario,
            )
            _write_all(ctx, workspace, campaign, wanted)
        else:
            session = audits.open_session(workspace, ref, campaign)
            told = report_of(session, day, scenario=scenario)
            _write_one(session, told, chosen, forms, folder)


def _write_one(
    session: "Session",
    told: "Report",
    chosen: tuple[Audience, ...],
    forms: tuple[str, ...],
    folder: Path | None,
) -> None:
    from diag.desk.outputs.documents import Form, write_reports  # noqa: PLC0415 - as above
    from diag.desk.outputs.reporting import report_folder  # noqa: PLC0415 - as above
    from diag.desk.territory.glance import keep_judged  # noqa: PLC0415 - as above

    keep_judged(session)
    place = folder or report_folder(session)
    wanted = [Form(each) for each in forms] or list(Form)
    for written in write_reports(told, chosen, place, wanted):
        if written.path:
            click.echo(str(written.path))
        if written.warning:
            click.echo(written.warning, err=True)
    if told.provisional:
        click.echo(
            "Provisoire : l'audit n'est pas clos "
            f"(diag audit status {told.about.ref} --set clos).",
            err=True,
        )


def _write_all(
    ctx: click.Context,
    workspace: "Workspace",
    campaign: str | None,
    wanted: "Wanted",
) -> None:
    from diag.desk.outputs.many import audits_in, tally, write_many  # noqa: PLC0415 - as above

    found = audits_in(workspace, campaign)
    done = []
    for rank, told in enumerate(write_many(workspace, found, wanted), 1):
        done.append(told)
        click.echo(f"{rank}/{len(found)}  {told.name} : {told.words}")
    click.echo(tally(done), err=True)
    if any(one.problem for one in done):
        ctx.exit(1)
