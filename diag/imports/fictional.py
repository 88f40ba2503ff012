"""An invented territory written as the official files: for demonstrations and tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.imports import fictional_files as files
from diag.imports import fictional_plan as plan
from diag.imports.fictional_directory import directory_lines
from diag.imports.fictional_school import (
    FictionalCommune,
    FictionalSchool,
    communes,
    schools,
    with_key,
)

SEED = 2026
"""The seed of the shipped demonstration."""

_RENTREES = range(2024, 2027)


@dataclass(frozen=True)
class FictionalTerritory:
    """Where the files are, and what they hold."""

    annuaire: Path
    effectifs: Path
    ips: Path
    communes_file: Path
    mairies: Path
    mairies_date: date
    """Date to give as that of the town halls' file."""
    syndicat: str
    syndicat_siren: str
    department: str
    communes: tuple[FictionalCommune, ...]
    schools: tuple[FictionalSchool, ...]

    @property
    def one_class(self) -> FictionalSchool:
        """The village school with a single class."""
        return min(self.schools, key=lambda school: school.plan.classes)

    @property
    def largest(self) -> FictionalSchool:
        """The school with the most classes."""
        return max(self.schools, key=lambda school: school.plan.classes)

    @property
    def private(self) -> FictionalSchool:
        """The private school."""
        return next(school for school in self.schools if school.plan.private)

    @property
    def rpi(self) -> tuple[FictionalSchool, ...]:
        """The schools of the regroupement pédagogique."""
        return tuple(school for school in self.schools if school.rpi)


def write_fictional_territory(folder: Path, seed: int = SEED) -> FictionalTerritory:
    """Write the five files of the invented territory; the same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    there, invented = communes(), tuple(schools(seed))
    return FictionalTerritory(
        annuaire=_write(
            folder / "fr-en-annuaire-education_vallombre.csv",
            directory_lines(invented),
            "\ufeff",
        ),
        effectifs=_write(
            folder / "fr-en-ecoles-effectifs-nb_classes_vallombre.csv",
            files.headcount_lines(invented, _RENTREES),
            "\ufeff",
            "\r\n",
        ),
        ips=_write(
            folder / "fr-en-ips-ecoles-ap2022_vallombre.csv",
            files.ips_lines(invented),
            end="\r\n",
        ),
        communes_file=_write(
            folder / "communes_vallombre.csv", files.commune_lines(there)
        ),
        mairies=_write(folder / "mairies_vallombre.csv", files.town_hall_lines(there)),
        mairies_date=date(2026, 6, 1),
        syndicat=plan.SYNDICAT,
        syndicat_siren=with_key("25990001"),
        department=plan.DEPARTMENT,
        communes=there,
        schools=invented,
    )


def _write(path: Path, lines: Iterable[str], mark: str = "", end: str = "\n") -> Path:
    text = mark + "".join(f"{line}{end}" for line in lines)
    path.write_text(text, encoding="utf-8", newline="")
    return path
