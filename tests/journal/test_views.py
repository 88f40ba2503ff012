"""What a person sees who opens the file in Datasette."""

import sqlite3

import pytest

from diag.journal import changes
from diag.journal.facts import open_audit
from diag.journal.journal import Journal, put_setting
from diag.journal.revision import Origin
from diag.model.audit import Answer, Subject
from diag.model.enums import AuditStatus, PlaceKind, Provenance, State
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, apart, known, room

ROOM = room(1, "Salle « Étoile »")


@pytest.fixture
def audited(journal: Journal, author: Origin) -> Journal:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    journal.write(changes.placed(AUDIT.id, ROOM), author)
    with journal.transaction() as connection:
        connection.execute(
            "insert into school(uai, name, insee, commune) "
            "values ('9990001A', 'École du Val', '99901', 'Vallombre')"
        )
    return journal


def rows(journal: Journal, columns: str, view: str = "v_reponses") -> list[object]:
    return list(journal.select(f"select {columns} from {view} order by 1, 2"))


def test_answers_are_read_in_french(audited: Journal, author: Origin) -> None:
    refused = Answer(State.REFUSED, None, Provenance.DECLARED, "ne souhaite pas")
    several = known(("a", "b"), Provenance.MEASURED)
    for question, answer in (("x", known(True)), ("y", refused), ("z", several)):
        audited.write(changes.answered(AUDIT.id, ROOM.id, question, answer), author)
    audited.write(changes.noted(AUDIT.id, ROOM.id, "x", "vu"), author)
    assert rows(audited, "question, état, valeur, provenance, motif, note, lieu") == [
        ("x", "connu", "oui", "observé", None, "vu", ROOM.name),
        ("y", "refusé", None, "déclaré", "ne souhaite pas", None, ROOM.name),
        ("z", "connu", '["a","b"]', "mesuré", None, None, ROOM.name),
    ]


def test_answers_say_where_when_and_who(audited: Journal, author: Origin) -> None:
    audited.write(changes.answered(AUDIT.id, ROOT, "q", known("0.5")), author)
    columns = (
        'code, campagne, école, lieu, "type de lieu", valeur, auteur, "date (UTC)"'
    )
    assert rows(audited, columns) == [
        (
            *("9990001A", "2026-2027", "École du Val", "École du Val", "ecole"),
            *("0.5", "u01", "2026-09-21 14:13:22"),
        )
    ]


def test_both_sides_of_a_conflict_are_shown(audited: Journal, author: Origin) -> None:
    for value in (1, 2):
        apart(audited, changes.answered(AUDIT.id, ROOT, "q", known(value)), author)
    assert rows(audited, "question, valeur") == [("q", "1"), ("q", "2")]


def test_what_was_withdrawn_or_erased_shows_no_value(
    audited: Journal, author: Origin
) -> None:
    audited.write(changes.answered(AUDIT.id, ROOT, "a", known(1)), author)
    audited.write(changes.unanswered(AUDIT.id, ROOT, "a"), author)
    said = audited.write(changes.answered(AUDIT.id, ROOT, "b", known("nom")), author)
    audited.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    assert rows(audited, "question, état, valeur") == [("b", "effacé", None)]
    log = audited.select("select action, valeur from v_journal order by ordre")
    assert log[-4:] == [
        ("écrit", '{"provenance":"observed","state":"known","value":1}'),
        ("retire", None),
        ("effacé", None),
        ("efface", '{"reason":"demande"}'),
    ]


def test_audits_are_listed_once_with_their_status(
    audited: Journal, author: Origin
) -> None:
    apart(audited, changes.opened(AUDIT.id, CAMPAIGN, SUBJECT), author)
    audited.write(changes.moved(AUDIT.id, AuditStatus.SOUMIS), author)
    columns = "code, campagne, nom, statut"
    assert rows(audited, columns, "v_audits") == [
        ("9990001A", "2026-2027", "École du Val", "soumis")
    ]


@pytest.mark.plain
def test_views_open_where_the_schema_is_not_trusted(audited: Journal) -> None:
    names = audited.select("select name from sqlite_schema where type = 'view'")
    with sqlite3.connect(audited.path) as plain:
        plain.execute("pragma trusted_schema = off")
        for (name,) in names:
            plain.execute(f"select * from {name}").fetchall()
    plain.close()
    assert len(names) == 6


def test_communes_and_syndicats_have_their_names(
    audited: Journal, author: Origin
) -> None:
    for code in ("99901", "99902", "99903"):
        subject = Subject(kind=PlaceKind.COMMUNE, code=code)
        open_audit(audited, CAMPAIGN, subject, author)
    for code in ("259900010", "200000172", "100000009"):
        subject = Subject(kind=PlaceKind.SYNDICAT, code=code)
        open_audit(audited, CAMPAIGN, subject, author)
    settings = {"syndicat": "Vallombre Numérique", "siren": "259900010"}
    put_setting(audited, "workspace", settings)
    with audited.transaction() as connection:
        connection.execute(
            "insert into commune(insee, name, epci_siren, epci_name) "
            "values ('99902', 'Sainte-Œuvre', '200000172', 'Pays du Val')"
        )
    assert rows(audited, "type, code, nom", "v_audits") == [
        ("commune", "99901", "Vallombre (commune)"),
        ("commune", "99902", "Sainte-Œuvre (commune)"),
        ("commune", "99903", None),
        ("ecole", "9990001A", "École du Val"),
        ("syndicat", "100000009", None),
        ("syndicat", "200000172", "Pays du Val"),
        ("syndicat", "259900010", "Vallombre Numérique"),
    ]


def test_authors_are_named_where_the_workspace_knows_them(
    audited: Journal, author: Origin
) -> None:
    put_setting(audited, "workspace", {"people": {"u01": "Ana Roux"}})
    audited.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    assert rows(audited, "auteur, question") == [("Ana Roux", "q")]
    log = audited.select("select distinct auteur from v_journal")
    assert ("Ana Roux",) in log
