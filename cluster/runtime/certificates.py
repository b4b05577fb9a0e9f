"""The local certificate authority, and the server certificate that kubectl and browsers are shown.

Both are kept in the data directory. The authority lives ten years and signs nothing but this
server; the certificate is made anew when it nears its end or the server's names changed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 365  # browsers refuse more than 398
RENEWED_DAYS_BEFORE = 30
BACKDATED = timedelta(hours=1)  # clocks of clients run slow
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are: the authority's certificate, and the server's with its key."""

    authority: Path
    authority_key: Path
    server: Path
    server_key: Path


def files(directory: Path) -> Certificates:
    """Return where the files are in a data directory, whether or not they exist."""
    tls = directory / "tls"
    return Certificates(tls / "ca.crt", tls / "ca.key", tls / "server.crt", tls / "server.key")


def ensure(directory: Path, names: Iterable[str] = ()) -> Certificates:
    """Make what is missing or old; `names` are hosts beside loopback. Returns the files.

    Raises OSError where the data directory cannot be written.
    """
    held = ensure_authority(directory)
    now = datetime.now(UTC)
    wanted = _names(names)
    authority = _loaded(held.authority, held.authority_key)
    assert authority is not None, "it was made just now"  # noqa: S101
    server = _loaded(held.server, held.server_key)
    if server is None or not _serves(server[0], authority[0], wanted, now):
        _save(held.server, held.server_key, _make_server(authority, wanted, now))
    return held


def ensure_authority(directory: Path) -> Certificates:
    """Make the authority unless there is one that still counts. Returns the files."""
    held = files(directory)
    held.authority.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    authority = _loaded(held.authority, held.authority_key)
    if authority is None or authority[0].not_valid_after_utc < now:
        _save(held.authority, held.authority_key, _make_authority(now))
    return held


def _names(names: Iterable[str]) -> list[str]:
    cleaned = (name.strip("[]").removeprefix(".") for name in names)
    return sorted({*LOOPBACK, *(name for name in cleaned if name and "*" not in name)})


_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _loaded(certificate: Path, key: Path) -> _Pair | None:
    try:
        found = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(found, ec.EllipticCurvePrivateKey):
            return None
        return x509.load_pem_x509_certificate(certificate.read_bytes()), found
    except (OSError, ValueError):
        return None


def _serves(
    server: x509.Certificate, authority: x509.Certificate, names: list[str], now: datetime
) -> bool:
    """Whether a certificate still does: signed by this authority, for these names, not too old."""
    if server.issuer != authority.subject:
        return False
    if server.not_valid_after_utc < now + timedelta(days=RENEWED_DAYS_BEFORE):
        return False
    found = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(found) == set(_alternatives(names))


def _make_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # The name holds the key's, so that a new authority is another one.
    digest = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:12]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"netviz local CA {digest}")])
    built = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return built.sign(key, hashes.SHA256()), key


def _make_server(authority: _Pair, names: list[str], now: datetime) -> _Pair:
    issuer, issuer_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "netviz")])
    built = (
        _builder(name, issuer.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    return built.sign(issuer_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs, crl_sign=signs,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _alternatives(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _save(certificate: Path, key: Path, pair: _Pair) -> None:
    """Write key and certificate, each whole or not at all, the key for its owner alone."""
    _write(
        key,
        pair[1].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write(certificate, pair[0].public_bytes(serialization.Encoding.PEM))


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(file)
