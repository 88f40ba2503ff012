"""The options of every document: in which forms, where, dated how."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from diag.cli.days import Day

F = TypeVar("F", bound=Callable[..., Any])


def form_options(command: F) -> F:
    """Add --format, --out and --date, as `diag report` has them."""
    for option in (
        click.option(
            "--date", "day", type=Day(), help="Date imprimée (sinon ce jour)."
        ),
        click.option(
            "--out",
            "folder",
            type=click.Path(path_type=Path, file_okay=False),
            help="Dossier des fichiers (sinon « exports » de l'espace de travail).",
        ),
        click.option(
            "--format",
            "forms",
            multiple=True,
            type=click.Choice(["md", "html", "pdf", "odt"]),
            help="Forme des fichiers ; répétable (sinon les quatre).",
        ),
    ):
        command = option(command)
    return command
