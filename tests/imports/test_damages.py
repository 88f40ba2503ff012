"""No damage is silent: a value comes in as it was written, or the report says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from diag.imports.communes import import_mairies
from diag.imports.intake import TABLES, ImportReport
from diag.imports.source import ImportRefusedError
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.office.imports import READERS
from tests.imports.damages import SOUND, Damage, damages, written

ALL = tuple(damages())
SAMPLE = ALL[::9]
"""A few of every sort; the long run has them all."""

Row = dict[str, object]
"""Field → value."""

World = dict[str, dict[str, Row]]
"""Table → key → row."""


class Trial:
    """A territory that is put back as it was before each damaged file."""

    def __init__(self, folder: Path, territory: Territory) -> None:
        self.folder = folder
        self.territory = territory
        self._sound: dict[str, World] = {}

    def sound(self, kind: str, kinds: Mapping[str, object]) -> World:
        """Return what it holds when nothing is damaged."""
        if kind not in self._sound:
            self._sound[kind] = self.after(kinds)
        return self._sound[kind]

    def after(self, kinds: Mapping[str, object]) -> World:
        """Return what the territory holds once these sound files came in."""
        for name in ("school", "commune", "access", "town_hall", "import_log"):
            self.territory._connection.execute(f"delete from {name}")
        for kind in kinds:
            self.read(Damage(kind, "", written(SOUND[kind]()).encode()))
        return self.world()

    def read(self, damage: Damage) -> ImportReport:
        path = self.folder / f"{damage.kind}.csv"
        path.write_bytes(damage.content)
        if damage.kind == "mairies":
            return import_mairies(path, self.territory, source_date=date(2026, 5, 12))
        return READERS[damage.kind](path, self.territory, lambda *_: None)

    def world(self) -> World:
        found: World = {}
        for table in set(TABLES.values()):
            rows = self.territory._connection.execute(table.select)
            named = (dict(zip(table.columns, row, strict=True)) for row in rows)
            found[table.name] = {str(row[table.columns[0]]): row for row in named}
        return found


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("degats")
    with Journal.open(folder) as journal:
        yield Trial(
            folder, Territory(journal.connection, clock=lambda: 1_790_000_000_000)
        )


def silent(trial: Trial, damage: Damage, before: World, sound: World) -> list[str]:
    """Return what a damaged file changed or left out without a word."""
    try:
        report = trial.read(damage)
    except ImportRefusedError:
        assert trial.world() == before, "a refusal changes nothing"
        return []
    if report.is_refused:
        assert trial.world() == before, "a refusal changes nothing"
    world, words = trial.world(), Words.of(report)
    found, missing = [], []
    for table, rows in sound.items():
        found += [f"{key} : inventé" for key in world[table].keys() - rows.keys()]
        for key, row in rows.items():
            old, new = before[table].get(key), world[table].get(key)
            if new == old or new is None:
                missing += [key] if new != row and not words.named(row) else []
            else:
                found += words.wrong(row, old or {}, new)
    told = sum(number for _, number in report.skipped) + len(report.refused)
    if len(missing) > told and not words.of_file:
        found += [f"{key} : manque sans un mot" for key in missing]
    return found


@dataclass
class Words:
    """What a report says: of rows, of the whole file."""

    items: str
    """What it refuses or has remarks on."""
    mended: str
    """What has a cell mended, or left."""
    of_file: bool
    """Whether it says that columns or the end are missing, or not believed."""
    is_doubtful: bool
    """Whether it says that accents are."""

    @classmethod
    def of(cls, report: ImportReport) -> "Words":
        columns = report.ignored_columns or report.absent_columns
        return cls(
            " ".join(line.item for line in (*report.refused, *report.remarks)),
            " ".join(repair.item for repair in report.repaired),
            bool(columns or report.warnings),
            any("douteux" in warning for warning in report.warnings),
        )

    def named(self, sound: Row) -> bool:
        return any(name in self.items for name in _names(sound))

    def wrong(self, sound: Row, old: Row, new: Row) -> Iterator[str]:
        """Yield the fields that are not as they were written, without a word."""
        if self.named(sound):
            return
        is_mended = any(name in self.mended for name in _names(sound))
        for name, value in new.items():
            is_left = value in {None, "", old.get(name)}
            is_text = isinstance(value, str) and not value.isascii()
            if not (
                _same(name, value, sound[name])
                or (is_left and (is_mended or self.of_file))
                or (is_text and self.is_doubtful)
            ):
                yield f"{_names(sound)} {name} : {value!r} pour {sound[name]!r}"


def _names(row: Row) -> set[str]:
    return {str(row[name]) for name in ("uai", "insee", "name") if name in row}


def _same(name: str, value: object, sound: object) -> bool:
    if name in {"latitude", "longitude"} and value and sound:
        return float(str(value)) == float(str(sound))  # a sheet keeps no last zeros
    return value == sound


def test_there_are_hundreds_of_damages() -> None:
    assert len(ALL) >= 200
    assert len({(damage.kind, damage.what) for damage in ALL}) == len(ALL)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            damage,
            id=f"{damage.kind}-{damage.what}",
            marks=() if damage in SAMPLE else pytest.mark.long,
        )
        for damage in ALL
    ],
)
def test_no_damage_is_silent(trial: Trial, damage: Damage) -> None:
    kind = damage.kind
    # Figures complete the schools that are known; the directory comes before them.
    before = {name: make for name, make in SOUND.items() if name != kind}
    if kind == "annuaire":
        before = {"communes": SOUND["communes"]}
    for kinds in (before, {**before, kind: SOUND[kind]}):
        sound = trial.sound(kind, {**before, kind: SOUND[kind]})
        assert silent(trial, damage, trial.after(kinds), sound) == []
