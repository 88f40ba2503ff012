"""Schools that an auditor knows by heart: what is wrong is few, the order is known.

Each is an exemplary school but for what is told of it. Whoever audits schools says, on
reading what is wrong, what comes first; the plan says the same, and nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import pytest

from diag.assess.judge import assess
from diag.assess.results import Assessment
from diag.model.audit import Answer, Facts, Value
from diag.model.enums import Gate, PlaceKind, Socle, State, Trigger
from tests.goldens.derived import derived_school, exemplary, whole_school
from tests.shipped import shipped

BASE = "lannion"
"""Six elementary classes, each with its projector and its network."""


@dataclass(frozen=True)
class Archetype:
    """What is wrong in an exemplary school, and what is then to be done, in order."""

    wrong: Mapping[str, Value]
    """At the school, in every class, or of every lot."""
    plan: tuple[str, ...]
    waiting: Mapping[str, set[str]] = field(default_factory=dict)
    """What cannot be engaged yet, and what it waits for."""
    socle: Socle = Socle.NON_ATTEINT


ARCHETYPES = {
    "exemplary: nothing to do": Archetype({}, (), socle=Socle.ATTEINT),
    "a bare wire: before the law itself": Archetype(
        {
            "danger_electrique": True,
            "anomalies_electriques": 2,
            "conseil_ecole_wifi": "non",
        },
        ("mettre-hors-danger", "informer-le-conseil-d-ecole"),
    ),
    "nothing at all: a page and a line, then cables, then what plugs into them": (
        Archetype(
            {
                "acces_internet": False,
                "reseau_cable": False,
                "prises_rj45": 0,
                "prise_borne": False,
                "wifi_present": False,
                "wifi_classes": False,
                "projection": "aucune",
                "projet_pedagogique": "aucun",
            },
            (
                "ecrire-une-page-de-projet",
                "ouvrir-un-acces",
                "tirer-le-reseau",
                "cabler-les-classes",
                "installer-le-wifi",
                "equiper-en-projection-fixe",
                "completer-les-prises",
            ),
            {
                "installer-le-wifi": {"tirer-le-reseau", "cabler-les-classes"},
                "equiper-en-projection-fixe": {
                    "ecrire-une-page-de-projet",
                    "cabler-les-classes",
                },
            },
        )
    ),
    "copper: what is free today, the fibre, not a dearer copper": Archetype(
        {
            "technologie_acces": "cuivre",
            "depend_cuivre": True,
            "fibre_commandee": False,
            "debit_descendant": 6,
            "debit_montant": 1,
        },
        ("menager-le-debit", "passer-a-la-fibre"),
    ),
    "old computers: a plan, then new ones, no migration of the old": Archetype(
        {
            "lot_systeme": "windows_10",
            "lot_compatible_w11": False,
            "lot_date_achat": "2016-09-01",
            "plan_renouvellement": "aucun",
        },
        (
            "voter-un-plan-de-renouvellement",
            "renouveler-le-parc-par-tranches",
            "completer-les-terminaux",
            "renouveler-les-ordinateurs-des-maitres",
        ),
    ),
    "sound computers on Windows 10: migrated, not replaced": Archetype(
        {
            "lot_systeme": "windows_10",
            "lot_compatible_w11": True,
            "lot_date_achat": "2023-09-01",
        },
        ("sortir-les-systemes-perimes",),
        socle=Socle.ATTEINT,
    ),
    "rules and purchases: law that was read, socle, then what the ministry asks": (
        Archetype(
            {
                "conseil_ecole_wifi": "non",
                "charte_internet": (),
                "filtrage": "aucun",
                "projet_pedagogique": "aucun",
                "projection": "aucune",
                "prises_230v_tableau": 0,
                "prises_230v": 1,
            },
            (
                "informer-le-conseil-d-ecole",
                "ecrire-une-page-de-projet",
                "ajouter-des-prises-de-courant",
                "equiper-en-projection-fixe",
                "adopter-la-charte",
                "filtrer-la-navigation",
            ),
            {
                "equiper-en-projection-fixe": {
                    "ecrire-une-page-de-projet",
                    "ajouter-des-prises-de-courant",
                }
            },
        )
    ),
    "equipped and untrained: people first, nothing to buy": Archetype(
        {
            "nb_maitres_formes": 0,
            "seances_eleves": 0,
            "projet_pedagogique": "aucun",
        },
        (
            "former-les-maitres",
            "inscrire-des-seances-d-eleves",
            "ecrire-une-page-de-projet",
        ),
    ),
    "nobody to call: one contract, then what it makes possible": Archetype(
        {
            "guichet_depannage": "personne",
            "contrat_maintenance": "aucun",
            "delai_panne": 60,
            "trace_demandes": "aucune",
        },
        ("confier-la-maintenance", "suivre-les-demandes", "raccourcir-les-pannes"),
        {
            "suivre-les-demandes": {"confier-la-maintenance"},
            "raccourcir-les-pannes": {"confier-la-maintenance", "suivre-les-demandes"},
        },
    ),
    "no copy of anything: one copy, then one apart": Archetype(
        {"sauvegarde": "nulle_part"},
        ("sauvegarder-la-direction", "garder-une-copie-debranchee"),
        {"garder-une-copie-debranchee": {"sauvegarder-la-direction"}},
        socle=Socle.ATTEINT,
    ),
}


@cache
def base() -> Facts:
    return exemplary(whole_school(BASE, shipped()), shipped())


def spoilt(wrong: Mapping[str, Value]) -> Assessment:
    """Return what is found of an exemplary school where so much is wrong."""
    facts, answers = base(), dict(base().answers)
    for name, value in wrong.items():
        kind = shipped().questions[name].place
        for place in facts.places.values():
            is_asked = kind is PlaceKind.ECOLE or (place.id, name) in answers
            if place.kind is kind and is_asked:
                answers[place.id, name] = (Answer(State.KNOWN, value),)
    told = exemplary(replace(facts, answers=answers), shipped(), frozenset(wrong))
    return assess(told, shipped())


@pytest.mark.parametrize("name", ARCHETYPES)
def test_a_school_known_by_heart_is_advised_as_one_would(name: str) -> None:
    archetype = ARCHETYPES[name]
    found = spoilt(archetype.wrong)
    sure = [each for each in found.advice if each.trigger is Trigger.FIRES]
    assert tuple(each.recommendation.id for each in sure) == archetype.plan
    assert {
        each.recommendation.id: {*each.waits_for}
        for each in sure
        if each.gate is Gate.WAITS
    } == archetype.waiting
    assert found.socle is archetype.socle


@pytest.mark.parametrize("number", [5, 12, 28])
def test_no_action_comes_before_what_it_waits_for(number: int) -> None:
    advice = assess(derived_school(number, shipped()), shipped()).advice
    waiting = [each for each in advice if each.gate is Gate.WAITS]
    assert waiting
    order = [each.recommendation.id for each in advice]
    for each in waiting:
        here = order.index(each.recommendation.id)
        assert not {*order[here:]} & {*each.waits_for}, each.recommendation.id
