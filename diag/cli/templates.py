"""`diag templates …`: the documents' words and look, made a syndicat's own."""

import sys

import click

from diag.cli.shared import (
    print_json,
    print_lines,
    print_table,
    workspace_command,
)
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

_name = click.argument("name", metavar="[NOM]", default="")


@click.group()
def templates() -> None:
    """Modèles des documents : voir, copier, comparer, essayer les vôtres."""


@templates.command("list")
@workspace_command
def list_(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les modèles, et dit lesquels sont les vôtres."""
    # Jinja and the reports cost 100 ms to import: `diag --help` does without.
    from diag.documents.templates import templates as every  # noqa: PLC0415

    found = every(workspace)
    if as_json:
        print_json([
            {
                "name": one.name,
                "own": one.own is not None,
                "changed": one.own is not None and one.body != one.shipped,
                "outdated": one.is_outdated,
            }
            for one in found
        ])
        return
    print_table((one.name, one.words) for one in found)


@templates.command()
@workspace_command
@_name
def eject(workspace: Workspace, name: str) -> None:
    """Copie un modèle livré (tous, sans NOM) dans overlay/modeles, pour le changer."""
    from diag.documents.templates import eject as ejected  # noqa: PLC0415 - Jinja

    written = ejected(workspace, name)
    print_lines(map(str, written))
    if not written:
        click.echo("Rien à copier : tous les modèles sont déjà là.", err=True)


@templates.command()
@workspace_command
@_name
def diff(workspace: Workspace, name: str) -> None:
    """Montre ce que vos modèles changent, et si le modèle livré a changé depuis."""
    from diag.documents.templates import chosen_templates, difference  # noqa: PLC0415

    wanted = chosen_templates(workspace, name)
    own = [one for one in wanted if one.own is not None]
    for one in own:
        print_lines(difference(one))
    if not own:
        click.echo("Vos documents suivent les modèles livrés.", err=True)


@templates.command()
@workspace_command
def check(workspace: Workspace) -> None:
    """Essaie vos modèles et votre charte sur des audits inventés."""
    from diag.demo import problems_tried  # noqa: PLC0415 - Jinja
    from diag.documents.templates import templates as every  # noqa: PLC0415
    from diag.workspace.editions import overlay_of  # noqa: PLC0415 - 60 ms

    overlay = overlay_of(workspace)
    found = every(workspace)
    made: list[str] = []
    problems = problems_tried(overlay, made.append)
    print_lines(problems)
    outdated = [one.name for one in found if one.is_outdated]
    for one in outdated:
        click.echo(
            f"{one} : avertissement : le modèle livré a changé depuis votre copie. "
            f"Voyez : diag templates diff {one}."
        )
    own = sum(one.own is not None for one in found)
    click.echo(
        f"{overlay} : {counted(own, 'modèle à vous', 'modèles à vous')} ; "
        f"{counted(len(made), 'document essayé', 'documents essayés')} ; "
        f"{counted(len(problems), 'erreur')}, "
        f"{counted(len(outdated), 'avertissement')}."
    )
    if problems:
        sys.exit(1)
