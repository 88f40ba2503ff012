import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.answers.answer_type import Refused
from diag.audit import grid
from diag.audit.answer import NewAnswer, UnlikelyAnswer, record_answer
from diag.audit.grid import (
    GestureError,
    GridSheet,
    as_block,
    clear,
    copy_down,
    empty_below,
    file_named,
    file_text,
    fill,
    like_previous,
    paste,
    read_block,
)
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo_last
from diag.model.audit import Value
from diag.model.enums import PlaceKind, Provenance
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.sentences import shortened
from tests.examples import examples

SALLE = PlaceKind.SALLE


@pytest.fixture
def rooms(session: AuditSession) -> AuditSession:
    record_answer(session, NewAnswer("type_ecole", "elementaire"))
    record_answer(session, NewAnswer("wifi_present", "oui"))
    for number in range(1, 5):
        add_place(session, SALLE, f"Classe {number}")
    return session


def sheet_of(session: AuditSession) -> GridSheet:
    return GridSheet(session, SALLE)


def say(session: AuditSession, row: int, question: str, raw: object) -> None:
    place = session.facts.places_of(SALLE)[row]
    record_answer(session, NewAnswer(question, raw, place=place.id))


def column(session: AuditSession, question: str) -> list[Value]:
    answers = (
        session.facts.answer(place.id, question)
        for place in session.facts.places_of(SALLE)
    )
    return [answer.value if answer else None for answer in answers]


def keys(session: AuditSession, question: str) -> list[tuple[str, str]]:
    return [(place.id, question) for place in session.facts.places_of(SALLE)]


def test_a_fill_is_one_commit_and_one_undo(rooms: AuditSession) -> None:
    before = len(rooms.revisions())

    fill(
        rooms,
        sheet_of(rooms),
        keys(rooms, "type_salle"),
        NewAnswer("type_salle", "classe"),
    )

    assert column(rooms, "type_salle") == ["classe"] * 4
    assert len(rooms.revisions()) == before + 4
    assert len(undo_last(rooms)) == 4
    assert column(rooms, "type_salle") == [None] * 4


def test_a_fill_leaves_what_is_not_asked_and_says_so(rooms: AuditSession) -> None:
    for row, use in enumerate(("classe", "bcd", "classe", "direction")):
        say(rooms, row, "type_salle", use)

    filled = fill(
        rooms,
        sheet_of(rooms),
        keys(rooms, "prise_borne"),
        NewAnswer("prise_borne", "o"),
    )

    assert column(rooms, "prise_borne") == [True, None, True, None]
    assert [each.where for each in filled.refused] == [
        "« Classe 2 », Prise réseau au plafond pour une borne",
        "« Classe 4 », Prise réseau au plafond pour une borne",
    ]


def test_what_cannot_be_or_is_unlikely_fills_nothing(rooms: AuditSession) -> None:
    where = keys(rooms, "prises_rj45")
    with pytest.raises(Refused):
        fill(rooms, sheet_of(rooms), where, NewAnswer("prises_rj45", 99))
    with pytest.raises(UnlikelyAnswer):
        fill(rooms, sheet_of(rooms), where, NewAnswer("prises_rj45", 50))
    assert column(rooms, "prises_rj45") == [None] * 4


def test_copying_down_stops_where_there_is_an_answer(rooms: AuditSession) -> None:
    say(rooms, 0, "prises_rj45", 2)
    say(rooms, 3, "prises_rj45", 5)
    sheet = sheet_of(rooms)
    at = sheet.columns["prises_rj45"]

    copy_down(rooms, sheet, [at], [0, *empty_below(sheet, 0, at)])

    assert column(rooms, "prises_rj45") == [2, 2, 2, 5]
    second = rooms.facts.places_of(SALLE)[1].id
    answer = rooms.facts.answer(second, "prises_rj45")
    assert answer is not None
    assert answer.provenance is Provenance.OBSERVED


def test_a_pure_measure_is_not_copied(rooms: AuditSession) -> None:
    say(rooms, 0, "wifi_salle", "o")
    say(rooms, 0, "signal_wifi", -67)
    sheet = sheet_of(rooms)
    with pytest.raises(GestureError, match="une mesure ne se recopie pas"):
        copy_down(rooms, sheet, [sheet.columns["signal_wifi"]], [0, 1])
    with pytest.raises(GestureError, match="pas de réponse à recopier"):
        copy_down(rooms, sheet, [sheet.columns["projection"]], [0, 1])


def test_like_the_previous_room_fills_what_is_empty_and_asked(
    rooms: AuditSession,
) -> None:
    for question, raw in (
        ("type_salle", "classe"),
        ("prise_borne", "o"),
        ("prises_rj45", 4),
        ("wifi_salle", "o"),
        ("signal_wifi", -67),
    ):
        say(rooms, 0, question, raw)
    say(rooms, 1, "prises_rj45", 1)

    filled = like_previous(rooms, sheet_of(rooms), 1)

    assert column(rooms, "type_salle")[:2] == ["classe", "classe"]
    assert column(rooms, "prise_borne")[:2] == [True, True]
    assert column(rooms, "prises_rj45")[:2] == [4, 1]
    assert column(rooms, "signal_wifi")[:2] == [-67, None]
    assert filled.refused == ()
    with pytest.raises(GestureError, match="en tête"):
        like_previous(rooms, sheet_of(rooms), 0)


def test_clearing_takes_answers_away_in_one_go(rooms: AuditSession) -> None:
    say(rooms, 0, "prises_rj45", 2)
    say(rooms, 2, "prises_rj45", 3)

    filled = clear(rooms, keys(rooms, "prises_rj45"))

    assert len(filled.written) == 2
    assert column(rooms, "prises_rj45") == [None] * 4
    undo_last(rooms)
    assert column(rooms, "prises_rj45") == [2, None, 3, None]


def test_a_block_lands_at_the_cursor(rooms: AuditSession) -> None:
    sheet = sheet_of(rooms)
    at = sheet.columns["prises_rj45"]

    filled = paste(rooms, sheet, 1, at, "2 prises\toui\n3\tNon\n\n")

    assert column(rooms, "prises_rj45") == [None, 2, 3, None]
    assert column(rooms, "prise_borne") == [None, True, False, None]
    assert filled.refused == ()


def test_days_are_pasted_in_short_and_the_year_is_asked_where_it_may_be_misread(
    rooms: AuditSession,
) -> None:
    for row in range(4):
        say(rooms, row, "danger_electrique", "oui")
    sheet = sheet_of(rooms)
    at = sheet.columns["danger_signale_le"]

    filled = paste(rooms, sheet, 0, at, "4/10\nhier\n6/10/24\n13/2024\n")

    assert column(rooms, "danger_signale_le") == [
        "2026-10-04",
        "2026-10-04",
        "2024-10-06",
        None,
    ]
    (refused,) = filled.refused
    assert refused.reason.startswith("« 13/2024 » n'est pas une date. Écrivez")


def test_short_days_are_answers_where_a_room_bears_one_as_its_name(
    rooms: AuditSession,
) -> None:
    add_place(rooms, SALLE, "4/10")
    for row in range(4):
        say(rooms, row, "danger_electrique", "oui")
    sheet = sheet_of(rooms)

    paste(rooms, sheet, 0, sheet.columns["danger_signale_le"], "4/10\t\n3/10\t\n")

    days = ["2026-10-04", "2026-10-03", None, None, None]
    assert column(rooms, "danger_signale_le") == days


NO_QUESTION = "aucune question de ce titre ni à cette place du tableau"


def test_a_table_with_titles_lands_where_it_says(rooms: AuditSession) -> None:
    table = (
        "Salle;Usage de la salle;prises_rj45;Couleur\n"
        "CLASSE 3;bibliotheque bcd;2;bleu\n"
        "Grenier;classe;1;\n"
        "Classe 1;Classe;?;\n"
    )

    filled = paste(rooms, sheet_of(rooms), 3, 7, table)

    assert column(rooms, "type_salle") == ["classe", None, "bcd", None]
    assert column(rooms, "prises_rj45") == [None, None, 2, None]
    assert [each.sentence for each in filled.refused] == [
        f"colonne « Couleur » : {NO_QUESTION}",
        "ligne 3, « Grenier » : aucun lieu de ce nom ni à cette ligne du tableau",
        "ligne 3, « Grenier » : aucun lieu de ce nom ni à cette ligne du tableau",
    ]


def test_what_falls_beside_the_grid_is_told_once_a_side(rooms: AuditSession) -> None:
    sheet = sheet_of(rooms)
    at = len(sheet.questions) - 1

    filled = paste(rooms, sheet, len(sheet.places) - 1, at, "2\t3\n" * 200)

    assert {each.where for each in filled.refused if "aucun" in each.reason} == {
        "colonne 2",
        "ligne 2 et après",
    }


def test_a_table_that_names_its_rooms_puts_no_answer_in_the_column_beside(
    rooms: AuditSession,
) -> None:
    table = (
        "Salle\tCouleur\tUsage\tPrises réseau\nClasse 3\t1\t1\t2\nClasse 1\t2\t1\t3\n"
    )

    filled = paste(rooms, sheet_of(rooms), 0, 1, table)

    assert column(rooms, "prises_rj45") == [3, None, 2, None]
    assert len(filled.written) == 2
    assert [each.where for each in filled.refused] == [
        *("colonne « Couleur »", "colonne « Usage »"),
        *("colonne « Couleur »", "colonne « Usage »"),
    ]


def test_rooms_named_without_titles_are_answered_from_the_column_of_the_cursor(
    rooms: AuditSession,
) -> None:
    sheet = sheet_of(rooms)
    at = sheet.columns["prises_rj45"]

    filled = paste(rooms, sheet, 0, at, "Classe 4\t4\toui\nClasse 2\t2\tnon\n")

    assert column(rooms, "prises_rj45") == [None, 2, None, 4]
    assert column(rooms, "prise_borne") == [None, False, None, True]
    assert filled.refused == ()


def test_a_room_on_two_lines_keeps_the_first_and_tells_of_the_other(
    rooms: AuditSession,
) -> None:
    table = "Salle\tPrises réseau\nClasse 1\t2\nClasse 2\t4\nClasse 1\t3\nClasse 2\t4"

    filled = paste(rooms, sheet_of(rooms), 0, 1, table)

    assert column(rooms, "prises_rj45") == [2, 4, None, None]
    (refused,) = filled.refused
    assert refused.reason == "3 aussi : ce qui est plus haut est gardé"


def test_the_names_of_rooms_are_read_once_whatever_is_pasted(
    rooms: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line compared with each room, a column of 200,000 lines took a minute."""
    sheet, read = sheet_of(rooms), []

    def counted(text: str) -> str:
        read.append(text)
        return fold(text)

    monkeypatch.setattr(grid, "fold", counted)
    paste(rooms, sheet, 0, sheet.columns["prises_rj45"], "0\n" * 100)
    assert read.count("Classe 1") == 1


def test_the_head_of_a_column_is_shortened_once_however_many_lines_it_heads(
    rooms: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head of 300 kB over 20,000 lines was read again for each of them."""
    sheet, read = sheet_of(rooms), []

    def counted(text: str, most: int) -> str:
        read.append(text)
        return shortened(text, most)

    monkeypatch.setattr(grid, "shortened", counted)
    filled = paste(rooms, sheet, 0, 0, "Salle\tCouleur\n" + "Classe 1\trouge\n" * 50)
    assert read.count("Couleur") == 1
    assert {one.where for one in filled.refused} == {"colonne « Couleur »"}


def test_an_answer_that_is_also_the_name_of_a_room_is_an_answer(
    rooms: AuditSession,
) -> None:
    for name in ("BCD", "Salle informatique"):
        add_place(rooms, SALLE, name)
    sheet = sheet_of(rooms)
    at, row = sheet.columns["type_salle"], len(sheet.places) - 2

    paste(rooms, sheet, row, at, "Salle informatique\t\nBibliothèque (BCD)\t\n")

    assert column(rooms, "type_salle")[row:] == ["informatique", "bcd"]


def test_a_column_under_its_title_lands_from_the_row_of_the_cursor_on(
    rooms: AuditSession,
) -> None:
    filled = paste(rooms, sheet_of(rooms), 1, 7, "Prises réseau vues\n4\nPrises")

    assert column(rooms, "prises_rj45")[:3] == [None, 4, None]
    (refused,) = filled.refused
    assert "« Prises » n'est pas un nombre" in refused.sentence


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r"])
def test_lines_end_as_systems_and_terminals_end_them(end: str) -> None:
    assert read_block(end.join(("3", "4", "5", ""))) == [["3"], ["4"], ["5"]]


def test_an_empty_cell_stays_between_two_others() -> None:
    assert read_block("3\r\r4\r5") == [["3"], [], ["4"], ["5"]]


def test_hostile_cells_are_refused_one_by_one_in_sentences(rooms: AuditSession) -> None:
    hostile = "\n".join(
        ["=cmd()", "[/]\udc80", "9" * 40, "2", "trop"]  # one more than there are rooms
    )
    sheet = sheet_of(rooms)
    at = sheet.columns["prises_rj45"]

    filled = paste(rooms, sheet, 0, at, hostile)

    assert column(rooms, "prises_rj45") == [None, None, None, 2]
    assert [each.where for each in filled.refused] == [
        "« Classe 1 », Prises réseau vues",
        "« Classe 2 », Prises réseau vues",
        "« Classe 3 », Prises réseau vues",
        "ligne 5 et après",
    ]
    assert all(each.reason for each in filled.refused)


@settings(
    examples(25, few=8),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(["oui", "Classe", "3", "[/]", "=1+1", "\t", "\n", ";", '"', ""])
    ).map("".join)
)
def test_whatever_is_pasted_is_kept_or_refused(rooms: AuditSession, text: str) -> None:
    sheet = sheet_of(rooms)
    try:
        filled = paste(rooms, sheet, 1, 1, text)
    except GestureError:
        return
    assert all(key in rooms.facts.answers for key in filled.written)
    assert all(each.where and each.reason for each in filled.refused)


@pytest.mark.parametrize("text", ["", "\n\n", " \t \n", "a" * 1_000_001])
def test_nothing_or_far_too_much_is_not_pasted(text: str) -> None:
    with pytest.raises(GestureError):
        read_block(text)


def test_what_is_copied_out_is_pasted_back(rooms: AuditSession) -> None:
    say(rooms, 0, "type_salle", "salle_maitres")
    say(rooms, 0, "prises_rj45", 4)
    record_answer(rooms, NewAnswer("bricolages_reseau", 0, place="Classe 1"))
    sheet = sheet_of(rooms)
    block = as_block(sheet, range(1), range(len(sheet.questions)))

    filled = paste(rooms, sheet, 2, 0, block)

    assert filled.refused == ()
    assert sheet_of(rooms).cell(2, 0).words == "maître"
    assert column(rooms, "type_salle") == ["salle_maitres", None, "salle_maitres", None]
    assert column(rooms, "prises_rj45") == [4, None, 4, None]


def test_a_file_dragged_onto_the_terminal_is_read(tmp_path: Path) -> None:
    path = tmp_path / "relevé 2026.csv"
    path.write_bytes("Salle;Prises\nPréau;2\n".encode("cp1252"))

    assert file_named(f"'{path}'") == path
    assert file_named("~environ 3") is None
    assert file_named(str(path).replace(" ", "\\ ")) == path
    assert file_named("Classe 1\tClasse 2") is None
    assert file_named(str(tmp_path / "absent.csv")) is None
    assert file_text(path).startswith("Salle;Prises\nPréau")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "classeur.csv"
    path.write_bytes(b"PK\0\0")
    with pytest.raises(DiagError, match="enregistrez-le en CSV"):
        file_text(path)
    with pytest.raises(DiagError, match="n'existe pas"):
        file_text(tmp_path / "absent.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe has a name there")
def test_a_file_that_never_ends_is_refused_at_once(tmp_path: Path) -> None:
    pipe, long = tmp_path / "pipe.csv", tmp_path / "long.csv"
    os.mkfifo(pipe)
    with long.open("wb") as file:
        file.truncate(2**33)

    with pytest.raises(DiagError, match="n'en est pas un"):
        file_text(pipe)
    with pytest.raises(DiagError, match="trop long"):
        file_text(long)
