import json

import pytest

from diag.documents.tables import judged, position, school_map
from diag.model.enums import AuditStatus
from tests.documents.builders import SCHOOL, facts, report

HERE = SCHOOL.model_copy(update={"longitude": "-5.1269412", "latitude": "46.40"})


def test_a_school_is_a_point_with_its_scores_as_intervals() -> None:
    told = report(facts({("ecole", "debit"): 120, ("ecole", "projet_ecrit"): True}))
    document = json.loads(school_map([(HERE, judged(told))]))

    (feature,) = document["features"]
    assert document["type"] == "FeatureCollection"
    assert feature["geometry"] == {
        "type": "Point",
        "coordinates": [-5.126941, 46.4],
    }
    found = feature["properties"]
    # the network has 3 of 3 (weight 3), the project 2 of 3 (weight 1)
    assert (found["score_min"], found["score_max"]) == (92, 92)
    assert (found["reseau_min"], found["reseau_max"]) == (100, 100)
    assert found["completude"] == 100
    assert found["socle"] == "atteint"
    assert found["provisoire"] is True


def test_a_closed_audit_is_no_longer_provisional() -> None:
    found = judged(report(status=AuditStatus.CLOS))

    assert not found.provisional


def test_a_school_that_nobody_audited_has_the_columns_and_no_score() -> None:
    """A map's program that met this school first would show no score at all."""
    seen = HERE.model_copy(update={"uai": "9990149H"})
    found = judged(report(facts({("ecole", "debit"): 120})))
    features = json.loads(school_map([(HERE, None), (seen, found)]))["features"]
    told, other = (feature["properties"] for feature in features)

    assert told["audit"] is False
    assert told["statut"] is None
    assert told["score_min"] is None
    assert list(told) == list(other)


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [("", ""), ("5.1", ""), ("200", "46"), ("x", "46"), ("0", "0"), ("5,1", "46")],
)
def test_a_school_without_a_place_on_earth_stays_without_geometry(
    longitude: str, latitude: str
) -> None:
    lost = SCHOOL.model_copy(update={"longitude": longitude, "latitude": latitude})

    assert position(lost) is None
    feature = json.loads(school_map([(lost, None)]))["features"][0]
    assert feature["geometry"] is None
    assert feature["id"] == SCHOOL.uai
