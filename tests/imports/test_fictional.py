import re
from pathlib import Path

import pytest

from diag.demo.territory import FictionalTerritory, with_key, write_fictional_territory
from diag.imports.communes import (
    import_communes,
    import_effectifs,
    import_ips,
    import_mairies,
)
from diag.imports.schools import import_annuaire
from diag.journal.territory import Territory
from diag.model.text import is_uai


def files(territory: FictionalTerritory) -> tuple[Path, ...]:
    return (
        territory.annuaire,
        territory.effectifs,
        territory.ips,
        territory.communes_file,
        territory.mairies,
    )


def test_the_same_seed_writes_the_same_bytes(
    tmp_path: Path, vallombre: FictionalTerritory
) -> None:
    again = write_fictional_territory(tmp_path)
    for first, second in zip(files(vallombre), files(again), strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_another_seed_keeps_names_and_changes_figures(
    tmp_path: Path, vallombre: FictionalTerritory
) -> None:
    other = write_fictional_territory(tmp_path, seed=7)
    assert [s.uai for s in other.schools] == [s.uai for s in vallombre.schools]
    assert other.effectifs.read_bytes() != vallombre.effectifs.read_bytes()


def test_it_has_every_kind_of_school(vallombre: FictionalTerritory) -> None:
    kinds = {school.plan.kind for school in vallombre.schools}
    assert (len(vallombre.communes), len(vallombre.schools)) == (14, 40)
    assert kinds == {"maternelle", "élémentaire", "primaire"}
    *_, largest = by_size = sorted(vallombre.schools, key=lambda one: one.plan.classes)
    assert by_size[0].commune.population == 180
    assert (largest.plan.classes, largest.commune.population) == (20, 9_400)
    private = [one.name for one in vallombre.schools if one.plan.private]
    assert private == ["Ecole primaire privée Saint-Gildric"]
    assert len({one.commune.insee for one in vallombre.schools if one.rpi}) == 3


def test_nothing_in_it_can_be_real(vallombre: FictionalTerritory) -> None:
    for school in vallombre.schools:
        assert is_uai(school.uai)
        assert school.uai.startswith("999")
        assert school.phone.startswith("046571")
        assert school.email.endswith(".example")
    for path in files(vallombre):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"@\S+?\.([a-z]+)\b", text)) <= {"example"}
        assert not re.search(
            r"\b0[1-9](?!46571)(?!65 ?71)\d{8}\b", text.replace(" ", "")
        )
    assert len({school.uai for school in vallombre.schools}) == 40
    assert len({school.phone for school in vallombre.schools}) == 40


def test_the_directory_has_the_72_columns_of_2024_on_every_line(
    vallombre: FictionalTerritory,
) -> None:
    content = vallombre.annuaire.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert b'"' not in content
    lines = content.decode("utf-8-sig").splitlines()
    assert {line.count(";") for line in lines} == {71}


def test_keys_of_siren_follow_luhn() -> None:
    assert with_key("21020001") == "210200010"
    assert with_key("2135001680002") == "21350016800025"


def test_it_imports_without_a_refusal_but_the_oddities(
    vallombre: FictionalTerritory, territory: Territory
) -> None:
    communes = import_communes(vallombre.communes_file, territory)
    annuaire = import_annuaire(vallombre.annuaire, territory)
    effectifs = import_effectifs(vallombre.effectifs, territory)
    ips = import_ips(vallombre.ips, territory)
    mairies = import_mairies(
        vallombre.mairies, territory, source_date=vallombre.mairies_date
    )
    for report in (communes, annuaire, effectifs, ips):
        assert (report.refused, report.repaired, report.remarks) == ((), (), ())
        assert (report.unknown_items, report.ignored_columns) == ((), ())
        assert report.warnings == ()
    assert territory.counts() == (40, 0, 14, 14)
    assert dict(annuaire.skipped) == {
        "Lycée": 2,
        "Collège": 1,
        "établissement sans type": 1,
    }
    assert len(mairies.refused) == 2
    assert sorted(remark.reason for remark in mairies.remarks) == [
        "adresse inconnue",
        "commune en double, une seule adresse est gardée",
        "courriel partagé par plusieurs communes",
        "courriel partagé par plusieurs communes",
        "page web",
    ]


@pytest.mark.parametrize("column", ["latitude", "address", "phone", "siret"])
def test_some_schools_lack_what_some_real_ones_lack(
    vallombre: FictionalTerritory, territory: Territory, column: str
) -> None:
    import_annuaire(vallombre.annuaire, territory)
    lacking = [uai for uai, value in territory.values_of(column).items() if not value]
    assert len(lacking) in {1, 2}


def test_the_imported_figures_are_those_invented(
    vallombre: FictionalTerritory, territory: Territory
) -> None:
    import_annuaire(vallombre.annuaire, territory)
    import_effectifs(vallombre.effectifs, territory)
    for invented in vallombre.schools:
        found = territory.school(invented.uai)
        assert found is not None
        assert (found.name, found.commune) == (invented.name, invented.commune.name)
        assert (found.classes, found.pupils) == (invented.plan.classes, invented.pupils)
        assert found.headcount_year == "2026-2027"
