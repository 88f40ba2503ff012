"""`diag audit upgrade`: an audit passed to another edition of the checklists."""

import click

from diag.cli.console import (
    campaign_option,
    json_option,
    print_json,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.model.enums import AuditStatus


@click.command()
@subject_argument
@click.option(
    "--to",
    "edition",
    default="courante",
    show_default=True,
    metavar="ÉDITION",
    help="Livrée, courante, un dossier, ou le début d'une empreinte.",
)
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien faire.")
@click.option("--all", "everything", is_flag=True, help="Nomme toutes les réponses.")
@campaign_option
@json_option
@click.pass_context
def upgrade(
    ctx: click.Context,
    ref: str,
    edition: str,
    campaign: str | None,
    *,
    dry_run: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Passe l'audit à une autre édition des grilles : gardé, à redemander, perdu."""
    # Judging twice: only who passes an audit to another edition pays for it.
    from diag.desk.checklists import upgrading  # noqa: PLC0415
    from diag.desk.checklists.upgrade_words import upgrade_json, upgrade_lines  # noqa: PLC0415

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        found = upgrading.preview(session, edition)
        told = list(upgrade_lines(session, found, everything=everything))
        closed = session.status is AuditStatus.CLOS
        if not dry_run:
            upgrading.upgrade(session, found)
    if as_json:
        print_json({**upgrade_json(found), "done": not dry_run})
        return
    for line in told:
        click.echo(line)
    if not dry_run:
        click.echo(f"C'est fait. Pour revenir : diag audit undo {session.about.ref}")
    elif closed:
        click.echo("Rien n'est changé. L'audit est clos : il faudrait le rouvrir.")
    else:
        click.echo("Rien n'est changé : sans --dry-run, l'audit passe à cette édition.")
