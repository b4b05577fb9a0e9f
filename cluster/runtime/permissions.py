"""Who may see and change what: one answer for pages, APIs, sockets and the admin.

Permissions are Django's, one set per kind (`cluster.view_pod`, `cluster.change_service`). In the
embedded mode whoever sits at this machine reads without a login; with NETVIZ_PUBLIC, or from
another machine, reading needs one. Every write needs one, always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin

Verb: TypeAlias = Literal["view", "add", "change", "delete"]
User: TypeAlias = AbstractBaseUser | AnonymousUser
CLUSTER = "Cluster"  # beside the kinds: the cluster itself, its settings and its imports


@dataclass(frozen=True)
class Access:
    """What one reader may do. `is_local`: the request came from this machine."""

    user: User
    is_local: bool

    @property
    def is_signed_in(self) -> bool:
        """Whether the reader has said who they are."""
        return bool(self.user.is_authenticated)

    @property
    def reads(self) -> bool:
        """Whether the reader may read anything at all, or has to log in first."""
        return self.is_signed_in or self.reads_unknown

    @property
    def reads_unknown(self) -> bool:
        """Whether the reader may read without a login: at this machine, in the embedded mode."""
        return self.is_local and not settings.NETVIZ_PUBLIC

    @property
    def actor(self) -> str:
        """The name that the log keeps for what this reader writes."""
        return self.user.get_username() or "anonymous"

    def sees(self, kind: str) -> bool:
        """Return whether the reader may read objects of `kind`."""
        return self.reads_unknown or self.may("view", kind)

    def may(self, verb: Verb, kind: str) -> bool:
        """Return whether the reader holds the permission for `verb` on `kind`."""
        if not isinstance(self.user, PermissionsMixin | AnonymousUser):
            return False
        return bool(self.user.has_perm(permission(verb, kind)))

    def hidden(self, kinds: Iterable[str]) -> list[str]:
        """Return those of `kinds` that the reader may not see, sorted."""
        return sorted(kind for kind in set(kinds) if not self.sees(kind))


def permission(verb: Verb, kind: str) -> str:
    """Return the name of Django's permission for `verb` on `kind`."""
    return f"cluster.{verb}_{kind.lower()}"


def is_loopback(address: str | None) -> bool:
    """Return whether `address` is this machine's own; an absent one (a Unix socket) is."""
    if not address:
        return True
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
