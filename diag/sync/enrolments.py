"""The hubs that know this laptop: a file each, beside the journal, for its owner only.

Not in the journal: its copies go to shared folders, and these files hold tokens.
"""

from pathlib import Path

from pydantic import Field, ValidationError

from diag.model.errors import DiagError
from diag.sync.private import write_private
from diag.sync.protocol import Right, Wire

FOLDER = "hubs"
"""Folder of the workspace."""


class Enrolment(Wire):
    """What a laptop keeps of a hub."""

    hub: str = Field(pattern=r"^[0-9a-f]{1,64}$")
    """Its id."""
    name: str
    """Whose it is."""
    url: str
    authority: str = ""
    """The only authority that is believed, PEM; empty: the public ones."""
    token: str
    expires: int
    """When the token ends, UTC milliseconds."""
    device: int
    """This laptop's number there."""
    territories: tuple[str, ...]
    right: Right
    key: str = ""
    """The hub's public keys: bundles are sealed for it as for a colleague."""


def enrolments_in(folder: Path) -> tuple[Enrolment, ...]:
    """Return the hubs that know a workspace, in the order of their files.

    Raises:
        DiagError: when a file cannot be read.
    """
    return tuple(map(_read, sorted((folder / FOLDER).glob("*.json"))))


def keep_enrolment(folder: Path, enrolment: Enrolment) -> None:
    """Write what is known of a hub, for the owner alone, whole or not at all."""
    content = enrolment.model_dump_json(indent=1).encode("utf-8")
    write_private(_path(folder, enrolment.hub), content)


def drop_enrolment(folder: Path, hub: str) -> None:
    """Forget a hub."""
    _path(folder, hub).unlink(missing_ok=True)


def _path(folder: Path, hub: str) -> Path:
    return folder / FOLDER / f"{hub}.json"


def _read(path: Path) -> Enrolment:
    try:
        return Enrolment.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DiagError(
            f"{path} est illisible. Supprimez-le, puis demandez une nouvelle "
            "invitation à l'administrateur du serveur."
        ) from error
