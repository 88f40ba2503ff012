"""Keys: of this device, of its colleagues, of the office; the library that seals.

A device has a key that signs its bundles, and a key that opens what is for it; they
are kept by the system's keyring, else in a file that only their owner reads.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic import Field, ValidationError

from diag.journal.journal import Journal, get_setting, put_setting
from diag.journal.revision import is_hash
from diag.journal.seals import Signer
from diag.model.audit import Digest
from diag.model.errors import DiagError
from diag.model.text import clean_line, fold
from diag.sync.protocol import Wire
from diag.sync.trust import alone, keep_secret, read_secret, write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


FILE = "keys.json"
"""Where they are kept, in the workspace, when the system has no keyring."""

_LOCK = "keys.lock"
"""Held by the program that makes them, or makes others."""

_SERVICE = "diag-bundle"
_PREFIX = "diag1"
_CHECK = 8
_PARTS = 4
_FORMS = "bundle.forms"
"""Signing key → the newest form of bundle that its owner reads."""

_RING = "bundle.keys"
_PRIVATE = "AGE-SECRET-KEY-"
_LARGEST = 65_536
"""Bytes read of a file that holds a private key: it has three lines."""


def load_age() -> ModuleType:
    """Return age's library: compiled, 20 ms.

    Raises:
        DiagError: on a system for which it is not built (Windows on ARM).
    """
    try:
        import pyrage  # noqa: PLC0415
    except ImportError as error:
        raise DiagError(
            "Les paquets chiffrés ne sont pas disponibles sur cet ordinateur (Windows "
            "sur ARM). Passez par le serveur du syndicat, ou par « diag audit export »."
        ) from error
    module: ModuleType = pyrage
    return module


class KeyCard(NamedTuple):
    """The public keys of a device, to hand to colleagues."""

    sign: str
    """Ed25519, hexadecimal: proves the writer."""
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
        """Whether both keys are keys."""
        sealing = load_age()
        try:
            sealing.x25519.Recipient.from_str(self.age)
        except sealing.RecipientError:
            return False
        return is_hash(self.sign)

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


class DeviceKeys(Wire):
    """Both private keys."""

    sign: Digest
    age: str = Field(pattern=r"^AGE-SECRET-KEY-1[0-9A-Z]+$")

    @property
    def card(self) -> KeyCard:
        """Return the public ones."""
        public = _signing(self.sign).public_key().public_bytes_raw().hex()
        return KeyCard(
            public, str(load_age().x25519.Identity.from_str(self.age).to_public())
        )

    @property
    def signer(self) -> Signer:
        """Return what seals with them."""
        return Signer(self.card.sign, self.sign_bytes)

    def sign_bytes(self, content: bytes) -> str:
        """Return the signature of some bytes, hexadecimal."""
        return _signing(self.sign).sign(content).hex()


class KeptKeys(NamedTuple):
    """The keys of this device, and where they are."""

    keys: DeviceKeys
    path: Path | None
    """Their file; None when the keyring keeps them."""


def read_device_keys(folder: Path, owner: str) -> KeptKeys:
    """Return the keys of this device, made at the first use: once, by one program.

    `owner`: what the keyring files them under.

    Raises:
        DiagError: when they are there and cannot be read; no others are made.
    """
    kept = _find_keys(folder, owner)
    if kept is None:
        with alone(folder / _LOCK):
            kept = _find_keys(folder, owner)
            return kept or _keep_keys(folder, owner, _make_keys())
    return kept


def _find_keys(folder: Path, owner: str) -> KeptKeys | None:
    path = folder / FILE
    if path.exists():
        return KeptKeys(_read_keys(path), path)
    text = read_secret(_SERVICE, owner)
    if text is None:
        return None
    return KeptKeys(_parse(text.encode(), "Le trousseau du système"), None)


def renew_signing_key(folder: Path, owner: str) -> None:
    """Have this device sign with a new key; what opens what is for it stays.

    Raises:
        DiagError: when its keys cannot be read.
    """
    with alone(folder / _LOCK):
        kept = _find_keys(folder, owner)
        keys = make_signing_key(kept.keys) if kept else _make_keys()
        if kept and kept.path:
            write_private(kept.path, keys.model_dump_json().encode())
        else:
            _keep_keys(folder, owner, keys)


def make_signing_key(keys: DeviceKeys) -> DeviceKeys:
    """Return keys of which the one that signs is new; what opens stays."""
    return keys.model_copy(update={"sign": _make_keys().sign})


def _keep_keys(folder: Path, owner: str, keys: DeviceKeys) -> KeptKeys:
    path = folder / FILE
    if keep_secret(_SERVICE, owner, keys.model_dump_json()):
        return KeptKeys(keys, None)
    write_private(path, keys.model_dump_json().encode())
    return KeptKeys(keys, path)


def read_file_keys(folder: Path) -> DeviceKeys:
    """Return the keys of a hub, kept in its folder, made at the first use: once.

    Raises:
        DiagError: when they are there and cannot be read; no others are made.
    """
    path = folder / FILE
    if not path.exists():
        with alone(folder / _LOCK):
            if not path.exists():
                keep_file_keys(folder, _make_keys())
    return _read_keys(path)


def keep_file_keys(folder: Path, keys: DeviceKeys) -> None:
    """Keep the keys of a hub in its folder, over those that are there."""
    write_private(folder / FILE, keys.model_dump_json().encode())


def _make_keys() -> DeviceKeys:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    key = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    return DeviceKeys(sign=key, age=str(load_age().x25519.Identity.generate()))


def _signing(key: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))


def _read_keys(path: Path) -> DeviceKeys:
    return _parse(path.read_bytes(), str(path))


def _parse(text: bytes, where: str) -> DeviceKeys:
    try:
        return DeviceKeys.model_validate_json(text)
    except ValidationError as error:
        raise DiagError(
            f"{where} : les clés de ce poste sont illisibles. Restaurez-les d'une "
            "copie ; sans elles, les paquets écrits pour vous ne s'ouvrent plus."
        ) from error


class Ring:
    """The keys that this workspace knows: name of a colleague → public keys."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def cards(self) -> dict[str, KeyCard]:
        """Return the keys of each colleague."""
        kept = get_setting(self._journal, _RING, {})
        return {name: KeyCard(*keys) for name, keys in kept.items()}

    @property
    def signers(self) -> dict[str, str]:
        """Return the name of each known signer, by its key."""
        return {card.sign: name for name, card in self.cards.items()}

    def form_for(self, cards: Iterable[KeyCard]) -> int:
        """Return the newest form of bundle that all of these are known to read."""
        known = get_setting(self._journal, _FORMS, {})
        return min((known.get(card.sign, 1) for card in cards), default=1)

    def note_form(self, key: str, form: int) -> None:
        """Keep that who signs by a key reads a form of bundle."""
        known = get_setting(self._journal, _FORMS, {})
        if known.get(key, 1) < form:
            put_setting(self._journal, _FORMS, {**known, key: form})

    def add(self, name: str, card: KeyCard) -> str:
        """Keep a colleague's keys; return the name as it is kept.

        Raises:
            DiagError: when the name is taken by other keys, or the keys by another.
        """
        clean = clean_line(name)
        cards = self.cards
        taken = {fold(kept): kept for kept in cards}.get(fold(clean))
        if not clean or (taken and cards[taken] != card):
            raise DiagError(
                f"« {clean} » a déjà une autre clé. Retirez-la d'abord, après avoir "
                f'vérifié de vive voix : diag bundle keys remove "{clean}".'
                if clean
                else "Donnez le nom de votre collègue avant sa clé."
            )
        other = self.signers.get(card.sign)
        if other and other != taken:
            raise DiagError(f"Cette clé est déjà celle de « {other} ».")
        self._keep({**cards, taken or clean: card})
        return taken or clean

    def remove(self, name: str) -> str:
        """Forget a colleague's keys.

        Raises:
            DiagError: when no colleague has that name.
        """
        found = self.find(name)
        self._keep({kept: card for kept, card in self.cards.items() if kept != found})
        return found

    def keep_hub(self, name: str, key: str) -> None:
        """Keep the key of a hub that let this device in, over an older one."""
        with suppress(DiagError):  # nobody of that name yet, or a key of another form
            self.remove(name)
        with suppress(DiagError):
            self.add(name, KeyCard.read(key))

    def find(self, name: str) -> str:
        """Return a colleague's name as it is kept.

        Raises:
            DiagError: when no colleague has that name; proposes the nearest.
        """
        names = {fold(kept): kept for kept in self.cards}
        wanted = fold(clean_line(name))
        if wanted in names:
            return names[wanted]
        near = get_close_matches(wanted, names, n=1)
        hint = f" Vouliez-vous dire « {names[near[0]]} » ?" if near else ""
        raise DiagError(
            f"Aucune clé au nom de « {name[:60]} ».{hint} Demandez sa clé à votre "
            "collègue, puis : diag bundle keys add NOM CLE."
        )

    def _keep(self, cards: dict[str, KeyCard]) -> None:
        put_setting(
            self._journal, _RING, {name: list(card) for name, card in cards.items()}
        )


def read_recipients(keys: Sequence[str]) -> list[Any]:
    """Return the public keys `age1…` that may open, as age's library wants them.

    Raises:
        DiagError: when a key is no age key.
    """
    library = load_age()
    try:
        return [library.x25519.Recipient.from_str(each.strip()) for each in keys]
    except library.RecipientError as error:
        raise DiagError(
            "Ce n'est pas une clé publique age (age1…). « age-keygen » en fait une : "
            "le bureau garde la clé privée hors de cette machine."
        ) from error


def read_identities(path: Path) -> list[Any]:
    """Return the private keys of a file, as `age-keygen` writes them, one a line.

    Raises:
        DiagError: when it holds none, or cannot be read.
    """
    library = load_age()
    try:
        content = b""
        if path.is_file():  # a pipe would never end
            with path.open("rb") as file:
                content = file.read(_LARGEST)
        lines = content.decode("utf-8").splitlines()
        first, *others = [each for each in lines if each.startswith(_PRIVATE)]
        return [
            library.x25519.Identity.from_str(each.strip()) for each in (first, *others)
        ]
    except (OSError, ValueError, library.IdentityError) as error:
        raise DiagError(
            f"{path} : ce fichier n'est pas une clé privée age (une ligne {_PRIVATE}…)."
        ) from error
