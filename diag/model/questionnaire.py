"""A printed questionnaire: whom it is for, and what it asks, by number."""

from datetime import date

from pydantic import Field, field_validator

from diag.model.base import Noun


class Questionnaire(Noun):
    """One page of questions, in the order in which they were printed."""

    id: str
    """The code at the foot of the page."""
    whom: str
    """`direction` or `equipe`."""
    questions: tuple[str, ...] = Field(min_length=1)
    """Ids: the first one is number 1."""
    on: str
    """ISO day."""

    @field_validator("on")
    @classmethod
    def _is_day(cls, text: str) -> str:
        date.fromisoformat(text)
        return text
