"""`diag send`: an audit's document to its reader, as a draft or through the outbox."""

import sys
from pathlib import Path
from time import sleep
from typing import Any

import click
from pydantic import SecretStr

from diag.audit.history import dispatch_words, reader_words
from diag.audit.remarks import slips_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.cli import LazyGroup
from diag.cli.shared import (
    Among,
    agree_to_let_out,
    asked,
    audit_of,
    campaign_option,
    confirm,
    json_option,
    let_out_option,
    print_json,
    print_lines,
    print_table,
    subject_argument,
    workspace_command,
    workspace_of,
    yes_option,
)
from diag.journal.outbox import MailState, Outbox
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.office import mail, mail_server
from diag.office.mail import STATES, Address, Parcel, posted_words
from diag.office.mail_server import Account, Security
from diag.words.sentences import counted
from diag.workspace.disk import show_file
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
    type=Among(Audience),
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
@let_out_option
@campaign_option
@click.pass_context
def send(
    ctx: click.Context,
    ref: str,
    audiences: tuple[Audience, ...],
    typed: tuple[str, ...],
    folder: Path | None,
    campaign: str | None,
    *,
    queued: bool,
    opened: bool,
    yes: bool,
    provisional: bool,
    let_out: bool,
) -> None:
    """Prépare le message qui porte un rapport.

    L'adresse connue est montrée avec sa date, et demande votre accord. Avec --queue,
    le message attend « diag outbox send ».
    """
    chosen = [*dict.fromkeys(audiences)]
    for one in chosen:
        mail.check_mailed(one, ref)
    if typed and len(chosen) > 1:
        raise DiagError(
            "--address vaut pour un seul destinataire : faites un envoi par --to."
        )
    with audit_of(ctx, ref, campaign) as session:
        agree_to_let_out(slips_of(session, chosen), let_out=let_out)
        addresses = _confirm_addresses(session, chosen, typed, yes=yes)
        report, sender = report_of(session), mail_server.sender_of(session.workspace)
        messages = [
            mail.build_message(session, audience, address, sender=sender, report=report)
            for audience, address in addresses.items()
        ]
        if report.provisional and not provisional:
            confirm(
                "L'audit n'est pas clos (diag audit status "
                f"{session.about.ref} --set clos) : "
                "le rapport partira marqué « provisoire ». Continuer ?"
            )
        for each in messages:
            for warning in each.warnings:
                click.echo(warning, err=True)
            if queued:
                posted = mail.queue(each)
                click.echo(
                    f"n° {posted.number}, en attente : {posted.title}, "
                    f"pour {', '.join(posted.dispatch.to)}"
                )
            else:
                _write_draft(each, folder, opened=opened)
    click.echo("Pour envoyer : diag outbox send" if queued else _TO_OPEN, err=True)


def _confirm_addresses(
    session: AuditSession,
    chosen: list[Audience],
    typed: tuple[str, ...],
    *,
    yes: bool,
) -> dict[Audience, Address]:
    """Show every address, how old it is, and ask; nothing is written before."""
    found = {
        audience: mail.typed_address(session, typed)
        if typed
        else mail.address_of(session, audience)
        for audience in chosen
    }
    for audience, address in found.items():
        shown = f"{', '.join(address.to)} ({address.source})"
        click.echo(f"Pour {reader_words(audience)} : {shown}", err=True)
        for warning in address.warnings:
            click.echo(f"  {warning}", err=True)
        if before := mail.already_sent(session, audience, address.to):
            click.echo(f"  Déjà parti : {dispatch_words(before)}", err=True)
    question = "Cette adresse est-elle la bonne ?"
    if len(found) > 1 or any(len(each.to) > 1 for each in found.values()):
        question = "Ces adresses sont-elles les bonnes ?"
    confirm(question, yes=yes)
    if typed:
        mail.remember_address(session, chosen[0], found[chosen[0]])
    return found


def _write_draft(message: Parcel, folder: Path | None, *, opened: bool) -> None:
    draft = mail.write_draft(message, folder)
    print_lines(map(str, (*draft.files, draft.message)))
    if opened:
        try:
            show_file(draft.message)
        except (DiagError, OSError) as error:
            click.echo(str(error), err=True)


COMMANDS = {
    name: f"diag.cli.send:{name}_outbox"
    for name in ("cancel", "list", "retry", "send", "settings")
}
"""Subcommand → module and attribute."""


outbox = LazyGroup(
    "outbox",
    places=COMMANDS,
    help="Envoie les rapports mis en attente, par votre messagerie.",
)


@click.command("list")
@workspace_command
def list_outbox(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les messages : en attente, à vérifier, refusés, envoyés."""
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
@workspace_command
@click.option("--now", is_flag=True, help="Ne pas attendre l'heure du prochain essai.")
@click.option("--wait", is_flag=True, help="Rester et réessayer jusqu'au bout.")
def send_outbox(workspace: Workspace, *, now: bool, wait: bool) -> None:
    """Envoie ce qui attend ; rien n'est envoyé deux fois ni en silence."""
    account = mail_server.needed_account(workspace)
    messages = mail.due(workspace, at_once=now or wait)
    secret = None
    if messages and account.user:
        secret = mail_server.kept_password(account) or _ask_password(account)

    def enter() -> mail_server.Server:
        return mail_server.Server.enter(account, secret)

    if not wait:
        outcomes = mail.send_all(workspace, messages, enter, _print_delivery)
    else:
        outcomes = mail.send_until_done(workspace, enter, _print_delivery, _wait)
    left = [
        one for one in Outbox(workspace.journal).all() if one.state != MailState.SENT
    ]
    many = f"Reste {counted(len(left), 'message')} :"
    click.echo(many if left else "La boîte d'envoi est vide.", err=True)
    for one in left:
        line = f"  n° {one.number} {STATES[one.state]}. {posted_words(one)}"
        click.echo(line.rstrip(), err=True)
    if any(one.state is MailState.WAITING for one in left):
        click.echo("Sans attendre l'heure : diag outbox send --now", err=True)
    sent = {each.posted.number for each in outcomes if each.state == MailState.SENT}
    if {each.posted.number for each in outcomes} - sent:
        sys.exit(1)


def _wait(seconds: float) -> None:
    click.echo(
        f"Prochain essai dans {max(1, round(seconds / 60))} min (Ctrl+C pour arrêter).",
        err=True,
    )
    sleep(seconds)


@click.command("cancel")
@workspace_command
@click.argument("number", metavar="N°", type=int)
@click.option("--arrived", is_flag=True, help="Il est arrivé : le noter comme envoyé.")
@yes_option
def cancel_outbox(
    workspace: Workspace, number: int, *, arrived: bool, yes: bool
) -> None:
    """Retire un message de la boîte d'envoi, même abîmé sur le disque."""
    if not arrived and mail.drop_changed(workspace, number):
        click.echo(
            f"n° {number} : retiré ; il avait changé sur le disque. Refaites-le s'il "
            "n'était pas parti."
        )
        return
    found = mail.message_numbered(workspace, number)
    to = ", ".join(found.dispatch.to)
    if arrived:
        mail.confirm_arrival(workspace, found)
        click.echo(f"n° {number} : noté comme envoyé à {to}.")
        return
    confirm(f"Retirer « {found.title} » pour {to} ?", yes=yes)
    Outbox(workspace.journal).cancel(number)
    click.echo(f"n° {number} : retiré.")


@click.command("retry")
@workspace_command
@click.argument("number", metavar="N°", type=int)
@yes_option
def retry_outbox(workspace: Workspace, number: int, *, yes: bool) -> None:
    """Remet un message en attente : refusé, ou interrompu pendant l'envoi."""
    found = mail.message_numbered(workspace, number)
    if found.state is MailState.SENDING and not yes:
        confirm(
            f"Ce message est peut-être déjà arrivé chez {', '.join(found.dispatch.to)},"
            " ou part en ce moment d'une autre fenêtre. Le renvoyer ?"
        )
    Outbox(workspace.journal).again(number, workspace.world.clock())
    click.echo(f"n° {number} : en attente. Ensuite : diag outbox send")


@click.command("settings")
@click.option("--host", help="Nom du serveur d'envoi (SMTP).")
@click.option("--port", type=int, help="Port (587, 465 ou 25 d'office).")
@click.option(
    "--security",
    type=Among(Security),
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
def settings_outbox(
    ctx: click.Context,
    /,
    ca_file: Path | None,
    *,
    no_ca: bool,
    asked: bool,
    forgotten: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Dit ou montre votre serveur d'envoi ; le mot de passe reste au trousseau."""
    changes = {name: value for name, value in given.items() if value is not None}
    changes |= mail_server.trusted_file(ca_file) if ca_file else {}
    changes |= {"ca": "", "ca_name": ""} if no_ca else {}
    with workspace_of(ctx) as workspace:
        if changes:
            mail_server.keep_account(workspace, **changes)
        found = mail_server.needed_account(workspace)
    if forgotten:
        was_kept = mail_server.forget_password(found)
        click.echo(
            "Mot de passe retiré du trousseau." if was_kept else "Rien à retirer."
        )
    if asked:
        mail_server.keep_password(found, _ask_password(found))
        click.echo("Mot de passe confié au trousseau du système.", err=True)
    if as_json:
        print_json(found.model_dump(mode="json", exclude={"ca"}))
        return
    trusted = found.ca_name or "celles du système"
    click.echo(f"  serveur     {found.host}:{found.port} ({found.security})")
    click.echo(f"  utilisateur {found.user or '(aucun)'}")
    click.echo(f"  expéditeur  {found.sender}")
    click.echo(f"  autorité    {trusted}")
    click.echo(f"  copie       {'à vous-même' if found.copy_to_self else 'non'}")
    if found.user and not mail_server.has_keyring():
        click.echo(mail_server.NO_KEYRING, err=True)


def _ask_password(account: Account) -> SecretStr:
    question = f"Mot de passe de {account.user} sur {account.host}"
    return SecretStr(asked(question, hide_input=True, prompt_suffix=" : "))


def _print_delivery(outcome: mail.Delivery) -> None:
    to = ", ".join(outcome.posted.dispatch.to)
    start = f"{outcome.rank}/{outcome.of} n° {outcome.posted.number}, {to} :"
    if outcome.state is MailState.SENT:
        click.echo(f"{start} envoyé, {outcome.said}")
    else:
        click.echo(f"{start} {outcome.said or 'envoi…'}", err=True)
