"""What a school is asked follows from what it is: nobody answers for nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from diag.assess.examples import example_facts
from diag.assess.judge import judge_of
from diag.assess.questions import relevant_questions
from diag.audit.findings import WARNED, WARNED_ON
from diag.checklist.lint.rules import written_rules
from diag.checklist.symbols import names_read
from diag.model.audit import Facts
from diag.model.enums import READERS, Audience, Standing, Trigger
from tests.shipped import shipped

CLOSED = ["batiment", "salle", "lot"]


def school(
    *rooms: dict[str, Any], lots: tuple[dict[str, Any], ...] = (), **answers: Any
) -> Facts:
    """Return a school of which only this is known."""
    places = [
        {"kind": kind, "name": f"{kind} {rank}", "answers": each}
        for kind, group in (("salle", rooms), ("lot", lots))
        for rank, each in enumerate(group)
    ]
    raw = {"answers": answers, "places": places, "closed": CLOSED}
    return example_facts(judge_of(shipped()), raw)


CLASSROOM = {"type_salle": "classe"}
OLDER = {"type_salle": "classe", "niveau_salle": "elementaire"}
YOUNGER = {"type_salle": "classe", "niveau_salle": "maternelle"}
CHARIOT = {"type_lot": "classe_mobile_tablettes"}

SCHOOLS = {
    "maternelle": school(
        *[CLASSROOM] * 3,
        lots=({"type_lot": "tablettes"},),
        type_ecole="maternelle",
        nb_classes=3,
    ),
    "elementaire": school(*[CLASSROOM] * 5, type_ecole="elementaire", nb_classes=5),
    "primaire": school(OLDER, YOUNGER, type_ecole="primaire", nb_classes=2),
    "one class": school(OLDER, lots=(CHARIOT,), type_ecole="primaire", nb_classes=1),
    "twenty classes": school(
        *[OLDER] * 12, *[YOUNGER] * 8, type_ecole="primaire", nb_classes=20
    ),
    "up to CE2": school(
        *[CLASSROOM] * 2, type_ecole="elementaire", nb_classes=2, niveaux_cm=[]
    ),
    "no Internet": school(
        CLASSROOM, type_ecole="elementaire", nb_classes=1, acces_internet=False
    ),
    "individual tablets": school(
        *[CLASSROOM] * 4,
        lots=({"type_lot": "tablettes"},),
        type_ecole="elementaire",
        nb_classes=4,
        nb_appareils_individuels=26,
        terminaux_emportes=True,
    ),
}

OLDER_PUPILS = {
    "nb_eleves_elementaire",
    "niveaux_cm",
    "competences_saisies",
    "pix_junior",
    "liaison_college",
    "usage_ia",
    "seances_eleves",
    "classes_projection_jour",
    "robots",
    "gar",
    "travaux_eleves",
    "nb_appareils_individuels",
    "jours_hors_classe",
    "prises_230v",
    "prises_230v_tableau",
    "mobilier",
    "essai_douze",
    "essai_travail",
}
"""What nobody asks about children under six."""

COLLEAGUES = {"referent_numerique", "classes_hors_chariot"}
"""What makes no sense where one teacher works alone."""


def asked(facts: Facts) -> set[str]:
    return {
        each.question.id
        for place in facts.places
        for each in relevant_questions(facts, shipped(), place)
    }


def out(facts: Facts) -> set[str]:
    found = judge_of(shipped()).assess(facts).criteria
    return {key for key, each in found.items() if each.standing is Standing.OUT}


def test_a_maternelle_is_asked_nothing_that_only_older_pupils_need() -> None:
    assert set(shipped().questions) >= OLDER_PUPILS
    assert not asked(SCHOOLS["maternelle"]) & OLDER_PUPILS
    assert "usage_maternelle" in asked(SCHOOLS["maternelle"])
    assert "usage_maternelle" not in asked(SCHOOLS["elementaire"])


def test_a_primaire_is_asked_what_both_need() -> None:
    expected = {"usage_maternelle", "pix_junior", "robots", "niveau_salle"}
    assert expected <= asked(SCHOOLS["primaire"])


def test_a_nursery_class_of_a_primaire_is_judged_as_one() -> None:
    facts = SCHOOLS["primaire"]
    younger = {
        each.question.id for each in relevant_questions(facts, shipped(), "salle 1")
    }
    assert not younger & OLDER_PUPILS


def test_a_one_class_school_is_asked_nothing_of_colleagues() -> None:
    assert not asked(SCHOOLS["one class"]) & COLLEAGUES
    assert {"referent-de-l-ecole", "salle-des-maitres", "chariot-partout"} <= out(
        SCHOOLS["one class"]
    )
    assert "referent_numerique" in asked(SCHOOLS["twenty classes"])


def test_a_staff_room_is_asked_about_where_there_is_one() -> None:
    staff_room = {"type_salle": "salle_maitres"}
    assert "salle_maitres_equipement" in asked(school(CLASSROOM, staff_room))
    assert "salle_maitres_equipement" not in asked(SCHOOLS["twenty classes"])


def test_a_school_without_cours_moyen_is_asked_nothing_of_it() -> None:
    found = asked(SCHOOLS["up to CE2"])
    assert not found & {"competences_saisies", "pix_junior", "liaison_college"}
    assert {"competences-de-cm2", "pix-junior", "liaison-ecole-college"} <= out(
        SCHOOLS["up to CE2"]
    )


def test_individual_tablets_bring_their_own_questions() -> None:
    module = {
        key
        for key, each in shipped().criteria.items()
        if each.domain == "individuel" and each.id != "donnees-minimales"
    }
    assert module == module - out(SCHOOLS["individual tablets"])
    ordinary = school(
        CLASSROOM,
        type_ecole="elementaire",
        nb_appareils_individuels=0,
        terminaux_emportes=False,
    )
    assert module <= out(ordinary)


def test_a_school_without_internet_is_not_asked_how_fast_it_is() -> None:
    found = asked(SCHOOLS["no Internet"])
    assert not found & {"debit_descendant", "filtrage", "detenteur_routeur"}
    assert len(found) < len(asked(SCHOOLS["elementaire"]))


@pytest.mark.parametrize("name", SCHOOLS)
def test_nothing_is_asked_that_changes_nothing(name: str) -> None:
    """Whatever may be asked is read by a criterion, or by advice, that may apply."""
    facts = SCHOOLS[name]
    known = {question for _, question in facts.answers}
    assert asked(facts) - known - set(useful(facts)) == set()


def useful(facts: Facts) -> Iterator[str]:
    """Yield what is read by something that may apply, however far."""
    checklist = shipped()
    readers: dict[str, list[tuple[str, str]]] = {}
    for rule in written_rules(checklist):
        for name in names_read(rule.text):
            readers.setdefault(name, []).append((rule.section, rule.ident))
    gone = out(facts)
    triggers = {
        key: each.when.criterion for key, each in checklist.recommendations.items()
    }
    live: set[str] = {name for place in checklist.places for name in place.named_by}
    live |= {WARNED, WARNED_ON}  # printed beside a danger, in every document
    before = -1
    while len(live) != before:
        before = len(live)
        for name in asked(facts) - live:
            for section, ident in readers.get(name, ()):
                criterion = triggers.get(ident, ident)
                if ident in live or (section != "questions" and criterion not in gone):
                    live.add(name)
    yield from live


@pytest.mark.parametrize("audience", list(READERS))
def test_no_advice_speaks_of_older_pupils_to_a_maternelle(audience: Audience) -> None:
    advice = judge_of(shipped()).assess(SCHOOLS["maternelle"]).advice
    told = " ".join(
        each.recommendation.wording[audience].model_dump_json() for each in advice
    )
    found = [word for word in ("Pix", "CM2", "CM1", "collège", "robot") if word in told]
    assert not found


@pytest.mark.parametrize(
    ("ordered", "advised"),
    [
        (False, {"passer-a-la-fibre"}),
        (True, {"mettre-la-fibre-en-service"}),
        (None, set[str]()),
    ],
)
@pytest.mark.parametrize("access", ["cuivre", "mobile", "satellite"])
def test_a_fibre_that_is_ordered_is_not_to_be_ordered(
    access: str, advised: set[str], *, ordered: bool | None
) -> None:
    said = {"state": "unknown"} if ordered is None else ordered
    facts = school(acces_internet=True, technologie_acces=access, fibre_commandee=said)
    found = judge_of(shipped()).assess(facts).advice
    about = {"passer-a-la-fibre", "mettre-la-fibre-en-service"}
    sure = {one.recommendation.id for one in found if one.trigger is Trigger.FIRES}
    assert sure & about == advised


def test_a_fibre_in_service_is_asked_no_more() -> None:
    facts = school(
        acces_internet=True, technologie_acces="ftth_pro", depend_cuivre=False
    )
    asked = {
        each.question.id for each in relevant_questions(facts, shipped(), facts.root)
    }
    assert not asked & {"fibre_commandee", "raccordement_fibre"}


def test_a_room_without_5_ghz_is_judged_without_a_figure() -> None:
    room = CLASSROOM | {"wifi_capte": True, "wifi_5ghz_salle": False}
    facts = school(
        room,
        type_ecole="elementaire",
        wifi_present=True,
        wifi_classes=True,
        bande_5ghz=True,
    )
    found = judge_of(shipped()).assess(facts).criteria["couverture-wifi"]
    assert [(each.low, each.high) for each in found.verdicts] == [(0, 0)]


def test_a_school_without_devices_says_none_and_has_no_speed_by_device() -> None:
    facts = school(acces_internet=True, debit_descendant=50)
    found = judge_of(shipped()).assess(facts).criteria["debit-par-terminal"]
    assert found.standing is Standing.OUT
