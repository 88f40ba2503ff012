"""Invented communes and schools, with every figure that the official files give."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from diag.imports import fictional_plan as plan
from diag.model.folding import fold
from diag.model.uai import check_letter

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
    plan: plan.SchoolPlan
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
        is_first = self.commune.epci_name == plan.INTERCOMMUNALITIES[0]
        return "Valbrise" if is_first else "Montfauvel"

    @property
    def email(self) -> str:
        """Its address, at the académie or its own."""
        if self.plan.private:
            return f"direction@{fold(self.plan.title).replace(' ', '-')}.example"
        return f"ce.{self.uai}@ac-vallombre.example"


def uai(number: int) -> str:
    """Return the UAI of this number in the department that does not exist."""
    digits = f"{plan.DEPARTMENT}{number:04d}"
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
            insee=f"{plan.DEPARTMENT}{number:02d}",
            name=commune.name,
            population=commune.population,
            postcode=f"99{number:02d}0",
            siren=with_key(f"2199{number:04d}"),
            epci_siren=with_key(f"2499{commune.intercommunality + 1:04d}"),
            epci_name=plan.INTERCOMMUNALITIES[commune.intercommunality],
        )
        for number, commune in enumerate(plan.COMMUNES, start=1)
    )


def schools(seed: int) -> Iterator[FictionalSchool]:
    """Yield the schools, commune by commune; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    numbers = count(_FIRST_UAI, 3)
    for commune, planned in zip(communes(), plan.COMMUNES, strict=True):
        for school in planned.schools:
            yield _school(chance, next(numbers), commune, school, planned.rpi)


def _school(
    chance: Random,
    number: int,
    commune: FictionalCommune,
    school: plan.SchoolPlan,
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
        phone=f"{plan.PHONES}{number * 37 % 10_000:04d}",
        siret="" if school.private else with_key(f"{commune.siren}{number:04d}"),
        latitude=latitude,
        longitude=longitude,
        nursery_pupils=nursery,
        level_pupils=tuple(levels),
        ips=f"{(70 if school.priority else 88) + chance.randrange(300) / 10:.1f}",
    )
