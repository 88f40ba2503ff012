"""`diag demo`, `init`, `settings`, `backup`, `encrypt`, `doctor`, `web`: workspaces."""

import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from diag.cli.shared import (
    combine,
    confirm,
    folder_of,
    json_option,
    print_json,
    print_lines,
    print_table,
    workspace_command,
    yes_option,
)
from diag.journal.connection import passphrase_given
from diag.journal.journal import FILE
from diag.journal.revision import now
from diag.model.errors import DiagError, Health, install_command
from diag.model.text import school_year
from diag.office import privacy
from diag.office.kit import PYTHONS, SYSTEMS, write_kit
from diag.office.outlook import year_begun, year_sentence
from diag.words.sentences import counted, euros
from diag.workspace import backup as backups
from diag.workspace import doctor as doctoring
from diag.workspace.doctor import LostLines
from diag.workspace.settings import changed_settings, first_settings
from diag.workspace.workspace import Workspace

_key_options = combine(
    click.option(
        "--key",
        "holder",
        type=click.Choice(["keyring", "passphrase"]),
        default="keyring",
        help="Qui garde la clé : le trousseau du système, ou une phrase de passe.",
    ),
    click.option(
        "--escrow",
        multiple=True,
        metavar="AGE1…",
        help="Clé publique age du bureau, qui pourra ouvrir (séquestre).",
    ),
)
"""Who holds the key."""


def _chosen_key(holder: str) -> tuple[bytes, dict[str, Any]]:
    """Return a fresh key and its mark, held as the option asks."""
    if holder == "keyring":
        return privacy.new_key(None)
    typed = passphrase_given("Phrase de passe à retenir")
    again = passphrase_given("La même, encore")
    if typed != again:
        raise click.UsageError("Les deux phrases diffèrent. Rien n'a été changé.")
    return privacy.new_key(typed)


def _print_clear_parts(folder: Path, key: bytes, escrow: Sequence[str]) -> None:
    """Seal the key for the office when asked, and list what stays in clear."""
    if escrow:
        path = privacy.escrow(folder, key, escrow)
        click.echo(f"Séquestre, à remettre au bureau : {path}")
    else:
        click.echo(
            "Sans séquestre (--escrow), la clé perdue rend les données illisibles "
            "pour toujours.",
            err=True,
        )
    print_lines(privacy.in_clear(folder))


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier de la démonstration, à part du vôtre.  [par défaut : diag-demo]",
)
@click.pass_context
def demo(ctx: click.Context, folder: Path | None) -> None:
    """Montre tout sur un territoire inventé."""
    root = ctx.find_root()
    # DIAG_HOME names one's own workspace: no demonstration is made in it.
    if root.get_parameter_source("workspace") is ParameterSource.COMMANDLINE:
        if folder:
            raise click.UsageError(
                "« --workspace » et « --dir » donnent deux dossiers à la "
                "démonstration : gardez l'un des deux."
            )
        folder = root.obj
    folder = folder or Path("diag-demo")
    # The whole program is imported: only the demonstration pays for it.
    from diag.demo import demonstrate  # noqa: PLC0415

    made = demonstrate(folder, click.echo)
    for title, paths in (
        ("\nDocuments de l'école auditée en entier", made.full),
        ("Documents provisoires de l'école auditée à moitié", made.half),
        ("Documents de la commune, avant un don de tablettes", made.commune),
    ):
        click.echo(f"{title} :")
        print_lines(f"  {path}" for path in paths)
    click.echo(
        "\nEssayez :\n"
        f"  diag --workspace {folder} schools valbrise\n"
        f"  diag --workspace {folder} score 9990148G\n"
        f"  diag --workspace {folder} audit questions 9990211A"
    )


@click.command()
@click.option("--author", required=True, help="Votre prénom et votre nom.")
@click.option("--syndicat", default="", help="Nom du syndicat, comme il signe.")
@click.option("--siren", default="", help="SIREN du syndicat, pour son propre audit.")
@click.option("--campaign", help="Campagne, par exemple 2026-2027.")
@click.option("--phone", default="", help="Téléphone du syndicat, pour les rapports.")
@click.option("--email", default="", help="Adresse du syndicat, pour les rapports.")
@click.option("--encrypted", is_flag=True, help="Chiffre le journal et les photos.")
@_key_options
@click.pass_context
def init(
    ctx: click.Context,
    /,
    author: str,
    campaign: str | None,
    holder: str,
    escrow: tuple[str, ...],
    *,
    encrypted: bool,
    **given: str,
) -> None:
    """Crée l'espace de travail et dit qui vous êtes."""
    folder = folder_of(ctx)
    if (folder / FILE).exists():
        with Workspace.open(folder) as there:
            is_whole = there.knows_author  # one that was repaired may know nobody
        if is_whole:
            raise DiagError(
                f"Un espace de travail existe déjà dans {folder}. Rien n'a été changé. "
                "Pour changer de nom, de syndicat ou de campagne : diag settings "
                "--help. Pour un autre espace : diag --workspace DOSSIER init …"
            )
    campaign = campaign or school_year(date.today())  # noqa: DTZ011 - the user's day
    settings = first_settings(author, campaign=campaign, **given)
    key = None
    if encrypted:
        key, mark = _chosen_key(holder)
        privacy.prepare(folder, key, mark)
    with Workspace.create(folder, settings) as workspace:
        workspace.note_screens(seen=False)
        click.echo(f"Espace de travail créé : {folder}")
        click.echo(f"Campagne : {settings.campaign}")
        if key is not None:
            _print_clear_parts(folder, key, escrow)
        click.echo("Ensuite : diag import annuaire FICHIER.csv")


@click.command()
@workspace_command
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier de la copie (sinon « backups » de l'espace de travail).",
)
def backup(workspace: Workspace, folder: Path | None) -> None:
    """Copie le journal, les photos et vos grilles, et vérifie."""
    copied = backups.back_up(workspace, folder)
    click.echo(f"Copie vérifiée : {copied.journal}")
    if copied.photos:
        click.echo(f"Photos, à garder à côté : {copied.photos}")
    if copied.overlay:
        click.echo(f"Vos grilles, à garder à côté : {copied.overlay}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Remet une copie en service ; rien de présent n'est perdu."""
    aside = backups.restore(folder_of(ctx), file)
    click.echo(f"Restauré depuis {file}")
    for kept in aside:
        click.echo(f"L'ancienne version est gardée : {kept}")
    if aside and aside[0].suffix == ".db":
        click.echo(f"Ce que l'ancien journal avait de plus : diag doctor {aside[0]}")
    with Workspace.open(folder_of(ctx)) as restored:
        if restored.knows_author:
            click.echo(
                f"Vous y signez « {restored.settings.author} ». Si ce n'est pas vous : "
                'diag settings --author "Prénom Nom"'
            )


@click.command()
@_key_options
@yes_option
@click.pass_context
def encrypt(
    ctx: click.Context, holder: str, escrow: tuple[str, ...], *, yes: bool
) -> None:
    """Chiffre le journal et les photos de cet espace de travail."""
    folder = folder_of(ctx)
    confirm(f"Chiffrer {folder} ? Fermez les autres fenêtres de diag.", yes=yes)
    key = privacy.encrypt(folder, lambda: _chosen_key(holder))
    click.echo(f"Chiffré et vérifié : {folder}")
    _print_clear_parts(folder, key, escrow)
    click.echo("Pour chiffrer aussi les copies : diag rgpd copies --drop")


@click.command()
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Clé privée age du bureau, si la clé de l'espace de travail est perdue.",
)
@yes_option
@click.pass_context
def decrypt(ctx: click.Context, identity: Path | None, *, yes: bool) -> None:
    """Remet en clair le journal et les photos."""
    folder = folder_of(ctx)
    confirm(f"Remettre {folder} en clair ?", yes=yes)
    key = privacy.from_escrow(folder, identity) if identity else None
    privacy.decrypt(folder, key)
    click.echo(f"En clair et vérifié : {folder}")


@click.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path), metavar="[FICHIER]"
)
@click.option("--repair", is_flag=True, help="Remet en état ; l'abîmé est mis de côté.")
@json_option
@click.pass_context
def doctor(
    ctx: click.Context, file: Path | None, *, repair: bool, as_json: bool
) -> None:
    """Examine l'espace de travail, sans rien y écrire.

    Avec FICHIER, un journal mis de côté : y reprend tout ce qui se lit encore.
    Code de sortie : 0 sain, 1 à réparer, 3 des modifications sont perdues.
    """
    folder = folder_of(ctx)
    if file is not None:
        with Workspace.open(folder) as workspace:
            done = doctoring.take_from(workspace.journal, file)
        readable = sum(done.found.values())
        if as_json:
            print_json({"readable": readable, "new": done.new})
            return
        click.echo(
            f"{counted(readable, 'modification')} lisibles, {done.new} reprises ici. "
            "Synchronisez : le bureau rendra ce qu'il a d'autre."
        )
        return
    if repair:
        _repair(folder, as_json=as_json)
        return
    seen = doctoring.examine(folder, now())
    findings = seen.findings
    if as_json:
        print_json({
            "verdict": seen.verdict.name.lower(),
            "findings": [
                {**one._asdict(), "verdict": one.verdict.name.lower()}
                for one in findings
            ],
            "found": dict(seen.evidence.found) if seen.evidence else {},
            "lost": [one._asdict() for one in seen.lost],
        })
    else:
        print_table((one.step, _HEALTH[one.verdict], one.sentence) for one in findings)
        print_lines(_lost_lines(seen.lost))
    sys.exit(seen.verdict)


@click.command(hidden=True)
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@json_option
@click.pass_context
def salvage(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Ancien nom de « diag doctor FICHIER »."""
    ctx.invoke(doctor, file=file, repair=False, as_json=as_json)


_SHOWN = 8
"""How many subjects of what is lost are printed; `--json` has them all."""

_HEALTH = {
    Health.SOUND: "sain",
    Health.REPAIRABLE: "à réparer",
    Health.LOST: "perdu",
}


def _repair(folder: Path, *, as_json: bool) -> None:
    done = doctoring.repair(folder)
    if as_json:
        print_json({
            **done._asdict(),
            "aside": str(done.aside) if done.aside else None,
            "lost": [one._asdict() for one in done.lost],
        })
    else:
        for source, number in done.found.items():
            click.echo(f"{source} : {counted(number, 'modification')}")
        if done.aside:
            click.echo(f"L'ancien fichier est gardé tel quel : {done.aside}")
        print_lines(_lost_lines(done.lost))
        with Workspace.open(folder) as workspace:
            knows_author = workspace.knows_author
            schools = workspace.territory.counts().schools
        if not knows_author:
            click.echo("Vos réglages n'y étaient plus : diag init --author NOM.")
        if not schools:
            click.echo("Plus d'écoles dans la liste : diag import annuaire FICHIER.")
        click.echo("Synchronisez : le bureau rendra ce qu'il a d'autre.")
    sys.exit(Health.LOST if done.lost else Health.SOUND)


def _lost_lines(lost: Iterable[LostLines]) -> Iterator[str]:
    """Give one line an audit: how many are lost, about what, no value."""
    for one in lost:
        name = one.name or (f"audit {one.audit[:8]}" if one.audit else "audit inconnu")
        about = [each.partition("/q/")[2] or each for each in one.subjects]
        shown = ", ".join(about[:_SHOWN]) + (" …" if len(about) > _SHOWN else "")
        gone = "perdue" if one.number == 1 else "perdues"
        count = f"{counted(one.number, 'modification')} {gone}"
        yield f"{name} : {count}" + (f", dont {shown}" if shown else "")


MOST_RESERVED = 10_000
"""Euros per class above which a figure was mistyped."""


@click.command()
@workspace_command
@click.option("--author", help="Votre prénom et votre nom.")
@click.option("--syndicat", help="Nom du syndicat, comme il signe.")
@click.option("--campaign", help="Campagne, par exemple 2027-2028.")
@click.option("--phone", help="Téléphone du syndicat, pour les rapports.")
@click.option("--email", help="Adresse du syndicat, pour les rapports.")
@click.option("--siren", help="SIREN du syndicat, pour son propre audit.")
@click.option(
    "--reserved-per-class",
    type=click.IntRange(0, MOST_RESERVED),
    help="Forfait réservé, en euros TTC par classe ; 0 : aucun.",
)
def settings(
    workspace: Workspace, /, reserved_per_class: int | None, **given: str | None
) -> None:
    """Montre qui travaille ici, ou le change. Ce qui était dit reste à son auteur."""
    kept = workspace.settings
    changed = changed_settings(kept, reserved_per_class=reserved_per_class, **given)
    if changed != kept:
        workspace.keep_settings(changed)
    reserved = changed.reserved_per_class
    print_table([
        ("Auteur", changed.name_of(changed.author)),
        ("Syndicat", changed.syndicat),
        ("Campagne", changed.campaign),
        ("Téléphone", changed.phone),
        ("Adresse", changed.email),
        ("SIREN", changed.siren),
        ("Forfait réservé", f"{euros(reserved)} par classe" if reserved else ""),
    ])
    if year := year_begun(workspace):
        how = f"diag settings --campaign {year}"
        click.echo(year_sentence(year, how), err=True)


@click.command()
@click.option(
    "--port", type=click.IntRange(1025, 65535), default=8000, help="Port (8000)."
)
@click.pass_context
def web(ctx: click.Context, port: int) -> None:
    """Ouvre les écrans dans un navigateur de cet ordinateur.

    Seul cet ordinateur y accède : rien n'est ouvert sur le réseau. L'adresse affichée
    sert une fois, dans un seul navigateur.
    """
    try:
        from diag.tui.web import LocalServer  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DiagError(
            "« diag » ouvre les mêmes écrans dans le terminal. Dans un navigateur, ils "
            "demandent un complément. Installez-le.",
            command=install_command("web"),
        ) from error
    words = [sys.executable, "-m", "diag"]  # what a tab runs, on the same workspace
    if ctx.obj is not None:
        words += ["--workspace", str(ctx.obj.absolute())]
    server = LocalServer(shlex.join(words), port)
    click.echo(f"Ouvrez {server.address} ; Ctrl+C arrête.")
    try:
        server.serve()
    except OSError as error:
        raise DiagError(
            f"Le port {port} est pris par un autre programme. Choisissez-en un autre : "
            f"diag web --port {port - 1}"
        ) from error


def _known(_ctx: object, _option: object, typed: tuple[str, ...]) -> tuple[str, ...]:
    for one in typed:
        if not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", one):
            raise click.BadParameter(f"{one} : écrivez 3.11, ou plus récent.")
    return typed


@click.command("offline-kit")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "system",
    type=click.Choice([*SYSTEMS]),
    required=True,
    help="Système des ordinateurs à installer.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION",
    callback=_known,
    help=f"Leur Python, répétable ; sinon {', '.join(PYTHONS)}.",
)
@click.option(
    "--extra",
    "extras",
    multiple=True,
    metavar="NOM",
    help="Complément à joindre, répétable : phone, encrypted, web…",
)
def offline_kit(
    folder: Path, system: str, pythons: tuple[str, ...], extras: tuple[str, ...]
) -> None:
    """Prépare une clé qui installe diag sans Internet.

    Ici, il faut Internet, une fois. Le dossier porte les paquets, leurs empreintes, un
    installateur et LISEZMOI.txt ; l'installateur de Python y est nommé, non joint.
    """
    say = partial(click.echo, err=True)
    kit = write_kit(folder, system, pythons, extras, say)
    held = f"{counted(kit.packages, 'paquet')}, {round(kit.size / 1e6)}\u00a0Mo"
    click.echo(f"{kit.folder} : {held}. Copiez ce dossier, puis suivez LISEZMOI.txt.")
