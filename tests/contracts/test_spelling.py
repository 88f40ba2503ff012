"""Every French sentence is spelled right: of grids, pages, templates and screens.

The dictionary is Hunspell's, `hunspell` and `hunspell-fr` under Debian: where it is
not installed the tests say so, and read nothing.
"""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from diag.checklist import shipped_checklists
from diag.checklist.lint.french import (
    ALLOWED_FILE,
    allowed_words,
    spelling_problems,
    words_of,
)
from diag.checklist.load import load_checklists
from tests.house import package

ROOT = Path(__file__).parents[2]
PAGES = (
    *("guide-auteur.md", "guide-ingenieur.md", "hub.md", "inventaires-et-mesures.md"),
    *("normes-anglaises.md", "couverture.md", "programme.md"),
    *("mesures.md", "essai-postes.md"),
)
NAMES = allowed_words(
    "Excel\nGeoJSON\niPhone\nJinja\nLibreOffice\nMarkdown\nPostgreSQL\nPrometheus\n"
    "SQLCipher\nSQLite\nsystemd\nuMap\nVisual\nWord\n"  # software
    "chown\nchrony\ncron\nhunspell-fr\ninstall\nlib\nmnt\nnas\nopt\npip\npostgresql-client\n"
    "PyPI\nset-ntp\nspylls\nsystemctl\nods\nxls\n"
    "ap\nEkahau\nFusionInventory\niperf3\nKoboToolbox\nLansweeper\nlibrespeed-cli\nmacOS\n"
    "netsh\nNetSpot\nnetworkQuality\nnmap\nOokla\nserialnumber\nSnipe-IT\n"
    "speedtest-cli\nWiFiAnalyzer\nXLSForm\n"
    "Bellefont\nCourvaux\nFerté-Brisance\nGrandbrise\nMacé\nMontfauvel\nNoirvaux\nŒuvremont\n"
    "Valbrise\nVallombre\nvannerie\n"
    "Échap\nÉlém\nTab\nimp\npréc\nrep\nsuiv\n"  # keys, and words cut on a screen
    "chefLieu\nétablissment\n"  # headings of official files, as they are
)
"""What pages and screens name besides the words of the grids."""

FRENCH = re.compile(
    r"[éèêàçùîôûœ«»]|\b(?:au|ce|dans|de|des|du|est|et|il|la|le|les|ou|par|pas|pour"
    r"|que|qui|sur|un|une)\b"
)
CODE = re.compile(r"(?s)```.*?```|`[^`]*`|\]\([^)]*\)|<!--.*?-->|<[^>]+>")
BLANKS = re.compile(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>|&\w+;")
COMMAND = re.compile(
    r"--[a-z][a-z-]*|« [a-z_.-]+ »|\bdiag [a-z-]+|:[a-z]+ NOM|\.[a-z]+\b"
)
"""What is typed, or named as a key is: not French."""
MARKUP = re.compile(r"<\w|\bcreate view\b|\\b|: \"")
"""Texts of another language than French, where some French stands."""


def misspelt(words: Iterable[str]) -> set[str]:
    """Return the words that the dictionary does not know; skip where there is none."""
    program = shutil.which("hunspell")
    if program is None:
        pytest.skip("no hunspell here: French was not spelled (hunspell, hunspell-fr)")
    asked = "\n".join(sorted(words))
    command = [program, "-d", "fr_FR", "-i", "utf-8", "-l"]
    told = subprocess.run(
        command, input=asked, capture_output=True, encoding="utf-8", check=False
    )
    if told.returncode:
        pytest.skip("hunspell has no French dictionary here: hunspell-fr brings one")
    return set(told.stdout.split())


def read(nodes: list[ast.AST]) -> tuple[list[str], set[str]]:
    """Return the French texts of a module without its docstrings, and its names."""
    apart = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}
    texts, names = [], set()
    for node in nodes:
        match node:
            case ast.JoinedStr(parts):
                apart |= {id(part) for part in parts}
                fixed = (part.value for part in parts if isinstance(part, ast.Constant))
                texts.append("0".join(map(str, fixed)))
            case ast.Constant(str(text)) if id(node) not in apart:
                texts.append(text)
            case (
                ast.Name(name)
                | ast.Attribute(attr=name)
                | ast.arg(name)
                | ast.keyword(str(name))
                | ast.FunctionDef(name)
                | ast.ClassDef(name)
            ):
                names.add(name)
    names |= {text for text in texts if re.fullmatch(r"[a-z][\w.-]*", text)}
    french = [one for one in texts if " " in one and FRENCH.search(one)]
    return [one for one in french if not MARKUP.search(one)], names


def unknown(texts: Iterable[str], known: frozenset[str] = NAMES) -> set[str]:
    """Return what no dictionary and no list knows."""
    listed = (shipped_checklists() / ALLOWED_FILE).read_text(encoding="utf-8")
    known = known | allowed_words(listed)
    words = {word for text in texts for word in words_of(COMMAND.sub(" ", text))}
    return misspelt(word for word in words if word.casefold() not in known)


def test_a_mistake_is_seen() -> None:
    assert unknown(["La classse n'a pas d'enregitreur, aujourd'hui."]) == {
        "classse",
        "enregitreur",
    }


def test_the_checklists_are_spelled_right() -> None:
    loaded = load_checklists(shipped_checklists())
    nobody = spelling_problems(loaded, knows=lambda _: False)
    asked = {re.findall(r"« ([^»]+) »", one.message)[-1] for one in nobody}
    assert len(asked) > 4_000
    assert unknown(asked) == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_spelled_right(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert unknown([CODE.sub(" ", text)]) == set()


def test_the_templates_are_spelled_right() -> None:
    paths = sorted((ROOT / "diag" / "documents").rglob("*.jinja"))
    assert len(paths) > 20
    texts = (path.read_text(encoding="utf-8") for path in paths)
    assert unknown(BLANKS.sub(" ", text) for text in texts) == set()


def test_what_the_program_says_is_spelled_right() -> None:
    """A screen that writes a command, or a key, writes no French: code names it."""
    told: list[str] = []
    named: set[str] = set()
    for nodes in package().walked.values():
        texts, names = read(nodes)
        told += texts
        named |= names
    assert len(told) > 2_000
    parts = {part for name in named for part in (name, *re.split(r"\W|_", name))}
    known = NAMES | {part.casefold() for part in parts}
    assert unknown(told, known) == set()
