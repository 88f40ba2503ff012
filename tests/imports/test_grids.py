"""Grids of others become drafts: what has no equivalent is named with its line."""

import io
import json
import random
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from diag.checklist.load import load_checklists
from diag.documents.tables.answers import XlsForm, xlsform_of
from diag.imports.grids import drafted
from diag.imports.grids.draft import (
    MOST_ROWS,
    DraftQuestion,
    GridDraft,
    GridRefusedError,
    choice_ids,
    files_of,
)
from diag.imports.grids.xlsform import (
    ReadableFact,
    UntranslatableError,
    bounds_of,
    read_xlsform,
    translated,
)
from diag.model.enums import PlaceKind, QuestionType
from diag.workspace.checking import problems_in
from tests.imports.test_evidence import mutated
from tests.real_data import real_file
from tests.shipped import shipped

DAY = date(2026, 10, 5)

SURVEY = [
    (
        "type",
        "name",
        "label::Français (fr)",
        "label::English",
        "relevant",
        "constraint",
    ),
    ("start", "debut", "", "", "", ""),
    ("select_one on", "wifi", "Wi-Fi dans l'école ?", "Wi-Fi?", "", ""),
    ("select_one norme", "norme", "Norme", "", "${wifi} = 'yes'", ""),
    (
        "integer",
        "bornes",
        "Bornes",
        "",
        "${wifi}='yes' and ${norme} != 'a'",
        ". >= 0 and . <= 60",
    ),
    ("begin_repeat", "salles", "Salle", "", "${bornes} > 0", ""),
    ("select_multiple norme", "vues", "Normes vues", "", "", ""),
    ("text", "note", "Note", "", "selected(${vues}, 'b')", "regex(., 'x')"),
    ("end_repeat", "", "", "", "", ""),
    ("geopoint", "ou", "Position", "", "", ""),
    ("calculate", "total", "", "", "", ""),
    ("date", "pose", "Posé le", "", "${note} = 'x'", ""),
]
CHOICES = [
    ("list_name", "name", "label::Français (fr)"),
    ("on", "yes", "Oui"),
    ("on", "no", "Non"),
    ("norme", "a", "Wi-Fi 5"),
    ("norme", "b", "Wi-Fi 6"),
]
PLAIN = [
    ("Grille du syndicat", "", "", "", ""),
    ("Thème", "Point de contrôle", "Réponses possibles", "Unité", "Auteur"),
    ("Réseau", "Baie fermée à clé", "Oui / Non", "", "X"),
    ("", "Prises réseau", "nombre", "prise", ""),
    ("Wi-Fi", "État des bornes", "hors service ; dégradé ; bon", "", ""),
    ("", "", "(voir annexe)", "", ""),
]


def book(**sheets: Sequence[tuple[str, ...]]) -> bytes:
    """Return a workbook of these sheets."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def errors(draft: GridDraft, folder: Path) -> list[str]:
    """Return the errors of the files of a draft."""
    folder.mkdir()
    for name, text in files_of(draft).items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(one) for one in problems_in(folder).problems if one.severity == "error"]


def test_an_xlsform_becomes_questions_and_named_remains(tmp_path: Path) -> None:
    draft, _ = drafted(book(survey=SURVEY, choices=CHOICES), "essai")
    found = {one.id: one for one in draft.questions}
    assert {ident: str(one.type) for ident, one in found.items()} == {
        "wifi": "boolean",
        "norme": "choice",
        "bornes": "integer",
        "vues": "choices",
        "note": "text",
        "pose": "date",
    }
    assert found["wifi"].label == "Wi-Fi dans l'école ?"
    assert found["norme"].relevant == "wifi"
    assert found["bornes"].relevant == "wifi and norme != 'a'"
    assert found["bornes"].bounds == ("0", "60")
    assert found["note"].relevant == "bornes > 0 and 'b' in vues"
    assert found["note"].place is PlaceKind.SALLE
    assert [one.line for one in draft.unsupported] == [2, 6, 8, 10, 11, 12]
    words = "\n".join(map(str, draft.unsupported))
    assert (
        "survey, ligne 10 : « geopoint » n'a pas d'équivalent (« Position »)" in words
    )
    assert "regex(., 'x')" in words
    assert "elle lit « note », non repris" in words
    assert errors(draft, tmp_path / "essai") == []


def test_a_plain_grid_becomes_a_draft_by_its_headings(tmp_path: Path) -> None:
    raw = book(Feuil1=PLAIN, Annexe=[("a", "b")])
    draft, held = drafted(raw, "grille")
    assert held == {
        "Thème": "theme",
        "Point de contrôle": "question",
        "Réponses possibles": "choix",
        "Unité": "unite",
    }
    assert [(str(one.type), one.domain) for one in draft.questions] == [
        ("boolean", "Réseau"),
        ("text", "Réseau"),
        ("choice", "Wi-Fi"),
    ]
    assert [*draft.questions[2].choices.values()] == ["hors service", "dégradé", "bon"]
    words = "\n".join(map(str, draft.unsupported))
    for part in ("« Auteur »", "Annexe", "ligne 6", "« nombre » n'est pas un type"):
        assert part in words
    assert errors(draft, tmp_path / "grille") == []
    told, _ = drafted(
        raw, "grille", "Point de contrôle=question, Réponses possibles=type"
    )
    assert [str(one.type) for one in told.questions] == ["boolean", "integer", "text"]
    for wrong in ("Rien=question", "Thème=theme"):
        with pytest.raises(GridRefusedError):
            drafted(raw, "grille", wrong)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"a;b\n"])
def test_what_is_no_workbook_is_refused_in_french(raw: bytes) -> None:
    with pytest.raises(GridRefusedError, match="classeur"):
        drafted(raw, "x")


@pytest.mark.parametrize(
    ("largest", "least"),
    [(20_000, 50), pytest.param(10**9, 300, marks=pytest.mark.long)],
)
def test_real_xlsforms_lose_no_line_in_silence(
    tmp_path: Path, largest: int, least: int
) -> None:
    folder = real_file("evidence/SOURCES.md").parent / "6-xlsform"
    asked = 0
    for path in sorted(folder.glob("*.xlsx")):
        if path.stat().st_size > largest:
            continue
        try:
            draft, _ = drafted(path.read_bytes(), path.stem)
        except GridRefusedError:
            assert path.stem == "survey_no_name"
            continue
        asked += len(draft.questions)
        assert errors(draft, tmp_path / path.stem) == [], path.stem
        kept = {one.line for one in draft.questions}
        named = {one.line for one in draft.unsupported}
        assert lines_of(path) <= kept | named, path.stem
    assert asked > least


def lines_of(path: Path) -> set[int]:
    """Return the rows of `survey` that hold more than the bounds of a group."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions that it does not know
        read = load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    sheet = next(read[name] for name in read.sheetnames if name.lower() == "survey")
    rows = [[str(cell or "").strip() for cell in row] for row in sheet.values]
    at = [head.lower() for head in rows[0]].index("type")
    return {
        line
        for line, row in enumerate(rows[1:], 2)
        if row[at] and not row[at].lower().startswith(("begin", "end"))
    }


@pytest.mark.parametrize("kind", ["ecole", "commune", "syndicat"])
def test_a_shipped_checklist_comes_back_from_its_xlsform(
    kind: str, tmp_path: Path
) -> None:
    checklist = shipped()
    form = xlsform_of(checklist, PlaceKind(kind), DAY)
    draft, _ = drafted(form.content, kind)
    found = {one.id: one for one in draft.questions}
    assert len(draft.questions) == len(found) == form.questions
    for ident, one in found.items():
        asked = checklist.questions[ident]
        assert one.type is asked.type
        assert one.choices == {each.id: each.label for each in asked.choices}
        assert (one.label, one.unit) == (asked.label, asked.unit)
        assert (one.ask, one.look, one.hint) == (asked.ask, asked.look, asked.hint)
        assert one.place is asked.place
        left = any(each.startswith(f"{ident} :") for each in form.unsupported)
        assert bool(one.relevant) is bool(asked.relevant) or left
    assert draft.unsupported == []
    assert errors(draft, tmp_path / kind) == []
    again = xlsform_of(load_checklists(tmp_path / kind).draft, PlaceKind(kind), DAY)
    assert survey_of(again) == survey_of(form)
    assert told(drafted(again.content, kind)[0]) == told(draft)


@pytest.mark.parametrize("ident", ["ecole", "salle", "diag", "Diag_ecole"])
def test_a_form_of_others_that_is_called_as_a_place_is_none_of_ours(ident: str) -> None:
    survey = [("type", "name", "label"), ("text", f"nom_{ident}", "Nom ?")]
    settings = [("form_title", "form_id"), ("Essai", ident)]
    draft, _ = drafted(book(survey=survey, settings=settings), "essai")
    assert [one.label for one in draft.questions] == ["Nom ?"]


def told(draft: GridDraft) -> dict[str, DraftQuestion]:
    """Return its questions by name, wherever they stand, however many parentheses."""
    bare = str.maketrans("", "", "()")
    return {
        one.id: replace(one, line=0, relevant=one.relevant.translate(bare))
        for one in draft.questions
    }


def survey_of(form: XlsForm) -> dict[object, tuple[object, ...]]:
    """Return the rows of questions by name, but conditions, of several spellings."""
    heads, *rows = load_workbook(io.BytesIO(form.content))["survey"].values
    at = heads.index("relevant")
    asked = [row for row in rows if "group" not in str(row[0])]
    return {row[1]: (*row[:at], *row[at + 1 :]) for row in asked}


def test_a_bound_of_thousands_of_digits_is_a_reason_not_a_crash() -> None:
    with pytest.raises(UntranslatableError, match="longue"):
        bounds_of(f". > {'9' * 5000} and . < 3", is_whole=True)


def test_choices_that_look_alike_each_have_an_id() -> None:
    idents = choice_ids({"a_3": "", "a": "", "A": "", "a!": ""})
    assert [*idents.values()] == ["a_3", "a", "a_4", "a_5"]


@pytest.mark.parametrize(
    "row", [("note", "", ""), ("begin_group", "g", "${wifi} = 'yes'")]
)
def test_a_form_of_endless_rows_or_groups_is_refused(row: tuple[str, ...]) -> None:
    rows = numbered([("type", "name", "relevant"), *[row] * (MOST_ROWS + 1)])
    with pytest.raises(GridRefusedError, match="trop"):
        read_xlsform({"survey": rows}, "Grille", PlaceKind.SALLE)


@pytest.mark.parametrize(
    ("bounds", "constraint", "message"),
    [
        ((1, 5), ". >= 1 and . <= 5", "Entre 1 et 5."),
        ((1, None), ". >= 1", "Au moins 1."),
        ((None, 5), ". <= 5", "Au plus 5."),
        ((None, None), None, None),
    ],
)
def test_a_bound_that_is_missing_is_not_worded(
    bounds: tuple[int | None, int | None], constraint: str | None, message: str | None
) -> None:
    checklist = shipped()
    asked = next(
        one
        for one in checklist.questions.values()
        if one.place is PlaceKind.COMMUNE and one.range
    )
    bounded = asked.model_copy(update={"range": bounds})
    one_asked = checklist.model_copy(update={"questions": {asked.id: bounded}})
    form = xlsform_of(one_asked, PlaceKind.COMMUNE, DAY)
    heads, *rows = load_workbook(io.BytesIO(form.content))["survey"].values
    row = next(dict(zip(heads, row, strict=True)) for row in rows if row[1] == asked.id)
    assert (row["constraint"], row["constraint_message"]) == (constraint, message)


@pytest.mark.long
def test_pyxform_takes_the_form_without_a_warning(tmp_path: Path) -> None:
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = str(home / "bin" / "python")
    pip = [python, "-m", "pip", "install", "-q", "pyxform"]
    if subprocess.run(pip, capture_output=True, check=False).returncode:
        pytest.skip("pyxform could not be installed: no network")
    for kind in (PlaceKind.ECOLE, PlaceKind.COMMUNE, PlaceKind.SYNDICAT):
        path = tmp_path / f"{kind}.xlsx"
        path.write_bytes(xlsform_of(shipped(), kind, DAY).content)
        code = (
            "import json, sys; from pyxform.xls2xform import convert; "
            "print(json.dumps(convert(sys.argv[1], validate=False).warnings))"
        )
        run = subprocess.run(
            [python, "-c", code, str(path)], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr[-500:]
        assert json.loads(run.stdout) == []


FACTS = {
    "a": ReadableFact("a", QuestionType.INTEGER, {}),
    "b": ReadableFact("b", QuestionType.BOOLEAN, {"y": "y", "n": "n"}, "y"),
    "c": ReadableFact("c", QuestionType.CHOICES, {"x": "x"}),
}


@given(
    st.lists(
        st.sampled_from([
            *("${a}", "${b}", "${c}", "'y'", "3", "=", "!=", "<", "and", "or"),
            *("(", ")", "not", "selected(", ",", "'x'", ".", "$", "${", "'"),
        ]),
        max_size=9,
    ).map(" ".join)
    | st.text(max_size=30)
)
def test_a_condition_is_a_rule_or_a_reason(text: str) -> None:
    from diag.rules.language import parse_rule  # noqa: PLC0415

    try:
        rule = translated(text, FACTS)
        assert parse_rule(rule).names <= {"a", "b", "c"}
    except UntranslatableError:
        pass
    try:
        low, high = bounds_of(text, is_whole=True)
    except UntranslatableError:
        return
    assert float(low) < float(high)


@pytest.mark.parametrize("count", [150, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_mutation_breaks_the_reading_of_grids(count: int) -> None:
    rng = random.Random(17)
    whole = book(survey=SURVEY, choices=CHOICES)
    for round_ in range(count):
        sheets = {"survey": numbered(SURVEY), "choices": numbered(CHOICES)}
        for _ in range(3):
            _, row = rng.choice(sheets[rng.choice(["survey", "survey", "choices"])])
            at = rng.randrange(len(row))
            row[at] = mutated(rng, row[at].encode()).decode("latin-1")
        try:
            if round_ % 5:
                draft = read_xlsform(sheets, "x", PlaceKind.LOT)
            else:
                draft, _ = drafted(mutated(rng, whole), "x")
        except GridRefusedError:
            continue
        assert files_of(draft)


def numbered(rows: Sequence[tuple[str, ...]]) -> list[tuple[int, list[str]]]:
    """Return rows as a workbook gives them."""
    return [(line, [*row]) for line, row in enumerate(rows, 1)]
