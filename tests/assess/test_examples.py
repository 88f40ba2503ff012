from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from diag.assess.examples import check_examples
from diag.model.checklist import Checklist
from diag.model.enums import Kind
from tests.assess.builders import (
    LOT,
    SALLE,
    boolean,
    checklist,
    choice,
    criterion,
    day,
    number,
    recommendation,
)

LEVELS = {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"}


@dataclass(frozen=True)
class Written:
    raw: Mapping[str, object]
    file: str = "d.yaml"
    line: int = field(default=12)


def grid() -> Checklist:
    return checklist(
        [
            boolean("wifi"),
            choice("offre", "adsl", "fibre", void=True),
            choice("usages", "ent", "mail", several=True),
            day("pose"),
            number("prises", SALLE),
            number("postes", LOT),
        ],
        [
            criterion("salles", LEVELS, place=SALLE),
            criterion("offre", {2: "offre == 'fibre'", 1: "offre == 'adsl'"}),
            criterion("filtre", {1: "wifi"}, kind=Kind.COMPLIANCE, conforms_at=1),
        ],
        [
            recommendation("cabler", "salles", 2, quantity="2 - prises"),
            recommendation("filtrer", "filtre", 1),
        ],
    )


def found(raw: Mapping[str, object], file: str = "d.yaml") -> list[str]:
    written = Written({"name": "essai", **raw}, file)
    return [str(problem) for problem in check_examples(grid(), [written])]


def test_nothing_known_expects_everything_possible() -> None:
    expect = {
        "domain": [0, 100],
        "overall": [0, 100],
        "completeness": 0,
        "levels": {"offre": [0, 2]},
        "means": {"salles": [0, 100]},
        "compliance": {"filtre": "a_verifier"},
        "socle": "sans_objet",
        "fires": [],
        "to_confirm": ["filtrer"],
        "quantities": {"filtrer": [0, 1]},
    }
    assert found({"answers": {}, "expect": expect}) == []


def test_a_whole_audit_is_written_and_checked() -> None:
    places = [
        {"kind": "salle", "name": "CP", "answers": {"prises": 3}},
        {"kind": "salle", "name": "CE1", "answers": {"prises": {"conflict": [1, 2]}}},
        {"kind": "lot", "in": "CP", "answers": {"postes": {"state": "unknown"}}},
    ]
    raw = {
        "answers": {
            "wifi": False,
            "offre": {"state": "not_applicable"},
            "usages": ["mail", "ent"],
            "pose": "2025-09-01",
        },
        "places": places,
        "closed": ["salle", "lot", "batiment"],
        "visit_date": "2026-10-01",
        "expect": {
            "domain": [67, 83],
            "levels": {"offre": "sans_objet"},
            "means": {"salles": [67, 83]},
            "compliance": {"filtre": "non_conforme"},
            "completeness": 50,
            "fires": ["filtrer"],
            "to_confirm": ["cabler"],
            "quantities": {"cabler": [0, 1]},
        },
    }
    assert found(raw) == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"domain": 50}, "domain devrait valoir 50, on trouve [0, 100]"),
        ({"overall": [0, 83]}, "overall devrait valoir [0, 83], on trouve [0, 100]"),
        ({"completeness": 10}, "completeness devrait valoir 10, on trouve 0"),
        ({"levels": {"offre": 3}}, "« offre » devrait valoir 3, on trouve [0, 2]"),
        ({"compliance": {"filtre": "conforme"}}, "on trouve a_verifier"),
        ({"socle": "atteint"}, "le socle devrait valoir atteint"),
        ({"fires": ["cabler"]}, "« fires » devrait valoir [cabler], on trouve []"),
        ({"to_confirm": []}, "on trouve [filtrer]"),
        ({"means": {"salles": 50}}, "« salles » devrait valoir 50, on trouve [0, 100]"),
        ({"levels": {"salles": 2}}, "« salles » se juge lieu par lieu"),
        ({"quantities": {"filtrer": 2}}, "devrait valoir 2, on trouve [0, 1]"),
        ({"levels": {"offe": 3}}, "Vouliez-vous écrire « offre » ?"),
        ({"compliance": {"salles": "conforme"}}, "inconnu : « salles »"),
        ({"niveaux": {}}, "clé inconnue « niveaux »"),
        ({"levels": 3}, "Ainsi : {debit-suffisant: [1, 2]}"),
        ({"fires": "cabler"}, "Écrivez fires: […]."),
    ],
)
def test_what_is_expected_and_not_found_is_said(
    expect: Mapping[str, object], sentence: str
) -> None:
    (problem,) = found({"expect": expect})
    assert problem.startswith("d.yaml:12 : exemple « essai » : ")
    assert sentence in problem


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"answers": {"wfi": True}}, "Vouliez-vous écrire « wifi » ?"),
        ({"answers": {"prises": 3}}, "se demande pour le lieu salle"),
        (
            {"answers": {"offre": "cable"}},
            "« cable » n'est pas une réponse à « offre »",
        ),
        ({"answers": {"usages": [1]}}, "n'est pas une réponse à « usages »"),
        ({"answers": {"wifi": {"state": "oui"}}}, "n'est pas une réponse"),
        ({"answers": []}, "Ainsi : {nb_classes: 3}"),
        ({"places": [{"kind": "sale"}]}, "Vouliez-vous écrire « salle » ?"),
        ({"places": [3]}, "Ainsi : {kind: salle"),
        ({"places": {"kind": "salle"}}, "Écrivez places: […]."),
        ({"places": [{"kind": "salle", "in": "B"}]}, "« B » ne contient pas de salle"),
        (
            {"places": [{"kind": "salle", "name": "CP"}] * 2},
            "deux lieux s'appellent « CP »",
        ),
        ({"closed": ["ecole"]}, "n'est pas un lieu que l'on ajoute"),
        ({"visit_date": "1/10/2026"}, 'Écrivez par exemple "2026-10-01".'),
        ({"anwsers": {}}, "Vouliez-vous écrire « answers » ?"),
    ],
)
def test_what_cannot_be_read_is_said(raw: Mapping[str, object], sentence: str) -> None:
    (problem,) = found(raw)
    assert sentence in problem


def test_the_domain_is_that_of_the_file_unless_it_is_named() -> None:
    assert "domaine inconnu « salles »" in found({"expect": {}}, "salles.yaml")[0]
    assert found({"domain": "d", "expect": {}}, "salles.yaml") == []


def test_a_level_is_pinned_at_one_place() -> None:
    rooms = {
        "places": [
            {"kind": "salle", "name": "CP", "answers": {"prises": 1}},
            {
                "kind": "salle",
                "name": "CM",
                "answers": {"prises": {"state": "unknown"}},
            },
        ]
    }
    at = {"CP": {"salles": 1}, "CM": {"salles": [0, 3]}}
    assert found({**rooms, "expect": {"at": at}}) == []
    (wrong,) = found({**rooms, "expect": {"at": {"CP": {"salles": 2}}}})
    assert "« salles » dans « CP » devrait valoir 2, on trouve [1, 1]" in wrong
    (unknown,) = found({**rooms, "expect": {"at": {"CE": {"salles": 2}}}})
    assert "« CE »" in unknown
