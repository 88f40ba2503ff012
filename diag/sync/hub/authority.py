"""The office's own certificate authority, and the certificate of its hub.

Made with the hub, for offices that have no certificate of their own. Laptops pin the
authority: neither another one nor the public ones are believed.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from diag.sync.private import write_private

AUTHORITY = "ca.pem"
"""The authority, which laptops download."""


_AUTHORITY_KEY = "ca-key.pem"


CERTIFICATE = "hub.pem"
"""The hub's certificate, followed by the authority's."""


KEY = "hub-key.pem"
"""The hub's private key."""


_AUTHORITY_LIFE = timedelta(days=3653)


_LIFE = timedelta(days=397)


_RENEW = timedelta(days=60)


_BEFORE = timedelta(days=1)
"""A laptop's clock may be late."""


def make_authority(folder: Path, name: str, day: datetime) -> None:
    """Make an authority, once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(f"diag - {name}")
    certificate = (
        _builder(subject, subject, key.public_key(), day, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / _AUTHORITY_KEY, _key_pem(key))
    (folder / AUTHORITY).write_bytes(_pem(certificate))


def certify(folder: Path, host: str, day: datetime) -> None:
    """Make the hub's certificate for its name, signed by the folder's authority."""
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    signing = serialization.load_pem_private_key(
        (folder / _AUTHORITY_KEY).read_bytes(), None
    )
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    certificate = (
        _builder(_named(host), authority.subject, key.public_key(), day, _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(server, critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(host)]), critical=False)
        .sign(signing, hashes.SHA256())
    )
    write_private(folder / KEY, _key_pem(key))
    (folder / CERTIFICATE).write_bytes(_pem(certificate) + _pem(authority))


def is_due(folder: Path, day: datetime) -> bool:
    """Say whether the hub's certificate is missing, or ends within two months."""
    path = folder / CERTIFICATE
    if not path.exists():
        return True
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
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


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _host(host: str) -> x509.GeneralName:
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
