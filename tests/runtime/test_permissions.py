"""Who may see and change what."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from pytest_django.fixtures import Settings

from cluster.runtime.permissions import Access, is_loopback


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True),
        (None, True), ("", True), ("192.0.2.1", False), ("::ffff:192.0.2.1", False),
        ("2001:db8::1", False), ("fe80::1%eth0", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_addresses(address: str | None, *, is_own: bool) -> None:
    assert is_loopback(address) is is_own


def test_at_this_machine_anyone_sees_every_kind_and_changes_none() -> None:
    access = Access(AnonymousUser(), is_local=True)

    assert access.reads
    assert access.sees("Pod")
    assert not access.may("change", "Pod")
    assert access.actor == "anonymous"


def test_from_another_machine_nobody_reads_without_a_login() -> None:
    assert not Access(AnonymousUser(), is_local=False).reads


def test_in_public_nobody_reads_without_a_login(settings: Settings) -> None:
    settings.NETVIZ_PUBLIC = True

    assert not Access(AnonymousUser(), is_local=True).reads


@pytest.mark.django_db
def test_in_public_a_user_sees_the_kinds_they_have_the_permission_for(settings: Settings) -> None:
    settings.NETVIZ_PUBLIC = True
    user = User.objects.create_user("ana", "", "pw")
    user.user_permissions.add(Permission.objects.get(codename="view_service"))
    access = Access(user, is_local=True)

    assert access.reads
    assert access.hidden(["Service", "Pod", "Node", "Pod"]) == ["Node", "Pod"]


@pytest.mark.django_db
def test_a_user_who_is_no_longer_active_may_nothing() -> None:
    user = User.objects.create_superuser("ana", "", "pw", is_active=False)

    assert not Access(user, is_local=True).may("change", "Pod")
