"""`diag completion`: the script that completes diag's words in a shell."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Écrit le script de complétion pour SHELL (bash, zsh ou fish).

    À ajouter au démarrage du terminal, par exemple pour bash :
    eval "$(diag completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None
    root = ctx.find_root().command
    click.echo(kind(root, {}, "diag", "_DIAG_COMPLETE").source())
