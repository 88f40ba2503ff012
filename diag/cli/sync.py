"""`diag sync`: answers and photos meet those of the office."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click

from diag.cli.bundle import share
from diag.cli.shared import (
    json_option,
    print_json,
    print_lines,
    workspace_command,
    workspace_of,
)
from diag.office import sync as syncing
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

EXIT_REFUSED = 1
"""It stopped before its end; what passed is kept."""

_LABELS = {"revisions": "Modifications", "bytes": "Pièces jointes"}


@click.group(invoke_without_command=True)
@click.option(
    "--folder",
    metavar="DOSSIER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Échange par un dossier partagé avec vos collègues, sans serveur.",
)
@json_option
@click.pass_context
def sync(ctx: click.Context, folder: Path | None, *, as_json: bool) -> None:
    """Synchronise avec le serveur du syndicat : réponses d'abord, photos ensuite.

    Interrompue (Ctrl+C, réseau coupé), elle reprend où elle en était.
    """
    if ctx.invoked_subcommand:
        return
    if folder is not None:
        share(ctx, folder, as_json=as_json)
        return
    with workspace_of(ctx) as workspace, _stopping() as stopped, _progress() as show:
        outcomes = syncing.run(workspace, show, stopped)
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print_lines(syncing.words_of(outcome))
    if any(outcome.problem for outcome in outcomes):
        sys.exit(EXIT_REFUSED)


@sync.command()
@workspace_command
@click.argument("invitation")
def enrol(workspace: Workspace, invitation: str) -> None:
    """Inscrit ce poste auprès du serveur qui a donné l'invitation."""
    hub = syncing.enrol(workspace, invitation)
    where = ", ".join("tout" if one == "*" else one for one in hub.territories)
    click.echo(f"Ce poste est inscrit : {hub.name} ({hub.url}), territoire : {where}.")
    click.echo("Ensuite : diag sync")


@sync.command()
@workspace_command
@click.argument("name", metavar="SERVEUR")
def forget(workspace: Workspace, name: str) -> None:
    """Oublie un serveur qui n'est plus ; ce qui est ici reste ici."""
    hub = syncing.forget(workspace, name)
    click.echo(f"Oublié : {hub.name} ({hub.url}). Rien d'ici n'a changé.")
    click.echo("S'il sert encore, qu'on y révoque ce poste : diag hub revoke.")


@sync.command()
@workspace_command
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Dit ce qui n'est pas encore au bureau, et ce qu'a fait la dernière fois."""
    hubs = syncing.hubs(workspace)
    names = syncing.names_of(hubs)
    waiting = {names[hub.hub]: syncing.waiting(workspace, hub) for hub in hubs}
    last = syncing.last(workspace)
    if as_json:
        print_json({
            "waiting": {
                name: {one.audit: one.revisions for one in some}
                for name, some in waiting.items()
            },
            "last": [asdict(outcome) for outcome in last],
        })
        return
    if not waiting:
        click.echo("Aucun serveur ne connaît ce poste : diag sync enrol INVITATION.")
    for name, some in waiting.items():
        number = sum(one.revisions for one in some)
        click.echo(f"{name} : {counted(number, 'modification')} pas encore au bureau.")
        for one in some:
            click.echo(f"  {one.title} : {one.revisions}")
    for outcome in last:
        click.echo("La dernière fois :")
        for line in syncing.words_of(outcome):
            click.echo(f"  {line}")


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Have Ctrl+C stop between two requests; a second one stops at once."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each phase on a terminal's stderr; nothing elsewhere."""
    bars: dict[str, Any] = {}

    def show(phase: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if phase not in bars:
            label = _LABELS[phase]
            bars[phase] = click.progressbar(length=1, label=label, file=sys.stderr)
        bar = bars[phase]
        bar.length = max(total, 1)
        bar.update(done - bar.pos)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.render_finish()
