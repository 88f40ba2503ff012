"""What is true on a date only: funding schemes, and dates to watch.

Neither is judged. They are printed with the day on which they were known, and with
whom to check them: a scheme is never promised.
"""

from enum import StrEnum

from diag.model.base import Noun


class AidState(StrEnum):
    """Whether a funding scheme still takes applications."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Aid(Noun):
    """A funding scheme, as known on a date."""

    id: str
    title: str
    state: AidState
    applicant: str
    """Who applies: « la commune »."""
    conditions: str
    """What is asked of the applicant."""
    rate: str = ""
    """Share paid, in words, with the year it was seen."""
    ceiling: str = ""
    """Most that is paid, in words, with the year it was seen."""
    period: str = ""
    """When one applies, or applied."""
    ask: str
    """With whom to check before counting on it: « la préfecture »."""
    departments: tuple[str, ...] = ()
    """Départements it is open to, three characters each; empty: everywhere."""
    max_population: int | None = None
    """Inhabitants above which a commune surely gets nothing."""
    as_of: str
    """Date of what is told here: a year, a month or a day."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    note: str = ""

    def may_serve(self, department: str, population: int | None) -> bool:
        """Say whether a commune may ask for it; a closed scheme serves nobody."""
        somewhere = not self.departments or department in self.departments
        too_big = (
            population is not None
            and self.max_population is not None
            and population > self.max_population
        )
        return self.state is not AidState.CLOSED and somewhere and not too_big


class Deadline(Noun):
    """A legal or technical date to watch."""

    id: str
    title: str
    due: str = ""
    """The date: a year, a month or a day; empty when it differs or is not known."""
    what: str
    """What changes on that date, in a sentence."""
    ask: str
    """Who knows the exact date, or answers for it."""
    as_of: str
    """Date of what is told here: a year, a month or a day."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    verify_before_quoting: bool = False
    """A point of law, to be read in its text before it is quoted."""
    note: str = ""

    def has_passed(self, today: str) -> bool:
        """Say whether the date is over, `today` an ISO day; a year ends with it."""
        return bool(self.due) and self.due < today[: len(self.due)]
