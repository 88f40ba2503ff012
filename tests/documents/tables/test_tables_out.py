"""From audits to files: which audits, what is counted, what is written whole."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from diag.audit import follow
from diag.audit import session as audits
from diag.audit.answer import record_note
from diag.audit.places import add_place
from diag.audit.report import report_folder, report_of
from diag.documents.tables import (
    Exported,
    chosen,
    put,
    write_map,
)
from diag.documents.tables.answers import write_answers
from diag.documents.tables.basket import write_basket
from diag.documents.tables.glpi import write_glpi
from diag.documents.tables.tickets import write_tickets
from diag.journal.facts import open_audit
from diag.model.audit import FollowUp, Subject
from diag.model.enums import FollowUpState, PlaceKind
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace, closed_workspace
from tests.audit.builders import DAY, OTHER, SCHOOL
from tests.documents.tables.reading import (
    csv_records,
    formulas,
    sheet_rows,
    sheet_texts,
)

HOSTILE = (
    "=1+1",
    "+33 1",
    "-2+3",
    "@SUM(A1)",
    "|calc",
    "%PATH%",
    "'=1",
    "＝1",
    'dit "bonjour"; puis\npart',
    "_x000D_ _x0041_x0042_",
    "http://exemple.fr/a",
    "[/b] <script> | \\",
    "😀é\u202f€",
)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Workspace]:
    """One school audited in full, another just opened."""
    with audited_workspace(tmp_path / "desk") as workspace:
        audits.start(workspace, OTHER)
        yield workspace


def quiet(done: int, total: int) -> None:
    assert done <= total


def count(done: Exported, word: str) -> int:
    return sum(number for number, one, many in done.counts if word in (one, many))


def test_audits_are_chosen_by_name_or_all_together(made: Workspace) -> None:
    alone = chosen(made, [SCHOOL])
    twice = chosen(made, [SCHOOL, OTHER, SCHOOL])
    whole = chosen(made, [], everything=True)

    assert alone.folder == report_folder(audited(made))
    assert len(twice.sessions) == 2
    assert {one.about.ref for one in whole.sessions} == {SCHOOL, OTHER}
    assert whole.folder == made.folder / "exports" / "tables-2026-2027"


def test_a_campaign_without_audits_says_so(made: Workspace) -> None:
    with pytest.raises(DiagError, match="Aucun audit dans la campagne 2020-2021"):
        chosen(made, [], "2020-2021", everything=True)
    with pytest.raises(DiagError, match="Ouvrez-le"):
        chosen(made, ["9990187Z"])


def test_the_basket_is_written_in_both_formats_with_its_notice(
    made: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    picked = chosen(made, [], everything=True)

    done = write_basket(picked, out, ("csv", "xlsx"), DAY, quiet)

    assert [path.name for path in done.files] == [
        "panier-par-article.csv",
        "panier-par-ecole.csv",
        "panier-a-lire.csv",
        "panier.xlsx",
    ]
    schools = csv_records((out / "panier-par-ecole.csv").read_bytes())
    assert count(done, "lignes par école") == len(schools) > 10
    assert count(done, "audits lus") == 2
    book = (out / "panier.xlsx").read_bytes()
    assert len(sheet_rows(book, "Par école")) == len(schools) + 1
    assert ["Audits lus", 2] in sheet_rows(book, "À lire")
    assert formulas(book) == []
    assert not list(out.glob("*.part"))


def test_what_is_set_aside_leaves_the_basket(made: Workspace, tmp_path: Path) -> None:
    step = FollowUp(
        recommendation="cabler-les-classes",
        state=FollowUpState.ECARTEE,
        on="2026-10-05",
        why="déménagement",
    )
    follow.add_step(audited(made), step)
    picked = chosen(made, [SCHOOL])

    done = write_basket(picked, tmp_path, ("csv",), DAY, quiet)

    titles = (tmp_path / "panier-par-ecole.csv").read_text("utf-8-sig")
    assert "Câbler" not in titles
    assert count(done, "ligne laissée de côté : écartées") == 1


def test_tickets_are_a_table_and_a_page(made: Workspace, tmp_path: Path) -> None:
    picked = chosen(made, [SCHOOL])

    done = write_tickets(picked, tmp_path, ("csv", "md"), DAY, quiet)

    rows = csv_records((tmp_path / "tickets.csv").read_bytes())
    page = (tmp_path / "tickets.md").read_text("utf-8")
    assert count(done, "tickets") == len(rows) == page.count("\n### ")
    references = [row["Référence"] for row in rows]
    assert len(set(references)) == len(references)
    whole = write_tickets(picked, tmp_path, ("csv",), DAY, quiet, whole_plan=True)
    others = "actions non techniques laissées de côté (--whole-plan)"
    assert count(whole, "tickets") == len(rows) + count(done, others)


def test_answers_hold_sensitive_ones_only_when_asked(
    made: Workspace, tmp_path: Path
) -> None:
    picked = chosen(made, [], everything=True)
    kept = "réponses sensibles laissées de côté (--sensitive)"

    quiet_ones = write_answers(picked, tmp_path, ("json",), DAY, quiet)
    whole = write_answers(
        picked, tmp_path / "tout", ("csv", "xlsx", "json"), DAY, quiet, sensitive=True
    )

    document = json.loads((tmp_path / "reponses.json").read_text("utf-8"))
    assert document["format"] == "diag-answers"
    assert not any(row["sensitive"] for row in document["rows"])
    assert count(quiet_ones, kept) > 5
    assert count(whole, "réponses") == len(document["rows"]) + count(quiet_ones, kept)
    rows = csv_records((tmp_path / "tout" / "reponses.csv").read_bytes())
    sheet = sheet_rows((tmp_path / "tout" / "reponses.xlsx").read_bytes())
    assert len(rows) == len(sheet) - 1 == count(whole, "réponses")
    assert {row["Statut"] for row in rows} == {"provisoire (audit en cours)"}


def test_the_map_has_the_territory_when_all_is_asked(
    made: Workspace, tmp_path: Path
) -> None:
    one = write_map(made, chosen(made, [SCHOOL]), tmp_path / "un", quiet)
    whole = write_map(
        made,
        chosen(made, [], everything=True),
        tmp_path,
        quiet,
        territory=True,
    )

    assert count(one, "écoles sur la carte") == 1
    assert count(whole, "écoles sur la carte") == 40
    assert count(whole, "avec un score") == 2
    features = json.loads((tmp_path / "ecoles.geojson").read_text("utf-8"))["features"]
    audited_ones = [each for each in features if each["properties"]["audit"]]
    assert len(audited_ones) == 2
    scores = {each["id"]: each["properties"] for each in audited_ones}
    assert 0 < scores[SCHOOL]["score_min"] <= scores[SCHOOL]["score_max"] < 100
    assert scores[SCHOOL]["completude"] > scores[OTHER]["completude"]


def test_glpi_gets_an_archive_and_two_tables(made: Workspace, tmp_path: Path) -> None:
    done = write_glpi(chosen(made, [SCHOOL]), tmp_path, DAY, quiet)

    with zipfile.ZipFile(tmp_path / "glpi-inventaire.zip") as files:
        assert len(files.namelist()) == count(done, "appareils dans l'inventaire")
    lines = csv_records((tmp_path / "glpi-materiel.csv").read_bytes())
    inside = sum(int(row["Nombre"]) for row in lines if row["Type GLPI"])
    assert inside == count(done, "appareils dans l'inventaire") == 30
    assert any(not row["Type GLPI"] for row in lines)
    tickets = csv_records((tmp_path / "glpi-tickets.csv").read_bytes())
    assert {row["Type"] for row in tickets} == {"Incident", "Demande"}


def test_a_commune_has_tables_too_and_no_point_on_the_map(
    made: Workspace, tmp_path: Path
) -> None:
    commune = audits.start(made, "commune:99903").about
    picked = chosen(made, [commune.ref])

    tickets = write_tickets(picked, tmp_path, ("csv",), DAY, quiet)
    points = write_map(made, picked, tmp_path, quiet)

    assert picked.folder.name == "commune-99903-2026-2027"
    assert count(tickets, "audits lus") == 1
    assert (0, "école sur la carte", "écoles sur la carte") in points.counts


def test_an_audit_that_came_without_its_checklists_is_told_and_left(
    made: Workspace, tmp_path: Path
) -> None:
    subject = Subject(kind=PlaceKind.ECOLE, code="9990187Z")
    open_audit(made.journal, "2026-2027", subject, made.origin)

    picked = chosen(made, [], everything=True)
    done = write_answers(picked, tmp_path, ("csv",), DAY, quiet)

    assert count(done, "audit sans grilles, laissé de côté") == 1
    assert count(done, "audits lus") == 2


def test_hostile_notes_go_from_the_visit_to_the_tables_and_back(
    made: Workspace, tmp_path: Path
) -> None:
    session = audited(made)
    rooms = [
        add_place(session, PlaceKind.SALLE, f"{text} {number}")[0]
        for number, text in enumerate(HOSTILE)
    ]
    for room, text in zip(rooms, HOSTILE, strict=True):
        record_note(session, "type_salle", text, room.id)
    notes = session.facts.notes
    kept = {said for room in rooms for said in notes[room.id, "type_salle"]}
    names = {room.name for room in rooms}
    assert len(kept) == len(names) == len(HOSTILE)

    write_answers(chosen(made, [SCHOOL]), tmp_path, ("csv", "xlsx"), DAY, quiet)

    rows = csv_records((tmp_path / "reponses.csv").read_bytes())
    assert kept <= {row["Note"] for row in rows}
    assert names <= {row["Lieu"] for row in rows}
    book = (tmp_path / "reponses.xlsx").read_bytes()
    assert kept | names <= set(sheet_texts(book))
    assert formulas(book) == []


def test_the_same_day_makes_the_same_files(made: Workspace, tmp_path: Path) -> None:
    picked = chosen(made, [SCHOOL])

    for name in ("a", "b"):
        write_basket(picked, tmp_path / name, ("csv", "xlsx"), DAY, quiet)

    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    put(tmp_path, {"a.csv": b"ancien"})
    (tmp_path / "b.csv").mkdir()

    with pytest.raises(OSError):  # noqa: PT011 - its words are the system's
        put(tmp_path, {"b.csv": b"neuf"})

    assert (tmp_path / "a.csv").read_bytes() == b"ancien"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_a_closed_audit_s_tickets_keep_the_deadlines_of_its_documents(
    tmp_path: Path,
) -> None:
    """Exported a year later, each moved by a year: GLPI took them for new."""
    with closed_workspace(tmp_path / "desk") as made:
        plan = report_of(audited(made)).public.plan
        told = {one.number: one.due for one in plan.actions if one.due}
    later = DAY + timedelta(days=365)
    with Workspace.open(tmp_path / "desk", fixed_world(later, seed=5)) as made:
        picked = chosen(made, [SCHOOL])
        write_basket(picked, tmp_path, ("csv",), later, quiet)
    rows = csv_records((tmp_path / "panier-par-ecole.csv").read_bytes())
    dated = [row for row in rows if row["Avant le"]]
    assert dated
    for row in dated:
        assert row["Avant le"] == told[row["Action"]].isoformat()
