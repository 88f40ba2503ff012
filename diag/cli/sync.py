"""`diag sync`, `diag bundle`: answers meet those of the office, or of a colleague.

And `diag audit export`, `import`: one audit alone, as a file.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click

from diag.audit.follow import untold_claims
from diag.audit.photos import photos_of
from diag.audit.session import AuditSession
from diag.cli.shared import (
    about_json,
    agreed,
    audit_command,
    campaign_option,
    json_option,
    print_json,
    print_lines,
    print_table,
    workspace_command,
    workspace_of,
)
from diag.journal.bundles import brought
from diag.model.errors import DiagError
from diag.office import bundles
from diag.office import sync as syncing
from diag.sync.exchange import GRAVEST, PAUSE
from diag.words.dates import moment_words
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

_LABELS = {"revisions": "Modifications", "bytes": "Pièces jointes"}


@click.group(invoke_without_command=True)
@click.option(
    "--folder",
    "shared",
    metavar="DOSSIER",
    type=click.Path(file_okay=False),
    help="Échange par un dossier partagé avec vos collègues, sans serveur.",
)
@click.option(
    "--metered/--unmetered",
    default=None,
    help="Connexion payée au volume : les photos attendent, leurs vignettes passent. "
    "Sans elle, ce que dit le système.",
)
@json_option
@click.pass_context
def sync(
    ctx: click.Context, shared: str | None, *, metered: bool | None, as_json: bool
) -> None:
    """Synchronise avec le serveur du syndicat, ou un dossier.

    Interrompue (Ctrl+C, réseau coupé), elle reprend où elle en était.
    """
    if ctx.invoked_subcommand:
        return
    if shared is not None:
        share(ctx, shared, as_json=as_json)
        return
    with workspace_of(ctx) as workspace, _stopping() as stopped, _progress() as show:
        outcomes = syncing.run(workspace, show, stopped, light=metered)
        if not as_json:
            outcomes[-1].present = untold_claims(workspace)
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print_lines(syncing.words_of(outcome))
    sys.exit(min((each.code for each in outcomes), key=GRAVEST.index, default=0))


@sync.command()
@workspace_command
@click.argument("invitation")
def enrol(workspace: Workspace, invitation: str) -> None:
    """Inscrit ce poste auprès du serveur qui a donné l'invitation."""
    before = bundles.signing_key(workspace)
    hub = syncing.enrol(workspace, invitation)
    where = ", ".join("tout" if one == "*" else one for one in hub.territories)
    click.echo(f"Ce poste est inscrit : {hub.name} ({hub.url}), territoire : {where}.")
    if bundles.signing_key(workspace) != before:
        click.echo(
            "Sa clé de signature est nouvelle, car ce serveur connaissait l'ancienne : "
            "donnez-la à vos collègues (diag bundle keys)."
        )
    click.echo("Ensuite : diag sync")


@sync.command()
@workspace_command
@click.argument("name", metavar="SERVEUR")
def forget(workspace: Workspace, name: str) -> None:
    """Oublie un serveur qui n'est plus ; ce qui est ici reste ici."""
    hub = syncing.forget(workspace, name)
    click.echo(f"Oublié : {hub.name} ({hub.url}). Rien d'ici n'a changé.")
    click.echo("S'il sert encore, qu'on y révoque ce poste : diag hub revoke.")


@sync.command()
@workspace_command
@click.argument("name", metavar="[SERVEUR]", default="")
def page(workspace: Workspace, name: str, *, as_json: bool) -> None:
    """Ouvre la page de supervision du serveur : postes, audits, ce qui attend.

    Il faut le droit « review ». L'adresse sert une fois, dans la minute.
    """
    if as_json:
        print_json(syncing.read_supervision(workspace, name))
        return
    address, authority = syncing.open_supervision(workspace, name)
    click.echo(address)
    if authority:
        click.echo(
            "Si le navigateur avertit : donnez-lui l'autorité du serveur, "
            f"{authority}, puis recommencez.",
            err=True,
        )


@sync.command()
@workspace_command
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Dit ce qui n'est pas encore au bureau, et ce qu'a fait la dernière fois."""
    hubs = syncing.hubs(workspace)
    names = syncing.names_of(hubs)
    waiting = {names[hub.hub]: syncing.waiting(workspace, hub) for hub in hubs}
    last = syncing.last(workspace)
    if as_json:
        print_json({
            "waiting": {
                name: {one.audit: one.revisions for one in some}
                for name, some in waiting.items()
            },
            "last": [asdict(outcome) for outcome in last],
        })
        return
    if not waiting:
        click.echo("Aucun serveur ne connaît ce poste : diag sync enrol INVITATION.")
    for name, some in waiting.items():
        number = sum(one.revisions for one in some)
        click.echo(f"{name} : {counted(number, 'modification')} pas encore au bureau.")
        for one in some:
            click.echo(f"  {one.title} : {one.revisions}")
    for outcome in last:
        click.echo("La dernière fois :")
        for line in syncing.words_of(outcome):
            click.echo(f"  {line}")


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Have Ctrl+C stop between two requests; a second one stops at once."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each phase on a terminal's stderr; nothing elsewhere."""
    bars: dict[str, Any] = {}

    def show(phase: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if phase == PAUSE:
            click.echo(f"\nLiaison coupée : nouvel essai dans {total} s.", err=True)
            return
        if phase not in bars:
            label = _LABELS[phase]
            bars[phase] = click.progressbar(length=1, label=label, file=sys.stderr)
        bar = bars[phase]
        bar.length = max(total, 1)
        bar.update(done - bar.pos)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.render_finish()


_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def bundle() -> None:
    """Échange des audits par fichier chiffré et signé."""


@bundle.command()
@click.argument("refs", metavar="[SUJET]...", nargs=-1)
@click.argument("file", metavar="FICHIER", type=_FILE)
@click.option("--all", "everything", is_flag=True, help="Tous les audits d'ici.")
@click.option(
    "--to",
    "names",
    metavar="NOM",
    multiple=True,
    required=True,
    help="Qui pourra l'ouvrir (nom donné à sa clé) ; répétable.",
)
@click.option("--force", is_flag=True, help="Remplace le fichier s'il existe.")
@campaign_option
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    refs: tuple[str, ...],
    file: Path,
    names: tuple[str, ...],
    campaign: str | None,
    *,
    everything: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Écrit un paquet : des audits entiers, photos comprises, pour des collègues.

    Seuls ceux que nomme --to pourront l'ouvrir, et ce poste.
    """
    if everything == bool(refs):
        raise click.UsageError("Nommez des écoles, ou --all pour tous les audits.")
    _check_new(file, force=force)
    with workspace_of(ctx) as workspace:
        chosen = None if everything else refs
        written = bundles.export(workspace, chosen, names, file, campaign)
    if as_json:
        print_json({
            "file": str(file),
            "sha256": written.sha,
            "audits": len(written.sums),
            "revisions": written.revisions,
            "attachments": len(written.blobs),
            "bytes": written.size,
        })
        return
    joined = counted(len(written.blobs), "pièce jointe", "pièces jointes")
    click.echo(
        f"{file} : {counted(len(written.sums), 'audit')}, "
        f"{counted(written.revisions, 'modification')}, {joined}."
    )


def _check_new(file: Path, *, force: bool) -> None:
    if file.exists() and not force:
        raise DiagError(
            f"{file} existe déjà. Rien n'a été écrit. "
            "Choisissez un autre nom, ou remplacez-le avec --force."
        )


@bundle.command("import")
@workspace_command
@click.argument("file", metavar="FICHIER", type=_FILE)
@click.option(
    "--preview", is_flag=True, help="Dit ce qu'il apporterait, sans rien lire."
)
@click.option("--yes", is_flag=True, help="Ne demande pas confirmation.")
def import_(
    workspace: Workspace, file: Path, *, preview: bool, yes: bool, as_json: bool
) -> None:
    """Lit un paquet d'un collègue : montré d'abord, annulable par son nom ensuite.

    Il est vérifié en entier (signature, fin, contenu) avant que rien n'entre.
    """
    if preview or not yes:
        seen = bundles.preview(workspace, file)
        if not as_json:
            print_lines(bundles.words_of(workspace, seen))
        elif preview:
            print_json(_entered_json(seen))
    if preview:
        return
    if not yes and not agreed("Lire ce paquet ?"):
        click.echo("Rien n'a été lu.")
        return
    entered = bundles.bring_in(workspace, file)
    lines = list(bundles.words_of(workspace, entered)) if yes else []
    if as_json:
        print_json(_entered_json(entered))
        return
    print_lines(lines)
    click.echo(f'Lu. Pour l\'annuler : diag bundle undo "{entered.name}"')


@bundle.command()
@workspace_command
@click.argument("name", metavar="NOM")
def undo(workspace: Workspace, name: str) -> None:
    """Annule un paquet : ce qu'il a apporté est mis de côté, rien n'est détruit.

    Refusé dès que quelque chose a été ajouté après lui dans les mêmes audits. Les
    effacements qu'il portait restent.
    """
    number = bundles.undo(workspace, name)
    aside = "mises de côté" if number > 1 else "mise de côté"
    click.echo(
        f"Paquet annulé : {counted(number, 'modification')} {aside}. "
        "Relire le même fichier les remettrait."
    )


@bundle.command("list")
@workspace_command
def list_(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les paquets lus ici, par leur nom."""
    found = brought(workspace.journal)
    if as_json:
        print_json([
            {
                "name": one.name,
                "sha256": one.sha,
                "sender": one.detail.get("sender", ""),
                "read_at": one.at,
                "undone_at": one.undone_at,
            }
            for one in found
        ])
        return
    print_table(
        (
            one.name,
            moment_words(one.at),
            "annulé" if one.undone_at is not None else "lu",
        )
        for one in found
    )
    if not found:
        click.echo("Aucun paquet n'a été lu ici.")
    print_lines(syncing.waiting_words(workspace))


@bundle.group(invoke_without_command=True)
@json_option
@click.pass_context
def keys(ctx: click.Context, *, as_json: bool) -> None:
    """Affiche la clé de ce poste, à donner à vos collègues, et celles que vous avez."""
    if ctx.invoked_subcommand:
        return
    with workspace_of(ctx) as workspace:
        kept, cards = bundles.own_keys(workspace), bundles.ring_of(workspace).cards
    card = kept.keys.card
    if as_json:
        print_json({
            "key": str(card),
            "fingerprint": card.fingerprint,
            "kept_in": str(kept.path) if kept.path else "keyring",
            "colleagues": {name: str(one) for name, one in cards.items()},
        })
        return
    where = f"le fichier {kept.path}" if kept.path else "le trousseau du système"
    click.echo("Clé de ce poste, à donner en entier à vos collègues :")
    click.echo(str(card))
    click.echo(f"Empreinte, à comparer de vive voix : {card.fingerprint}")
    click.echo(f"Sa partie secrète reste ici, dans {where}.")
    if cards:
        click.echo("\nVos collègues :")
        print_table((f"  {name}", one.fingerprint) for name, one in cards.items())
    else:
        click.echo("\nAucun collègue encore : diag bundle keys add NOM CLE.")


@keys.command()
@workspace_command
@click.argument("name", metavar="NOM")
@click.argument("key", metavar="CLE")
def add(workspace: Workspace, name: str, key: str) -> None:
    """Garde la clé d'un collègue : lui écrire, et croire ce qu'il signe."""
    kept, card = bundles.add_colleague(workspace, name, key)
    click.echo(
        f"{kept} : {card.fingerprint}. Vérifiez de vive voix que son poste affiche la "
        "même empreinte (diag bundle keys)."
    )


@keys.command()
@workspace_command
@click.argument("name", metavar="NOM")
def remove(workspace: Workspace, name: str) -> None:
    """Oublie la clé d'un collègue ; ce qui est déjà lu reste."""
    gone = bundles.ring_of(workspace).remove(name)
    click.echo(f"La clé de {gone} est oubliée.")


def share(ctx: click.Context, address: str, *, as_json: bool) -> None:
    """Exchange by a shared folder; print what was read, given, refused."""
    with workspace_of(ctx) as workspace:
        outcome = bundles.synchronise_shared(workspace, address)
        lines = [
            line for one in outcome.read for line in bundles.words_of(workspace, one)
        ]
    written = outcome.written
    if as_json:
        print_json({
            "read": [_entered_json(one) for one in outcome.read],
            "known": outcome.known,
            "refused": outcome.refused,
            "written": str(outcome.path) if outcome.path else None,
            "revisions": written.revisions if written else 0,
            "attachments": len(written.blobs) if written else 0,
        })
        return
    print_lines(lines)
    for line in outcome.refused:
        click.echo(f"Pas lu : {line}", err=True)
    if written:
        joined = counted(len(written.blobs), "pièce jointe", "pièces jointes")
        click.echo(
            f"Donné au dossier : {counted(len(written.sums), 'audit')}, "
            f"{counted(written.revisions, 'modification')}, {joined}."
        )
    else:
        click.echo("Tout ce qui est ici était déjà dans le dossier.")


def _entered_json(entered: Any) -> dict[str, Any]:
    return {
        "name": entered.name,
        "sender": entered.sender,
        "created": entered.created,
        "new": dict(entered.new),
        "known": entered.known,
        "conflicts": len(entered.conflicts),
        "attachments": entered.photos,
        "refused": list(entered.refused),
        "withheld": len(entered.withheld),
    }


@click.command()
@audit_command
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@click.option("--force", is_flag=True, help="Remplace le fichier s'il existe.")
def export_audit(session: AuditSession, ref: str, file: Path, *, force: bool) -> None:
    """Écrit l'audit d'une école dans un fichier JSON, historique compris."""
    if file.is_dir():
        raise DiagError(
            f"{file} est un dossier. Rien n'a été écrit. "
            "Donnez un nom de fichier : diag audit export UAI audit.json."
        )
    _check_new(file, force=force)
    number = bundles.export_audit(session, file)
    left = len(photos_of(session))
    click.echo(f"{file} : {counted(number, 'modification')}")
    if left:
        stay = "ne voyagent pas" if left > 1 else "ne voyage pas"
        click.echo(
            f"{counted(left, 'photo')} {stay} avec ce fichier. Pour les donner : "
            f"diag audit photo {ref} export DOSSIER."
        )


@click.command("import")
@workspace_command
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
def import_audit(workspace: Workspace, file: Path, *, as_json: bool) -> None:
    """Lit l'audit écrit par « audit export » ; ce qui est ici reste."""
    session, taken = bundles.import_audit(workspace, file)
    conflicts = len(session.conflicts)
    about = session.about
    if as_json:
        print_json({
            **about_json(about),
            "new": taken.new,
            "known": taken.known,
            "conflicts": conflicts,
        })
        return
    click.echo(
        f"{about.name} ({about.ref}) : {counted(taken.new, 'modification')} en plus, "
        f"{taken.known} déjà connues."
    )
    if conflicts:
        click.echo(f"{counted(conflicts, 'conflit')} à trancher.")
