"""`diag settings`: who works here, read again or said otherwise."""

import click

from diag.cli.console import print_table, workspace_of
from diag.desk.settings import Settings, changed_settings
from diag.desk.territory.new_year import year_begun, year_sentence


@click.command()
@click.option("--author", help="Votre prénom et votre nom.")
@click.option("--syndicat", help="Nom du syndicat, comme il signe.")
@click.option("--campaign", help="Campagne, par exemple 2027-2028.")
@click.option("--phone", help="Téléphone du syndicat, pour les rapports.")
@click.option("--email", help="Adresse du syndicat, pour les rapports.")
@click.option("--siren", help="SIREN du syndicat, pour son propre audit.")
@click.pass_context
def settings(ctx: click.Context, /, **said: str | None) -> None:
    """Montre qui travaille ici, ou le change ; ce qui était dit reste à son auteur."""
    with workspace_of(ctx) as workspace:
        kept = workspace.settings
        changed = changed_settings(kept, **said)
        if changed != kept:
            workspace.keep_settings(changed)
        print_table(_lines(changed))
        if year := year_begun(workspace):
            how = f"diag settings --campaign {year}"
            click.echo(year_sentence(year, how), err=True)


def _lines(settings: Settings) -> list[tuple[str, str]]:
    return [
        ("Auteur", settings.name_of(settings.author)),
        ("Syndicat", settings.syndicat),
        ("Campagne", settings.campaign),
        ("Téléphone", settings.phone),
        ("Adresse", settings.email),
        ("SIREN", settings.siren),
    ]
