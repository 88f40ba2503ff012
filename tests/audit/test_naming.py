import pytest

from diag.audit.places import (
    MOST,
    add_place,
    add_places,
    describe_names,
    named,
    names_in,
)
from diag.audit.session import AuditSession
from diag.audit.undo import describe_undo, undo_last
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError

SALLE = PlaceKind.SALLE


def rooms(session: AuditSession) -> list[str]:
    return [place.name for place in session.facts.places_of(SALLE)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Classe CP", ("Classe CP",)),
        ("  Classe   CP ; ", ("Classe CP",)),
        ("Classe CP, CE1", ("Classe CP, CE1",)),
        ("", ()),
        (" ; ", ()),
        (
            "Classe CP ; Classe CE1;Classe CE2",
            ("Classe CP", "Classe CE1", "Classe CE2"),
        ),
        ("Classe CP\nClasse CE1\r\n\nCantine", ("Classe CP", "Classe CE1", "Cantine")),
        ("Classe 1 à 3", ("Classe 1", "Classe 2", "Classe 3")),
        ("Salle 08 à 10", ("Salle 08", "Salle 09", "Salle 10")),
        ("Classe 1 à 2 ; Direction", ("Classe 1", "Classe 2", "Direction")),
        ("Classe 1 a 3", ("Classe 1", "Classe 2", "Classe 3")),
        ("Classe 3 à 3", ("Classe 3",)),
        ("Ouverte de 8 à midi", ("Ouverte de 8 à midi",)),
    ],
)
def test_a_line_names_one_place_or_several(typed: str, names: tuple[str, ...]) -> None:
    assert names_in(typed) == names


def test_a_range_that_nobody_means_is_refused() -> None:
    assert len(names_in(f"Salle 1 à {MOST}")) == MOST
    for typed, why in (
        ("Classe 1 à 10000", "ferait 10000 lieux : 60 au plus"),
        ("Classe 8 à 1", "à rebours. Écrivez « Classe 1 à 8 »"),
    ):
        with pytest.raises(DiagError, match=why):
            names_in(typed)


def test_what_is_there_already_is_told_and_the_rest_added(
    session: AuditSession,
) -> None:
    add_place(session, SALLE, "Classe CP")
    found = named(session, names_in("classe cp; Classe CE1; Classe CE2; CLASSE CE1"))
    assert describe_names(SALLE, found) == (
        "2 salles : Classe CE1 ; Classe CE2. "
        "« classe cp », « CLASSE CE1 » existent déjà."
    )


def test_many_names_are_told_by_the_first_and_the_last(session: AuditSession) -> None:
    told = describe_names(SALLE, named(session, names_in("Classe 1 à 12")))
    assert told.startswith("12 salles : Classe 1 ; Classe 2 ;")
    assert told.endswith("… ; Classe 12.")


def test_one_undo_takes_back_all_that_was_added_together(session: AuditSession) -> None:
    add_place(session, SALLE, "Cantine")
    add_places(session, SALLE, names_in("Classe 1 à 3"))
    assert rooms(session) == ["Cantine", "Classe 1", "Classe 2", "Classe 3"]

    said = describe_undo(session, undo_last(session))
    assert said == "3 salles, de « Classe 1 » à « Classe 3 »"
    assert rooms(session) == ["Cantine"]


def test_nothing_is_added_when_one_name_is_refused(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="trop long"):
        add_places(session, SALLE, ("Classe 1", "x" * 300))
    assert rooms(session) == []


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\u00ad", "\u3164"])
def test_unseen_letters_make_no_other_room(session: AuditSession, unseen: str) -> None:
    add_place(session, PlaceKind.SALLE, f"Classe{unseen} CP{unseen}")

    assert session.find_place("Classe CP").name == "Classe CP"
    assert names_in(f"Cla{unseen}sse CE1") == ("Classe CE1",)
    with pytest.raises(DiagError, match="déjà"):
        add_place(session, PlaceKind.SALLE, f"Cl{unseen}asse CP")
