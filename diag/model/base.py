"""What every noun shares: immutable, strict about its fields; and a day."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

IsoDay = Annotated[
    str, AfterValidator(lambda text: date.fromisoformat(text).isoformat())
]
"""A day, ISO."""


class Noun(BaseModel):
    """An immutable record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
