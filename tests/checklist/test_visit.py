"""The shipped visit: who is asked what, when, and how long it takes."""

import re
from itertools import permutations

import pytest

from diag.answers.types import TYPES
from diag.assess.judge import profiles_of
from diag.assess.questions import is_on_site, seconds_of
from diag.audit.answer import ways_of
from diag.model.checklist import PEOPLE, Checklist, Question
from diag.model.enums import Moment, PlaceKind, Profile, Provenance
from tests.shipped import shipped

GRID: Checklist = shipped()
PROFILES = profiles_of(GRID)
SHORT = tuple(
    question
    for question in GRID.questions.values()
    if PROFILES[question.id] is Profile.SHORT
    and question.place in {PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT}
)

ROOM_LIST = {"type_salle", "niveau_salle"}
"""Read aloud before the ten questions."""

CORRIDOR = {
    "projection_prete",
    "poste_maitre",
    "sauvegarde",
    "charte_internet",
    "autorisation_image",
    "conseil_ecole_wifi",
    "accueil_materiel_adapte",
    "guichet_depannage",
    "projet_pedagogique",
    "impression",
}


def gestures(questions: tuple[Question, ...]) -> set[str]:
    """Return the questions that lead a gesture."""
    return {question.same_gesture or question.id for question in questions}


def test_every_question_says_when_of_whom_and_in_how_many_seconds() -> None:
    for question in GRID.questions.values():
        assert question.moment, question.id
        assert question.whom, question.id
        assert question.seconds is not None, question.id
        many = question.place in {PlaceKind.SALLE, PlaceKind.LOT}
        assert many is (question.seconds_again is not None), question.id


def test_only_a_number_is_measured_and_what_somebody_says_is_declared() -> None:
    for question in GRID.questions.values():
        ways, is_number = ways_of(question), TYPES[question.type].is_number
        if question.whom in PEOPLE and Provenance.DECLARED in question.provenance:
            assert ways[0] is Provenance.DECLARED, question.id
        if Provenance.MEASURED in question.provenance:
            assert is_number, question.id
            assert question.look, question.id
    signal, image = (GRID.questions[one] for one in ("signal_wifi", "projection"))
    assert (ways_of(signal)[0], ways_of(image)[0]) == (
        Provenance.MEASURED,
        Provenance.OBSERVED,
    )


def test_a_judgement_of_an_older_edition_is_no_more_measured_by_default() -> None:
    ways = (Provenance.MEASURED, Provenance.OBSERVED, Provenance.DECLARED)
    older = GRID.questions["projection"].model_copy(update={"provenance": ways})
    assert ways_of(older) == (*ways[1:2], *ways[:1], *ways[2:])


def test_the_corridor_holds_ten_questions() -> None:
    standing = tuple(
        question for question in SHORT if question.moment is Moment.COULOIR
    )
    assert {question.whom for question in standing} == {"direction"}
    assert gestures(standing) - ROOM_LIST == CORRIDOR
    assert len(CORRIDOR) <= 10


def test_the_short_visit_of_a_school_is_seventy_seven_gestures() -> None:
    """75, less the two of the commune's audit, with the four that a vote needs.

    To whom a danger was reported is asked where there is one alone.
    """
    assert len(gestures(SHORT) - {"danger_signale"}) == 75 - 2 + 4


def test_a_short_question_hangs_on_no_longer_visit() -> None:
    order = list(Profile)
    trials = {"salle_temoin"}
    """Marks a room for trials, which ask more there."""
    for question in GRID.questions.values():
        for name in set(re.findall(r"\w+", question.relevant)) - trials:
            if name in GRID.questions:
                longest = order.index(PROFILES[question.id])
                assert order.index(PROFILES[name]) <= longest, (question.id, name)


FACTS = {
    "type_salle",
    "niveau_salle",
    "danger_electrique",
    "anomalies_electriques",
}
"""Asked in every room."""

IN_CLASSES = {
    *("projection", "lisibilite_jour", "fenetres_a_occulter", "zone_tactile"),
    *("prises_230v_tableau", "prises_rj45", "prise_borne"),
    *("coupure_wifi", "signal_wifi"),
    *("projection_prete", "poste_maitre"),
}
"""Asked in each class."""

ONCE = {"salle_commune_equipement", "bibliotheque_equipement"}
"""Asked in one room."""


def on_the_spot(classes: int, others: int, lots: int) -> int:
    """Return the seconds of a short visit, all forms back, at its longest.

    Walking (a minute and a half a class) and opening the cabinet are VISITE's.
    """
    total = 90 * classes + 90
    for question in filter(is_on_site, SHORT):
        places = 1
        if question.place is PlaceKind.LOT:
            places = lots
        elif question.place is PlaceKind.SALLE and question.id not in ONCE:
            every = question.id in FACTS
            places = classes + others if every else classes
        total += seconds_of(question)
        total += (places - 1) * seconds_of(question, again=True)
    return total


def test_a_school_of_five_classes_is_seen_in_thirty_minutes() -> None:
    assert on_the_spot(classes=5, others=3, lots=2) <= 30 * 60


def test_what_is_asked_in_rooms_is_what_the_reckoning_knows() -> None:
    in_rooms = {
        question.same_gesture or question.id
        for question in SHORT
        if question.place is PlaceKind.SALLE and is_on_site(question)
    }
    every = {GRID.questions[each].same_gesture or each for each in FACTS}
    assert in_rooms == every | IN_CLASSES | ONCE | {"danger_signale"}


@pytest.mark.parametrize(("form", "lines"), [("mairie", 21), ("prestataire", 7)])
def test_a_form_has_its_lines(form: str, lines: int) -> None:
    assert len(GRID.forms[form].lines) == lines


def test_no_form_asks_in_the_words_of_another_line() -> None:
    """« Qui décide et qui paie ? » stood alone, then « …, et est-ce écrit ? »."""
    for form in GRID.forms.values():
        asked = [
            GRID.questions[question].ask.rstrip(" ?")
            for line in form.lines
            for question in line
        ]
        for one, other in permutations(asked, 2):
            assert not other.startswith(one), other


def test_forms_ask_all_that_their_reader_is_asked_for_a_short_visit() -> None:
    for form in GRID.forms.values():
        moment = Moment(form.id)
        wanted = {one.id for one in SHORT if one.moment is moment}
        held = {*form.questions, *form.columns}
        at_commune = {
            name for name in held if GRID.questions[name].place is PlaceKind.COMMUNE
        }
        assert held - at_commune == wanted
        assert at_commune <= {"registre_commune"}


def test_what_a_form_asks_at_the_commune_is_asked_there_once() -> None:
    assert GRID.questions["registre_commune"].place is PlaceKind.COMMUNE


def test_facts_of_a_gesture_are_collected_at_one_moment_or_apart() -> None:
    apart = {"volet_projet_ecole", "projection_lampe", "dns_distribue"}
    for question in GRID.questions.values():
        leader = GRID.questions.get(question.same_gesture)
        if leader is not None and question.id not in apart:
            assert question.moment is leader.moment, question.id
            assert question.whom == leader.whom, question.id


def test_what_a_choice_says_too_is_what_it_was_written_for() -> None:
    assert {
        (question.id, choice.id, *fact)
        for question in GRID.questions.values()
        for choice in question.choices
        for fact in choice.sets.items()
    } == {
        ("technologie_acces", "aucun", "acces_internet", False),
        ("declaration_accessibilite", "pas_de_site", "site_ecole", False),
        ("materiel_adapte_marche", "aucun_pret", "materiel_adapte", False),
        ("autorisation_image", "aucune_image", "images_publiees", False),
        ("coffret_reseau", "pas_de_cablage", "reseau_cable", False),
        ("filiere_fin_de_vie", "aucun", "reformes_plus_10_ans", False),
    }


def test_the_thirty_one_pairs_and_the_new_facts_are_one_gesture_each() -> None:
    new = {
        *("wifi_capte", "annee_wifi", "signatures_image"),
        *("rapport_electrique", "observations_electriques", "danger_signale_le"),
    }
    pairs = {one.id for one in GRID.questions.values() if one.same_gesture}
    assert new < pairs
    assert len(pairs - new) == 31
