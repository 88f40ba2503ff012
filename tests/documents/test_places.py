"""Places judge: what is found, missing, bought or dangerous is told with its place."""

import re
from collections.abc import Iterable

import pytest

from diag.documents.parts import frame
from diag.documents.tables.tickets import tickets_of
from diag.documents.templates import build_document
from diag.model.audit import Answer, Facts, Value
from diag.model.checklist import (
    Checklist,
    Criterion,
    Need,
    Question,
    Recommendation,
    Requirement,
)
from diag.model.enums import READERS, Audience, Direction, QuestionType, State
from diag.words.sentences import NBSP, NNBSP
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    SALLE,
    facts,
    question,
    recommendation,
    report,
)
from tests.documents.reading import markdown
from tests.shipped import shipped

FIL_NU = question(
    *("fil_nu", QuestionType.BOOLEAN, "Fil nu ou prise arrachée"),
    place=SALLE, danger=True, better=Direction.DOWN,
)  # fmt: skip
ABRI = CHECKLIST.criteria["projet"].model_copy(
    update={
        "id": "sans-danger", "ref": "SAL-08", "title": "Aucun danger électrique",
        "place": SALLE, "levels": {3: "not fil_nu"}, "weight": 0,
    }
)  # fmt: skip
REPARER = recommendation(
    *("reparer", "sans-danger", 3, "Supprimer le danger"),
    decision="Faire venir un électricien avant le {echeance}.",
    effect={"fil_nu": False}, delay="P15D",
)  # fmt: skip


def with_more(
    questions: Iterable[Question] = (),
    criteria: Iterable[Criterion] = (),
    advice: Iterable[Recommendation] = (),
) -> Checklist:
    """Return the small checklist with more in it, or with other things instead."""
    return CHECKLIST.model_copy(
        update={
            "questions": {**CHECKLIST.questions, **{one.id: one for one in questions}},
            "criteria": {**CHECKLIST.criteria, **{one.id: one for one in criteria}},
            "recommendations": {
                **CHECKLIST.recommendations,
                **{one.id: one for one in advice},
            },
        }
    )


DANGEROUS = with_more([FIL_NU], [ABRI], [REPARER])


def rooms(*dangerous: str) -> Facts:
    return facts(
        {(room, "fil_nu"): room in dangerous for room in ("CP", "CE1", "BCD")},
        ("CP", "CE1", "BCD"),
    )


def read(told: Facts, checklist: Checklist, audience: Audience) -> str:
    text = markdown(report(told, checklist), audience)
    return text.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize("audience", list(READERS))
def test_a_danger_is_told_before_everything_with_its_places(audience: Audience) -> None:
    text = read(rooms("CP", "CE1"), DANGEROUS, audience)
    line = "CP et CE1 : fil nu ou prise arrachée."
    assert line in text
    assert text.index(line) < min(text.index("[!WARNING]"), text.index("\n## "))
    assert text.count(line) == 1


@pytest.mark.parametrize("audience", list(READERS))
def test_no_danger_no_box(audience: Audience) -> None:
    text = read(rooms(), DANGEROUS, audience)
    assert "[!CAUTION]" not in text
    assert "Fil nu ou prise arrachée :" not in text


def test_a_room_in_danger_is_named_as_it_is_on_its_door_and_once() -> None:
    told = facts({("Picasso", "fil_nu"): True}, ("Picasso",))
    text = read(told, DANGEROUS, Audience.MAIRIE)
    box = text[text.index("[!CAUTION]") :].split("\n\n")[0]
    assert "Picasso : fil nu ou prise arrachée." in box
    assert box.count("Picasso") == 1


def test_what_ends_a_danger_takes_no_vote() -> None:
    text = read(rooms("CP"), DANGEROUS, Audience.MAIRIE)
    box = text[text.index("[!CAUTION]") :].split("\n\n")[0]
    assert "Supprimer le danger" in box
    counted = "1 action contre un danger est à mener dès réception"
    assert counted in text
    # One act ends what is in several rooms: those are no single danger.
    assert counted in read(rooms("CP", "CE1"), DANGEROUS, Audience.MAIRIE)
    assert "| Sans vote : danger, décision du maire |" not in text  # it is free


CABLED: dict[tuple[str, str], Value | Answer | tuple[Answer, ...]] = {
    ("ecole", "debit"): "150",
    ("ecole", "filtrage"): True,
    ("ecole", "projet_ecrit"): True,
    ("CP", "type_salle"): "classe",
    ("CP", "prises"): 3,
    ("CE1", "type_salle"): "classe",
    ("CE1", "prises"): 3,
    ("CM2", "type_salle"): "classe",
    ("CM2", "prises"): 0,
}


def test_the_socle_holds_but_at_the_places_named() -> None:
    lenient = CHECKLIST.criteria["prise-par-classe"].model_copy(
        update={"socle_share": "2/3"}
    )
    audit = report(facts(CABLED, ("CP", "CE1", "CM2")), with_more(criteria=[lenient]))
    said = frame.socle_words(audit)
    assert said == (
        "Le socle est atteint, sauf dans quelques lieux "
        "(« Deux prises réseau par classe » : CM2)."
    )


def test_rooms_are_counted_by_level_and_those_that_fall_short_named() -> None:
    text = read(facts(CABLED, ("CP", "CE1", "CM2")), CHECKLIST, Audience.MAIRIE)
    assert "2 salles exemplaires, 1 insuffisante : CM2" in text
    assert "Voter environ 229 € TTC pour câbler 1 salle." in text


def test_places_that_may_need_it_are_named_as_the_quantity_counts_them() -> None:
    told = facts({**CABLED, ("CE2", "type_salle"): "classe"}, ("CM2", "CE2"))
    audit = report(told)
    action = audit.plan.action("cabler")
    assert action is not None
    assert audit.format_places(action, Audience.MAIRIE) == "CM2 et peut-être CE2"
    text = read(told, CHECKLIST, Audience.TECHNIQUE)
    assert "Traiter entre 1 et 2 salles : CM2 et peut-être CE2" in text
    ticket = next(one for one in tickets_of(audit) if one.reference.endswith("cabler"))
    assert ticket.places == "CM2 ; CE2 (à vérifier)"


def test_a_shared_purchase_names_who_pays_and_is_counted_once() -> None:
    socket = Need(item="prise", use="borne", count="1")
    cabler = CHECKLIST.recommendations["cabler"].model_copy(update={"buys": (socket,)})
    ranger = CHECKLIST.recommendations["ranger"].model_copy(update={"buys": (socket,)})
    audit = report(ORDINARY, with_more(advice=[cabler, ranger]))
    payer = audit.plan.action("cabler")
    assert payer is not None
    assert f"Compris dans {payer.ref}." in markdown(audit, Audience.RESERVE)
    text = markdown(audit, Audience.TECHNIQUE).replace(NBSP, " ")
    assert text.count("| Prise posée | 2 prises |") == 1  # CP and CE1, once each


def test_what_an_action_makes_needless_stands_under_it() -> None:
    every = CHECKLIST.recommendations["equiper"].model_copy(
        update={"requires": (), "covers": ("ecrire",)}
    )
    text = read(ORDINARY, with_more(advice=[every]), Audience.TECHNIQUE)
    assert "Remplace aussi\n: Écrire le projet (technique)." in text
    assert "### Écrire le projet" not in text


def test_what_is_cured_by_the_way_is_not_told_as_untreated() -> None:
    board = CHECKLIST.criteria["projet"].model_copy(
        update={"id": "tableau", "title": "Un tableau numérique"}
    )
    buy = recommendation("acheter", "tableau", 2, "Acheter un tableau")
    bare = with_more(criteria=[board])
    assert "Écarts sans action proposée" in read(ORDINARY, bare, Audience.TECHNIQUE)
    every = CHECKLIST.recommendations["equiper"].model_copy(
        update={"requires": (), "covers": ("acheter",)}
    )
    covered = with_more(criteria=[board], advice=[buy, every])
    text = read(ORDINARY, covered, Audience.TECHNIQUE)
    assert "Acheter un tableau" in text
    assert "Écarts sans action proposée" not in text
    assert not [
        one for one in tickets_of(report(ORDINARY, covered)) if one.nature != "action"
    ]


def test_what_waits_for_something_covered_names_what_covers_it() -> None:
    every = CHECKLIST.recommendations["fibre"].model_copy(
        update={"covers": ("ecrire",)}
    )
    waiting = CHECKLIST.recommendations["equiper"].model_copy(
        update={"requires": (Requirement(criterion="projet", at_least=1),)}
    )
    text = read(ORDINARY, with_more(advice=[every, waiting]), Audience.TECHNIQUE)
    fibre = "Raccorder l’école à la fibre (technique)"
    assert f"À engager après n° 3 ({fibre})" in text


def test_a_quantity_that_nothing_bounds_is_to_be_priced() -> None:
    unbounded = CHECKLIST.recommendations["fibre"].model_copy(
        update={"quantity": "postes"}
    )
    postes = question("postes", QuestionType.INTEGER, "Postes", likely=(1, 10))
    checklist = with_more([postes], advice=[unbounded])
    text = read(ORDINARY, checklist, Audience.TECHNIQUE)
    assert "Quantité\n: au moins 1, à chiffrer (d’ordinaire 1 à 10)" in text
    page = read(ORDINARY, checklist, Audience.MAIRIE)
    assert "1 action à chiffrer." in page


def test_what_waits_at_one_place_says_where() -> None:
    waiting = CHECKLIST.recommendations["ranger"].model_copy(
        update={"requires": (Requirement(criterion="prise-par-classe", at_least=1),)}
    )
    told = facts(
        {
            **CABLED,
            ("CP", "mots_de_passe_affiches"): 1,
            ("CM2", "mots_de_passe_affiches"): 1,
        },
        ("CP", "CE1", "CM2"),
    )
    text = read(told, with_more(advice=[waiting]), Audience.RESERVE)
    assert "À CM2 : après n° 1" in text


def test_a_choice_not_to_have_is_told_beside_the_scores_with_its_reason() -> None:
    filtrage = CHECKLIST.questions["filtrage"].model_copy(update={"void": True})
    voted = Answer(State.NOT_APPLICABLE, reason="voté au conseil", author="Ana")
    told = facts({("ecole", "filtrage"): voted})
    text = read(told, with_more([filtrage]), Audience.MAIRIE)
    assert "- Filtrage en service : sans objet, voté au conseil" in text


def test_a_column_is_shorter_than_a_sentence() -> None:
    text = read(facts(rooms=("CP",)), CHECKLIST, Audience.TECHNIQUE)
    assert "Score d’ensemble : entre 0 et 92 sur 100" in text
    assert "| Accès et réseau | 0 à 100 | 0 % |" in text


def test_what_is_asked_no_more_is_said_so_and_read_of_no_room() -> None:
    told = facts(
        {
            ("Garderie", "type_salle"): "periscolaire",
            ("Garderie", "niveau_salle"): "elementaire",
            ("Garderie", "prises_rj45"): 4,
        },
        ("Garderie",),
    )
    printed = report(told, shipped())
    room = printed.facts.places_of(SALLE)[0].id
    assert printed.asked_no_more == {(room, "niveau_salle")}
    assert "| Niveau accueilli | Élémentaire (ne se demande plus) |" in read(
        told, shipped(), Audience.TECHNIQUE
    )
    (sheet,) = re.findall(
        r"Usage de la salle.: .*",
        build_document(printed, Audience.TECHNIQUE).paper.markdown,
    )
    assert f"4{NBSP}prises" in sheet
    assert "Niveau accueilli" not in sheet
