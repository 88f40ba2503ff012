"""`diag encrypt`, `diag decrypt`: a workspace unreadable without its key, and back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from diag.cli.console import agreed, folder_of

F = TypeVar("F", bound=Callable[..., Any])


def key_options(command: F) -> F:
    """Add --key and --escrow: who holds the key."""
    holder = click.option(
        "--key",
        "holder",
        type=click.Choice(["keyring", "passphrase"]),
        default="keyring",
        help="Qui garde la clé : le trousseau du système, ou une phrase de passe.",
    )
    sealed = click.option(
        "--escrow",
        multiple=True,
        metavar="AGE1…",
        help="Clé publique age de l'office, qui pourra ouvrir (séquestre).",
    )
    return holder(sealed(command))


def chosen_key(holder: str) -> tuple[bytes, dict[str, Any]]:
    """Return a fresh key and its mark, as the options say."""
    # Only who encrypts pays for it.
    from diag.desk.privacy import encrypting  # noqa: PLC0415
    from diag.journal import keys  # noqa: PLC0415

    if holder == "keyring":
        return encrypting.new_key(None)
    typed = keys.passphrase_given("Phrase de passe à retenir")
    again = keys.passphrase_given("La même, encore")
    if typed != again:
        raise click.UsageError("Les deux phrases diffèrent. Rien n'a été changé.")
    return encrypting.new_key(typed)


def tell(folder: Path, key: bytes, escrow: Sequence[str]) -> None:
    """Seal the key for the office when asked, and tell what stays in clear."""
    from diag.desk.privacy import encrypting  # noqa: PLC0415 - as above

    if escrow:
        path = encrypting.escrow(folder, key, escrow)
        click.echo(f"Séquestre, à remettre à l'office : {path}")
    else:
        click.echo(
            "Sans séquestre (--escrow), la clé perdue rend les données illisibles "
            "pour toujours.",
            err=True,
        )
    for line in encrypting.in_clear(folder):
        click.echo(line)


@click.command()
@key_options
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@click.pass_context
def encrypt(
    ctx: click.Context, holder: str, escrow: tuple[str, ...], *, yes: bool
) -> None:
    """Chiffre le journal et les photos de cet espace de travail."""
    from diag.desk.privacy import encrypting  # noqa: PLC0415 - as above

    folder = folder_of(ctx)
    if not yes and not agreed(
        f"Chiffrer {folder} ? Fermez les autres fenêtres de diag."
    ):
        raise click.Abort
    key, mark = chosen_key(holder)
    encrypting.encrypt(folder, key, mark)
    click.echo(f"Chiffré et vérifié : {folder}")
    tell(folder, key, escrow)
    click.echo("Pour chiffrer aussi les sauvegardes : diag rgpd copies --drop")


@click.command()
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Clé privée age de l'office, si la clé de l'espace de travail est perdue.",
)
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@click.pass_context
def decrypt(ctx: click.Context, identity: Path | None, *, yes: bool) -> None:
    """Remet en clair le journal et les photos de cet espace de travail."""
    from diag.desk.privacy import encrypting  # noqa: PLC0415 - as above

    folder = folder_of(ctx)
    if not yes and not agreed(f"Remettre {folder} en clair ?"):
        raise click.Abort
    key = encrypting.from_escrow(folder, identity) if identity else None
    encrypting.decrypt(folder, key)
    click.echo(f"En clair et vérifié : {folder}")
