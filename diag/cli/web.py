"""`diag web`: the screens in a browser of this computer, for who prefers one."""

import shlex
import sys
from pathlib import Path

import click

from diag.model.errors import DiagError


@click.command()
@click.option(
    "--port", type=click.IntRange(1024, 65535), default=8000, help="Port (8000)."
)
@click.pass_context
def web(ctx: click.Context, port: int) -> None:
    """Ouvre les écrans dans un navigateur de cet ordinateur.

    Seul cet ordinateur y accède : rien n'est ouvert sur le réseau.
    """
    try:
        from diag.tui.web import LocalServer  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DiagError(
            "Les écrans dans un navigateur demandent un complément. Installez-le : "
            'pip install "diag[web]". Sans lui, « diag » ouvre les mêmes écrans dans '
            "le terminal."
        ) from error
    click.echo(f"Ouvrez http://localhost:{port} ; Ctrl+C arrête.")
    LocalServer(command_of(ctx.obj), port).serve()


def command_of(folder: Path | None) -> str:
    """Return the command that a browser's tab runs, on the same workspace."""
    words = [sys.executable, "-m", "diag"]
    if folder is not None:
        words += ["--workspace", str(folder.absolute())]
    return shlex.join(words)
