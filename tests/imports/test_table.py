import gzip
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.imports import source
from diag.imports.source import (
    MAX_COLUMNS,
    MAX_LINE,
    ImportRefusedError,
    InputFile,
    RawTable,
    read_source,
    read_table,
)


def table_of(text: str) -> RawTable:
    return read_table(InputFile("f.csv", text, "", "UTF-8"))


def cells_of(text: str) -> list[list[str]]:
    return [row.cells for row in table_of(text).rows]


def refusal_of(path: Path) -> str:
    with pytest.raises(ImportRefusedError) as caught:
        read_table(read_source(path))
    return str(caught.value)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_mark_and_any_line_end_read_alike(
    tmp_path: Path, mark: bytes, end: bytes
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(mark + b"UAI;Nom" + end + "1;École".encode() + end)
    table = read_table(read_source(path))
    assert table.columns == ("UAI", "Nom")
    assert [row.cells for row in table.rows] == [["1", "École"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    text = "a;b;c\n1;2;3\n".replace(";", delimiter)
    assert cells_of(text) == [["1", "2", "3"]]


def test_excel_s_line_that_names_the_delimiter_is_no_header() -> None:
    table = table_of("sep=;\na;b\n1;2\n")
    assert table.columns == ("a", "b")
    assert table.rows[0].line == 3


def test_quotes_protect_delimiters_quotes_and_line_ends() -> None:
    text = 'a;b\n"x;y";"dit ""Z"""\n"rue\ndu Four";2\n3;4\n'
    rows = table_of(text).rows
    assert [row.cells for row in rows] == [
        ["x;y", 'dit "Z"'],
        ["rue\ndu Four", "2"],
        ["3", "4"],
    ]
    assert [row.line for row in rows] == [2, 3, 5]


def test_a_quote_that_never_closes_takes_no_other_line_with_it() -> None:
    text = 'a;b\n"x;1\n2;3\n' + "4;5\n" * 30
    assert cells_of(text)[:3] == [['"x', "1"], ["2", "3"], ["4", "5"]]


def test_a_quote_that_closes_too_far_away_is_an_ordinary_character() -> None:
    far = "y;" + "z" * (MAX_LINE - 10)
    assert cells_of(f'a;b\n"x;1\n{far}\nw";3\n') == [
        ['"x', "1"],
        far.split(";"),
        ['w"', "3"],
    ]


@pytest.mark.parametrize(("row", "width"), [("1;2;3;4", 4), ("1;2;3;", 4), ("1;2", 2)])
def test_a_row_of_another_width_is_refused_alone(row: str, width: int) -> None:
    table = table_of(f"a;b;c\n{row}\n4;5;6\n")
    assert [row.cells for row in table.rows] == [["4", "5", "6"]]
    (bad,) = table.bad_rows
    assert (bad.line, bad.reason) == (2, f"{width} colonnes au lieu de 3")


def test_a_table_typed_by_hand_may_leave_out_its_last_cells() -> None:
    source = InputFile("f.csv", "a;b;c\n1;2\n1;2;3;\n", "", "UTF-8")
    table = read_table(source, is_typed=True)
    assert [row.cells for row in table.rows] == [["1", "2", ""]]
    assert [bad.line for bad in table.bad_rows] == [3]


def test_a_last_line_cut_short_is_refused_and_said() -> None:
    table = table_of("a;b;c\n1;2;3\n4;5")
    assert table.is_cut
    assert [bad.line for bad in table.bad_rows] == [3]


def test_a_line_too_long_is_refused_alone() -> None:
    table = table_of(f"a;b\n1;{'x' * MAX_LINE}\n2;3\n")
    assert [row.line for row in table.rows] == [3]
    (bad,) = table.bad_rows
    assert (bad.line, bad.reason) == (2, f"ligne de plus de {MAX_LINE} caractères")


def test_blank_lines_are_nothing() -> None:
    assert cells_of("a;b\n\n;\n1;2\n  \n") == [["1", "2"]]


@pytest.mark.parametrize(
    "wrapped",
    [
        [{"uai": "1", "n": 2}],
        {"results": [{"uai": "1", "n": 2}]},
        {"records": [{"fields": {"uai": "1", "n": 2}}]},
        [{"fields": {"uai": "1", "n": 2}}],
        [{"record": {"fields": {"uai": "1", "n": 2}}}],
    ],
)
def test_every_json_export_of_the_portal_is_the_same_table(wrapped: object) -> None:
    table = table_of(json.dumps(wrapped))
    assert table.columns == ("uai", "n")
    assert table.rows == ((1, ["1", "2"]),)
    assert table.unit == "enregistrement"


def test_json_values_come_as_the_csv_would_write_them() -> None:
    record = {
        "vide": None,
        "vrai": True,
        "position": {"lon": 1.5, "lat": 46},
        "codes": ["1", "2"],
        "objet": {"x": 1},
    }
    assert table_of(json.dumps([record])).rows[0].cells == [
        "",
        "1",
        "46, 1.5",
        "1|2",
        "",
    ]


@pytest.mark.parametrize("text", ['[{"a": 1', "{}", '{"a": 1}', "[" * 100_000])
def test_broken_json_is_refused_in_french(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(text, encoding="utf-8")
    assert "JSON coupé, ou sans liste d'enregistrements" in refusal_of(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "le fichier est vide"),
        (b"\xef\xbb\xbf \r\n", "le fichier est vide"),
        (b"a;b\n1;\x00\n", "octets nuls"),
        (b"PK\x03\x04rest", "le classeur est abîmé"),
        (b"\xd0\xcf\x11\xe0rest", "un classeur Excel ancien (xls) ou protégé"),
        (b"%PDF-1.7", "un document PDF"),
        ("a;b\n".encode("utf-16"), "un texte en UTF-16"),
        (b"\x1f\x8b\x08damaged", "l'archive gzip est abîmée"),
        (gzip.compress(b"a;b\n1;2\n", mtime=0)[:-9], "l'archive gzip est abîmée"),
        (b"x" * (MAX_LINE + 1), f"plus de {MAX_LINE} caractères"),
        (b";" * MAX_COLUMNS, f"{MAX_COLUMNS + 1} colonnes"),
    ],
    ids=itertools.count(),
)
def test_a_file_of_another_kind_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    sentence = refusal_of(path)
    assert told in sentence
    assert sentence.startswith("f.csv : ")
    assert "Rien n'a été importé. " in sentence


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert "fichier introuvable" in refusal_of(tmp_path / "absent.csv")
    assert "fichier introuvable" in refusal_of(tmp_path)


def test_a_file_that_the_system_refuses_to_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "f.csv"
    path.write_bytes(b"a;b\n")
    monkeypatch.setattr(Path, "open", refuse)  # a test run as root is never refused
    assert "lecture impossible (Permission denied)" in refusal_of(path)


def test_a_file_past_the_limit_is_refused_even_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 2**20)
    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress(b"a;b\n" + b"1;2\n" * 2**18))
    assert "plus de 1 Mo" in refusal_of(path)


def test_a_gzip_is_read_as_the_file_inside(tmp_path: Path) -> None:
    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress("a;b\n1;é\n".encode()))
    assert read_table(read_source(path)).rows[0].cells == ["1", "é"]


def test_cp1252_is_understood_and_said(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("a;b\n1;Ariège – Œuvre à 5 €\n".encode("cp1252"))
    read = read_source(path)
    assert read.encoding == "CP1252"
    assert "Ariège – Œuvre à 5 €" in read.text


_NAMES = "a;b\n1;École Françoise-Hélène, près du Château à Besançon\n2;Rue de l’Île\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (_NAMES.encode("mac_roman"), "Mac Roman"),
        (_NAMES.replace("\n", "\r").encode("mac_roman"), "Mac Roman"),
        (_NAMES.encode("cp1252"), "CP1252"),
        (_NAMES.encode().decode("mac_roman").encode(), "UTF-8 codé deux fois"),
        (_NAMES.encode().decode("latin-1").encode(), "UTF-8 codé deux fois"),
        (_NAMES.encode().decode("cp1252").encode(), "UTF-8 codé deux fois"),
    ],
    ids=itertools.count(),
)
def test_french_letters_are_found_again(
    tmp_path: Path, raw: bytes, encoding: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(raw)
    read = read_source(path)
    assert read.text == _NAMES
    assert (read.encoding, read.is_doubtful) == (encoding, False)


@pytest.mark.parametrize("name", ["�cole", "Besan‡on", "éÃ©"])
def test_accents_that_stay_odd_are_doubtful(tmp_path: Path, name: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"a;b\n1;{name}\n", encoding="utf-8")
    assert read_source(path).is_doubtful


def test_one_line_in_cp1252_leaves_the_others_in_utf8(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("a;b\n1;école\n".encode() + "2;école\n".encode("cp1252"))
    read = read_source(path)
    assert read.encoding == "UTF-8 et CP1252 mêlés"
    assert read.text == "a;b\n1;école\n2;école\n"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    text = content.decode("cp1252", errors="replace")
    try:
        table = table_of(text)
    except ImportRefusedError:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
