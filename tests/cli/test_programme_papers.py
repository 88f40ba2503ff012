"""What leaves a programme: a workbook that adds up, deadlines for a calendar."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import pytest
from pypdf import PdfReader

from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.programme.placing import what_if
from diag.programme.words import what_if_words
from diag.words.sentences import percent, typeset
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.cli.running import diag
from tests.cli.test_programme import (
    INSEE,
    PAST,
    WIFI,
    WIRING,
    amount,
    begin,
    cells,
    run,
)
from tests.documents.tables.reading import formulas, sheet_rows
from tests.programme.reading import read_once
from tests.shared import copy_once_made

SHEETS = (
    *("Lisez-moi", "Opérations", "Années", "Payeurs", "Communes"),
    *("Verrous", "Décisions", "Ateliers", "Règle"),
)


@pytest.fixture(scope="module", autouse=True)
def _audits_read_once() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a school whose audit is closed, its programme, its money."""
    folder = tmp_path_factory.mktemp("papers") / "home"
    copy_once_made("programme", begin, folder)
    run(folder, "split", "--syndicat", "0.4")
    for year in ("2027", "2028"):
        run(folder, "envelope", "syndicat", year, "600", "--carry")
        run(folder, "envelope", INSEE, year, "1500", "--carry")
        run(folder, "envelope", INSEE, year, "3000", "--section", "fonctionnement")
    run(folder, "lock", WIFI, "--year", "2028", "--by", "=2+2", "--why", "@SUM(1)")
    return folder


def test_the_workbook_has_the_totals_of_the_document(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path
    run(home, "report", "--format", "md", "--out", str(folder))
    run(home, "table", "--out", str(folder))
    made = folder / "programme-plan"
    content = (made / "programme.xlsx").read_bytes()
    assert formulas(content) == []
    book = {name: sheet_rows(content, name) for name in SHEETS}
    plan = json.loads(run(home, "show", "--json"))
    head, *rows = book["Opérations"]
    assert len(rows) == len(plan["operations"])
    at = {name: head.index(name) for name in ("Budget", "Coût", "Syndicat", "Commune")}
    first = (made / "programme.md").read_text().partition("\n***\n")[0]
    *years, total = book["Années"][1:]
    for row in (*years, total):
        shown = cells(first, str(row[0]))
        whole, yearly = (amount(round(float(one) * 100)) for one in (row[4], row[3]))
        assert shown[1:3] == [whole, yearly]
        own = [one for one in rows if one[at["Budget"]] == row[0]]
        if row is not total:
            assert len(own) == row[1]
            assert round(sum(one[at["Coût"]] for one in own), 2) == row[2]
    placed = [one for one in rows if one[at["Budget"]]]
    for one in placed:
        parts = one[at["Syndicat"]] + one[at["Commune"]]
        assert round(parts, 2) == one[at["Coût"]]
    told = run(home, "show")
    assert columns(told, "Total") == [cells(first, str(one[0]))[1] for one in years]
    theirs, may = cells(first, "Total")[3:5]
    assert columns(told, "syndicat")[1:] == [theirs, amount(0), may]
    payers = book["Payeurs"][1:]
    left = sum(one[6] for one in payers if one[3])
    assert round(left, 2) == total[4]
    assert round(sum(one[5] for one in payers if one[3]), 2) == 0
    assert book["Verrous"][1][3] == "=2+2"
    assert len(book["Communes"]) == 2


def test_what_moved_since_is_not_printed_as_what_was_adopted(
    home: Path, tmp_path: Path
) -> None:
    """A committee reads « arrêté » above the list that it voted, and no other."""
    copied = tmp_path / "home"
    copytree(home, copied)

    def read() -> str:
        run(copied, "report", "--format", "md", "--out", str(tmp_path))
        return (tmp_path / "programme-plan" / "programme.md").read_text()

    assert "## Ce qui est demandé au comité" in read()
    run(copied, "decide", "syndicat", "adopte", "--on", PAST, "--ref", "D-12")
    run(copied, "adopt", "--decision", "D-12")
    assert "## Ce qui est arrêté" in read()
    run(copied, "envelope", INSEE, "2027", "9000", "--carry")
    run(copied, "envelope", "syndicat", "2027", "9000", "--carry")
    assert "Aucune opération ne change" not in run(copied, "revise")
    revised = read()
    assert "## Ce qui est demandé au comité" in revised
    assert ": révisé depuis l’arrêté du 1er" in revised
    assert "Programme arrêté" not in revised


def test_a_revision_names_what_was_decided_and_has_no_money_left(
    home: Path, tmp_path: Path
) -> None:
    """Nothing moves where every payer decided: a cut says nothing otherwise."""
    copied = tmp_path / "home"
    copytree(home, copied)
    for body, ref in (("syndicat", "D-12"), (f"commune:{INSEE}", "31")):
        run(copied, "decide", body, "adopte", "--on", PAST, "--ref", ref)
    run(copied, "adopt", "--decision", "D-12")
    assert "dépasse" not in run(copied, "revise")
    for section in ("investissement", "fonctionnement"):
        for year in ("2027", "2028"):
            cut = ("envelope", INSEE, year, "0", "--voted", "--section", section)
            run(copied, *cut)
    told = run(copied, "revise")
    assert "Aucune opération ne change de place." in told
    assert "ce que l'enveloppe permet :" in told
    assert "enveloppe dépassée de" in told


def columns(told: str, head: str) -> list[str]:
    """Return the cells of the line of a command that begins so."""
    row = next(one for one in told.splitlines() if one.startswith(f"{head} "))
    return re.split(" {2,}", row.strip())[1:]


def test_an_operation_that_moves_keeps_its_deadline_in_calendars(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path
    run(home, "variant", "Tardive")
    late = ("lock", WIRING, "--year", "2031", "--by", "le maire", "--why", "plus tard")
    run(home, *late, "--variant", "tardive")
    found = json.loads(run(home, "calendar", "--json", "--out", str(folder)))
    plan = {
        one["ref"]: one for one in json.loads(run(home, "show", "--json"))["operations"]
    }
    kinds = {(one["kind"], one["budget"]): one["closes"] for one in found}
    assert kinds["budget", 2028] == "2028-04-15"
    assert kinds["besoins", 2028] == "2027-09-30"
    assert kinds["aide", 2028] == "2028-01-31"
    assert kinds["travaux", 2028] == "2028-08-31"
    assert len({one["uid"] for one in found}) == len(found)
    for one in found:
        assert not one["operation"] or plan[one["operation"]]["year"] == one["budget"]
    run(home, "calendar", "--out", str(folder))
    text = (folder / "programme.ics").read_text()
    assert text.count("BEGIN:VEVENT") == len(found)
    assert all(one["uid"] in text for one in found)
    assert "quart des crédits" in run(home, "calendar")
    assert "quart des crédits" in text.replace("\n ", "")
    before = {(one["operation"], one["kind"]): one["uid"] for one in found}
    moved = json.loads(run(home, "calendar", "--json", "--variant", "tardive"))
    now = {(one["operation"], one["kind"], one["uid"]): one for one in moved}
    wiring = f"{SCHOOL}/{WIRING}"
    assert now[wiring, "travaux", before[wiring, "travaux"]]["budget"] == 2031


def test_the_file_of_the_committee_and_its_deliberation_say_the_same(
    home: Path, tmp_path: Path
) -> None:
    forms = ("--format", "md", "--format", "pdf", "--out", str(tmp_path))
    decided = ("decide", "pilotage", "avis", "--on", PAST, "--about", "l'ordre")
    run(home, *decided)
    run(home, "report", "--dossier", *forms)
    run(home, "report", "--format", "md", "--out", str(tmp_path))
    made = tmp_path / "programme-plan"
    whole = (made / "programme.md").read_text()
    dossier = (made / "dossier-de-comite.md").read_text()
    draft = (made / "deliberation-programme.md").read_text()
    first = dossier.partition("\n***\n")[0]
    assert "Ordre du jour" in first
    asked = [one[2:] for one in whole.splitlines() if one.startswith("- ")][:3]
    assert asked[0].startswith("Inscrire")
    for one in asked:
        assert one in first
        assert one in draft
    for year in range(2027, 2032):
        assert cells(first, str(year)) == cells(whole, str(year))
    assert cells(first, "Total") == cells(whole, "Total")
    assert "1er février 2024".replace(" ", "\u00a0") in draft
    assert "il ne s’affiche pas" in first
    for one in (whole, dossier, draft):
        assert "fonds de concours" not in one
        assert "participation" in one.lower()
    pages = [
        one.extract_text() for one in PdfReader(made / "dossier-de-comite.pdf").pages
    ]
    assert "Ordre du jour" in pages[0]
    assert "Variante" not in pages[1]
    assert "Feuille de décision" in pages[-1]
    asked_for = ("draft", "deliberation", "programme:plan", *forms)
    assert diag(home, *asked_for).code == 0
    assert "délibération" in diag(home, "draft", "note", "programme:plan").err


def test_a_dossier_is_not_of_one_commune(home: Path) -> None:
    assert diag(home, "programme", "report", "--dossier", "--commune", INSEE).code == 2


def test_what_a_commune_would_need_names_no_other(home: Path, tmp_path: Path) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    because = ("--by", "le comité", "--why", "comme à Noirvaux")
    run(copied, "lock", WIFI, "--out", *because)
    page = page_of(copied, tmp_path)
    assert (
        typeset("Aucune somme n'y suffit. Hors programme : motif au programme.") in page
    )
    assert "noirvaux" not in page.lower()


def test_a_discount_counts_alike_in_the_share_and_in_the_total(
    home: Path, tmp_path: Path
) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    before = page_of(copied, tmp_path)
    with Workspace.open(copied) as made:
        candidates = board_of(opened(made)).gathered.candidates.values()
    prices = {line.price for one in candidates for line in one.priced}
    named = [word for price in sorted(prices) for word in ("--price", price)]
    years = ("--from", "2027", "--until", "2031", "--discount", "0.5")
    run(copied, "group", "Tout", *named, *years)
    page = page_of(copied, tmp_path)
    assert page != before
    whole = cells(page.partition("Ses opérations")[2], "Total")[2]
    assert typeset(f"inscrit : {whole} (") in page
    least, *_ = json.loads(run(copied, "compare", "--json"))
    share = Fraction(least["least_covered"])
    assert f"({percent(share)})" in page


def test_what_comes_back_after_the_envelopes_is_in_the_workbook(
    home: Path, tmp_path: Path
) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    run(copied, "split", "--syndicat", "0.4", "--buyer", "syndicat")
    run(copied, "set", "--fctva-delay", "2")
    run(copied, "report", "--format", "md", "--out", str(tmp_path))
    run(copied, "table", "--out", str(tmp_path))
    text = (tmp_path / "programme-plan/programme.md").read_text()
    content = (tmp_path / "programme-plan/programme.xlsx").read_bytes()
    head, *rows = sheet_rows(content, "Payeurs")
    dated, undated = head.index("FCTVA reçu"), head.index("FCTVA, année à demander")
    found = [one[at] for one in rows for at in (dated, undated) if one[at]]
    assert "en 2029" in text
    assert cells(text.partition("FCTVA")[2], "Total")[1] == amount(
        100 * int(sum(found))
    )


def test_what_is_left_of_a_right_is_never_more_than_there_is(
    home: Path, tmp_path: Path
) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    with Workspace.open(copied) as made:
        board = board_of(opened(made))
    payer = f"commune:{INSEE}"
    left = board.schedule.rights[payer] - board.schedule.drawn.get(payer, 0)
    assert left % 100
    because = ("--by", "le maire", "--why", "travaux", "--dry-run")
    told = [run(copied, "lock", one, "--out", *because) for one in (WIRING, WIFI)]
    assert f"au lieu de {amount(left // 100 * 100)}" in "".join(told)


def test_those_that_recede_are_said_among_those_that_move(home: Path) -> None:
    with Workspace.open(home) as made:
        board = board_of(opened(made))
        out = next(one for one in board.names if one not in board.schedule.years)
        found = what_if(board.programme, board.schedule, out, 2031)
        assert found.lands
        assert found.money
        told = [
            list(what_if_words(board, replace(found, moved=moved, receded=receded)))[-1]
            for moved, receded in ((("a",), ("a",)), (("a", "b"), ("a",)), (("a",), ()))
        ]
    ends = ("1 autre recule.", "2 autres changent d'année, dont 1 recule.")
    assert told[0].endswith(ends[0])
    assert told[1].endswith(ends[1])
    assert told[2].endswith("1 autre change d'année, aucune ne recule.")


def page_of(home: Path, folder: Path) -> str:
    """Return the page of the commune, written again."""
    run(home, "report", "--commune", INSEE, "--format", "md", "--out", str(folder))
    return (folder / f"programme-plan/programme-{INSEE}.md").read_text()
