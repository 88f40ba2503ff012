"""`diag demo`: everything, on an invented territory."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("diag-demo"),
    show_default=True,
    help="Dossier de la démonstration, à part du vôtre.",
)
def demo(folder: Path) -> None:
    """Montre tout sur un territoire inventé : écoles, commune, documents."""
    # The whole program is imported: only the demonstration pays for it.
    from diag.desk.demo import demonstrate  # noqa: PLC0415

    made = demonstrate(folder, click.echo)
    click.echo("\nDocuments de l'école auditée en entier :")
    for path in made.full:
        click.echo(f"  {path}")
    click.echo("Documents provisoires de l'école auditée à moitié :")
    for path in made.half:
        click.echo(f"  {path}")
    click.echo("Documents de la commune, avant un don de tablettes :")
    for path in made.commune:
        click.echo(f"  {path}")
    click.echo(
        "\nEssayez :\n"
        f"  diag --workspace {folder} schools valbrise\n"
        f"  diag --workspace {folder} score 9990148G\n"
        f"  diag --workspace {folder} audit questions 9990211A"
    )
