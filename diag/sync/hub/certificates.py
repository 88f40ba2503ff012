"""Certificates of a hub: its own authority, and what it signs; pairs that go together.

An office that has no certificate of its own gets an authority with its hub. Laptops pin
it: neither another one nor the public ones are believed.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from diag.model.errors import DiagError
from diag.sync.trust import alone, write_private

AUTHORITY = "ca.pem"
"""The authority, which laptops download."""

AUTHORITY_KEY = "ca-key.pem"

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
    write_private(folder / AUTHORITY_KEY, _key_pem(key))
    write_private(folder / AUTHORITY, _pem(certificate))


def certify(folder: Path, host: str, day: datetime) -> None:
    """Make the hub's certificate for its name, signed by the folder's authority.

    Raises:
        DiagError: when the authority's key is that of another authority.
    """
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    signing = serialization.load_pem_private_key(
        (folder / AUTHORITY_KEY).read_bytes(), None
    )
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    if signing.public_key() != authority.public_key():
        raise DiagError(
            f"{folder} : {AUTHORITY} et {AUTHORITY_KEY} ne vont pas ensemble. Le "
            "serveur n'est pas lancé. Remettez ces deux fichiers d'une même copie du "
            "serveur : les postes ne croient que cette autorité."
        )
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
        .add_extension(x509.SubjectAlternativeName([_name_host(host)]), critical=False)
        .sign(signing, hashes.SHA256())
    )
    whole = _key_pem(key) + _pem(certificate) + _pem(authority)
    write_private(folder / CERTIFICATE, whole)
    (folder / _FORMER_KEY).unlink(missing_ok=True)


def keep_valid(folder: Path, host: str, day: datetime) -> Path:
    """Return the hub's certificate, made anew when it is due; its key is in it.

    Raises:
        DiagError: when the authority's key is that of another authority.
    """
    with alone(folder / _LOCK):
        if is_due(folder, day):
            certify(folder, host, day)
    return folder / CERTIFICATE


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


def _name_host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


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
