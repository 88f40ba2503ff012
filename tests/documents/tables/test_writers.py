"""What people typed, through CSV and workbooks and back: letter for letter, inert."""

import csv
import io
import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.tables import (
    MAX_TEXT,
    Cell,
    Coded,
    Column,
    Table,
    csv_bytes,
    decimals,
    disarmed,
    held,
    json_bytes,
    table_of,
    xlsx_bytes,
)
from diag.model.text import clean_text
from tests.documents.tables.reading import (
    csv_rows,
    formulas,
    sheet_rows,
    sheet_texts,
)
from tests.examples import examples

DAY = date(2026, 10, 5)
HOSTILE = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://exemple.fr";"ici")',
    "+33 1 99 00 12 34",
    "-2+3",
    "@SUM(A1)",
    "|calc",
    "%PATH%",
    "\t=1",
    "  =1+1",
    "\n=1",
    "＝1+1",
    "＋1",
    "'=1",
    "'",
    "''",
    'dit "bonjour"; puis\npart',
    "_x000D_",
    "_x005F_x000D_",
    "_x0041_x0042_",
    "_x005F\ufffe_",
    "x005F_",
    "http://exemple.fr/a",
    "mailto:a@exemple.fr",
    "{=1}",
    "  espaces  ",
    "é\u202f;\u00a0€ 😀 \ufffe",
    "0012",
    "-5",
    "1E5",
    "TRUE",
    "#N/A",
    "<b>&amp;</b>]]>",
)
TRIGGERS = st.sampled_from([
    "",
    "=",
    "+",
    "-",
    "@",
    "|",
    "%",
    "'",
    "\t",
    "\n",
    "＝",
    " ",
])


def cleaned(text: str) -> str:
    """Return a text as the door lets it in: what any table may have to hold."""
    return clean_text(text)


TEXTS = st.builds(
    lambda start, rest: cleaned(start + rest),
    TRIGGERS,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


def column_of(cells: list[str]) -> Table:
    return table_of("Feuille", [Column("text", "Texte")], [[each] for each in cells])


def comes_back(texts: list[str]) -> None:
    table = column_of(texts)
    assert [row[0] for row in csv_rows(csv_bytes(table))[1:]] == texts
    book = xlsx_bytes([table], DAY)
    assert sheet_texts(book)[1:] == [text for text in texts if text]
    assert formulas(book) == []


def test_hostile_texts_come_back_and_nothing_runs() -> None:
    comes_back(list(HOSTILE))


def test_openpyxl_reads_the_same_texts() -> None:
    texts = [text for text in HOSTILE if "_x" not in text and "x005F" not in text]
    texts = [text for text in texts if "\ufffe" not in text]

    read = sheet_rows(xlsx_bytes([column_of(texts)], DAY))

    assert [row[0] for row in read[1:]] == texts


@examples(300)
@given(st.lists(TEXTS, max_size=4))
def test_any_text_comes_back_letter_for_letter(texts: list[str]) -> None:
    comes_back(texts)


@pytest.mark.long
@examples(1_000)
@given(st.lists(TEXTS, min_size=10, max_size=10))
def test_ten_thousand_texts_come_back_letter_for_letter(texts: list[str]) -> None:
    comes_back(texts)


@given(TEXTS)
def test_no_cell_of_a_csv_starts_a_formula(text: str) -> None:
    said = disarmed(text)

    runs = said.lstrip()[:1] in set("=+-@|%＝＋－＠｜％")
    assert not runs or said.lstrip("+-").replace(",", ".", 1).replace(".", "").isdigit()
    assert said.removeprefix("'") == text


def test_a_number_is_no_formula() -> None:
    assert disarmed("-5") == "-5"
    assert disarmed("+12,5") == "+12,5"
    assert disarmed("-5+2") == "'-5+2"


def test_a_csv_is_as_a_french_spreadsheet_opens_it() -> None:
    cells: list[Cell] = [
        True,
        1200,
        Fraction(19, 2),
        DAY,
        None,
        Coded("ok", "à;b"),
        Fraction(-1, 3),
    ]
    table = table_of("F", [Column(str(at), f"É{at}") for at in range(7)], [cells])

    said = csv_bytes(table)

    assert said.startswith(b"\xef\xbb\xbf")
    assert said.decode("utf-8-sig") == (
        "É0;É1;É2;É3;É4;É5;É6\r\n" + 'oui;1200;9,5;2026-10-05;;"à;b";-0,33\r\n'
    )


def test_a_workbook_keeps_numbers_dates_and_blanks_as_such() -> None:
    cells: list[Cell] = [False, 7, Fraction(1, 4), DAY, None, "", Coded(("a",), "A")]
    table = table_of("F", [Column(str(at), str(at)) for at in range(7)], [cells])

    _, row = sheet_rows(xlsx_bytes([table], DAY))

    assert row[:3] == ["non", 7, 0.25]
    assert row[3].date() == DAY
    assert row[4:] == [None, None, "A"]


def test_a_number_too_long_for_a_spreadsheet_stays_whole() -> None:
    long = Fraction("1234567890123456789.5")
    table = table_of("F", [Column("n", "N")], [[long], [10**20 + 1]])

    read = sheet_rows(xlsx_bytes([table], DAY))

    assert [row[0] for row in read[1:]] == [
        "1234567890123456789,5",
        "100000000000000000001",
    ]


def test_a_text_too_long_for_a_cell_says_that_it_was_cut() -> None:
    whole, long = "a" * MAX_TEXT, "😀" * 20_000

    assert held(whole) == whole
    cut = held(long)
    assert cut.startswith("😀😀")
    assert cut.endswith("le fichier CSV l'a en entier)")
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_TEXT
    table = column_of([long])
    assert sheet_texts(xlsx_bytes([table], DAY))[1] == cut
    assert csv_rows(csv_bytes(table))[1] == [long]


@given(st.fractions(max_denominator=10**6))
def test_decimals_are_exact_or_two(value: Fraction) -> None:
    said = Fraction(decimals(value))

    assert said == value or abs(said - value) <= Fraction(1, 200)


def test_json_holds_codes_and_exact_numbers() -> None:
    columns = [Column(key, key) for key in "abcde"]
    cells: list[Cell] = [Coded(("x", "y"), "X, Y"), Fraction(1, 2), DAY, True, None]

    document = json.loads(json_bytes(table_of("F", columns, [cells]), {"version": 1}))

    assert document == {
        "version": 1,
        "rows": [
            {"a": ["x", "y"], "b": "0.5", "c": "2026-10-05", "d": True, "e": None}
        ],
    }


def test_the_same_tables_make_the_same_bytes() -> None:
    table = column_of(list(HOSTILE))

    assert xlsx_bytes([table], DAY) == xlsx_bytes([table], DAY)


def test_a_csv_has_one_line_end_a_row() -> None:
    content = csv_bytes(column_of(["a", "b"])).decode("utf-8-sig")

    assert content == "Texte\r\na\r\nb\r\n"
    assert list(csv.reader(io.StringIO(content, newline=""))) == [
        ["Texte"],
        ["a"],
        ["b"],
    ]
