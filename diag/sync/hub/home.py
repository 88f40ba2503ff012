"""The folder of a hub: settings, territories, certificates, database, attachments.

An office that has no certificate of its own gets an authority with its hub. Laptops pin
it: neither another one nor the public ones are believed.
"""

import json
import os
import re
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError
from tempfile import TemporaryDirectory
from typing import Literal, Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import ValidationError

from diag.imports.intake import ImportReport, silent
from diag.imports.schools import import_annuaire
from diag.journal.connection import keep_private
from diag.journal.journal import Journal
from diag.journal.seals import HUB, Card, Signer, read_card
from diag.journal.territory import Territory
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError, install_command
from diag.model.text import clean_line
from diag.sync.hub.hub import Hub
from diag.sync.hub.service import PASSWORD
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE, Location, check_address
from diag.sync.keys import DeviceKeys, keep_file_keys, make_signing_key, read_file_keys
from diag.sync.protocol import RIGHTS, HubLimits, Right, Wire
from diag.sync.trust import (
    Invited,
    alone,
    compute_fingerprint,
    count_certificates,
    is_address,
    write_private,
)

SETTINGS = "hub.json"
DATABASE = "hub.db"
BLOBS = "blobs"

TLS = "tls"

VOUCHED = "keys-before.jsonl"
"""Names inside the folder."""

_REKEYING = "rekey.lock"
"""Held by the program that changes the keys."""

SYNDICAT = PlaceKind.SYNDICAT.value
"""The territory of the syndicat's own audit."""

_DEPARTMENT = re.compile(r"[0-9]{1,3}|0?2[AB]")
_COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")

AUTHORITY = "ca.pem"
"""The authority, which laptops download."""

_AUTHORITY_KEY = "ca-key.pem"

CERTIFICATE = "hub.pem"
"""The hub's key, its certificate, the authority's: one file, replaced as a whole."""

_LOCK = "hub.lock"
"""Held by the hub that makes the certificate."""

_FORMER_KEY = "hub-key.pem"
"""Where the key was when it had its own file: the two could come from two makers."""

_AUTHORITY_LIFE = timedelta(days=3653)
_LIFE = timedelta(days=397)
_RENEW = timedelta(days=60)

_BEFORE = timedelta(days=1)
"""A laptop's clock may be late."""


class HubSettings(Wire):
    """What an administrator chose once."""

    name: str
    """Name of its owner, for people."""
    url: str
    """Where laptops find it."""
    tls: Literal["own", "files", "proxy"] = "own"
    """Own authority; the office's certificate; or a proxy before the hub does it."""
    certificate: str = ""
    key: str = ""
    """The office's certificate and key, PEM files."""
    authority: str = ""
    """The office's authority, PEM file, when laptops do not know it already."""
    database: str = ""
    """Address of a PostgreSQL, without its password; empty: a file of the folder."""
    limits: HubLimits = HubLimits()

    def keep(self, path: Path) -> None:
        """Write them, for their owner alone."""
        write_private(path, self.model_dump_json(indent=1).encode("utf-8"))


Places = Sequence[tuple[Subject, Location]]
"""Whom an audit may be about, and where each is."""


class HubHome:
    """Where a hub lives."""

    def __init__(self, folder: Path, settings: HubSettings) -> None:
        self.folder = folder
        self.settings = settings

    @classmethod
    def create(cls, folder: Path, settings: HubSettings) -> Self:
        """Make the folder of a hub.

        Raises:
            DiagError: when there is one already, or the settings cannot be.
        """
        if (folder / SETTINGS).exists():
            raise DiagError(
                f"{folder} contient déjà un serveur. Pour le lancer : diag hub serve."
            )
        if not is_address(settings.url):
            raise DiagError(
                f"« {settings.url} » n'est pas une adresse. Écrivez-la comme les "
                "postes l'appelleront : https://serveur:8443."
            )
        if settings.database:
            check_address(settings.database)
        own = [settings.certificate, settings.key] if settings.tls == "files" else []
        for path in filter(None, [*own, settings.authority]):
            if not Path(path).is_file():
                raise DiagError(f"{path} : fichier introuvable. Vérifiez le chemin.")
        if settings.authority:  # laptops pin it: one fingerprint is one certificate
            pem = Path(settings.authority)
            number = count_certificates(pem.read_text("ascii", errors="replace"))
            if number != 1:
                raise DiagError(
                    f"{pem} contient {number or 'aucun'} "
                    f"certificat{'s' if number else ''}, il en faut un : celui de "
                    "l'autorité racine du bureau, seule, en PEM."
                )
        settings = settings.model_copy(update={"name": _name(settings.name)})
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(folder, 0o700)
        if settings.tls == "own":
            make_authority(folder / TLS, settings.name, datetime.now(UTC))
        made = cls(folder, settings)
        made.store().close()
        settings.keep(folder / SETTINGS)
        return made

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the hub that lives in a folder.

        Raises:
            DiagError: when none does.
        """
        path = folder / SETTINGS
        if not path.exists():
            raise DiagError(
                f"Aucun serveur dans {folder}. Créez-le : diag hub init --url "
                'https://serveur:8443 --name "Nom du syndicat".'
            )
        keep_private(folder, 0o700)
        try:
            return cls(folder, HubSettings.model_validate_json(path.read_bytes()))
        except ValidationError as error:
            where = {str(problem["loc"][0]) for problem in error.errors()}
            raise DiagError(
                f"{path} : réglages illisibles ({', '.join(sorted(where))}). "
                "Corrigez-les."
            ) from error

    def on(self, database: str) -> Self:
        """Return the same hub on another database.

        Raises:
            DiagError: when its address cannot be.
        """
        moved = self.settings.model_copy(update={"database": check_address(database)})
        return type(self)(self.folder, moved)

    def store(self, *, readonly: bool = False) -> Store:
        """Open the database: a file of the folder, or a PostgreSQL.

        `readonly`: nothing is written, not even the tables of a newer version.

        Raises:
            DiagError: when it cannot be opened.
        """
        if not self.settings.database:
            return Store(SqliteEngine(self.folder / DATABASE, readonly=readonly))
        if (kept := self.folder / PASSWORD).exists():
            os.environ.setdefault("PGPASSFILE", str(kept))
        # The extra `hub`; it costs 40 ms, and most hubs are one file.
        try:
            from diag.sync.hub.postgres import PostgresEngine  # noqa: PLC0415
        except ImportError as error:
            raise DiagError(
                "Il manque de quoi lire PostgreSQL. Installez-le.",
                command=install_command("hub"),
            ) from error
        return Store(PostgresEngine(self.settings.database, readonly=readonly))

    def put_places(self, places: Places) -> None:
        """Have the hub know where subjects are; audits follow at once."""
        with closing(self.store()) as store:
            store.put_directory(places)

    def teach(self, path: Path) -> ImportReport:
        """Have the hub know the schools of the ministry's list.

        Raises:
            DiagError: when the file or the hub cannot be used.
        """
        report, places = read_places(path)
        self.put_places(places)
        return report

    def hub(self, store: Store) -> Hub:
        """Return the hub over an open database."""
        return Hub(
            store,
            self.folder / BLOBS,
            name=self.settings.name,
            limits=self.settings.limits,
            key=self.key,
            signer=self.signer,
            vouched=self.vouched,
        )

    @property
    def vouched(self) -> tuple[Card, ...]:
        """Return the cards by which each former key vouches for the one after it.

        Up to the key by which it signs: a card that was written before a change was
        cut vouches for a key that nobody holds, and laptops would follow it.
        """
        path = self.folder / VOUCHED
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        cards = tuple(filter(None, map(read_card, lines)))
        own = self.signer.key if cards and self.signer else ""
        ends = [at for at, card in enumerate(cards, 1) if card.key == own]
        return cards[: max(ends, default=0)]

    def rekey(self, at: int, *, is_lost: bool = False) -> None:
        """Have the hub sign with a new key, for which the one before vouches.

        `is_lost`: somebody else may hold the one before: it vouches for nothing, and
        each laptop needs a new invitation. What opens bundles stays.

        Raises:
            DiagError: when the keys cannot be read, or this system seals nothing.
        """
        with alone(self.folder / _REKEYING):  # the card of each is signed by the last
            old = self.keys
            new = make_signing_key(old)
            card = Card(new.card.sign, HUB, HUB, (EVERYWHERE,), at, 0)
            card = card._replace(sig=old.sign_bytes(card.content()))
            if is_lost:
                keep_file_keys(self.folder, new)
                write_private(self.folder / VOUCHED, b"")
                return
            lines = (json.dumps(each._asdict()) for each in (*self.vouched, card))
            write_private(self.folder / VOUCHED, "\n".join(lines).encode())
            keep_file_keys(self.folder, new)

    @property
    def signer(self) -> Signer | None:
        """Return what signs cards and seals; None where nothing seals."""
        try:
            return self.keys.signer
        except DiagError:
            return None

    @property
    def keys(self) -> DeviceKeys:
        """Return the keys that open bundles sealed for this hub, and sign its own.

        Raises:
            DiagError: when they cannot be read, or this system seals nothing.
        """
        return read_file_keys(self.folder)

    @property
    def key(self) -> str:
        """Return the public ones, as laptops keep them; empty where nothing seals."""
        try:
            return str(self.keys.card)
        except DiagError:
            return ""

    @property
    def authority(self) -> str:
        """Return the authority that laptops pin, PEM; empty for a public one."""
        if self.settings.tls == "own":
            return (self.folder / TLS / AUTHORITY).read_text("ascii")
        chosen = self.settings.authority
        return Path(chosen).read_text("ascii", "replace") if chosen else ""

    @property
    def host(self) -> str:
        """Return the name that laptops call."""
        return urlsplit(self.settings.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the port that laptops call."""
        return urlsplit(self.settings.url).port or 443

    def certificate(self) -> tuple[Path, Path]:
        """Return the certificate and its key, renewed when theirs is near its end.

        Raises:
            DiagError: when a certificate and its key do not go together, or the
                authority's key is that of another authority.
        """
        if self.settings.tls == "files":
            pair = Path(self.settings.certificate), Path(self.settings.key)
            check_pair(*pair)
            return pair
        folder, day = self.folder / TLS, datetime.now(UTC)
        with alone(folder / _LOCK):
            if is_due(folder, day):
                certify(folder, self.host, day)
        return folder / CERTIFICATE, folder / CERTIFICATE

    def invite(
        self, person: str, territories: tuple[str, ...], right: Right
    ) -> Invited:
        """Return what to give to the person whose laptop is let in.

        Raises:
            DiagError: when a territory or the right cannot be.
        """
        _check_right(right)
        scopes = []
        for typed in territories:
            territory, equal, own = (part.strip() for part in typed.partition("="))
            if equal:
                _check_right(own)
            scopes.append(f"{parse_territory(territory)}{equal}{own}")
        name = _name(person)
        with closing(self.store()) as store:
            code = self.hub(store).door.invite(name, tuple(scopes), right)
        mark = compute_fingerprint(self.authority) if self.authority else ""
        return Invited(self.settings.url, mark, code)


def _check_right(right: str) -> None:
    if right not in RIGHTS:
        raise DiagError(f"Droit « {right} » inconnu : {', '.join(RIGHTS)}.")


def _name(typed: str) -> str:
    """Return a name as it is shown: one line, nothing that moves a terminal.

    Raises:
        DiagError: when nothing is left, or it cannot be read.
    """
    try:
        name = clean_line(typed)
    except ValueError as error:
        raise DiagError(f"Nom refusé : {error}.") from error
    if not name:
        raise DiagError("Il manque un nom : donnez celui que les collègues liront.")
    return name


def parse_territory(typed: str) -> str:
    """Return a territory: `095` for « 95 », a commune's code, the syndicat, or all.

    Raises:
        DiagError: when it is none of them.
    """
    text = typed.strip()
    if text == EVERYWHERE or text.lower() == SYNDICAT:
        return text.lower()
    code = text.upper()
    if _DEPARTMENT.fullmatch(code):
        return code.zfill(3)
    if _COMMUNE.fullmatch(code):
        return code
    raise DiagError(
        f"Territoire « {typed} » inconnu : un département (95), une commune "
        "(95127, son code INSEE), « syndicat », ou * pour tout."
    )


def read_places(path: Path) -> tuple[ImportReport, Places]:
    """Read the ministry's list of schools: where each school and commune is.

    Raises:
        DiagError: when the file cannot be used.
    """
    with TemporaryDirectory() as folder, Journal.open(Path(folder)) as journal:
        territory = Territory(journal.connection)
        report = import_annuaire(path, territory, silent)
        places = [
            (
                Subject(kind=PlaceKind.ECOLE, code=line.uai),
                Location(line.department, line.insee),
            )
            for line in territory.schools()
        ]
        places += [
            (
                Subject(kind=PlaceKind.COMMUNE, code=commune.insee),
                Location(commune.department, commune.insee),
            )
            for commune in territory.communes()
        ]
    return report, places


def find_unknown_territories(store: Store, typed: Sequence[str]) -> list[str]:
    """Return the territories where the office's directory has no school."""
    return [
        territory
        for territory in typed
        if (scope := parse_territory(territory.partition("=")[0]))
        not in {EVERYWHERE, SYNDICAT}
        and not store.places({scope})
    ]


def check_pair(certificate: Path, key: Path) -> None:
    """Check that a certificate and its key go together.

    Raises:
        DiagError: when they do not, or one of them cannot be read.
    """
    for path in (certificate, key):
        path.read_bytes()
    try:
        SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except SSLError as error:
        raise DiagError(
            f"{certificate} et {key} : ce certificat et cette clé ne vont pas "
            "ensemble, ou l'un des deux ne se lit pas (PEM, clé sans mot de passe). "
            "Le serveur n'est pas lancé. Remettez les deux fichiers de la même "
            "délivrance, puis relancez : diag hub serve."
        ) from error


def make_authority(folder: Path, name: str, day: datetime) -> None:
    """Make an authority, once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name_certificate(f"diag - {name}")
    certificate = (
        _builder(subject, subject, key.public_key(), day, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / _AUTHORITY_KEY, _key_pem(key))
    write_private(folder / AUTHORITY, _pem(certificate))


def certify(folder: Path, host: str, day: datetime) -> None:
    """Make the hub's certificate for its name, signed by the folder's authority.

    Raises:
        DiagError: when the authority's key is that of another authority.
    """
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    signing = serialization.load_pem_private_key(
        (folder / _AUTHORITY_KEY).read_bytes(), None
    )
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    if signing.public_key() != authority.public_key():
        raise DiagError(
            f"{folder} : {AUTHORITY} et {_AUTHORITY_KEY} ne vont pas ensemble. Le "
            "serveur n'est pas lancé. Remettez ces deux fichiers d'une même copie du "
            "serveur : les postes ne croient que cette autorité."
        )
    named: x509.GeneralName = x509.DNSName(host)
    with suppress(ValueError):
        named = x509.IPAddress(ip_address(host))
    key = ec.generate_private_key(ec.SECP256R1())
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    certificate = (
        _builder(
            _name_certificate(host), authority.subject, key.public_key(), day, _LIFE
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(server, critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .sign(signing, hashes.SHA256())
    )
    whole = _key_pem(key) + _pem(certificate) + _pem(authority)
    write_private(folder / CERTIFICATE, whole)
    (folder / _FORMER_KEY).unlink(missing_ok=True)


def is_due(folder: Path, day: datetime) -> bool:
    """Whether the hub's certificate is missing, not its key's, or ends soon."""
    try:
        pem = (folder / CERTIFICATE).read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, None)
    except (FileNotFoundError, ValueError):
        return True
    if key.public_key() != certificate.public_key():
        return True
    return certificate.not_valid_after_utc - _RENEW < day


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    day: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    day = day.astimezone(UTC)
    return (
        x509
        .CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - _BEFORE)
        .not_valid_after(day + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name_certificate(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
