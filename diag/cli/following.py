"""`diag audit visit`, `follow`, `erase`: who came, what was decided, what must go."""

from datetime import date

import click

from diag.cli.console import (
    agreed,
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.cli.days import Day
from diag.desk import audits
from diag.desk.bilan import advising
from diag.desk.bilan import follow as following
from diag.desk.sending.decisions import has_messages
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState
from diag.words.dates import written_day


@click.command()
@subject_argument
@click.option("--date", "day", type=Day(), help="Jour de la visite (sinon ce jour).")
@click.option("--present", multiple=True, help="Qui est venu ; répétable.")
@click.option("--met", multiple=True, help="Qui a été rencontré ; répétable.")
@click.option("--authorisation", default="", help="Accord de la commune : qui, quand.")
@click.option("--correct", type=Day(), help="Jour d'une visite déjà notée, à corriger.")
@campaign_option
@click.pass_context
def visit(
    ctx: click.Context,
    ref: str,
    day: date | None,
    present: tuple[str, ...],
    met: tuple[str, ...],
    authorisation: str,
    correct: date | None,
    campaign: str | None,
) -> None:
    """Enregistre une visite sur place, ou corrige celle d'un jour."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        said = following.visit_on(session, correct) if correct else None
        added = following.add_visit(
            session,
            day or correct or workspace.world.today(),
            present=present or (said.present if said else ()),
            met=met or (said.met if said else ()),
            authorisation=authorisation or (said.authorisation if said else ""),
            corrects=said,
        )
    click.echo(f"Visite enregistrée : {written_day(added.date)}")


@click.command()
@subject_argument
@click.argument("recommendation")
@click.argument("state", type=click.Choice([str(each) for each in FollowUpState]))
@click.option("--on", "day", type=Day(), help="Date de la décision, de la commande…")
@click.option("--by", default="", help="Qui a décidé : conseil municipal, comité…")
@click.option("--why", default="", help="Pourquoi.")
@campaign_option
@click.pass_context
def follow(
    ctx: click.Context,
    ref: str,
    recommendation: str,
    state: str,
    day: date | None,
    by: str,
    why: str,
    campaign: str | None,
) -> None:
    """Note ce que devient une préconisation ; les étapes passées restent."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        when = day or workspace.world.today()
        step = FollowUp(
            recommendation=advising.find_advice(session, recommendation),
            state=FollowUpState(state),
            on=when.isoformat(),
            by=by,
            why=why,
        )
        following.add_step(session, step)
    click.echo(f"Suite enregistrée : {recommendation}, {state}, {when}")


@click.command()
@subject_argument
@click.argument("revision")
@click.option("--reason", required=True, help="Pourquoi (jamais quoi).")
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@campaign_option
@click.pass_context
def erase(
    ctx: click.Context,
    ref: str,
    revision: str,
    reason: str,
    campaign: str | None,
    *,
    yes: bool,
) -> None:
    """Efface pour toujours la valeur d'une modification (RGPD)."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        found = following.revision_named(session, revision)
        if not yes and not agreed(
            f"La valeur de la modification {found.id[:12]} sera effacée pour toujours "
            "de cet espace de travail. Continuer ?"
        ):
            raise click.Abort
        following.erase(session, found.id, reason)
        waiting = has_messages(session)
        folder = workspace.folder / "backups"
    click.echo("Effacé de cet espace de travail : la valeur n'y est plus.")
    click.echo(
        f"Les copies faites avant la contiennent encore (dossier {folder}, audits "
        "exportés, rapports écrits). Refaites-en une (diag backup), puis supprimez "
        "les anciennes ; refaites de même les exports et les rapports."
    )
    if waiting:
        click.echo(
            "La boîte d'envoi garde des messages de cet audit, écrits avant : "
            "diag outbox list, puis diag outbox cancel N°."
        )
