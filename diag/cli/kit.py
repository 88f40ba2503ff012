"""`diag offline-kit`: what installs diag where there is no Internet."""

import re
from functools import partial
from pathlib import Path

import click

from diag.office.kit import PYTHONS, SYSTEMS, write_kit
from diag.words.sentences import counted


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
