"""Write the commands' help and page anew: `python -m tests.contracts.pin_help`."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from diag.cli import COMMANDS, diag, speak_french

HELP = Path(__file__).with_name("help.txt")
PAGE = Path(__file__).parents[2] / "docs" / "commandes.md"
WIDTH = 78
"""Of a terminal of 80 columns, click leaves two."""


def main() -> None:
    """Keep the help of every command, and the page that lists them."""
    HELP.write_text(help_text(), encoding="utf-8", newline="\n")
    PAGE.write_text(commands_page(), encoding="utf-8", newline="\n")


def help_text() -> str:
    """Return the help of `diag` and of all that is under it, each under its name."""
    speak_french()
    return "\n".join(_helps(diag, None, "diag"))


_HEAD = """# Les commandes

Écrit par le programme, d'après ses commandes. `diag COMMANDE --help` dit le reste :
options, exemples. Là où une commande attend un UAI, `commune:INSEE` et `syndicat:SIREN`
conviennent aussi.
"""


def commands_page() -> str:
    """Return the page of all commands: a table for each verb of the help."""
    speak_french()
    context = click.Context(diag, info_name="diag")
    blocks = [_HEAD]
    for verb, names in COMMANDS.items():
        blocks.append(f"\n## {verb}\n\n| commande | ce qu'elle fait |\n|---|---|\n")
        for name in names:
            blocks += (
                f"| `{used}` | {does} |\n" for used, does in _rows(name, context)
            )
    return "".join(blocks).replace("'", "’")


def _rows(name: str, parent: click.Context) -> Iterator[tuple[str, str]]:
    """Give how a command, and each one under it, is typed, and what it does."""
    assert isinstance(parent.command, click.Group)
    command = parent.command.get_command(parent, name)
    assert command is not None
    if command.hidden:
        return
    context = click.Context(command, info_name=name, parent=parent)
    words = [
        each
        for each in command.collect_usage_pieces(context)
        if each not in ("[OPTIONS]", "COMMAND [ARGS]...")
    ]
    yield " ".join([context.command_path, *words]).replace("|", "\\|"), _does(command)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _rows(each, context)


def _does(command: click.Command) -> str:
    first = inspect.cleandoc(command.help or "").partition("\n\n")[0]
    return " ".join(first.replace("\b", "").split()).replace("|", "\\|")


def _helps(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[str]:
    context = command.make_context(
        name.rpartition(" ")[2], ["--help"], parent, resilient_parsing=True
    )
    context.terminal_width = WIDTH
    yield f"$ {name} --help\n{command.get_help(context)}\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            assert inner is not None
            yield from _helps(inner, context, f"{name} {each}")


if __name__ == "__main__":
    main()
