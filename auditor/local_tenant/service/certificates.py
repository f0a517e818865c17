"""Certificates of applications: a key and a self-signed certificate, in every form in which people keep them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """One certificate with its private key, in files that only their owner may read."""

    certificate: x509.Certificate = field(repr=False)
    pem_file: Path
    """Key (PKCS #8, not encrypted) and certificate."""
    protected_pem_file: Path
    """The same, with the key encrypted under `password`."""
    pfx_file: Path
    """PKCS #12 without a password."""
    protected_pfx_file: Path
    """PKCS #12 under `password`."""
    password: str = field(repr=False)

    @property
    def thumbprint(self) -> str:
        """As the portal shows it: SHA-1, upper-case hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303


def create(directory: Path, name: str, *, now: float, days: float = 365) -> CertificateFiles:
    """Makes a new RSA key and a certificate for it, valid from a day before `now` (seconds since the epoch) and for
    `days` after it (less than 0: it has expired), and writes them to `directory` as `NAME.pem` and so on."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.fromtimestamp(now, timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(today, today + timedelta(days=days)) - timedelta(days=1))
        .not_valid_after(today + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    password = secrets.token_urlsafe(12)
    locked, unlocked = serialization.BestAvailableEncryption(password.encode()), serialization.NoEncryption()

    def pem(encryption: serialization.KeySerializationEncryption) -> bytes:
        kept = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return kept + certificate.public_bytes(serialization.Encoding.PEM)

    def pfx(encryption: serialization.KeySerializationEncryption) -> bytes:
        return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, encryption)

    return CertificateFiles(
        certificate=certificate,
        pem_file=_written(directory / f"{name}.pem", pem(unlocked)),
        protected_pem_file=_written(directory / f"{name}-protected.pem", pem(locked)),
        pfx_file=_written(directory / f"{name}.pfx", pfx(unlocked)),
        protected_pfx_file=_written(directory / f"{name}-protected.pfx", pfx(locked)),
        password=password,
    )


def _written(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


@dataclass(frozen=True, slots=True)
class CertificateClient:
    """An application that signs in with a certificate."""

    client_id: str
    files: CertificateFiles
