"""What the system's keyring keeps for a laptop: its keys, the tokens of its hubs.

A machine without a keyring keeps them in files that only their owner reads.
"""

from contextlib import suppress

from diag.model.errors import DiagError

# The keyring's module costs 90 ms: for what needs a secret only.


def kept_text(service: str, name: str) -> str | None:
    """Return what the keyring keeps; None when it keeps nothing, or there is none.

    Raises:
        DiagError: when it does not answer: what is asked may be there.
    """
    from keyring import get_keyring  # noqa: PLC0415 - see above
    from keyring.errors import NoKeyringError  # noqa: PLC0415 - see above

    try:
        return get_keyring().get_password(service, name)
    except NoKeyringError:
        return None
    except Exception:  # noqa: BLE001 - keyrings fail in many ways, all told alike
        raise DiagError(
            "Le trousseau du système ne répond pas (verrouillé ?) : les clés de ce "
            "poste y sont peut-être. Déverrouillez-le, puis recommencez."
        ) from None


def keep_text(service: str, name: str, text: str) -> bool:
    """Have the keyring keep a text; say whether it really does."""
    from keyring import get_keyring  # noqa: PLC0415 - see above

    try:
        get_keyring().set_password(service, name, text)
        return get_keyring().get_password(service, name) == text
    except Exception:  # noqa: BLE001 - as above; a file keeps it then
        return False


def forget_text(service: str, name: str) -> None:
    """Have the keyring forget a text, if it keeps it."""
    from keyring import get_keyring  # noqa: PLC0415 - see above

    with suppress(Exception):  # as above: what is forgotten serves nobody any more
        get_keyring().delete_password(service, name)
