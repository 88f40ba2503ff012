"""The invented territory of Vallombre: its communes and schools, by hand.

Nothing here can be mistaken for a real place. UAI and INSEE codes start with a
department, and France has no department 999: they stop at 95, then 2A, 2B and 97x to
98x; INSEE's codes in 99 are foreign countries, whose third figure is a continent, from
1 to 5. Telephones are in a range that the regulator reserves for fiction, domains end
in `.example`, coordinates are out at sea. No commune of the 2026 code has these names.
Schools are named after plants, places, and people dead before 1935.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import NamedTuple

from diag.model.text import check_letter, fold

DEPARTMENT = "999"
DEPARTMENT_NAME = "Vallombre"
REGION = ("99", "Pays d'Ombre")
SYNDICAT = "Syndicat mixte Vallombre Numérique"
INTERCOMMUNALITIES = ("CC du Val d'Ombre", "CC des Hauts de Brisance")
PHONES = "046571"
"""First figures of the telephones: 04 65 71 xx xx is for fiction."""


class SchoolPlan(NamedTuple):
    """A school to invent."""

    kind: str
    """`maternelle`, `élémentaire` or `primaire`."""
    title: str
    """What follows the kind in its name; several have none, as in reality."""
    classes: int
    private: bool = False
    state: str = "OUVERT"
    priority: str = ""
    nature: str = ""
    """Nature code, when it is not the ordinary one of its kind."""
    lacks: str = ""
    """Column of the directory that is empty for it: reality has all of these."""


class CommunePlan(NamedTuple):
    """A commune to invent."""

    name: str
    population: int
    intercommunality: int
    schools: tuple[SchoolPlan, ...]
    rpi: str = ""
    """Code of the regroupement that its school belongs to."""


_M, _E, _P = "maternelle", "élémentaire", "primaire"
_RPI = "999001"

COMMUNES = (
    CommunePlan(
        "Valbrise",
        9_400,
        0,
        (
            SchoolPlan(_M, "Les Tilleuls", 3),
            SchoolPlan(_M, "Les Hirondelles", 3, priority="REP"),
            SchoolPlan(_E, "Louise Michel", 8),
            SchoolPlan(_E, "Victor Hugo", 6, priority="REP"),
            SchoolPlan(_E, "d'application Jules Ferry", 6, nature="153"),
            SchoolPlan(_P, "du Grand Pré", 20),
            SchoolPlan(_P, "Saint-Gildric", 5, private=True),
        ),
    ),
    CommunePlan(
        "Saint-Aubin-des-Ormes",
        6_800,
        0,
        (
            SchoolPlan(_M, "du Parc", 4),
            SchoolPlan(_M, "Les Coquelicots", 3),
            SchoolPlan(_E, "George Sand", 9),
            SchoolPlan(_E, "du Moulin", 6),
            SchoolPlan(_P, "Marie Curie", 7),
            SchoolPlan(_P, "de Bellefont", 3),
        ),
    ),
    CommunePlan(
        "Courvaux-sur-Ombre",
        5_100,
        0,
        (
            SchoolPlan(_M, "Pauline Kergomard", 4),
            SchoolPlan(_E, "Jean Macé", 8),
            SchoolPlan(_E, "des Prés Hauts", 3),
            SchoolPlan(_P, "Les Marronniers", 6),
            SchoolPlan(_P, "de la Gare", 2, state="A FERMER"),
        ),
    ),
    CommunePlan(
        "Montfauvel",
        4_200,
        1,
        (
            SchoolPlan(_M, "", 4),
            SchoolPlan(_E, "", 7),
            SchoolPlan(_P, "Les Saules", 5),
            SchoolPlan(_P, "du Bourg-Neuf", 3),
        ),
    ),
    CommunePlan(
        "Chantelombe",
        3_300,
        1,
        (
            SchoolPlan(_M, "Les Lucioles", 3),
            SchoolPlan(_E, "Jules Ferry", 6),
            SchoolPlan(_P, "Les Genêts", 4),
            SchoolPlan(_P, "de la Croix-Blanche", 2),
        ),
    ),
    CommunePlan(
        "La Ferté-Brisance",
        2_600,
        1,
        (
            SchoolPlan(_M, "du Lavoir", 3),
            SchoolPlan(_E, "Les Érables", 5),
            SchoolPlan(_P, "des Quatre-Vents", 3),
        ),
    ),
    CommunePlan(
        "Clairombre",
        2_100,
        0,
        (
            SchoolPlan(_M, "La Farandole", 3),
            SchoolPlan(_E, "Jean Jaurès", 6),
            SchoolPlan(_P, "de Grandbrise", 2, lacks="position"),
        ),
    ),
    CommunePlan(
        "Hautecroze",
        1_500,
        1,
        (SchoolPlan(_P, "", 4), SchoolPlan(_P, "", 2, lacks="Adresse_1")),
    ),
    CommunePlan("Noirvaux", 1_100, 1, (SchoolPlan(_P, "Les Charmes", 5),)),
    CommunePlan("Fontbrune-sur-Ombre", 760, 0, (SchoolPlan(_M, "", 2),), _RPI),
    CommunePlan("Sainte-Eulaline", 540, 0, (SchoolPlan(_E, "", 2),), _RPI),
    CommunePlan(
        "Œuvremont",
        390,
        0,
        (SchoolPlan(_E, "Les Noisetiers", 2, lacks="SIREN_SIRET"),),
        _RPI,
    ),
    CommunePlan("L'Échaubelle", 260, 1, (SchoolPlan(_P, "", 2, lacks="Telephone"),)),
    CommunePlan("Saint-Vérin-le-Haut", 180, 1, (SchoolPlan(_P, "du Village", 1),)),
)
"""From the little town to the village; three share a regroupement pédagogique."""

_FIRST_UAI = 100

_STREETS = (
    *("rue des Écoles", "place de la Mairie", "rue du Lavoir", "chemin des Vignes"),
    *("allée des Platanes", "route de Valbrise", "impasse du Four", "rue de l'Église"),
)

_VILLAGE = 2
"""Classes up to which a school's classes are small."""

_LEVELS = ("CP", "CE1", "CE2", "CM1", "CM2")
_AT_SEA = (46.4, -5.2)
"""Latitude and longitude of a stretch of the Atlantic, where nobody lives."""


@dataclass(frozen=True)
class FictionalCommune:
    """A commune that does not exist."""

    insee: str
    name: str
    population: int
    postcode: str
    siren: str
    epci_siren: str
    epci_name: str

    @property
    def capitals(self) -> str:
        """The name as the older files write it: `SAINT AUBIN DES ORMES`."""
        return fold(self.name).upper()

    @property
    def domain(self) -> str:
        """The domain of its e-mail addresses."""
        return f"{fold(self.name).replace(' ', '-')}.example"


@dataclass(frozen=True)
class FictionalSchool:
    """A school that does not exist."""

    uai: str
    name: str
    plan: SchoolPlan
    commune: FictionalCommune
    rpi: str
    street: str
    phone: str
    siret: str
    latitude: str
    longitude: str
    nursery_pupils: int
    level_pupils: tuple[int, ...]
    """From CP to CM2."""
    ips: str

    @property
    def pupils(self) -> int:
        """How many pupils it has."""
        return self.nursery_pupils + sum(self.level_pupils)

    @property
    def inspection(self) -> str:
        """Name of its circonscription."""
        is_first = self.commune.epci_name == INTERCOMMUNALITIES[0]
        return "Valbrise" if is_first else "Montfauvel"

    @property
    def email(self) -> str:
        """Its address, at the académie or its own."""
        if self.plan.private:
            return f"direction@{fold(self.plan.title).replace(' ', '-')}.example"
        return f"ce.{self.uai}@ac-vallombre.example"


def uai(number: int) -> str:
    """Return the UAI of this number in the department that does not exist."""
    digits = f"{DEPARTMENT}{number:04d}"
    return digits + check_letter(digits)


def with_key(digits: str) -> str:
    """Return a SIREN or a SIRET: its digits, then the Luhn digit that checks them."""
    doubled = [
        int(digit) * (2 if place % 2 == 0 else 1)
        for place, digit in enumerate(reversed(digits))
    ]
    total = sum(number // 10 + number % 10 for number in doubled)
    return f"{digits}{-total % 10}"


def communes() -> tuple[FictionalCommune, ...]:
    """Return the communes, from the largest to the smallest."""
    return tuple(
        FictionalCommune(
            insee=f"{DEPARTMENT}{number:02d}",
            name=commune.name,
            population=commune.population,
            postcode=f"99{number:02d}0",
            siren=with_key(f"2199{number:04d}"),
            epci_siren=with_key(f"2499{commune.intercommunality + 1:04d}"),
            epci_name=INTERCOMMUNALITIES[commune.intercommunality],
        )
        for number, commune in enumerate(COMMUNES, start=1)
    )


def schools(seed: int) -> Iterator[FictionalSchool]:
    """Yield the schools, commune by commune; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    numbers = count(_FIRST_UAI, 3)
    for commune, planned in zip(communes(), COMMUNES, strict=True):
        for school in planned.schools:
            yield _school(chance, next(numbers), commune, school, planned.rpi)


def _school(
    chance: Random,
    number: int,
    commune: FictionalCommune,
    school: SchoolPlan,
    rpi: str,
) -> FictionalSchool:
    fewest = 14 if school.classes <= _VILLAGE else 20
    pupils = sum(fewest + chance.randrange(7) for _ in range(school.classes))
    nursery = {"maternelle": pupils, "élémentaire": 0}.get(school.kind, pupils * 3 // 8)
    levels = [0] * len(_LEVELS)
    for _ in range(pupils - nursery):
        levels[chance.randrange(len(levels))] += 1
    latitude, longitude = (
        f"{degrees + chance.randrange(40_000) / 100_000:.5f}" for degrees in _AT_SEA
    )
    street = _STREETS[chance.randrange(len(_STREETS))]
    status = " privée" if school.private else ""
    return FictionalSchool(
        uai=uai(number),
        name=f"Ecole {school.kind}{status} {school.title}".strip(),
        plan=school,
        commune=commune,
        rpi=rpi,
        street=f"{1 + chance.randrange(48)} {street}",
        phone=f"{PHONES}{number * 37 % 10_000:04d}",
        siret="" if school.private else with_key(f"{commune.siren}{number:04d}"),
        latitude=latitude,
        longitude=longitude,
        nursery_pupils=nursery,
        level_pupils=tuple(levels),
        ips=f"{(70 if school.priority else 88) + chance.randrange(300) / 10:.1f}",
    )
