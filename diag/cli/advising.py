"""`diag audit reword`, `reorder`, `recommend`: what the engineer makes of advice."""

import click

from diag.cli.console import (
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.bilan import advising
from diag.model.checklist import Wording
from diag.model.enums import Audience, Owner


@click.command()
@subject_argument
@click.argument("recommendation")
@click.argument("audience", type=click.Choice([str(each) for each in Audience]))
@click.option("--title", help="Le titre, en une ligne.")
@click.option("--why", help="Pourquoi (mairie, equipe, academie).")
@click.option("--decision", help="Ce qui est à voter (mairie).")
@click.option("--meanwhile", help="Que faire en attendant (equipe).")
@click.option("--how", help="Comment s'y prendre (technique).")
@click.option("--as-declared", is_flag=True, help="Revenir aux mots des grilles.")
@campaign_option
@click.pass_context
def reword(
    ctx: click.Context,
    /,
    ref: str,
    recommendation: str,
    audience: str,
    campaign: str | None,
    *,
    as_declared: bool,
    **parts: str | None,
) -> None:
    """Dit une préconisation autrement à un destinataire ; sans option, la montre."""
    words = {name: text for name, text in parts.items() if text is not None}
    reader = Audience(audience)
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        ident = advising.find_advice(session, recommendation)
        if as_declared:
            told = advising.reword(session, ident, reader, {})
        elif words:
            told = advising.reword(session, ident, reader, words)
        else:
            told = advising.current_wording(session, ident, reader)
    _print(told, reader)


def _print(told: Wording, reader: Audience) -> None:
    for name in advising.PARTS[reader]:
        click.echo(f"{advising.PART_WORDS[name]} : {getattr(told, name)}")


@click.command()
@subject_argument
@click.argument("recommendation", required=False)
@click.option("--up", "by", flag_value=-1, type=int, help="Un rang plus haut.")
@click.option("--down", "by", flag_value=1, type=int, help="Un rang plus bas.")
@click.option("--as-computed", is_flag=True, help="Revenir à l'ordre calculé.")
@campaign_option
@click.pass_context
def reorder(
    ctx: click.Context,
    ref: str,
    recommendation: str | None,
    by: int | None,
    campaign: str | None,
    *,
    as_computed: bool,
) -> None:
    """Change le rang d'une préconisation ; sans option, montre l'ordre."""
    if (by is None) is not (recommendation is None):
        raise click.UsageError("Donnez une préconisation et --up ou --down.")
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if as_computed:
            advising.as_computed(session)
        elif recommendation is not None and by is not None:
            advising.move(session, advising.find_advice(session, recommendation), by)
        lines = list(advising.order(session))
    for line in lines:
        click.echo(line)


@click.command()
@subject_argument
@click.argument("title")
@click.option(
    "--owner",
    default=str(Owner.COMMUNE),
    show_default=True,
    type=click.Choice([str(each) for each in Owner]),
    help="Qui agit.",
)
@click.option("--why", default="", help="Pourquoi.")
@click.option("--criterion", default="", help="Critère qu'elle corrige.")
@click.option("--cost", default="", help="Estimation en euros HT.")
@click.option("--delay", default="", help="Délai : P7D, P6M, P1Y…")
@click.option(
    "--remove", is_flag=True, help="Retirer celle de cet identifiant (ou R3)."
)
@campaign_option
@click.pass_context
def recommend(
    ctx: click.Context,
    ref: str,
    title: str,
    owner: str,
    why: str,
    criterion: str,
    cost: str,
    delay: str,
    campaign: str | None,
    *,
    remove: bool,
) -> None:
    """Ajoute une préconisation de l'ingénieur ; les documents la disent."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if remove:
            advising.remove_own(session, advising.find_advice(session, title))
            click.echo("Retirée ; l'historique la garde (annulable : diag audit undo).")
            return
        own = advising.add_own(
            session,
            title,
            owner=Owner(owner),
            why=why,
            criterion=criterion,
            euros=cost,
            delay=delay,
        )
    click.echo(f"Ajoutée : {own.title} ({own.id})")
