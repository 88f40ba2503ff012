"""`diag hub …`: the office's server, for who administers it."""

import sys
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.hub_setup import HubLocation, chosen, database_option, init, setup
from diag.cli.shared import (
    confirm,
    json_option,
    print_json,
    print_lines,
    print_table,
    progress_bar,
    yes_option,
)
from diag.imports.intake import account
from diag.journal.revision import now
from diag.model.errors import DiagError, Health, install_command
from diag.sync.hub.files import forget_set_aside
from diag.sync.hub.hub import deliver
from diag.sync.hub.intake import WAITED, look_at_cut_over
from diag.sync.hub.service import act_as_owner
from diag.words.dates import day_words, moment_words
from diag.words.sentences import counted

if TYPE_CHECKING:
    from diag.sync.hub.tables import Device


_identity = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CLÉ",
    help="Clé privée age du bureau, si la copie est chiffrée ; un fichier peut en "
    "porter plusieurs.",
)

_HEALTH = {Health.SOUND: "sain", Health.REPAIRABLE: "à faire", Health.LOST: "perdu"}


@click.group()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DIAG_HUB",
    metavar="DOSSIER",
    help="Dossier du serveur (sinon DIAG_HUB, diag-hub s'il est ici, ou celui du "
    "service : /var/lib/diag-hub/hub).",
)
@click.pass_context
def hub(ctx: click.Context, folder: Path | None) -> None:
    """Tient le serveur du syndicat (voir docs/hub.md).

    Donnée en root, une commande agit sous le compte à qui est le dossier.
    """
    ctx.obj = HubLocation(folder)
    if ctx.invoked_subcommand != "setup":
        act_as_owner(ctx.obj.folder)


hub.add_command(setup)
hub.add_command(init)


@hub.command()
@click.option("--host", default="", help="Adresse écoutée (sinon toutes).")
@click.option("--port", type=int, help="Port écouté (sinon celui de l'adresse).")
@database_option
@chosen
def serve(chosen: HubLocation, host: str, port: int | None, database: str) -> None:
    """Lance le serveur, jusqu'à Ctrl+C ; un journal JSON sur la sortie d'erreur."""
    try:
        from diag.sync.hub import app  # noqa: PLC0415 - the extra `hub`
    except ModuleNotFoundError as error:
        raise DiagError(
            f"Il manque {error.name}. Installez ce que demande le serveur.",
            command=install_command("hub"),
        ) from error
    home = chosen.home().on(database) if database else chosen.home()
    everywhere = "127.0.0.1" if home.settings.tls == "proxy" else "0.0.0.0"  # noqa: S104 - laptops call it
    app.serve(home, host=host or everywhere, port=port)


@hub.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@chosen
def directory(chosen: HubLocation, file: Path) -> None:
    """Lit l'annuaire des écoles : le serveur sait alors où est chaque audit."""
    print_lines(account(chosen.home().teach(file)))


@hub.command()
@click.argument("person", metavar="PERSONNE")
@click.option(
    "--territory",
    "territories",
    multiple=True,
    required=True,
    help=(
        "Département, commune (INSEE), « syndicat », ou * pour tout ; à répéter. Un "
        "droit propre à un territoire s'écrit après : 95127=read."
    ),
)
@click.option(
    "--right",
    type=click.Choice(["read", "write", "review", "admin"]),
    default="write",
    show_default=True,
    help="Lire, écrire, relire (accepter, confirmer un effacement), administrer.",
)
@chosen
def enrol(
    chosen: HubLocation, person: str, territories: tuple[str, ...], right: str
) -> None:
    """Donne une invitation pour un poste : elle sert une fois, un quart d'heure."""
    from diag.sync.hub.home import find_unknown_territories  # noqa: PLC0415 - certificates

    home = chosen.home()
    click.echo(home.invite(person, territories, right))
    click.echo("Sur son poste : diag sync enrol INVITATION", err=True)
    with closing(home.store()) as store:
        unknown = find_unknown_territories(store, territories)
        known = [one for one in store.devices() if one.person == person]
    for one in known:
        if not one.revoked_at:
            click.echo(
                f"{person} a déjà le poste {one.id} ({' '.join(one.territories)}, "
                f"{one.right}), qui garde ses droits. S'il est remplacé : diag hub "
                f"revoke {one.id}",
                err=True,
            )
    for name in unknown:
        click.echo(
            f"Attention : aucune école de l'annuaire du serveur n'est dans « {name} ». "
            "Ce poste n'y enverra rien : vérifiez le territoire, ou lisez l'annuaire "
            "(diag hub directory).",
            err=True,
        )


@hub.command()
@json_option
@chosen
def devices(chosen: HubLocation, *, as_json: bool) -> None:
    """Montre les postes inscrits, et quand ils ont appelé."""
    with closing(chosen.home().store()) as store:
        found, cloned = store.devices(), store.cloned()
    if as_json:
        print_json([
            {**device._asdict(), "cloned": device.id in cloned} for device in found
        ])
        return
    print_table(_row(device, cloned) for device in found)
    click.echo(counted(len(found), "poste"), err=True)


def _row(device: "Device", cloned: Collection[int] = ()) -> tuple[str, ...]:
    closed = "copié, arrêté le" if device.id in cloned else "révoqué le"
    seen = f"vu le {day_words(device.seen_at)}" if device.seen_at else "jamais vu"
    return (
        str(device.id),
        device.person or "(effacé)",
        device.name,
        " ".join(device.territories),
        device.right,
        f"{closed} {day_words(device.revoked_at)}" if device.revoked_at else seen,
    )


@hub.command()
@click.argument("device", type=int, metavar="N")
@click.option(
    "--erase-name", is_flag=True, help="Efface aussi d'ici le nom de la personne."
)
@chosen
def revoke(chosen: HubLocation, device: int, *, erase_name: bool) -> None:
    """Ferme la porte à un poste perdu ou rendu ; ce qu'il a envoyé reste."""
    with closing(chosen.home().store()) as store:
        closed = store.revoke(device, now())
        erased = erase_name and store.forget_person(device)
    if not (closed or erased):
        raise DiagError(
            f"Le poste {device} n'est pas inscrit, ou est déjà révoqué : voyez diag "
            "hub devices."
        )
    if closed:
        click.echo(f"Poste {device} révoqué.")
    if erased:
        click.echo("Nom effacé ici ; les copies du serveur le gardent trente jours.")


@hub.command()
@click.argument("what", type=click.Choice(["seals"]), metavar="seals")
@yes_option
@chosen
def require(chosen: HubLocation, what: str, *, yes: bool) -> None:
    """N'admet plus que ce qui est prouvé : donné par son auteur, ou sous son sceau.

    Accepter un audit et confirmer un effacement demandent alors le droit « review ». On
    n'y revient pas. Possible quand tous les postes scellent, ou 90 jours après le
    premier sceau ; montre les postes dont rien n'est encore scellé.
    """
    with closing(chosen.home().store()) as store:
        cut = look_at_cut_over(store.devices(), store.first_seals())
        print_table(map(_row, cut.behind))
        many = counted(len(cut.behind), "poste")
        click.echo(f"{many} sans sceau encore.", err=True)
        if not cut.since:
            raise DiagError("Aucun poste n'a encore scellé : rien n'est changé.")
        if not cut.is_offered(now()):
            raise DiagError(
                f"{many} n'enverraient plus rien de leurs collègues : rien n'est "
                "changé. Attendez qu'ils synchronisent, ou le "
                f"{day_words(cut.since + WAITED)}, 90 jours après le premier sceau. Un "
                "poste perdu se révoque : diag hub revoke N."
            )
        confirm("Exiger les sceaux, pour toujours ?", yes=yes)
        store.require_seals(now())
    click.echo(f"Exigé dès maintenant : {what}.")


@hub.command()
@chosen
def key(chosen: HubLocation) -> None:
    """Affiche la clé du serveur, pour qui lui adresse un paquet sans l'avoir joint."""
    card = chosen.home().keys.card
    click.echo(str(card))
    click.echo(f"Empreinte, à comparer de vive voix : {card.fingerprint}", err=True)


@hub.command()
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER"
)
@chosen
def read(chosen: HubLocation, file: Path) -> None:
    """Lit un paquet apporté au bureau, même serveur en marche, comme un envoi."""
    home = chosen.home()
    with closing(home.store()) as store:
        done = deliver(home.hub(store), home.keys, home.folder, file)
    click.echo(f"Paquet de {done.person}, écrit le {moment_words(done.created)} :")
    new = counted(done.new, "modification nouvelle", "modifications nouvelles")
    joined = counted(done.attachments, "pièce jointe", "pièces jointes")
    click.echo(f"  {new} sur {done.received}, {joined}.")
    for why, number in done.refused.items():
        click.echo(f"  Refusé ({number}) : {why}")


@hub.command()
@click.option(
    "--to",
    "to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des copies (sinon « backups » du serveur).",
)
@click.option(
    "--seal",
    "keys",
    multiple=True,
    metavar="age1…",
    help="Chiffre la copie pour cette clé publique age ; à répéter.",
)
@chosen
def backup(chosen: HubLocation, to: Path | None, keys: tuple[str, ...]) -> None:
    """Copie le serveur, même en marche, et vérifie la copie jusqu'au dernier octet."""
    from diag.sync.hub import copies  # noqa: PLC0415 - certificates

    home = chosen.home()
    if keys:
        with progress_bar("Pièces jointes") as show:
            copied = copies.back_up_sealed(home, keys, to, show)
    else:
        copied = copies.back_up(home, to)
    click.echo(f"Copie vérifiée{', chiffrée' if keys else ''} : {copied}")


@hub.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path), metavar="[FICHIER]"
)
@click.option(
    "--forget",
    is_flag=True,
    help="Supprime tout de suite ce que les restaurations ont mis de côté ; sans "
    "FICHIER, ne fait que cela.",
)
@_identity
@database_option
@chosen
def restore(
    chosen: HubLocation,
    file: Path | None,
    identity: Path | None,
    database: str,
    *,
    forget: bool,
) -> None:
    """Remet une copie en service, serveur arrêté ; les postes rendent la suite."""
    if file:
        from diag.sync.hub import copies  # noqa: PLC0415 - certificates

        if file.suffix != copies.SEALED:
            kept = copies.restore(chosen.folder, file, database)
        elif identity is None:
            raise click.UsageError("Cette copie est chiffrée : donnez --identity CLE.")
        else:
            kept = copies.restore_sealed(chosen.folder, file, identity, database)
        click.echo(f"Restauré depuis {file}")
        if kept:
            click.echo(f"L'ancienne base est gardée trente jours : {kept}")
    elif not forget:
        raise click.UsageError("Nommez la copie, ou donnez --forget.")
    if forget:
        with closing(chosen.home().store()) as store:
            number = forget_set_aside(store, at_once=True)
        click.echo(f"Mis de côté, puis supprimé : {number}")


@hub.command()
@json_option
@_identity
@chosen
def doctor(chosen: HubLocation, identity: Path | None, *, as_json: bool) -> None:
    """Examine le serveur, en marche ou non, sans rien y changer.

    La dernière copie est essayée : une base PostgreSQL dans une base à part, une copie
    chiffrée si la clé est donnée (le temps de l'essai, dans le dossier du serveur).

    Code de sortie : 0 sain, 1 quelque chose à faire, 3 la base est abîmée.
    """
    from diag.sync.hub import doctor as doctoring  # noqa: PLC0415 - certificates

    home = chosen.home()
    machine = doctoring.look_at_machine(home.folder)
    found = doctoring.examine(home, machine, now(), identity)
    verdict = max(one.verdict for one in found)
    if as_json:
        findings = [
            {**one._asdict(), "verdict": one.verdict.name.lower()} for one in found
        ]
        print_json({"verdict": verdict.name.lower(), "findings": findings})
    else:
        print_table((one.step, _HEALTH[one.verdict], one.sentence) for one in found)
    sys.exit(verdict)


@hub.command()
@click.option(
    "--lost",
    "is_lost",
    is_flag=True,
    help="Un autre l'a peut-être : chaque poste demandera une nouvelle invitation.",
)
@yes_option
@chosen
def rekey(chosen: HubLocation, *, is_lost: bool, yes: bool) -> None:
    """Change la clé par laquelle le serveur signe à qui est chaque clé.

    L'ancienne garantit la nouvelle : les postes la suivent à leur prochaine
    synchronisation. Celle qui ouvre les paquets reste.
    """
    home = chosen.home()
    confirm("Changer la clé du serveur ?", yes=yes)
    home.rekey(now(), is_lost=is_lost)
    click.echo(f"Nouvelle empreinte : {home.keys.card.fingerprint}")
    if is_lost:
        click.echo("Donnez à chaque poste une nouvelle invitation : diag hub enrol")
    click.echo("Relancez le serveur : systemctl restart diag-hub")
