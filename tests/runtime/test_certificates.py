"""The local authority and the server's certificate."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.contrib.auth.models import User

from cluster.runtime import certificates
from cluster.runtime.tokens import token_of, user_of


def test_certificates_are_made_once_and_kept_for_their_owner(tmp_path: Path) -> None:
    first = certificates.ensure(tmp_path, ["netviz.example", "[::1]", "*", ".example"])
    before = {path: path.read_bytes() for path in (tmp_path / "tls").iterdir()}
    certificates.ensure(tmp_path, ["example", "::1", "netviz.example"])

    assert {path: path.read_bytes() for path in (tmp_path / "tls").iterdir()} == before
    assert first.server_key.stat().st_mode & 0o777 == 0o600
    assert first.authority_key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    context = ssl.create_default_context(cafile=str(first.authority))
    assert context.get_ca_certs()[0]["subject"] == context.get_ca_certs()[0]["issuer"]


def test_a_server_of_other_names_gets_a_new_certificate_from_the_same_authority(
    tmp_path: Path,
) -> None:
    held = certificates.ensure(tmp_path)
    authority, server = held.authority.read_bytes(), held.server.read_bytes()

    certificates.ensure(tmp_path, ["other.example"])

    assert held.authority.read_bytes() == authority
    assert held.server.read_bytes() != server
    made = x509.load_pem_x509_certificate(held.server.read_bytes())
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))


def test_what_is_old_or_broken_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "SERVER_DAYS", 10)
    held = certificates.ensure(tmp_path)
    old = held.server.read_bytes()
    monkeypatch.undo()
    certificates.ensure(tmp_path)
    renewed = held.server.read_bytes()
    held.server.write_text("broken")
    certificates.ensure(tmp_path)
    held.authority.unlink()
    certificates.ensure(tmp_path)

    made = x509.load_pem_x509_certificate(held.server.read_bytes())
    assert renewed != old
    assert made.not_valid_after_utc > datetime.now(UTC) + timedelta(days=300)
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(held.authority.read_bytes()))


@pytest.mark.django_db
def test_a_token_is_its_users_until_the_password_changes() -> None:
    user = User.objects.create_user("ana", password="one")
    other = User.objects.create_user("ben", password="one")
    token = token_of(user)

    assert user_of(token) == user
    assert token_of(user) == token != token_of(other)
    for wrong in ("", "x", "netviz-", "netviz-1", f"{token}0", token[:-1], f"netviz-{other.pk}-x",
                  token.replace(f"-{user.pk}-", f"-{other.pk}-"), "netviz-\u0661-x"):  # fmt: skip
        assert user_of(wrong) is None, wrong
    user.is_active = False
    user.save()
    assert user_of(token) is None
    user.is_active = True
    user.set_password("two")
    user.save()
    assert user_of(token) is None
