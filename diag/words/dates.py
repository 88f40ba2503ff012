"""Days printed and days typed, and the durations that lead from one to another."""

import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from diag.model.errors import DiagError
from diag.model.text import fold

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Far from any audit outside."""

_CENTURY, _SHORT_YEAR = 100, 2
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)")
_FRENCH_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_DIGITS = re.compile(r"(\d\d)(\d\d)((?:19|20)?\d\d)")
_MONTH = re.compile(r"(?:(\d{1,2})(?:er)? )?([a-z]{3,}) (\d{4}|\d\d)")

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
"""January first."""

_SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill."),
    *("août", "sept.", "oct.", "nov.", "déc."),
)

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?(?:T(?P<hours>\d+)H)?"
)

_WORDS = (
    ("years", "an", "ans"),
    ("months", "mois", "mois"),
    ("weeks", "semaine", "semaines"),
    ("days", "jour", "jours"),
    ("hours", "heure", "heures"),
)


@lru_cache(maxsize=512)  # thousands of answers were given on a few days
def long_date(day: date, *, year: bool = True) -> str:
    """Return « 12 mars 2026 », « 1er mars 2026 » for a first; « 12 mars » alone."""
    first = "er" if day.day == 1 else ""
    words = f"{day.day}{first} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def short_date(day: date, *, year: bool) -> str:
    """Return « 4 déc. », with its `year` where one would take it for another."""
    first = "er" if day.day == 1 else ""
    words = f"{day.day}{first} {_SHORT_MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def weekday_date(day: date) -> str:
    """Return « vendredi 27 novembre »."""
    first = "er" if day.day == 1 else ""
    return f"{_WEEKDAYS[day.weekday()]} {day.day}{first} {MONTHS[day.month - 1]}"


@lru_cache(maxsize=1024)  # the days of sources, read by every document
def describe_day(iso: str, *, year: bool = True) -> str:
    """Return an ISO day or month as French prints it; other texts as they stand."""
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", iso):
        words = MONTHS[int(month[2]) - 1]
        return f"{words} {month[1]}" if year else words
    try:
        return long_date(date.fromisoformat(iso), year=year)
    except ValueError:
        return iso


_EPOCH, _DAY = date(1970, 1, 1).toordinal(), 86_400_000  # milliseconds
_LAST = (date(9000, 1, 1).toordinal() - _EPOCH) * _DAY
"""What a clock beyond reads as: calendars go on, so that a duration may be added."""


def day_of(milliseconds: int) -> date:
    """Return the day of a wall clock, UTC: the same on every machine."""
    return date.fromordinal(_EPOCH + min(milliseconds, _LAST) // _DAY)


@lru_cache(maxsize=512)  # an audit is answered on a few days
def later(day: date, duration: str) -> date:
    """Return the day an ISO 8601 duration after `day`; hours count as a whole day.

    Raises:
        ValueError: when `duration` is no such text.
    """
    parts = _parts(duration)
    month = day.month - 1 + parts["months"]
    year, month = day.year + parts["years"] + month // 12, month % 12 + 1
    moved = day.replace(
        year=year, month=month, day=min(day.day, monthrange(year, month)[1])
    )
    days = parts["days"] + 7 * parts["weeks"] + -(-parts["hours"] // 24)
    return moved + timedelta(days=days)


def describe_duration(duration: str) -> str:
    """Return « 15 ans », « 6 mois », « 1 an et 6 mois »; empty for none."""
    if not duration:
        return ""
    parts = _parts(duration)
    counts = [
        f"{parts[name]} {one if parts[name] == 1 else many}"
        for name, one, many in _WORDS
        if parts[name]
    ]
    return " et ".join(counts) or "sans délai"


def read_day(text: str) -> date:
    """Return the day that a text writes, the French way or the ISO one.

    « 12/3/27 », « 120327 », « 12 mars 2027 »; a month alone, « 3/2027 » or
    « mars 2027 », is its first day.

    Raises:
        ValueError: when it is no day.
    """
    typed = text.strip()
    if named := _MONTH.fullmatch(fold(typed)):
        months = months_begun(named[2])
        typed = f"{named[1] or 1}/{months[0] if len(months) == 1 else 0}/{named[3]}"
    if alone := _FRENCH_MONTH.fullmatch(typed):
        typed = f"1/{alone[1]}/{alone[2]}"
    if french := _FRENCH.fullmatch(typed) or _DIGITS.fullmatch(typed):
        day, month, year = french.groups()
        if len(year) <= _SHORT_YEAR:  # « 27 » is 2027, « 90 » is 1990
            century = FIRST_YEAR // _CENTURY * _CENTURY
            is_past = century + int(year) >= FIRST_YEAR
            year = str(century + int(year) + (0 if is_past else _CENTURY))
        typed = f"{year}-{month:0>2}-{day:0>2}"
    return date.fromisoformat(typed)


def months_begun(letters: str) -> list[int]:
    """Return the numbers of the months that begin so: « ju » is 6 and 7."""
    begun = fold(letters)
    return [n for n, month in enumerate(MONTHS, 1) if fold(month).startswith(begun)]


def day_typed(
    text: str, *, until: date | None = None, since: date | None = None
) -> date:
    """Return the day that a person typed.

    Without its year, « 28/11 », « 2811 », « 28 nov », it is the last one `until` today,
    or the first one `since` today; refused where neither is known, as « hier ».

    Raises:
        DiagError: when it is no day, or far from any audit.
    """
    try:
        today = until or since
        day = today and (
            day_around(text, today) or nearest_day(text, today, is_past=bool(until))
        )
        day = day or read_day(text)
    except ValueError as error:
        problem = "n'est pas une date. Écrivez par exemple 31/01/2027 ou 2027-01-31."
        if lacks_year(text):
            problem = "ne dit pas l'année. Ajoutez-la."
        raise DiagError(f"« {text.strip()[:40]} » {problem}", about="on") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DiagError(
            f"{day:%d/%m/%Y} est hors limites : de {FIRST_YEAR} à {LAST_YEAR}. "
            "Vérifiez l'année.",
            about="on",
        )
    return day


DAYS_AROUND = {"avant hier": -2, "hier": -1, "aujourd hui": 0, "demain": 1}
"""Folded words that say a day from today."""


def day_around(text: str, today: date) -> date | None:
    """Return the day that « hier » names; None when it is no such word."""
    days = DAYS_AROUND.get(fold(text))
    return None if days is None else today + timedelta(days)


def nearest_day(text: str, today: date, *, is_past: bool) -> date | None:
    """Return the last or the next day that bears a day and a month alone.

    « 28/11 », « 2811 », « 28 nov »; None when it is no such text.
    """
    typed = text.strip()
    if not typed[:1].isdecimal():
        return None
    joint = "" if typed.isdecimal() else " " if typed[-1].isalpha() else "/"
    way = -1 if is_past else 1
    for year in range(today.year, today.year + 9 * way, way):  # 1896 to 1904: 29 Feb.
        with suppress(ValueError):
            day = read_day(f"{typed}{joint}{year}")
            if (day <= today) if is_past else (day >= today):
                return day
    return None


def lacks_year(text: str) -> bool:
    """Return whether a text is a day and a month alone."""
    return nearest_day(text, date(FIRST_YEAR, 1, 1), is_past=True) is not None


def written_day(iso: str) -> str:
    """Return an ISO day as people type it, 31/01/2027; other texts as they stand."""
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


@lru_cache(maxsize=64)  # a dozen durations are asked of each answer
def _parts(duration: str) -> Mapping[str, int]:
    found = _DURATION.fullmatch(duration)
    if found is None or duration in {"P", "PT"} or duration.endswith("T"):
        raise ValueError(f"« {duration} » n'est pas une durée ISO 8601")
    return {name: int(text or 0) for name, text in found.groupdict().items()}


def local_day(at: int) -> date:
    """Return the day of a wall clock, by the machine's own calendar."""
    return _local(at).date()


def day_words(at: int) -> str:
    """Return the local day of a wall clock: « 05/10/2026 »."""
    return local_day(at).strftime("%d/%m/%Y")


def time_words(at: int) -> str:
    """Return the local day and time of a wall clock: « 05/10/2026 09:12 »."""
    return _local(at).strftime("%d/%m/%Y %H:%M")


def moment_words(at: int) -> str:
    """Return the same in a sentence: « 05/10/2026 à 09 h 12 »."""
    return _local(at).strftime("%d/%m/%Y à %H h %M")


def hour_words(at: int) -> str:
    """Return the local time of a wall clock: « 10 h 05 », « 11 h »."""
    local = _local(at)
    minutes = f"\u00a0{local:%M}" if local.minute else ""
    return f"{local.hour}\u00a0h{minutes}"


def gap_words(minutes: int) -> str:
    """Return « 12 min », « 3 h », « 54 jours », « 2 ans »: how far a clock is."""
    for size, word in ((365 * 1440, "ans"), (1440, "jours"), (60, "h")):
        if minutes >= 2 * size:
            return f"{minutes // size} {word}"
    return f"{minutes} min"


_HOUR = re.compile(r"(\d{1,2})(?:[h:. ]+(\d\d))?[h ]*|(\d{1,2})(\d\d)")


def hour_typed(text: str, day: date) -> int:
    """Return the wall clock of an hour typed, that day: « 10 h 05 », « 9:30 », « 11 ».

    Raises:
        DiagError: when it is no hour.
    """
    found = _HOUR.fullmatch(fold(text))
    hour, minute = (
        int(each)
        for each in (
            (found[1] or found[3], found[2] or found[4] or 0) if found else (99, 0)
        )
    )
    if hour >= 24 or minute >= 60:  # noqa: PLR2004 - a day and an hour
        raise DiagError(f"« {text[:20]} » n'est pas une heure. Écrivez 10 h 05.")
    at = datetime(day.year, day.month, day.day, hour, minute).astimezone()
    return int(at.timestamp() * 1000)


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(min(at, _LAST) / 1000, UTC).astimezone()
