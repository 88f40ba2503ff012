"""What every command shares: the workspace it works in, how it prints."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from diag.desk.home import default_folder
from diag.desk.workspace import Workspace
from diag.model.auditee import Auditee

F = TypeVar("F", bound=Callable[..., Any])


def folder_of(ctx: click.Context) -> Path:
    """Return the workspace's folder: --workspace, DIAG_HOME, else the user's."""
    chosen = ctx.find_root().obj
    return chosen if isinstance(chosen, Path) else default_folder()


@contextmanager
def workspace_of(ctx: click.Context) -> Iterator[Workspace]:
    """Open the workspace for one command; say so when it is read-only."""
    with Workspace.open(folder_of(ctx)) as workspace:
        if workspace.journal.notice:
            click.echo(workspace.journal.notice, err=True)
        yield workspace


def campaign_option(command: F) -> F:
    """Add --campaign: another campaign than the workspace's."""
    option = click.option(
        "--campaign", help="Campagne (sinon celle de l'espace de travail)."
    )
    return option(command)


def json_option(command: F) -> F:
    """Add --json: the result for a program."""
    return click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")(command)


def about_json(about: Auditee) -> dict[str, str | None]:
    """Return whom an audit is about, for a program; only a school has a UAI."""
    return {
        "subject": str(about.subject),
        "uai": about.school.uai if about.school else None,
        "name": about.name,
        "commune": about.commune,
    }


def subject_argument(command: F) -> F:
    """Add whom the audit is about: a UAI, `commune:INSEE` or `syndicat:SIREN`."""
    return click.argument("ref", metavar="SUJET")(command)


def agreed(question: str) -> bool:
    """Ask on stderr for a yes; anything but « o » or « oui » is a no."""
    typed: str = click.prompt(
        f"{question} [o/N]", default="", show_default=False, prompt_suffix=" ", err=True
    )
    return typed.strip().casefold() in {"o", "oui"}


def print_json(value: object) -> None:
    """Print a result for a program: stable keys, one document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows as aligned columns; the last one is free."""
    table = [tuple(row) for row in rows]
    if not table:
        return
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
