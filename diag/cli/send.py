"""`diag send`: an audit's document to its reader, as a draft or through the outbox."""

import sys
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import click
from pydantic import SecretStr

from diag.audit import session as audits
from diag.cli.main import LazyGroup
from diag.cli.shared import (
    agreed,
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.journal.outbox import MailState, Outbox, Posted
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.office.mail import (
    account as accounts,
)
from diag.office.mail import (
    account as password,
)
from diag.office.mail import (
    parcel as decisions,
)
from diag.office.mail.account import Account, Security
from diag.office.mail.parcel import STATES, posted_words
from diag.words.sentences import counted
from diag.words.vocabulary import AUDIENCES

if TYPE_CHECKING:
    from diag.audit.session import AuditSession
    from diag.office.mail.account import Address
    from diag.office.mail.parcel import Parcel
    from diag.office.mail.server import Delivery
    from diag.workspace.workspace import Workspace


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


def _parcels(
    session: "AuditSession", told: "dict[Audience, Address]"
) -> "list[Parcel]":
    from diag.audit.report import report_of  # noqa: PLC0415 - as above
    from diag.office.mail.account import sender_of  # noqa: PLC0415
    from diag.office.mail.parcel import build_message  # noqa: PLC0415

    report, sender = report_of(session), sender_of(session.workspace)
    return [
        build_message(session, audience, address, sender=sender, report=report)
        for audience, address in told.items()
    ]


def _confirmed(
    session: "AuditSession",
    chosen: list[Audience],
    typed: tuple[str, ...],
    *,
    yes: bool,
) -> "dict[Audience, Address]":
    """Show every address, how old it is, and ask; nothing is written before."""
    from diag.office.mail.account import address_of, remember_address, typed_address  # noqa: PLC0415

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


def _show(session: "AuditSession", audience: Audience, address: "Address") -> None:
    from diag.office.mail.parcel import (  # noqa: PLC0415
        already_sent,
        dispatch_words,
    )

    told = f"{', '.join(address.to)} ({address.source})"
    click.echo(f"Pour {AUDIENCES[audience]} : {told}", err=True)
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


def _agree_to_provisional(session: "AuditSession") -> None:
    question = (
        f"L'audit n'est pas clos (diag audit status {session.about.ref} --set clos) : "
        "le rapport partira marqué « provisoire ». Continuer ?"
    )
    if not agreed(question):
        raise click.Abort


def _queue(parcel: "Parcel") -> None:
    from diag.office.mail.parcel import queue  # noqa: PLC0415 - as above

    posted = queue(parcel)
    told = ", ".join(posted.dispatch.to)
    click.echo(f"n° {posted.number}, en attente : {posted.title}, pour {told}")


def _draft(parcel: "Parcel", folder: Path | None, *, opened: bool) -> None:
    from diag.office.mail.parcel import write_draft  # noqa: PLC0415 - as above
    from diag.workspace.disk import show_file  # noqa: PLC0415

    draft = write_draft(parcel, folder)
    for path in (*draft.files, draft.message):
        click.echo(str(path))
    if not opened:
        return
    try:
        show_file(draft.message)
    except (DiagError, OSError) as error:
        click.echo(str(error), err=True)


COMMANDS = {
    name: f"diag.cli.outbox:{name}_"
    for name in ("cancel", "list", "retry", "send", "settings")
}
"""Subcommand → module and attribute."""


@click.group(cls=LazyGroup, places=COMMANDS)
def outbox() -> None:
    """Envoie les rapports mis en attente, par votre serveur de messagerie."""


@click.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les messages : en attente, à vérifier, refusés, envoyés."""
    with workspace_of(ctx) as workspace:
        found = Outbox(workspace.journal).all()
    if as_json:
        print_json([
            {
                "number": one.number,
                "message": one.ident,
                "audit": one.audit,
                "audience": one.dispatch.audience,
                "to": one.dispatch.to,
                "title": one.title,
                "state": one.state,
                "attempts": one.attempts,
                "next_at": one.next_at,
                "problem": one.problem,
            }
            for one in found
        ])
        return
    print_table(
        (
            str(one.number),
            STATES[one.state],
            ", ".join(one.dispatch.to),
            one.title,
            posted_words(one),
        )
        for one in found
    )
    if not found:
        click.echo("Rien à envoyer. Ajoutez : diag send UAI --to … --queue", err=True)


@click.command("send")
@click.option("--now", is_flag=True, help="Ne pas attendre l'heure du prochain essai.")
@click.option("--wait", is_flag=True, help="Rester et réessayer jusqu'au bout.")
@click.pass_context
def send_(ctx: click.Context, *, now: bool, wait: bool) -> None:
    """Envoie ce qui attend ; rien n'est envoyé deux fois ni en silence."""
    # The conversation with a server is loaded by who has something to send.
    from diag.office.mail.server import (  # noqa: PLC0415
        Server,
        due,
        send_all,
        send_until_done,
    )

    with workspace_of(ctx) as workspace:
        account = accounts.needed_account(workspace)
        messages = due(workspace, at_once=now or wait)
        secret = _password(account) if messages else None

        def enter() -> Server:
            return Server.enter(account, secret)

        if not wait:
            outcomes = send_all(workspace, messages, enter, _tell)
        else:
            outcomes = send_until_done(workspace, enter, _tell, _wait)
        _tell_left(workspace)
    stayed = {one.posted.number for one in outcomes if one.state != MailState.SENT}
    if stayed - {one.posted.number for one in outcomes if one.state == MailState.SENT}:
        sys.exit(1)


def _wait(seconds: float) -> None:
    click.echo(
        f"Prochain essai dans {max(1, round(seconds / 60))} min (Ctrl+C pour arrêter).",
        err=True,
    )
    sleep(seconds)


@click.command("cancel")
@click.argument("number", metavar="N°", type=int)
@click.option("--arrived", is_flag=True, help="Il est arrivé : le noter comme envoyé.")
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@click.pass_context
def cancel_(ctx: click.Context, number: int, *, arrived: bool, yes: bool) -> None:
    """Retire un message de la boîte d'envoi."""
    with workspace_of(ctx) as workspace:
        found = decisions.message_numbered(workspace, number)
        told = ", ".join(found.dispatch.to)
        if arrived:
            decisions.confirm_arrival(workspace, found)
            click.echo(f"n° {number} : noté comme envoyé à {told}.")
            return
        if not yes and not agreed(f"Retirer « {found.title} » pour {told} ?"):
            raise click.Abort
        decisions.drop(workspace, found)
    click.echo(f"n° {number} : retiré.")


@click.command("retry")
@click.argument("number", metavar="N°", type=int)
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@click.pass_context
def retry_(ctx: click.Context, number: int, *, yes: bool) -> None:
    """Remet un message en attente : refusé, ou interrompu pendant l'envoi."""
    with workspace_of(ctx) as workspace:
        found = decisions.message_numbered(workspace, number)
        if found.state is MailState.SENDING and not yes:
            _agree_to_doubt(found)
        decisions.send_again(workspace, found)
    click.echo(f"n° {number} : en attente. Ensuite : diag outbox send")


def _agree_to_doubt(found: Posted) -> None:
    question = (
        f"Ce message est peut-être déjà arrivé chez {', '.join(found.dispatch.to)}, ou "
        "part en ce moment d'une autre fenêtre. Le renvoyer ?"
    )
    if not agreed(question):
        raise click.Abort


@click.command("settings")
@click.option("--host", help="Nom du serveur d'envoi (SMTP).")
@click.option("--port", type=int, help="Port (587, 465 ou 25 d'office).")
@click.option(
    "--security",
    type=click.Choice([str(each) for each in Security]),
    help="Chiffrement : starttls (d'office), tls, ou none (relais local).",
)
@click.option("--user", help="Nom d'utilisateur ; vide si le serveur n'en demande pas.")
@click.option("--sender", help="Votre adresse, celle d'où partent les messages.")
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Certificat de l'autorité de votre serveur (PEM).",
)
@click.option("--no-ca", is_flag=True, help="Revenir aux autorités du système.")
@click.option(
    "--copy/--no-copy",
    "copy_to_self",
    default=None,
    help="Recevoir une copie de chaque envoi : diag ne remplit pas « Envoyés ».",
)
@click.option(
    "--password", "asked", is_flag=True, help="Confier le mot de passe au trousseau."
)
@click.option(
    "--forget-password", "forgotten", is_flag=True, help="Le retirer du trousseau."
)
@json_option
@click.pass_context
def settings_(
    ctx: click.Context,
    /,
    ca_file: Path | None,
    *,
    no_ca: bool,
    asked: bool,
    forgotten: bool,
    as_json: bool,
    **told: Any,
) -> None:
    """Dit ou montre votre serveur d'envoi ; le mot de passe reste au trousseau."""
    changes = {name: value for name, value in told.items() if value is not None}
    changes |= accounts.trusted_file(ca_file) if ca_file else {}
    changes |= {"ca": "", "ca_name": ""} if no_ca else {}
    with workspace_of(ctx) as workspace:
        if changes:
            accounts.keep_account(workspace, **changes)
        found = accounts.needed_account(workspace)
    if forgotten:
        was_kept = password.forget_password(found)
        click.echo(
            "Mot de passe retiré du trousseau." if was_kept else "Rien à retirer."
        )
    if asked:
        password.keep_password(found, _typed(found))
        click.echo("Mot de passe confié au trousseau du système.", err=True)
    _show_account(found, as_json=as_json)


def _show_account(found: Account, *, as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump(mode="json", exclude={"ca"}))
        return
    trusted = found.ca_name or "celles du système"
    click.echo(f"  serveur     {found.host}:{found.port} ({found.security})")
    click.echo(f"  utilisateur {found.user or '(aucun)'}")
    click.echo(f"  expéditeur  {found.sender}")
    click.echo(f"  autorité    {trusted}")
    click.echo(f"  copie       {'à vous-même' if found.copy_to_self else 'non'}")
    if found.user and not password.has_keyring():
        click.echo(password.NO_KEYRING, err=True)


def _password(account: Account) -> SecretStr | None:
    """Return the password: the keyring's, else typed."""
    if not account.user:
        return None
    return password.kept_password(account) or _typed(account)


def _typed(account: Account) -> SecretStr:
    asked = f"Mot de passe de {account.user} sur {account.host}"
    return SecretStr(
        click.prompt(asked, hide_input=True, prompt_suffix=" : ", err=True)
    )


def _tell(outcome: "Delivery") -> None:
    told = ", ".join(outcome.posted.dispatch.to)
    start = f"{outcome.rank}/{outcome.of} n° {outcome.posted.number}, {told} :"
    if outcome.state is MailState.SENT:
        click.echo(f"{start} envoyé, {outcome.said}")
    else:
        click.echo(f"{start} {outcome.said or 'envoi…'}", err=True)


def _tell_left(workspace: "Workspace") -> None:
    """Say what is still here: nothing stays in silence."""
    left = [
        one for one in Outbox(workspace.journal).all() if one.state != MailState.SENT
    ]
    if not left:
        click.echo("La boîte d'envoi est vide.", err=True)
        return
    click.echo(f"Reste {counted(len(left), 'message')} :", err=True)
    for one in left:
        told = posted_words(one)
        click.echo(f"  n° {one.number} {STATES[one.state]}. {told}".rstrip(), err=True)
    if any(one.state is MailState.WAITING for one in left):
        click.echo("Sans attendre l'heure : diag outbox send --now", err=True)
