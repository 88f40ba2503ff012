from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.journal.errors import LockedError, ReadOnlyError
from diag.journal.journal import Journal
from diag.journal.territory import LoggedImport, Partial, Territory
from diag.model.audit import Commune, School, TownHall

NOON = 1_790_000_000_000


@pytest.fixture
def territory(journal: Journal) -> Territory:
    return Territory(journal.connection, clock=lambda: NOON)


def named(uai: str, name: str = "École", commune: str = "Valbrise") -> Partial:
    return {"uai": uai, "name": name, "insee": "99901", "commune": commune}


def put(territory: Territory, *schools: Partial) -> None:
    with territory.transaction():
        territory.put_schools(schools)


def found(territory: Territory, query: str) -> list[str]:
    return [line.uai for line in territory.schools(query)]


def test_a_school_comes_back_as_it_was_put(territory: Territory) -> None:
    school = School(
        uai="9990100E",
        name="École du Four",
        insee="99901",
        commune="Valbrise",
        department="999",
        nursery=True,
        elementary=False,
        classes=3,
        pupils=66,
        headcount_year="2026-2027",
        ips="84.9",
        ips_year="2022-2023",
    )
    put(territory, school.model_dump())
    assert territory.school("9990100E") == school
    assert territory.school("9990103H") is None


def test_a_whole_ips_comes_back_as_an_integer(territory: Territory) -> None:
    put(territory, {**named("9990100E"), "ips": "113"})
    school = territory.school("9990100E")
    assert school is not None
    assert school.ips == 113


def test_a_field_that_is_not_stated_stays(territory: Territory) -> None:
    put(territory, {**named("9990100E"), "phone": "0465710001"})
    with territory.transaction():
        merge = territory.put_schools([{"uai": "9990100E", "classes": 4}])
    ((key, fields),) = merge.changed
    assert (key, fields) == ("9990100E", {"classes": (None, 4)})
    school = territory.school("9990100E")
    assert school is not None
    assert (school.phone, school.classes) == ("0465710001", 4)


def test_putting_the_same_again_changes_nothing(territory: Territory) -> None:
    with territory.transaction():
        assert territory.put_schools([named("9990100E")]).added == ("9990100E",)
        assert territory.put_schools([named("9990100E")]) == ((), (), 1)


@pytest.mark.parametrize(
    "query",
    ["", "ecole", "ÉCOLE", "ste eulaline", "Sainte-Eul", "l’orme", "9990100e", "9910"],
)
def test_a_search_ignores_accents_apostrophes_and_saints(
    territory: Territory, query: str
) -> None:
    put(
        territory,
        {
            **named("9990100E", "École de l'Orme", "Sainte-Eulaline"),
            "postcode": "99100",
        },
    )
    assert found(territory, query) == ["9990100E"]


@pytest.mark.parametrize("query", ["rme", "ecole hêtre", "%", "_", "gmail"])
def test_a_search_matches_the_start_of_words_and_every_word(
    territory: Territory, query: str
) -> None:
    school = {**named("9990100E", "École de l'Orme"), "email": "x@gmail.com"}
    put(territory, school)
    expected = ["9990100E"] if query in {"%", "_"} else []  # no word at all
    assert found(territory, query) == expected


def test_a_typed_st_finds_saints_and_stades(territory: Territory) -> None:
    put(
        territory,
        named("9990100E", "École du Stade"),
        named("9990103H", "École Saint-Gildric"),
        named("9990106L", "École Hugo"),
    )
    assert sorted(found(territory, "st")) == ["9990100E", "9990103H"]


def test_schools_come_by_commune_then_name(territory: Territory) -> None:
    put(
        territory,
        named("1", "École Z", "Saint-Jean"),
        named("2", "École A", "Saint-Jean-du-Four"),
        named("3", "École É", "Saint-Jean"),
        named("4", "École B", "Échaubelle"),
    )
    assert found(territory, "") == ["4", "3", "1", "2"]


def test_a_list_may_be_of_one_commune_and_short(territory: Territory) -> None:
    elsewhere = {**named("3"), "insee": "99902"}
    put(territory, named("1"), named("2"), elsewhere)
    assert len(territory.schools(commune="99901")) == 2
    assert len(territory.schools(commune="99902")) == 1
    assert len(territory.schools(limit=2)) == 2
    assert territory.schools("ecole", "99901", 1)[0].commune == "Valbrise"


def test_a_renamed_school_is_found_by_its_new_name_only(territory: Territory) -> None:
    put(territory, named("9990100E", "École Ancienne"))
    put(territory, named("9990100E", "École Neuve"))
    assert found(territory, "ancienne") == []
    assert found(territory, "neuve") == ["9990100E"]


def test_a_commune_comes_back_as_it_was_put(territory: Territory) -> None:
    with territory.transaction():
        territory.put_communes([
            {"insee": "99902", "name": "Œuvremont", "postcodes": "99020 99021"},
            {"insee": "99901", "name": "Échaubelle", "population": 260},
        ])
    assert territory.commune("99902") == Commune(
        insee="99902", name="Œuvremont", postcodes=("99020", "99021")
    )
    assert [commune.name for commune in territory.communes()] == [
        "Échaubelle",
        "Œuvremont",
    ]


def test_a_commune_known_by_a_school_only_is_there_too(territory: Territory) -> None:
    put(territory, {**named("1"), "department": "999", "postcode": "99010"})
    known = Commune(
        insee="99901", name="Valbrise", department="999", postcodes=("99010",)
    )
    assert territory.commune("99901") == known
    assert territory.communes() == (known,)
    assert territory.communes(official=True) == ()
    assert territory.commune("99902") is None
    assert territory.counts().communes == 0


def test_a_town_hall_comes_back_as_it_was_put(territory: Territory) -> None:
    hall = TownHall(insee="99901", name="Valbrise", problem="page web")
    with territory.transaction():
        territory.put_town_halls([hall.model_dump()])
    assert territory.town_hall("99901") == hall
    assert territory.town_hall("99902") is None


def test_a_school_vanishes_once_at_its_first_date(journal: Journal) -> None:
    clock = count(NOON, 86_400_000)
    territory = Territory(journal.connection, clock=lambda: next(clock))
    put(territory, {**named("1"), "department": "999"}, named("2"))
    for _ in range(2):
        with territory.transaction():
            territory.mark_vanished(["1"], territory.today())
    school = territory.school("1")
    assert school is not None
    assert school.vanished == "2026-09-21"
    assert territory.present("999") == {}
    assert territory.counts()[:2] == (2, 1)


def test_the_log_comes_latest_first_with_its_dates(territory: Territory) -> None:
    entry = LoggedImport("annuaire", "a.csv", "0" * 64, 0, 1, 2, 3, 4, "x")
    with territory.transaction():
        territory.log(entry)
        territory.log(entry._replace(file="b.csv"))
    latest, first = territory.imports()
    assert (latest.file, first.file) == ("b.csv", "a.csv")
    assert first == entry._replace(at=NOON)


def test_a_transaction_that_fails_leaves_nothing(territory: Territory) -> None:
    def put_then_fail() -> None:
        with territory.transaction():
            territory.put_schools([named("1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_then_fail()
    assert territory.counts().schools == 0
    put(territory, named("2"))
    assert territory.counts().schools == 1


def test_a_file_open_for_reading_refuses_in_french(
    tmp_path: Path, journal: Journal
) -> None:
    put(Territory(journal.connection), named("1"))
    with Journal.open(tmp_path, readonly=True) as reading:
        territory = Territory(reading.connection)
        assert territory.counts().schools == 1
        with pytest.raises(ReadOnlyError, match="lecture seule"):
            put(territory, named("2"))


def test_a_file_locked_by_another_program_says_so(
    tmp_path: Path, territory: Territory
) -> None:
    with Journal.open(tmp_path) as other:
        other.connection.execute("pragma busy_timeout = 0")
        with (
            territory.transaction(),
            pytest.raises(LockedError, match="autre programme"),
        ):
            put(Territory(other.connection), named("1"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Territory]:
    folder = tmp_path_factory.mktemp("crowded")
    with Journal.open(folder) as opened:
        territory = Territory(opened.connection)
        names = ("l'Orme", "Saint-Gildric", "Sainte-Aure", "Stade", "Œillet", "")
        put(territory, *(named(str(n), name) for n, name in enumerate(names)))
        yield territory


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=20), more=st.text(max_size=3))
def test_typing_on_never_adds_schools_but_by_a_saint(
    crowded: Territory, query: str, more: str
) -> None:
    before = set(found(crowded, query))
    after = set(found(crowded, f"{query} {more}"))
    assert after <= before


def test_official_communes_are_found_by_their_words_or_their_code(
    territory: Territory,
) -> None:
    with territory.transaction():
        territory.put_communes([
            {"insee": "99902", "name": "Sainte-Œuvre"},
            {"insee": "99901", "name": "Échaubelle-le-Haut"},
        ])
    assert territory.commune_names("ste oeu", 9) == [("99902", "Sainte-Œuvre")]
    assert territory.commune_names("haut ech", 9) == [("99901", "Échaubelle-le-Haut")]
    assert territory.commune_names("99902", 9) == [("99902", "Sainte-Œuvre")]
    assert territory.commune_names("", 1) == [("99901", "Échaubelle-le-Haut")]
    assert territory.commune_names("99903", 9) == []
