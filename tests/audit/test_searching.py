"""A question is found by the words that people type, not by its author's alone."""

from functools import cache
from pathlib import Path

import pytest

from diag.assess.judge import Judge
from diag.audit.places import add_place, add_places
from diag.audit.walk import search_of, walk_of, words_meaning
from diag.model.enums import PlaceKind
from diag.model.text import terms
from tests.audit.builders import started, workspace
from tests.shipped import shipped


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("livebox", "arrivee_operateur"),
        ("adsl", "technologie_acces"),
        ("lent", "debit_descendant"),
        ("deee", "filiere_fin_de_vie"),
        ("dys", "accueil_materiel_adapte"),
    ],
)
def test_a_word_that_no_label_has_finds_its_question(typed: str, question: str) -> None:
    checklist = shipped()
    assert typed in words_meaning(checklist)[question].split()
    assert typed not in checklist.questions[question].label.lower()


def test_a_question_that_nobody_calls_otherwise_has_no_other_word() -> None:
    called = words_meaning(shipped())
    assert called.keys() == shipped().questions.keys()
    assert "" in called.values()


GOLDEN = {
    "wifi": "Wi-Fi",
    "wify": "Wi-Fi",
    "tbi": "Dispositif de projection",
    "tableau interactif": "Dispositif de projection",
    "vidéo projecteur": "Dispositif de projection",
    "tablo": "au tableau",
    "imprimante": "Impression et numérisation",
    "imprimant": "Impression et numérisation",
    "rgpd": "Registre de la commune",
    "debi": "Débit descendant",
    "dbeit": "Débit descendant",
    "mdp": "Mots de passe",
    "sauvgarde": "copies de sauvegarde",
    "antivirus": "antivirus",
    "onduleur": "coupures de co",
    "formation maitres": "Formation des maîtres",
    "casque": "Casques en état",
    "danger": "Danger électrique immédiat",
    "fil nu": "Danger électrique immédiat",
    "prises": "Prises",
    "handicap": "élèves à besoin",
}
"""What people type, and what one of the five best must say."""


@cache
def judge_of_shipped() -> Judge:
    return Judge(shipped())


@pytest.mark.parametrize("typed", GOLDEN)
def test_what_people_type_is_among_the_five_best(typed: str) -> None:
    labels = [
        shipped().questions[hit.item].label
        for hit in search_of(judge_of_shipped()).index.search(typed)[:5]
    ]
    assert any(GOLDEN[typed] in label for label in labels), labels


def test_what_people_type_is_found_in_the_visit_of_a_school(tmp_path: Path) -> None:
    """« rgpd » led to a question of the commune only, where no school asks it."""
    with workspace(tmp_path / "desk") as made:
        session = started(made)
        add_place(session, PlaceKind.SALLE, "CP")
        add_place(session, PlaceKind.LOT, "Chariot")
        walk = walk_of(session.facts, session.checklist)
        search = search_of(session.judge)
        lost = [typed for typed in GOLDEN if not search.find(walk, typed).here]
    assert lost == []


def test_a_word_that_means_something_is_not_the_beginning_of_others() -> None:
    found = search_of(judge_of_shipped()).index.search("ent")
    texts = [shipped().questions[hit.item] for hit in found[:5]]
    assert all("ent" in terms(f"{each.label} {each.ask}") for each in texts)


def test_every_word_must_be_found() -> None:
    index = search_of(judge_of_shipped()).index
    assert index.search("wifi")
    assert index.search("wifi zzzzzzzz") == []
    assert index.search("") == []


def test_a_text_noted_in_a_room_is_of_what_is_asked_there_first(tmp_path: Path) -> None:
    with workspace(tmp_path / "desk") as made:
        session = started(made)
        room, _ = add_place(session, PlaceKind.SALLE, "CP")
        walk = walk_of(session.facts, session.checklist)
        search = search_of(session.judge)
        (wires, *_), sockets, (at_school, *_) = (
            search.propose(walk, "fil", room.id),
            search.propose(walk, "prise", room.id),
            search.propose(walk, "filt", room.id),
        )
    assert wires.stop.question.danger
    assert wires.stop.place == room.id
    assert [one.stop.place for one in sockets[:4]] == [room.id] * 4
    assert "filtré" in at_school.stop.question.label


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("classe 2", "Classe 2"),
        ("bureau 3 wifi", "Bureau 3"),
        ("prises classe 3", "Classe 3"),
        ("cp b", "CP B"),
        ("salle des maîtres", "Salle des maîtres"),
        ("maîtres annexe", "Salle des maîtres, annexe"),
        ("classe", None),
        ("2", None),
        ("cp", None),
        ("wifi à revoir", None),
    ],
)
def test_a_place_is_known_by_its_name_among_many_alike(
    tmp_path: Path, typed: str, place: str | None
) -> None:
    names = [f"{kind} {n}" for kind in ("Classe", "Bureau") for n in (1, 2, 3, 20)]
    names += ["CP A", "CP B", "Salle des maîtres", "Salle des maîtres, annexe"]
    with workspace(tmp_path / "desk") as made:
        session = started(made)
        add_places(session, PlaceKind.SALLE, names)
        walk = walk_of(session.facts, session.checklist)
        leg = search_of(session.judge).find(walk, typed).leg
    assert (leg and leg.title) == place
