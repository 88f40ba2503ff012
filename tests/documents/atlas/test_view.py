"""Who sees what: decided once, here, for every page and document."""

import pytest

from diag.documents.atlas.school import AtlasReader, View
from diag.model.audit import Auditee, school_auditee
from diag.model.enums import READERS, Audience, PlaceKind
from tests.documents.builders import SCHOOL

OFFICE = View(AtlasReader.SYNDICAT, "Vallombre Numérique")
MAYOR = View(AtlasReader.MAIRIE, "Mairie d'Aubeterre", SCHOOL.insee)
INSPECTOR = View(AtlasReader.CIRCONSCRIPTION, "Nord", SCHOOL.circonscription)
PRIVATE = SCHOOL.model_copy(update={"sector": "Privé"})
ELSEWHERE = SCHOOL.model_copy(update={"insee": "99902", "circonscription": "Sud"})
NOWHERE = SCHOOL.model_copy(update={"insee": "", "circonscription": ""})


def commune(insee: str) -> Auditee:
    return Auditee(kind=PlaceKind.COMMUNE, code=insee, name="Commune", insee=insee)


def test_the_office_sees_everything() -> None:
    for school in (SCHOOL, PRIVATE, ELSEWHERE, NOWHERE):
        assert OFFICE.sees(school)
    assert OFFICE.sees_audit_of(commune("99902"))
    assert OFFICE.audiences == READERS


def test_a_town_hall_sees_its_own_public_schools_and_itself() -> None:
    assert MAYOR.sees(SCHOOL)
    assert not any(map(MAYOR.sees, (PRIVATE, ELSEWHERE, NOWHERE)))
    assert MAYOR.sees_audit_of(school_auditee(SCHOOL))
    assert not MAYOR.sees_audit_of(school_auditee(ELSEWHERE))
    assert MAYOR.sees_audit_of(commune(SCHOOL.insee))
    assert not MAYOR.sees_audit_of(commune("99902"))
    assert MAYOR.audiences == (Audience.MAIRIE,)


def test_a_circonscription_sees_its_schools_no_commune_and_no_money() -> None:
    assert INSPECTOR.sees(SCHOOL)
    assert INSPECTOR.sees(PRIVATE)
    assert not any(map(INSPECTOR.sees, (ELSEWHERE, NOWHERE)))
    assert not INSPECTOR.sees_audit_of(commune(SCHOOL.insee))
    assert not INSPECTOR.money
    assert INSPECTOR.audiences == (Audience.ACADEMIE,)


@pytest.mark.parametrize("reader", [AtlasReader.MAIRIE, AtlasReader.CIRCONSCRIPTION])
def test_a_reader_without_a_code_sees_no_school_that_has_none(
    reader: AtlasReader,
) -> None:
    assert not View(reader, "?").sees(NOWHERE)


def test_only_the_office_sees_a_syndicats_own_audit() -> None:
    syndicat = Auditee(kind=PlaceKind.SYNDICAT, code=SCHOOL.insee, name="Syndicat")

    assert OFFICE.sees_audit_of(syndicat)
    assert not MAYOR.sees_audit_of(syndicat)
    assert not INSPECTOR.sees_audit_of(syndicat)


def test_an_audit_whose_school_nobody_knows_stays_at_the_office() -> None:
    stub = Auditee(kind=PlaceKind.ECOLE, code="9990001W", name="École 9990001W")

    assert not MAYOR.sees_audit_of(stub)
    assert not INSPECTOR.sees_audit_of(stub)


def test_a_view_is_named_as_it_is_typed() -> None:
    assert [str(OFFICE), str(MAYOR)] == ["syndicat", "mairie:99901"]
