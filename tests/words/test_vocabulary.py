"""Every enum is worded once, whole, in one module."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import diag
from diag.model import enums
from diag.words import vocabulary

ENUMS = {
    name: found
    for name, found in vars(enums).items()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
}
TABLES = {
    name: table
    for name, table in vars(vocabulary).items()
    if name.isupper()
    and isinstance(table, dict)
    and isinstance(next(iter(table)), StrEnum)
}
OF_SOME = {
    *("SUBJECTS", "THIS_SUBJECT", "WHOLE_SUBJECTS", "SUBJECT_CODES"),
    *("STATUSES_UNSEALED", "AUDIENCES", "PARTS"),
}
"""Three kinds of places are the subject of an audit, two statuses are signed, and no
wording speaks to who reads the reserved sheet."""


@pytest.mark.parametrize("name", sorted(TABLES.keys() - OF_SOME))
def test_a_table_words_every_member(name: str) -> None:
    kind = type(next(iter(TABLES[name]))).__name__
    assert set(TABLES[name]) == set(ENUMS[kind])


def test_no_other_module_words_a_member_alike() -> None:
    root = Path(diag.__file__).parent
    again = [
        f"{path.relative_to(root)}:{line} {member!r}"
        for path in sorted(root.rglob("*.py"))
        if path.parent.name != "words"
        for text in [path.read_text("utf-8")]
        if _A_TABLE.search(text)
        for member, words, line in _worded(ast.parse(text))
        if words in _known(member)
    ]
    assert not again


def test_a_second_table_would_be_seen() -> None:
    second = ast.parse('_SAID = {State.UNKNOWN: "inconnu", Kind.BLOCKING: "autre"}')
    found = [member for member, words, _ in _worded(second) if words in _known(member)]
    assert found == [enums.State.UNKNOWN]


_A_TABLE = re.compile(rf"\b(?:{'|'.join(ENUMS)})\.\w+:[\s(]*[\"']")
"""A key that words follow: modules without are not worth reading as a tree."""


def _worded(tree: ast.AST) -> Iterator[tuple[StrEnum, str, int]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        pairs = list(zip(node.keys, node.values, strict=True))
        if any(isinstance(value, ast.JoinedStr) for _, value in pairs):
            continue
        for key, value in pairs:
            match key, value:
                case (
                    ast.Attribute(ast.Name(kind), member),
                    ast.Constant(str(words)),
                ) if kind in ENUMS:
                    yield ENUMS[kind][member], words, node.lineno


def _known(member: StrEnum) -> set[object]:
    return {
        table[member]
        for table in TABLES.values()
        if type(next(iter(table))) is type(member) and member in table
    }
