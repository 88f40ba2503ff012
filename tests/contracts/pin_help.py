"""Write every command's help anew: `python -m tests.contracts.pin_help`."""

from collections.abc import Iterator
from pathlib import Path

import click

from diag.cli.main import diag, speak_french

HELP = Path(__file__).with_name("help.txt")
WIDTH = 78
"""Of a terminal of 80 columns, click leaves two."""


def main() -> None:
    """Keep the help of every command."""
    HELP.write_text(help_text(), encoding="utf-8", newline="\n")


def help_text() -> str:
    """Return the help of `diag` and of all that is under it, each under its name."""
    speak_french()
    return "\n".join(_helps(diag, None, "diag"))


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
