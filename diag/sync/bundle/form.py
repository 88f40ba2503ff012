"""The form of a bundle, once opened: header, revision lines, attachments, trailer.

No file name inside: what could be written outside its folder does not exist.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field

from diag.journal.revision import MAX_LINE
from diag.sync.protocol import Wire

VERSION: Final = 1
"""Version of the form; a reader of an older one says so and reads nothing."""


SIGNED: Final = b"diag-bundle 1\n"
"""What precedes a digest when it is signed: a signature serves here and only here."""


Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256, or an Ed25519 public key, in hexadecimal digits."""


Natural = Annotated[int, Field(ge=0, lt=2**53)]
"""A count."""


class Limits(NamedTuple):
    """How much of a bundle is read, on every side."""

    file_bytes: int = 4 * 2**30
    """Largest file."""
    inflated_bytes: int = 8 * 2**30
    """Most bytes once inflated."""
    ratio: int = 100
    """Most bytes inflated from one: revisions reach forty, photos one."""
    free_bytes: int = 16 * 2**20
    """Inflated without looking at the ratio."""
    header_bytes: int = 16 * 2**20
    """Longest header."""
    line_bytes: int = MAX_LINE
    """Longest line elsewhere."""
    audits: int = 100_000
    revisions: int = 20_000_000
    refused: int = 1_000
    """Most lines that this version cannot read: each is kept in quarantine."""
    blobs: int = 500_000
    blob_bytes: int = 20 * 2**20
    """Largest attachment."""


class Held(Wire):
    """One audit of a bundle: always whole, so that no other bundle must come first."""

    audit: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    revisions: Natural
    digest: Sha
    about: Mapping[str, Any] | None = None
    """Whom it is about, for readers whose directory does not know it."""


class Header(Wire):
    """The first line."""

    format: Literal["diag-bundle"] = "diag-bundle"
    version: int = VERSION
    signer: Sha
    """Ed25519 public key of the device that wrote."""
    created: Natural
    """When, by its clock: shown, never compared."""
    revisions: Natural
    blobs: Natural
    audits: tuple[Held, ...]
    people: Mapping[str, Annotated[str, Field(max_length=400)]] = {}
    """Label → name of those who wrote in these audits, where known."""


class Frame(Wire):
    """The line before an attachment's bytes."""

    blob: Sha
    size: Natural


class Trailer(Wire):
    """The last line: nothing is believed before it was read and found right."""

    revisions: Natural
    blobs: Natural
    digest: Sha
    """SHA-256 of all before."""
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")
    """Ed25519, of `SIGNED` and the digest."""
