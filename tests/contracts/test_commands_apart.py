"""What both the screens and the prompt say: commands stand apart, for the prompt."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click

import diag
from diag.cli import diag as prompt
from tests.house import package

ROOT = Path(diag.__path__[0])
PROMPT_ONLY = {
    "documents/mail.py",
    "documents/tables",
    "documents/templates.py",
    "journal/connection.py",
    "office/bundles.py",
    "office/imports.py",
    "office/kit",
    "office/mail",
    "office/merging.py",
    "office/erasing.py",
    "office/privacy.py",
    "office/retention.py",
    "workspace/charter.py",
    "workspace/disk.py",
    "workspace/doctor.py",
}
"""What no screen does, or what is said before there is a screen."""
SAID_AS_SUCH = {
    "journal/file.py",  # its file is gone: one leaves the screens to restore
    "audit/erasing.py",  # what a colleague asks is confirmed at the prompt alone
    "audit/upgrade.py",  # « en ligne de commande : … »
    "office/sync.py",  # the screens' way, then the prompt's
}
FLOORS = ("audit/", "documents/", "imports/", "journal/", "office/", "workspace/")
APART = tuple(PROMPT_ONLY | SAID_AS_SUCH)
NAMES = "|".join(prompt.list_commands(click.Context(prompt)))
COMMAND = re.compile(rf"\bdiag ({NAMES})\b|(?<!\w)--[a-z]{{2}}")
WHOLE = ("diag ", "--", "{} --")
"""How a text begins that is a command and nothing else."""


def shared() -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield the path of each module that both floors use, and its nodes."""
    tree = package()
    for module, nodes in tree.walked.items():
        name = tree.paths[module].relative_to(ROOT).as_posix()
        if name.startswith(FLOORS) and not name.startswith(APART):
            yield name, nodes


def texts(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the texts of a module, those of f-strings whole, without docstrings."""
    aside: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.Expr):
            aside.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            aside.update(node.values)
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and node not in aside:
            yield str(node.value)


def test_a_sentence_that_screens_may_show_names_no_command() -> None:
    """A `DiagError` has it in `command`, which only the prompt tells."""
    mixed = [
        (name, text)
        for name, nodes in shared()
        for text in texts(nodes)
        if COMMAND.search(text) and not text.startswith(WHOLE)
    ]
    assert mixed == []
