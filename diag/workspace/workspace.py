"""A workspace: the folder of one user, its journal, its territory, its settings."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from diag.checklist import LAST_READ
from diag.journal.connection import keep_private
from diag.journal.journal import (
    BEHIND,
    FILE,
    Editions,
    Journal,
    damaged_setting,
    get_setting,
    latest_day,
    notice_older,
    put_setting,
)
from diag.journal.revision import Origin, fresh_nonce, now
from diag.model.errors import DiagError
from diag.words.dates import long_date
from diag.workspace.disk import check_disk, default_folder

if TYPE_CHECKING:
    from diag.assess.questions import Pace
    from diag.journal.territory import Territory
    from diag.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class World:
    """The real world unless another is given."""

    clock: Callable[[], int] = now
    """Wall clock, UTC milliseconds."""
    nonce: Callable[[], bytes] = fresh_nonce
    """8 random bytes."""
    today: Callable[[], date] = date.today
    """The user's day."""
    earliest: date = LAST_READ
    """A clock that is before is late."""

    def fresh_id(self) -> str:
        """Return the UUID of something new."""
        return str(UUID(bytes=self.nonce() + self.nonce(), version=4))


def fixed_world(day: date, seed: int) -> World:
    """Return a world that is the same each time: a minute passes at every look."""
    start = int(datetime(day.year, day.month, day.day, 8, tzinfo=UTC).timestamp())
    minutes = count()
    chance = Random(seed)  # noqa: S311 - reproducible on purpose, never a secret
    return World(
        clock=lambda: (start + 60 * next(minutes)) * 1000,
        nonce=lambda: chance.randbytes(8),
        today=lambda: day,
        earliest=date.min,
    )


# Settings and territory are nouns of pydantic, 45 ms: the list of schools, shown
# first, does without, so they are imported where they are made.

_KEY = "workspace"
_INIT = 'diag init --author "Prénom Nom" --syndicat "Nom"'
_WELCOME = "welcome"


_YEARS = range(2026, 2046)
"""This program was not written before; nobody runs it so long after."""
_YEAR = timedelta(days=366)
_IDLE = timedelta(days=2 * 366)
"""An audit a year: nobody writes nothing for longer, unless the clock is ahead."""


OVERLAY = "overlay"
"""Folder of the workspace where the syndicat's own changes are."""


class Workspace:
    """Everything one user has: open it, use it, close it."""

    def __init__(self, folder: Path, journal: Journal, world: World) -> None:
        self.folder = folder
        self.journal = journal
        self.world = world
        self.editions = Editions(journal)

    @property
    def overlay(self) -> Path:
        """The folder of the syndicat's own changes, there or not."""
        return self.folder / OVERLAY

    @cached_property
    def territory(self) -> "Territory":
        """The schools and communes."""
        from diag.journal.territory import Territory  # noqa: PLC0415 - pydantic

        for table in ("school", "commune", "town_hall", "access"):
            self.journal.check_table(table)
        return Territory(self.journal.connection, clock=self.world.clock)

    @classmethod
    def create(
        cls, folder: Path, settings: "Settings", world: World | None = None
    ) -> Self:
        """Make a workspace, or change the settings of the one that is there.

        Raises:
            DiagError: when the folder cannot hold one.
        """
        check_disk(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        workspace = cls._opened(folder, world)
        try:
            workspace.keep_settings(settings)
        except BaseException:
            workspace.close()
            raise
        return workspace

    @classmethod
    def open(cls, folder: Path, world: World | None = None) -> Self:
        """Open the workspace that is there.

        Raises:
            DiagError: when there is none, or it cannot be opened.
        """
        if not (folder / FILE).exists():
            raise DiagError(
                f"Aucun espace de travail dans {folder}. Créez-le.",
                command=_INIT,
            )
        check_disk(folder)
        return cls._opened(folder, world)

    @classmethod
    def _opened(cls, folder: Path, world: World | None) -> Self:
        log_into(folder)
        keep_private(folder, 0o700)
        journal = Journal.open(folder)
        # Found now: the stick that leaves may hold the program too.
        journal.fallback = default_folder().with_name("diag-secours")
        return cls(folder, journal, world or World())

    @property
    def settings(self) -> "Settings":
        """Return who works here.

        Raises:
            DiagError: when nobody has named them yet.
        """
        from diag.workspace.settings import Settings  # noqa: PLC0415 - pydantic

        try:
            return Settings.model_validate(self._kept)
        except ValueError as error:
            raise damaged_setting(self.journal, _KEY) from error

    @property
    def campaign(self) -> str:
        """Return the campaign in which one works.

        Raises:
            DiagError: when nobody has named them yet.
        """
        return str(self._kept["campaign"])

    @property
    def _kept(self) -> dict[str, Any]:
        kept = get_setting(self.journal, _KEY)
        if kept is None:
            raise DiagError(
                f"L'espace de travail {self.folder} ne sait pas encore qui vous êtes. "
                "Dites-le.",
                command=_INIT,
            )
        found: dict[str, Any] = kept
        return found

    @property
    def knows_author(self) -> bool:
        """Whether the user is named."""
        return get_setting(self.journal, _KEY) is not None

    @property
    def clock_notice(self) -> str:
        """Return what is odd about the clock; empty when nothing is.

        It orders nothing: it is only printed, and wrong dates stay in history.
        """
        today, last = self.world.today(), latest_day(self.journal)
        if today.year not in _YEARS:
            return (
                f"L'horloge de cet ordinateur indique le {long_date(today)} : elle est "
                "fausse de plusieurs années, et chaque saisie porterait cette date. "
                "Réglez-la."
            )
        if today < self.world.earliest:
            return (
                f"L'horloge de cet ordinateur indique le {long_date(today)}, avant le "
                f"{long_date(self.world.earliest)}, jour des grilles de ce programme : "
                "elle retarde, et chaque saisie porterait cette date. Réglez-la."
            )
        if not last or -_YEAR < today - last < _IDLE:
            return ""
        return (
            f"L'horloge de cet ordinateur indique le {long_date(today)}, et la "
            f"dernière saisie est du {long_date(last)} : l'une des deux dates "
            "est fausse. Si c'est l'horloge, réglez-la avant de saisir."
        )

    def notice_older(self) -> str:
        """Return that an old copy was put in the place of the journal; empty if not.

        From then on this laptop has another label: its order numbers come again, and
        two laptops must not look like one.
        """
        before = get_setting(self.journal, BEHIND, [])
        if not notice_older(self.journal):
            return ""
        kept = get_setting(self.journal, _KEY)
        if not before and kept is not None and not self.journal.readonly:
            put_setting(self.journal, _KEY, {**kept, "device": f"d-{token_hex(4)}"})
        return (
            "Ce journal est plus ancien que ce qui a été saisi ici : une copie a pris "
            "sa place ? Ce qui manque est resté sur ce poste : l'examiner le rend."
        )

    def keep_settings(self, settings: "Settings") -> None:
        """Write the settings, durably."""
        put_setting(self.journal, _KEY, settings.model_dump(mode="json"))

    @property
    def is_new_to_screens(self) -> bool:
        """Whether it was made by command, and no screen has shown it yet."""
        return bool(get_setting(self.journal, _WELCOME))

    def note_screens(self, *, seen: bool) -> None:
        """Keep whether the screens have shown it, when something can be written."""
        if not self.journal.readonly:
            put_setting(self.journal, _WELCOME, not seen)

    @cached_property
    def pace(self) -> "Pace":
        """How long questions took in the last audits closed here; read once."""
        from diag.assess.questions import pace_of  # noqa: PLC0415 - who asks nothing does without
        from diag.journal.facts import timed_answers  # noqa: PLC0415

        return pace_of(timed_answers(self.journal))

    @property
    def origin(self) -> Origin:
        """Return the author of what is written from now on."""
        settings = self.settings
        return Origin(
            settings.author,
            settings.device,
            clock=self.world.clock,
            nonce=self.world.nonce,
        )

    def close(self) -> None:
        """Close the files."""
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def log_into(folder: Path) -> None:
    """Have unexpected errors written to the workspace's `diag.log`."""
    logger = logging.getLogger("diag")
    for old in [h for h in logger.handlers if isinstance(h, logging.FileHandler)]:
        logger.removeHandler(old)
        old.close()
    handler = logging.FileHandler(folder / "diag.log", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
