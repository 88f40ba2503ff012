"""Reading YAML: what scalars mean, where nodes stand, what is refused."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diag.checklist import Spot
from diag.checklist.source import (
    MAX_BYTES,
    Entries,
    Items,
    Scalar,
    YamlFile,
    read_source,
    spot_of,
)


def read(text: str) -> Entries:
    source = read_source("essai.yaml", text.encode())
    assert source.problems == ()
    assert source.root is not None
    return source.root


def value_of(written: str) -> object:
    node = read(f"clé: {written}\n").nodes["clé"]
    assert isinstance(node, Scalar)
    return node.value


def refused(raw: bytes) -> str:
    source = read_source("essai.yaml", raw)
    assert source.problems
    return str(source.problems[0])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("off", "off"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("010", 10),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0.1", Decimal("0.1")),
        (".5", Decimal("0.5")),
        ("1e999999999", "1e999999999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-09-01", "2026-09-01"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("9" * 31, "9" * 31),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(written: str, value: object) -> None:
    found = value_of(written)
    assert found == value
    assert type(found) is type(value)


def test_no_number_is_a_float() -> None:
    assert isinstance(value_of("0.30000000000000004"), Decimal)


def test_nodes_know_their_line_and_column() -> None:
    root = read("a:\n  - {b: 1}\n  - c: 2\n    d: 3\n")
    assert spot_of(root, "a", "1", "d") == Spot("essai.yaml", 4, 5)
    assert spot_of(root, "a", "0", "b") == Spot("essai.yaml", 2, 6)


def test_a_missing_key_stands_where_its_group_does() -> None:
    root = read("a:\n  - c: 2\n")
    assert spot_of(root, "a", "0", "absent") == Spot("essai.yaml", 2, 5)
    assert spot_of(root, "a", "9") == Spot("essai.yaml", 1, 1)


def test_a_key_is_a_text_whatever_it_looks_like() -> None:
    root = read("niveaux: {3: a, true: b}\n")
    levels = root.nodes["niveaux"]
    assert isinstance(levels, Entries)
    assert list(levels.nodes) == ["3", "true"]


def test_a_byte_order_mark_is_let_in() -> None:
    assert read_source("essai.yaml", b"\xef\xbb\xbfa: 1\n").problems == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "est vide"),
        (b"- a\n", "ne commence pas par une clé"),
        (b"texte\n", "ne commence pas par une clé"),
        ("clé: été\n".encode("latin-1"), ":1 : le fichier n'est pas encodé en UTF-8"),
        ("a: 1\n".encode("utf-16"), "UTF-8"),
        (b"a: 1\nb: \x07\n", ":2 : le fichier contient un caractère de contrôle"),
        (b"a: 1\na: 2\n", ":2 : clé « a » en double, déjà ligne 1"),
        (b"a: 1\n3: x\n'3': y\n", ":3 : clé « 3 » en double"),
        (b"a: !!python/object:os.system x\n", "étiquette"),
        (b"a: &x 1\nb: *x\n", ":1 : ancre « &x »"),
        (b"<<: *x\n", "renvoi « *x »"),
        (b"? [a]\n: b\n", "une clé ne peut pas être une liste"),
        (b"a: 1\n---\nb: 2\n", ":2 : « --- » ouvre un second document"),
        (b"a: " + b"[" * 30 + b"]" * 30, "24 niveaux"),
        (b"a: @x\n", "ne peut pas commencer par « @ »"),
        (b"a: 1\n\tb: 2\n", ":2 : une tabulation"),
        (b"a:\n - 1\nb\n", ":4 : il manque « : » après une clé"),
        (b"a: [1\nb: 2\n", ":1 : « [ » n'est pas fermé"),
        (b"a: {1: x # y}\n", ":1 : « { » n'est pas fermée"),
        (b'a: "x\nb: 1\n', ":1 : un guillemet ouvert n'est jamais fermé"),
        (b'a: "\\q"\n', "barre oblique"),
        (b"a: 'x' in y\n", "guillemet fermé trop tôt"),
        (b"a: b: c\n", "« : » inattendu"),
        (b"- a\nb: 1\n", "un élément de liste était attendu"),
        (b"a: |x\n b\n", "Passez à la ligne"),
        (b"a: >\n\t x\n", "tabulation"),
        (b"%YAML 3\n---\na: 1\n", "mise en forme YAML"),
    ],
)
def test_what_cannot_be_read_is_told_in_french(raw: bytes, said: str) -> None:
    assert said in refused(raw)


def test_a_heavy_file_is_refused_unread() -> None:
    assert "2 Mio" in refused(b"a: 1\n" + b"#" * MAX_BYTES)


def test_faults_that_can_be_passed_over_are_all_told() -> None:
    source = read_source("essai.yaml", b"a: &x 1\nb: !t 2\nb: 3\n")
    assert [problem.line for problem in source.problems] == [1, 2, 3]


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"a: " + b"{" * 2000)
@example(b"? " * 500)
@example(b"- " * 500)
def test_bytes_never_break_the_reading(raw: bytes) -> None:
    assert isinstance(read_source("essai.yaml", raw), YamlFile)


@given(st.text(alphabet="ab:-{}[]\"'#&*!|>?, \n\t3.", max_size=120))
def test_no_yaml_breaks_the_reading(text: str) -> None:
    source = read_source("essai.yaml", text.encode())
    assert source.root is not None or source.problems


def test_lists_keep_their_order() -> None:
    node = read("a: [3, 1, 2]\n").nodes["a"]
    assert isinstance(node, Items)
    assert [item.value for item in node.nodes if isinstance(item, Scalar)] == [3, 1, 2]
