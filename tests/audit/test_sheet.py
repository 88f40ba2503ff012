from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.grid import GridSheet, domains_of, duplicate, sheet_kinds
from diag.audit.places import add_place, close_list, closing_effect
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.model.audit import Place
from diag.model.enums import PlaceKind, Provenance, State
from diag.office.bundles import export_audit, import_audit
from diag.words.vocabulary import PROVENANCE_MARKS
from tests.audit.builders import workspace

SALLE = PlaceKind.SALLE


def room(session: AuditSession, name: str) -> Place:
    return add_place(session, SALLE, name)[0]


def say(session: AuditSession, place: Place, question: str, raw: object) -> None:
    record_answer(session, NewAnswer(question, raw, place=place.id))


def test_a_sheet_shows_values_states_provenance_and_what_is_not_asked(
    session: AuditSession,
) -> None:
    first, _ = room(session, "Classe 1"), room(session, "Direction")
    say(session, first, "type_salle", "classe")
    record_answer(
        session,
        NewAnswer("prises_rj45", "4", place=first.id, provenance=Provenance.DECLARED),
    )
    record_answer(
        session, NewAnswer("bricolages_reseau", place=first.id, state=State.UNKNOWN)
    )
    sheet = GridSheet(session, SALLE)

    def cell(row: int, question: str) -> tuple[str, str]:
        found = sheet.cell(row, sheet.columns[question])
        return found.words, found.mark

    assert [place.name for place in sheet.places] == ["Classe 1", "Direction"]
    assert cell(0, "type_salle") == ("classe", "dit")
    assert cell(0, "prises_rj45") == ("4", "dit")
    assert cell(0, "bricolages_reseau") == ("inconnu", "-")
    assert cell(1, "prises_rj45") == ("", "")
    assert not sheet.cell(0, sheet.columns["prise_borne"]).is_inert
    assert sheet.cell(0, sheet.columns["outils_adaptes"]).is_inert


def test_no_mark_reads_as_a_unit(session: AuditSession) -> None:
    """« 2 m » was read as two metres, where it meant two, measured."""
    units = {each.unit for each in session.checklist.questions.values()}
    assert not units & set(PROVENANCE_MARKS.values())
    assert all(len(mark) > 1 for mark in PROVENANCE_MARKS.values())


def test_columns_add_up_where_a_total_means_something(session: AuditSession) -> None:
    first, second = room(session, "Classe 1"), room(session, "Classe 2")
    record_answer(session, NewAnswer("wifi_present", "oui"))
    for place, sockets, wifi in ((first, 4, "oui"), (second, 2, "non")):
        say(session, place, "type_salle", "classe")
        say(session, place, "prises_rj45", sockets)
        say(session, place, "wifi_salle", wifi)
    say(session, first, "signal_wifi", -67)
    sheet = GridSheet(session, SALLE)

    def total(question: str) -> str:
        return sheet.sum(sheet.columns[question])

    assert total("prises_rj45") == "= 6"
    assert total("wifi_salle") == "1/2 oui"
    assert total("signal_wifi") == "−67"
    assert total("type_salle") == "2/2"
    assert total("outils_adaptes") == ""


def test_a_domain_keeps_its_own_columns(session: AuditSession) -> None:
    domains = [ident for ident, _ in domains_of(session, SALLE)]
    every = [each.id for each in GridSheet(session, SALLE).questions]
    split = [
        each.id for one in domains for each in GridSheet(session, SALLE, one).questions
    ]
    assert sorted(split) == sorted(every)
    assert SALLE in sheet_kinds(session)
    assert PlaceKind.ECOLE not in sheet_kinds(session)


def test_what_decides_whether_a_question_is_asked_comes_before_it(
    session: AuditSession,
) -> None:
    columns = GridSheet(session, PlaceKind.LOT).columns
    assert columns["type_lot"] < columns["lot_recharge"]
    assert columns["lot_systeme"] < columns["lot_compatible_w11"]


def test_a_disagreement_shows_both_answers(
    session: AuditSession, tmp_path: Path
) -> None:
    place = room(session, "Classe 1")
    export_audit(session, tmp_path / "a.json")
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs, _ = import_audit(other, tmp_path / "a.json")
        say(theirs, theirs.facts.places[place.id], "prises_rj45", 6)
        export_audit(theirs, tmp_path / "b.json")
    say(session, place, "prises_rj45", 4)
    import_audit(session.workspace, tmp_path / "b.json")
    session.catch_up()

    sheet = GridSheet(session, SALLE)
    cell = sheet.cell(0, sheet.columns["prises_rj45"])

    assert cell.is_conflict
    assert cell.mark == "!"
    assert set(cell.words.split(" / ")) == {"4", "6"}


def test_a_twin_has_the_next_name_and_the_answers_but_no_measure(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("wifi_present", "oui"))
    place = room(session, "Classe 3")
    for question, raw in (
        ("type_salle", "classe"),
        ("prises_rj45", 4),
        ("wifi_salle", "oui"),
        ("signal_wifi", -67),
    ):
        say(session, place, question, raw)

    twin = duplicate(session, place)

    answers = {
        question: (heads[0].value, heads[0].provenance)
        for (where, question), heads in session.facts.answers.items()
        if where == twin.id
    }
    assert twin.name == "Classe 4"
    assert answers == {
        "type_salle": ("classe", Provenance.DECLARED),
        "prises_rj45": (4, Provenance.OBSERVED),
        "wifi_salle": (True, Provenance.OBSERVED),
        # A signal said that the band is there.
        "wifi_5ghz_salle": (True, Provenance.OBSERVED),
    }
    assert duplicate(session, place).name == "Classe 5"
    undo(session)
    undo(session)
    assert session.facts.places_of(SALLE) == (place,)


def test_the_digit_of_a_level_is_no_number_of_a_room(session: AuditSession) -> None:
    twin = duplicate(session, room(session, "Classe CM2"))
    assert twin.name == "Classe CM2 2"
    assert duplicate(session, twin).name == "Classe CM2 3"
    assert duplicate(session, room(session, "Salle des maîtres")).name == (
        "Salle des maîtres 2"
    )


def test_closing_a_list_says_what_the_score_becomes(session: AuditSession) -> None:
    place = room(session, "Classe 1")
    say(session, place, "type_salle", "classe")
    say(session, place, "prises_rj45", 0)

    told = closing_effect(session, SALLE)
    assert session.facts.closed == frozenset()
    done = close_list(session, SALLE)

    assert (done.before, done.after) == (told.before, told.after)
    assert SALLE in session.facts.closed
    assert done.sentence.startswith("Toutes les salles sont là (1). ")
    assert "core" in done.sentence
