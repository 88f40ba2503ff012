"""A report that was sent: to whom, when, and which state of the audit it told."""

from datetime import date
from enum import StrEnum

from pydantic import Field, field_validator

from diag.model.base import Noun
from diag.model.enums import Audience


class Way(StrEnum):
    """How a report left."""

    DRAFT = "draft"
    """Handed to the mail program: diag does not know whether a person sent it."""
    SMTP = "smtp"
    """Sent by diag, and accepted by the mail server."""


class Dispatch(Noun):
    """One report that left for one reader."""

    id: str
    """UUID."""
    audience: Audience
    to: tuple[str, ...]
    """Addresses."""
    on: str
    """ISO day."""
    way: Way
    digest: str = Field(default="", pattern=r"^([0-9a-f]{64}|)$")
    """Of the audit, as the report told it."""
    edition: str = ""
    """Digest of the checklists that judged it."""
    message: str = ""
    """Message-ID."""
    provisional: bool = False
    """The audit was not closed yet."""

    @field_validator("on")
    @classmethod
    def _is_day(cls, text: str) -> str:
        date.fromisoformat(text)
        return text
