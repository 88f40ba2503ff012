"""Photos as evidence: what is kept of a picture beside its pixels."""

from typing import Annotated

from pydantic import Field

from diag.model.base import Noun

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256, hex."""


class Photo(Noun):
    """A picture that shows a place, and maybe answers or backs one question."""

    id: str
    """UUID."""
    sha: Digest
    """SHA-256 of the picture as kept, hex: its name among the attachments."""
    place: str
    """Id of the place that it shows."""
    question: str = ""
    """Id of the question that it is the evidence of; empty: the place at large."""
    caption: str = ""
    """What one sees on it, in the engineer's words."""
    taken_at: str = ""
    """ISO local time that the camera wrote, if it did; the only thing kept of it."""
    original: Digest
    """SHA-256 of the file that was given, hex: the same one is not kept twice."""
    mime: str
    size: int
    """Bytes of the picture as kept."""
