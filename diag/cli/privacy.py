"""`diag rgpd`, `diag audit erase`: which personal data are kept, until when; erased."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from diag.audit import erasing as audit_erasing
from diag.audit.session import AuditSession
from diag.cli.shared import (
    Day,
    agreed,
    audit_command,
    confirm,
    json_option,
    print_json,
    print_lines,
    print_table,
    workspace_command,
    workspace_of,
    yes_option,
)
from diag.journal.outbox import Outbox
from diag.journal.people import Mention, texts
from diag.model.errors import DiagError
from diag.office import erasing, privacy, retention
from diag.words.sentences import counted
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

_reason = click.option(
    "--reason",
    required=True,
    help="La raison, gardée comme preuve : n'y redites rien de ce qui est effacé.",
)

_drop = click.option(
    "--drop-copies",
    is_flag=True,
    help="Refait une copie vérifiée, puis supprime les anciennes.",
)


@click.group(invoke_without_command=True)
@json_option
@click.option(
    "--export",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Écrit le registre : fichier .md ou .html.",
)
@click.pass_context
def rgpd(ctx: click.Context, file: Path | None, *, as_json: bool) -> None:
    """Dit quelles données personnelles sont gardées ; les efface."""
    if ctx.invoked_subcommand is not None:
        return
    with workspace_of(ctx) as workspace:
        held = privacy.register_of(workspace)
        day = workspace.world.today()
        syndicat = workspace.settings.syndicat
    if file is None and as_json:
        print_json(privacy.as_json(held))
    elif file is None:
        click.echo("Dans cet espace de travail :")
        _print_categories(privacy.OF_WORKSPACE, held.workspace)
        for one in held.campaigns:
            kept = one.retention
            how = "décidée" if kept.decided else retention.REASON
            click.echo(
                f"\nCampagne {kept.campaign}, {counted(len(one.audits), 'audit')}, "
                f"à garder jusqu'au {kept.until:%d/%m/%Y} ({how}) :"
            )
            _print_categories(privacy.OF_AUDITS, one.totals)
            if one.over:
                click.echo(f"  {retention.overdue_words(kept)}")
        if held.copies:
            late = "à supprimer dans les 30 jours si l'on a effacé depuis"
            click.echo(f"\nCopies, {late} :")
        print_table(
            (f"  {each.path.name}", f"avant le {each.expires:%d/%m/%Y}")
            for each in held.copies
        )
    elif file.suffix not in {".md", ".html"}:
        raise DiagError(f"{file} : donnez un fichier .md ou .html.")
    else:
        text = privacy.as_markdown(held, syndicat, f"{day:%d/%m/%Y}")
        if file.suffix == ".html":
            # Markdown costs 70 ms to import: only a page pays for it.
            from diag.documents.document import Document, Meta  # noqa: PLC0415
            from diag.documents.formats.html import write_html  # noqa: PLC0415

            meta = Meta(title="Données personnelles tenues par diag", day=day)
            content, _ = write_html(Document(meta=meta, markdown=text))
        else:
            content = text.encode("utf-8")
        write_whole(file, content)
        click.echo(f"Registre écrit : {file}")


def _print_categories(
    categories: Sequence[privacy.Category], counts: dict[str, int]
) -> None:
    for one in categories:
        click.echo(f"  {counts.get(one.id, 0):>5}  {one.title}")
        click.echo(f"         pour {one.why} ; effacer : {one.how}")


@rgpd.command("retention")
@workspace_command
@click.argument("campaign", metavar="CAMPAGNE")
@click.argument("day", metavar="[DATE]", type=Day(), required=False)
def retention_(workspace: Workspace, campaign: str, day: date | None) -> None:
    """Dit jusqu'à quand une campagne est gardée, ou en décide."""
    kept = (
        retention.decide(workspace, campaign, day)
        if day
        else retention.retention_of(workspace, campaign)
    )
    how = "décidée" if kept.decided else retention.REASON
    click.echo(f"{campaign} : à garder jusqu'au {kept.until:%d/%m/%Y} ({how}).")


@rgpd.command()
@workspace_command
@click.argument("campaign", metavar="CAMPAGNE")
@click.option("--reason", default="terme de la durée de conservation", help="Pourquoi.")
@click.option("--stop", is_flag=True, help="S'oppose à l'effacement demandé.")
@yes_option
@_drop
def purge(
    workspace: Workspace,
    campaign: str,
    reason: str,
    *,
    stop: bool,
    yes: bool,
    drop_copies: bool,
) -> None:
    """Efface pour toujours tout ce que disent les audits d'une campagne.

    À son terme, un administrateur le fait seul. Avant, l'un demande et un autre
    confirme, sept jours après, par la même commande.
    """
    plan = erasing.preview_purge(workspace, campaign)
    if stop:
        many = counted(erasing.stop_purge(workspace, plan, reason), "audit")
        click.echo(f"Effacement arrêté : {many}. Synchronisez pour le dire aux autres.")
        return
    erasing.check_right(workspace, plan)
    click.echo(
        f"Campagne {campaign} : {counted(len(plan.audits), 'audit')}, "
        f"{counted(plan.revisions, 'modification')}, photos comprises.",
        err=True,
    )
    if plan.current:
        click.echo("C'est la campagne où vous travaillez.", err=True)
    if plan.due:
        confirm(
            "Tout sera effacé pour toujours, ici et partout où l'on synchronise ; "
            "aucune copie n'est faite. Continuer ?",
            yes=yes,
        )
        done = erasing.purge(workspace, plan, reason)
        click.echo(
            f"Effacé : {counted(done.revisions, 'modification')} de "
            f"{counted(done.audits, 'audit')}, {counted(done.photos, 'photo')}."
        )
        _print_what_remains(workspace, done.proof, clean=done.clean, drop=drop_copies)
    if plan.to_ask:
        until = retention.retention_of(workspace, campaign).until
        click.echo(
            f"À garder jusqu'au {until:%d/%m/%Y} : avant, l'un demande et un autre "
            "confirme, sept jours après.",
            err=True,
        )
        confirm("Demander l'effacement de toute la campagne ?", yes=yes)
        many = counted(erasing.ask_for_purge(workspace, plan, reason), "audit")
        click.echo(f"Demandé pour {many} ; rien n'est effacé encore.")
        print_lines(erasing.purge_news(workspace))
    elif not plan.due:
        raise DiagError("\n".join(erasing.purge_news(workspace)))


@rgpd.command("erase-person")
@workspace_command
@click.argument("name", metavar="NOM")
@_reason
@click.option("--all", "everything", is_flag=True, help="Tout, sans demander un à un.")
@yes_option
@_drop
def erase_person(
    workspace: Workspace,
    name: str,
    reason: str,
    *,
    everything: bool,
    yes: bool,
    drop_copies: bool,
) -> None:
    """Efface une personne partout : nom, ou pseudonyme d'un collègue.

    Le reste d'une note ou d'une visite est gardé, sans le nom ; une photo dont la
    légende nomme la personne part entière.
    """
    found = erasing.find_person(workspace, name)
    if not found:
        raise DiagError(
            f"Personne ne porte ce nom ici : {name[:60]}. Essayez le nom seul."
        )
    chosen = found.mentions
    if not (yes or everything):
        chosen = tuple(filter(_is_chosen, chosen))
    gone = found.forgotten
    click.echo(
        f"{counted(len(chosen), 'modification')} à effacer sur {len(found.mentions)} ; "
        f"annuaire : {len(gone.labels)}, adresses : {len(gone.addresses)}, messages : "
        f"{len(gone.messages)}.",
        err=True,
    )
    confirm("Effacé pour toujours. Continuer ?", yes=yes)
    done = erasing.forget(workspace, found, chosen, reason)
    click.echo(
        f"Effacé : {counted(done.erased, 'modification')}, dont "
        f"{counted(done.rewritten, 'redite')} sans le nom ; "
        f"{counted(done.photos, 'pièce jointe', 'pièces jointes')}."
    )
    if done.asked:
        click.echo(
            f"Demandé et masqué : {counted(done.asked, 'modification')}, écrites par "
            "d'autres ou déjà parties d'ici. Une autre personne confirme, sept jours "
            "après : diag audit erase."
        )
    if len(chosen) < len(found.mentions):
        left = len(found.mentions) - len(chosen)
        click.echo(f"Gardé à votre demande : {counted(left, 'modification')}.")
    _print_what_remains(workspace, done.proof, clean=done.clean, drop=drop_copies)


def _is_chosen(mention: Mention) -> bool:
    """Ask whether a mention is erased, showing it."""
    text = " · ".join(texts(mention.revision.value))[:200]
    when = "" if mention.is_current else " (ancienne version)"
    kind, ident = erasing.kind_of(mention), mention.revision.id[:12]
    return agreed(f"{kind}{when}, {ident} : {text}\nEffacer ?")


_OLD_PAGES = (
    "Un autre programme lit le journal, ou le disque est presque plein : le fichier "
    "garde peut-être d'anciennes pages. Fermez ce programme ou libérez de la place, "
    "puis lancez diag backup : elles partent."
)


def _print_what_remains(
    workspace: Workspace, proof: Path, *, clean: bool, drop: bool
) -> None:
    click.echo(f"Preuve, sans aucune valeur : {proof}")
    if not clean:
        click.echo(_OLD_PAGES, err=True)
    if drop:
        gone = privacy.drop_copies(workspace)
        click.echo(f"Copies supprimées : {len(gone)} ; une copie neuve est faite.")
    for one in privacy.copies(workspace.folder):
        if not drop:
            click.echo(
                f"Encore dans la copie {one.path.name}, à supprimer avant le "
                f"{one.expires:%d/%m/%Y} (--drop-copies le fait)."
            )
    click.echo(
        "À refaire ou supprimer à la main : rapports et audits exportés, copies "
        "faites ailleurs. Synchronisez pour effacer chez les autres ; le nom d'un "
        "collègue s'efface sur chaque poste et sur le serveur."
    )


@rgpd.command()
@workspace_command
@click.option("--drop", is_flag=True, help="Refait une copie, supprime les autres.")
def copies(workspace: Workspace, *, drop: bool) -> None:
    """Liste les copies de cet espace de travail et leur échéance ; les supprime."""
    if drop:
        for path in privacy.drop_copies(workspace):
            click.echo(f"Supprimée : {path}")
    for one in privacy.copies(workspace.folder):
        click.echo(f"{one.path} : à supprimer avant le {one.expires:%d/%m/%Y}")


@click.command()
@audit_command
@click.argument("revision", metavar="MODIFICATION")
@click.option(
    "--reason", required=True, help="La raison, sans redire ce qui est effacé."
)
@click.option("--stop", is_flag=True, help="S'oppose à l'effacement demandé.")
@yes_option
def erase(
    session: AuditSession, revision: str, reason: str, *, stop: bool, yes: bool
) -> None:
    """Efface pour toujours la valeur d'une modification (RGPD).

    Seul, ce qu'on a écrit soi-même et jamais transmis. Sinon, la valeur est masquée,
    son auteur prévenu, et un autre que vous confirme par la même commande, sept jours
    après.
    """
    if stop:
        audit_erasing.stop(session, revision, reason)
        click.echo("Effacement arrêté : la valeur se lit à nouveau.")
        return
    foreseen = audit_erasing.foresee(session, revision)
    if not yes:
        for line in audit_erasing.foreseen_words(session, foreseen):
            click.echo(line, err=True)
        confirm("Continuer ?")
    step = audit_erasing.erase(session, revision, reason)
    if step is audit_erasing.ErasureStep.ASKED:
        click.echo(
            "Demandé : la valeur est masquée dès maintenant, son auteur le saura à sa "
            "prochaine synchronisation. Un autre que vous peut confirmer dans sept "
            "jours, par la même commande."
        )
        return
    waiting = Outbox(session.workspace.journal).keeps(session.audit.id)
    folder = session.workspace.folder / "backups"
    if step is audit_erasing.ErasureStep.LEAVING:
        click.echo("Effacé de cet espace de travail.")
        click.echo(_OLD_PAGES, err=True)
    else:
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
