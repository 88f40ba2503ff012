"""What a user reads is French, whole, and the same everywhere."""

from collections.abc import Iterator
from pathlib import Path

import click
import polib
import pytest

from diag.cli import diag, speak_french

LOCALE = Path(__file__).parents[2] / "diag/cli/locale/fr/LC_MESSAGES"
ENGLISH = ("Usage:", "Options:", "Commands:", "Show this", "Error:", "[required]")


def commands(
    command: click.Command = diag, name: str = "diag"
) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from commands(found, f"{name} {child}")


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_help_is_french_and_tells_every_option(
    name: str, command: click.Command
) -> None:
    speak_french()
    told = command.get_help(click.Context(command, info_name=name))

    assert not [word for word in ENGLISH if word in told]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option


def test_the_compiled_words_are_those_of_the_catalogue(tmp_path: Path) -> None:
    made = tmp_path / "messages.mo"
    polib.pofile(str(LOCALE / "messages.po")).save_as_mofile(str(made))

    assert made.read_bytes() == (LOCALE / "messages.mo").read_bytes()
