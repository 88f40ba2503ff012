"""`diag init`: who works here."""

from datetime import date

import click

from diag.cli.console import folder_of
from diag.desk.settings import first_settings, school_year
from diag.desk.workspace import Workspace
from diag.journal.journal import FILE
from diag.model.errors import DiagError


@click.command()
@click.option("--author", required=True, help="Votre prénom et votre nom.")
@click.option("--syndicat", default="", help="Nom du syndicat, comme il signe.")
@click.option("--siren", default="", help="SIREN du syndicat, pour son propre audit.")
@click.option("--campaign", help="Campagne, par exemple 2026-2027.")
@click.option("--phone", default="", help="Téléphone du syndicat, pour les rapports.")
@click.option("--email", default="", help="Adresse du syndicat, pour les rapports.")
@click.pass_context
def init(
    ctx: click.Context,
    author: str,
    syndicat: str,
    siren: str,
    campaign: str | None,
    phone: str,
    email: str,
) -> None:
    """Crée l'espace de travail et dit qui vous êtes."""
    folder = folder_of(ctx)
    if (folder / FILE).exists():
        raise DiagError(
            f"Un espace de travail existe déjà dans {folder}. Rien n'a été changé. "
            "Pour un autre : diag --workspace DOSSIER init …"
        )
    settings = first_settings(
        author,
        syndicat=syndicat,
        siren=siren,
        campaign=campaign or school_year(date.today()),  # noqa: DTZ011 - the user's day
        phone=phone,
        email=email,
    )
    with Workspace.create(folder, settings):
        click.echo(f"Espace de travail créé : {folder}")
        click.echo(f"Campagne : {settings.campaign}")
        click.echo("Ensuite : diag import annuaire FICHIER.csv")
