"""The mail password: kept by the system's keyring, or typed each time; nowhere else."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from diag.desk.sending.account import Account
from diag.model.errors import DiagError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "diag-smtp"
"""What the system's keyring files it under."""

NO_KEYRING = (
    "Ce système n'a pas de trousseau de mots de passe : le vôtre sera demandé à "
    "chaque envoi, et n'est gardé nulle part."
)
"""What is said where nothing can keep a password."""


def kept_password(account: Account) -> SecretStr | None:
    """Return the password that the keyring holds; None when it holds none, or fails."""
    try:
        found = _keyring().get_password(SERVICE, _name(account))
    except Exception:  # noqa: BLE001 - keyrings fail in many ways; one can still type it
        return None
    return SecretStr(found) if found else None


def keep_password(account: Account, password: SecretStr) -> None:
    """Have the keyring keep a password.

    Raises:
        DiagError: when the system has no keyring, or it refuses.
    """
    from keyring.errors import NoKeyringError  # noqa: PLC0415 - 90 ms, as below

    try:
        _keyring().set_password(SERVICE, _name(account), password.get_secret_value())
    except NoKeyringError:
        raise DiagError(NO_KEYRING) from None
    except Exception:  # noqa: BLE001 - as above; what it says may hold the password
        raise DiagError(
            "Le trousseau du système a refusé le mot de passe (verrouillé ?). "
            "Déverrouillez-le et recommencez ; sinon il sera demandé à chaque envoi."
        ) from None


def forget_password(account: Account) -> bool:
    """Have the keyring forget a password; False when it held none."""
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        _keyring().delete_password(SERVICE, _name(account))
    except KeyringError:
        return False
    return True


def has_keyring() -> bool:
    """Say whether this system keeps passwords."""
    from keyring.backends.fail import Keyring as Nothing  # noqa: PLC0415
    from keyring.backends.null import Keyring as Forgetful  # noqa: PLC0415

    return not isinstance(_keyring(), Nothing | Forgetful)


def _keyring() -> "KeyringBackend":
    from keyring import get_keyring  # noqa: PLC0415

    return get_keyring()


def _name(account: Account) -> str:
    return f"{account.user}@{account.host}"
