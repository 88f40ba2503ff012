"""Dates as French prints them, and durations that lead from one to another."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
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


def long_date(day: date) -> str:
    """Return « 12 mars 2026 », and « 1er mars 2026 » for a first."""
    first = "er" if day.day == 1 else ""
    return f"{day.day}{first} {_MONTHS[day.month - 1]} {day.year}"


def spoken_day(iso: str) -> str:
    """Return an ISO day or month as French prints it; other texts as they stand."""
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", iso):
        return f"{_MONTHS[int(month[2]) - 1]} {month[1]}"
    try:
        return long_date(date.fromisoformat(iso))
    except ValueError:
        return iso


def day_of(milliseconds: int) -> date:
    """Return the day of a wall clock, UTC: the same on every machine."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def later(day: date, duration: str) -> date:
    """Return the day an ISO 8601 duration after `day`; hours count as a whole day.

    Raises:
        ValueError: when `duration` is no such text.
    """
    parts = _parts(duration)
    month = day.month - 1 + parts["months"]
    year, month = day.year + parts["years"] + month // 12, month % 12 + 1
    moved = day.replace(year=year, month=month, day=min(day.day, _last(year, month)))
    days = parts["days"] + 7 * parts["weeks"] + -(-parts["hours"] // 24)
    return moved + timedelta(days=days)


def spoken_duration(duration: str) -> str:
    """Return « 15 ans », « 6 mois », « 1 an et 6 mois »; empty for none."""
    if not duration:
        return ""
    parts = _parts(duration)
    said = [
        f"{parts[name]} {one if parts[name] == 1 else many}"
        for name, one, many in _WORDS
        if parts[name]
    ]
    return " et ".join(said) or "sans délai"


def _parts(duration: str) -> dict[str, int]:
    found = _DURATION.fullmatch(duration)
    if found is None or duration in {"P", "PT"} or duration.endswith("T"):
        raise ValueError(f"« {duration} » n'est pas une durée ISO 8601")
    return {name: int(text or 0) for name, text in found.groupdict().items()}


def _last(year: int, month: int) -> int:
    return monthrange(year, month)[1]
