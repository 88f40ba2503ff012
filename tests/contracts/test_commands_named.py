"""Every command that a page or a message names exists; no sentence names a key."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import click
import pytest

from diag.cli import diag
from diag.tui.keymap import scopes
from tests.house import package

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "LISEZMOI.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
]
_CODE = re.compile(r"`(diag [^`]+)`|^(?:\$ )?(diag .+)$", re.MULTILINE)
_NAMED = re.compile(r"\bdiag (?=[a-z-]+)([^\n«»\"`;:.,()…]*)")
_BEFORE = re.compile(r"^(?:--(?:workspace|folder)\s+\S+\s*)+")


def fault_of(words: str) -> str:
    """Return what is wrong in what follows `diag` on a line; empty for nothing."""
    command: click.Command = diag
    plain = re.sub(r"\b\w+\|", "", words.partition("#")[0])
    for word in _BEFORE.sub("", plain).split():
        if word.startswith("--"):
            option = word.partition("=")[0].rstrip(")].,;")
            if option not in options_of(command) | {"--help"}:
                return f"{word} of « {words} »"
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z-]+", word):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return f"{word} of « {words} »"
            command = found
    return ""


def options_of(command: click.Command) -> set[str]:
    """Return its options; those of a group are its default command's too."""
    params = [*command.params]
    if isinstance(command, click.Group) and "list" in command.commands:
        params += command.commands["list"].params
    return {name for one in params for name in (*one.opts, *one.secondary_opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    named = [one or other for one, other in _CODE.findall(page.read_text("utf-8"))]
    faults = (fault_of(words.removeprefix("diag ")) for words in named)
    assert [*filter(None, faults)] == []


def sentences() -> Iterator[tuple[str, str]]:
    """Give what the program may print, by the module that holds it."""
    for name, nodes in package().walked.items():
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                yield (
                    name,
                    "".join(
                        one.value
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                        else "X"
                        for one in node.values
                    ),
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield name, node.value


def test_the_commands_of_a_message_exist() -> None:
    known = set(diag.list_commands(click.Context(diag)))
    faults, count = [], 0
    for name, text in sentences():
        for words in _NAMED.findall(text):
            if words.split()[0] in known:
                count += 1
                faults += [f"{name}: {fault}"] if (fault := fault_of(words)) else []
    assert faults == []
    assert count > 200


@pytest.mark.parametrize("words", ["sync --nope", "audit nope 0", "nope"])
def test_what_is_no_command_is_found(words: str) -> None:
    assert fault_of(words)


_KEY = re.compile(
    r"\bCtrl\+\w|\bF\d{1,2}\b|barre d.espace|touche [A-Z]\b|\([A-Z][,)]"
    r"|(?<![\w'’%])[C-Z] (: )?[a-zé]"
)


def test_no_sentence_names_a_key_that_may_be_another() -> None:
    """A sentence asks `key_now`; F2 of a form or a dialog is not to be chosen."""
    fixed = {"diag.tui.dialogs", "diag.tui.web"}
    places = re.compile(r"diag\.(tui|audit|office|workspace|words)\b")
    hard = {
        f"{name}: {text}"
        for name, nodes in package().walked.items()
        if places.match(name) and name not in fixed
        for text in _shown(nodes)
        if _KEY.search(text)
    }
    hard |= {
        f"{command.ident()}: {command.help_text()}"
        for scope in scopes()
        for command in scope.commands
        if _KEY.search(command.help_text())
    }
    assert hard == set()


def _shown(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Give the constants of a module, but for what is written to its readers."""
    written = {one.value for one in nodes if isinstance(one, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and node not in written:
            yield str(node.value)
