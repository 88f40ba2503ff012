"""No code cuts, searches or compares French: a sentence is an end, never data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import Tree, package

CUTS = {
    *("startswith", "endswith", "removeprefix", "removesuffix", "replace"),
    *("partition", "rpartition", "split", "rsplit", "find", "rfind", "index", "count"),
}

FRENCH = re.compile(
    r"[A-Za-zÀ-ÿ]{2,}[ \u00a0][A-Za-zÀ-ÿ]"  # two words
    r"|[À-ÖØ-öø-ÿœŒ«»€]"
    r"|[ \u00a0][:;?!]"
)

READ = {
    ("audit.report", " : {lieux}"): "the blank of a checklist, not yet a sentence",
    ("audit.findings", "{lieux} : "): "the blank of a checklist, not yet a sentence",
    ("tui.programme.grid", " ,.€"): "signs that a user types",
    ("words.sentences", "aeiouàâäéèêëîïôöùûüœæ"): "vowels",
    ("demo.territory", "Lycée"): "columns of an official file",
    ("demo.territory", "élémentaire"): "columns of an official file",
    ("documents.atlas.school", "privé"): "columns of an official file",
    ("documents.synthesis", "Privé"): "columns of an official file",
    ("imports.evidence.radio", "time stamp|ssid|bssid|strength"): "columns of a tool",
    ("checklist.source", "cannot start any token"): "the words of another program",
    ("journal.connection", "Could not decode to UTF-8"): "the words of another program",
    ("sync.bundle.read", "No matching keys found"): "the words of another program",
    ("office.mail_server", "IP address mismatch"): "the words of another program",
    ("office.mail_server", "not yet valid"): "the words of another program",
    ("office.mail_server", "ostname mismatch"): "the words of another program",
    ("journal.schema", " as auteur"): "SQL",
    ("sync.hub.postgres", "= :key"): "SQL",
    ("sync.hub.copies", "diag hub 1"): "the mark of a format",
}
"""Where words come in, by module and text; the reason."""


def cut_or_compared(tree: Tree) -> Iterator[tuple[str, str]]:
    """Give each French text by which the code cuts, searches or compares another."""
    own = {name: _constants(module) for name, module in tree.syntax.items()}
    for name, nodes in tree.walked.items():
        constants = own[name] | {
            each.asname or each.name: own[node.module][each.name]
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module in own
            for each in node.names
            if each.name in own[node.module]
        }
        for node in nodes:
            for operand in _operands(node):
                for part in ast.walk(operand):
                    text = constants.get(part.id) if isinstance(part, ast.Name) else ""
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        text = part.value
                    if text and FRENCH.search(text):
                        yield name.removeprefix("diag."), text


def _constants(module: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _operands(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in CUTS:
            yield from node.args[:1]
    elif isinstance(node, ast.MatchValue):
        yield node.value
    elif isinstance(node, ast.Compare):
        sides = (node.left, *node.comparators)
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if isinstance(operator, ast.In | ast.NotIn | ast.Eq | ast.NotEq):
                yield from (
                    one
                    for one in (left, right)
                    if isinstance(one, ast.Constant | ast.JoinedStr | ast.Name)
                )


def test_no_french_is_cut_searched_or_compared() -> None:
    assert set(cut_or_compared(package())) == set(READ)


def test_french_is_found_in_a_constant_and_in_a_filled_sentence(tmp_path: Path) -> None:
    (tmp_path / "diag").mkdir()
    (tmp_path / "diag" / "page.py").write_text(
        'UNPRICED = "à chiffrer"\n'
        "def read(text, place):\n"
        "    if text == UNPRICED or text.lower() == 'a b':\n"
        '        return text.removeprefix(f"{place} : ")\n'
        "    match text:\n"
        "        case 'rien vu':\n"
        "            return ''\n"
        '    return text.split(", ") if "danger vu" in text else text.split("/")\n',
        encoding="utf-8",
    )

    found = [text for _, text in cut_or_compared(Tree(tmp_path))]

    assert sorted(found) == [" : ", "danger vu", "rien vu", "à chiffrer"]
