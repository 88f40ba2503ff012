"""`diag send`: an audit's document to its reader, as a draft or through the outbox."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.console import (
    agreed,
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.model.enums import Audience
from diag.model.errors import DiagError

if TYPE_CHECKING:
    from diag.desk.sending.addresses import Address
    from diag.desk.sending.parcel import Parcel
    from diag.desk.session import Session

_TO_OPEN = (
    "Relisez le brouillon dans votre messagerie, puis « Envoyer » : diag n'envoie rien "
    "de lui-même. S'il ne s'ouvre pas comme un brouillon, écrivez un message et "
    "joignez-y les fichiers ci-dessus."
)


@click.command()
@subject_argument
@click.option(
    "--to",
    "audiences",
    multiple=True,
    required=True,
    type=click.Choice([str(each) for each in Audience]),
    help="Destinataire ; répétable.",
)
@click.option(
    "--address",
    "typed",
    multiple=True,
    help="Adresse du destinataire, si celle connue n'est pas la bonne ; répétable.",
)
@click.option("--queue", "queued", is_flag=True, help="Mettre dans la boîte d'envoi.")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier du brouillon (sinon « exports » de l'espace de travail).",
)
@click.option(
    "--open/--no-open",
    "opened",
    default=True,
    help="Ouvrir le brouillon dans la messagerie (d'office), ou l'écrire seulement.",
)
@click.option("--yes", is_flag=True, help="Les adresses sont vérifiées.")
@click.option(
    "--provisional", is_flag=True, help="Envoyer même si l'audit n'est pas clos."
)
@campaign_option
@click.pass_context
def send(
    ctx: click.Context,
    ref: str,
    audiences: tuple[str, ...],
    typed: tuple[str, ...],
    folder: Path | None,
    campaign: str | None,
    *,
    queued: bool,
    opened: bool,
    yes: bool,
    provisional: bool,
) -> None:
    """Prépare le message qui porte un rapport : un brouillon par destinataire.

    L'adresse connue est montrée avec sa date, et demande votre accord. Avec --queue,
    le message attend « diag outbox send ».
    """
    chosen = [Audience(each) for each in dict.fromkeys(audiences)]
    if typed and len(chosen) > 1:
        raise DiagError(
            "--address vaut pour un seul destinataire : faites un envoi par --to."
        )
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        told = _confirmed(session, chosen, typed, yes=yes)
        parcels = _parcels(session, told)
        if parcels[0].report.provisional and not provisional:
            _agree_to_provisional(session)
        for each in parcels:
            for warning in each.warnings:
                click.echo(warning, err=True)
            if queued:
                _queue(each)
            else:
                _draft(each, folder, opened=opened)
    if queued:
        click.echo("Pour envoyer : diag outbox send", err=True)
    else:
        click.echo(_TO_OPEN, err=True)


def _parcels(session: "Session", told: "dict[Audience, Address]") -> "list[Parcel]":
    from diag.desk.outputs.reporting import report_of  # noqa: PLC0415 - as above
    from diag.desk.sending.account import sender_of  # noqa: PLC0415
    from diag.desk.sending.parcel import parcel  # noqa: PLC0415

    report, sender = report_of(session), sender_of(session.workspace)
    return [
        parcel(session, audience, address, sender=sender, report=report)
        for audience, address in told.items()
    ]


def _confirmed(
    session: "Session",
    chosen: list[Audience],
    typed: tuple[str, ...],
    *,
    yes: bool,
) -> "dict[Audience, Address]":
    """Show every address, how old it is, and ask; nothing is written before."""
    from diag.desk.sending.addresses import (  # noqa: PLC0415 - as above
        address_of,
        remember_address,
        typed_address,
    )

    told = {
        audience: typed_address(session, typed)
        if typed
        else address_of(session, audience)
        for audience in chosen
    }
    for audience, address in told.items():
        _show(session, audience, address)
    question = "Cette adresse est-elle la bonne ?"
    if len(told) > 1 or any(len(each.to) > 1 for each in told.values()):
        question = "Ces adresses sont-elles les bonnes ?"
    if not yes and not agreed(question):
        raise click.Abort
    if typed:
        remember_address(session, chosen[0], told[chosen[0]])
    return told


def _show(session: "Session", audience: Audience, address: "Address") -> None:
    from diag.desk.sending.addresses import reader  # noqa: PLC0415 - as above
    from diag.desk.sending.hand_over import already_sent  # noqa: PLC0415
    from diag.desk.sending.words import dispatch_words  # noqa: PLC0415

    told = f"{', '.join(address.to)} ({address.source})"
    click.echo(f"Pour {reader(audience)} : {told}", err=True)
    for warning in address.warnings:
        click.echo(f"  {warning}", err=True)
    if audience is Audience.TECHNIQUE:
        click.echo(
            "  Ce document contient des points de sécurité : à ne donner qu'à qui "
            "installe et entretient.",
            err=True,
        )
    if before := already_sent(session, audience, address.to):
        click.echo(f"  Déjà parti : {dispatch_words(before)}", err=True)


def _agree_to_provisional(session: "Session") -> None:
    question = (
        f"L'audit n'est pas clos (diag audit status {session.about.ref} --set clos) : "
        "le rapport partira marqué « provisoire ». Continuer ?"
    )
    if not agreed(question):
        raise click.Abort


def _queue(parcel: "Parcel") -> None:
    from diag.desk.sending.hand_over import queue  # noqa: PLC0415 - as above

    posted = queue(parcel)
    told = ", ".join(posted.dispatch.to)
    click.echo(f"n° {posted.number}, en attente : {posted.title}, pour {told}")


def _draft(parcel: "Parcel", folder: Path | None, *, opened: bool) -> None:
    from diag.desk.sending.hand_over import write_draft  # noqa: PLC0415 - as above
    from diag.desk.viewing import show_file  # noqa: PLC0415

    draft = write_draft(parcel, folder)
    for path in (*draft.files, draft.message):
        click.echo(str(path))
    if not opened:
        return
    try:
        show_file(draft.message)
    except (DiagError, OSError) as error:
        click.echo(str(error), err=True)
