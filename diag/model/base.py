"""What every noun shares: immutable, strict about its fields."""

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """An immutable record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
