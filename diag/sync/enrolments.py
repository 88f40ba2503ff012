"""The hubs that know this laptop: a file each, beside the journal, for its owner only.

Not in the journal: its copies go to shared folders. The token of each is kept by the
system's keyring, or by its file where there is none.
"""

from pathlib import Path

from pydantic import Field, ValidationError

from diag.model.errors import DiagError
from diag.sync.private import write_private
from diag.sync.protocol import Right, Wire
from diag.sync.system_keyring import forget_text, keep_text, kept_text

FOLDER = "hubs"
"""Folder of the workspace."""


SERVICE = "diag-hub"
"""What the system's keyring files tokens under."""


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
    """Empty when the keyring keeps it."""
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
    token = enrolment.token
    if token and keep_text(SERVICE, _token_name(enrolment), token):
        enrolment = enrolment.model_copy(update={"token": ""})
    content = enrolment.model_dump_json(indent=1).encode("utf-8")
    write_private(_path(folder, enrolment.hub), content)


def token_of(enrolment: Enrolment) -> str:
    """Return the token that a hub gave to this laptop.

    Raises:
        DiagError: when the keyring keeps it and does not give it.
    """
    token = enrolment.token or kept_text(SERVICE, _token_name(enrolment))
    if not token:
        raise DiagError(
            f"Le jeton pour {enrolment.name} n'est pas dans le trousseau de cette "
            "session. Ouvrez-la avec le compte qui a inscrit ce poste, ou demandez "
            "une nouvelle invitation à l'administrateur du serveur."
        )
    return token


def drop_enrolment(folder: Path, enrolment: Enrolment) -> None:
    """Forget a hub, and its token."""
    _path(folder, enrolment.hub).unlink(missing_ok=True)
    if not enrolment.token:
        forget_text(SERVICE, _token_name(enrolment))


def _token_name(enrolment: Enrolment) -> str:
    """Return under what a token is kept: two workspaces are two devices there."""
    return f"{enrolment.hub}-{enrolment.device}"


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
