"""Keys of age that people hand over: who may open, and what opens."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diag.model.errors import DiagError
from diag.sync.bundle.sealing import age

_PRIVATE = "AGE-SECRET-KEY-"


def recipients_of(keys: Sequence[str]) -> list[Any]:
    """Return the public keys `age1…` that may open, as age's library wants them.

    Raises:
        DiagError: when one is no age key.
    """
    library = age()
    try:
        return [library.x25519.Recipient.from_str(each.strip()) for each in keys]
    except library.RecipientError as error:
        raise DiagError(
            "Ce n'est pas une clé publique age (age1…). « age-keygen » en fait une : "
            "l'office garde la clé privée hors de cette machine."
        ) from error


def identity_in(path: Path) -> Any:
    """Return the private key of a file, as `age-keygen` writes it.

    Raises:
        DiagError: when it holds none, or cannot be read.
    """
    library = age()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        (secret,) = [each for each in lines if each.startswith(_PRIVATE)]
        return library.x25519.Identity.from_str(secret.strip())
    except (OSError, ValueError, library.IdentityError) as error:
        raise DiagError(
            f"{path} : ce fichier n'est pas une clé privée age (une ligne {_PRIVATE}…)."
        ) from error
