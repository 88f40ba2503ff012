"""`diag init`: who works here."""

from datetime import date
from pathlib import Path

import click

from diag.cli.console import folder_of
from diag.cli.encrypting import chosen_key, key_options, tell
from diag.desk.settings import first_settings
from diag.desk.workspace import Workspace
from diag.journal.journal import FILE
from diag.model.campaign import school_year
from diag.model.errors import DiagError


@click.command()
@click.option("--author", required=True, help="Votre prénom et votre nom.")
@click.option("--syndicat", default="", help="Nom du syndicat, comme il signe.")
@click.option("--siren", default="", help="SIREN du syndicat, pour son propre audit.")
@click.option("--campaign", help="Campagne, par exemple 2026-2027.")
@click.option("--phone", default="", help="Téléphone du syndicat, pour les rapports.")
@click.option("--email", default="", help="Adresse du syndicat, pour les rapports.")
@click.option("--encrypted", is_flag=True, help="Chiffre le journal et les photos.")
@key_options
@click.pass_context
def init(
    ctx: click.Context,
    author: str,
    syndicat: str,
    siren: str,
    campaign: str | None,
    phone: str,
    email: str,
    holder: str,
    escrow: tuple[str, ...],
    *,
    encrypted: bool,
) -> None:
    """Crée l'espace de travail et dit qui vous êtes."""
    folder = folder_of(ctx)
    if (folder / FILE).exists():
        raise DiagError(
            f"Un espace de travail existe déjà dans {folder}. Rien n'a été changé. "
            "Pour changer de nom, de syndicat ou de campagne : diag settings --help. "
            "Pour un autre espace : diag --workspace DOSSIER init …"
        )
    settings = first_settings(
        author,
        syndicat=syndicat,
        siren=siren,
        campaign=campaign or school_year(date.today()),  # noqa: DTZ011 - the user's day
        phone=phone,
        email=email,
    )
    key = _encrypted(folder, holder) if encrypted else None
    with Workspace.create(folder, settings) as workspace:
        workspace.note_screens(seen=False)
        click.echo(f"Espace de travail créé : {folder}")
        click.echo(f"Campagne : {settings.campaign}")
        if key is not None:
            tell(folder, key, escrow)
        click.echo("Ensuite : diag import annuaire FICHIER.csv")


def _encrypted(folder: Path, holder: str) -> bytes:
    from diag.desk.privacy import encrypting  # noqa: PLC0415 - who encrypts only

    key, mark = chosen_key(holder)
    encrypting.prepare(folder, key, mark)
    return key
