"""The keys of a device: one that signs its bundles, one that opens what is for it.

Kept by the system's keyring, else in a file of the workspace that only its owner reads.
"""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from pydantic import Field, ValidationError

from diag.model.errors import DiagError
from diag.sync.bundle.sealing import age
from diag.sync.private import write_private
from diag.sync.protocol import Wire
from diag.sync.system_keyring import keep_text, kept_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


FILE = "keys.json"
"""Where they are kept, in the workspace, when the system has no keyring."""


_SERVICE = "diag-bundle"


_PREFIX = "diag1"


_CHECK = 8


_PARTS = 4


class Card(NamedTuple):
    """The public keys of a device: what one hands to colleagues."""

    sign: str
    """Ed25519, hexadecimal: proves who wrote."""
    age: str
    """age recipient: what is sealed for it, only it opens."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what was typed or pasted.

        Raises:
            DiagError: when it is no key, or was copied wrong.
        """
        parts = "".join(text.split()).lower().split("-")
        card = cls(*parts[1:3]) if len(parts) == _PARTS else None
        if card is None or str(card) != "-".join(parts) or not card.is_right:
            raise DiagError(
                "Ce n'est pas une clé de diag, ou il en manque un morceau. Votre "
                "collègue la donne par « diag bundle keys » : diag1-…, à copier en "
                "entier."
            )
        return card

    @property
    def is_right(self) -> bool:
        """Say whether both keys are keys."""
        sealing = age()
        try:
            sealing.x25519.Recipient.from_str(self.age)
        except sealing.RecipientError:
            return False
        return len(self.sign) == _KEY and set(self.sign) <= set("0123456789abcdef")

    @property
    def device(self) -> str:
        """Return the name of the device's own folder in a shared one."""
        return sha256(self.sign.encode()).hexdigest()[:32]

    @property
    def fingerprint(self) -> str:
        """Return what two people read to each other on the telephone."""
        digest = sha256(f"{self.sign}-{self.age}".encode()).hexdigest()[:16]
        return "-".join(digest[at : at + 4] for at in range(0, len(digest), 4))

    def __str__(self) -> str:
        """Return one line, with its own check."""
        body = f"{_PREFIX}-{self.sign}-{self.age}"
        return f"{body}-{sha256(body.encode()).hexdigest()[:_CHECK]}"


_KEY = 64


class DeviceKeys(Wire):
    """Both private keys."""

    sign: str = Field(pattern=r"^[0-9a-f]{64}$")
    age: str = Field(pattern=r"^AGE-SECRET-KEY-1[0-9A-Z]+$")

    @property
    def card(self) -> Card:
        """Return the public ones."""
        public = _signing(self.sign).public_key().public_bytes_raw().hex()
        return Card(public, str(age().x25519.Identity.from_str(self.age).to_public()))

    def sign_bytes(self, content: bytes) -> str:
        """Return the signature of some bytes, hexadecimal."""
        return _signing(self.sign).sign(content).hex()


class Kept(NamedTuple):
    """The keys of this device, and where they are."""

    keys: DeviceKeys
    path: Path | None
    """Their file; None when the keyring keeps them."""


def device_keys(folder: Path, owner: str) -> Kept:
    """Return the keys of this device, made at the first use.

    `owner`: what the keyring files them under.

    Raises:
        DiagError: when they are there and cannot be read; no others are made.
    """
    path = folder / FILE
    if path.exists():
        return Kept(_read(path), path)
    text = kept_text(_SERVICE, owner)
    if text is not None:
        return Kept(_parsed(text.encode(), "Le trousseau du système"), None)
    keys = _fresh()
    if keep_text(_SERVICE, owner, keys.model_dump_json()):
        return Kept(keys, None)
    write_private(path, keys.model_dump_json().encode())
    return Kept(keys, path)


def file_keys(folder: Path) -> DeviceKeys:
    """Return the keys of a hub, kept in its folder, made at the first use.

    Raises:
        DiagError: when they are there and cannot be read; no others are made.
    """
    path = folder / FILE
    if not path.exists():
        write_private(path, _fresh().model_dump_json().encode())
    return _read(path)


def _fresh() -> DeviceKeys:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    key = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    return DeviceKeys(sign=key, age=str(age().x25519.Identity.generate()))


def _signing(key: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))


def _read(path: Path) -> DeviceKeys:
    return _parsed(path.read_bytes(), str(path))


def _parsed(text: bytes, where: str) -> DeviceKeys:
    try:
        return DeviceKeys.model_validate_json(text)
    except ValidationError as error:
        raise DiagError(
            f"{where} : les clés de ce poste sont illisibles. Restaurez-les d'une "
            "sauvegarde ; sans elles, les paquets écrits pour vous ne s'ouvrent plus."
        ) from error
