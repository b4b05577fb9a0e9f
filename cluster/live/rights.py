"""Who is at the other end of a socket, and what they may see now.

Looked up for every push, for all viewers at once: a socket outlives logouts, changed passwords and
permissions that were taken away. Whoever reads without a login costs no query.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cluster.catalog import KINDS
from cluster.runtime.permissions import Access, is_loopback


class Viewer(NamedTuple):
    """One reader: the session and user of the socket (none: not logged in), and from where."""

    session_key: str
    user_id: int | None
    is_local: bool


Hidden = frozenset[str]
"""The kinds that a reader may not see."""

EVERYTHING: Hidden = frozenset()


def viewer_of(scope: Mapping[str, Any]) -> Viewer:
    """Return who opened a socket."""
    session: SessionBase | None = scope.get("session")
    user = scope.get("user")
    client = scope.get("client") or [None]
    user_id = user.pk if user is not None and user.is_authenticated else None
    key = session.session_key if session is not None else None
    return Viewer(key or "", user_id, is_loopback(client[0]))


def hidden_from(viewers: Iterable[Viewer]) -> dict[Viewer, Hidden | None]:
    """Return for each viewer the kinds they may not see, None for who may read nothing."""
    found: dict[Viewer, Hidden | None] = {}
    unsure: list[Viewer] = []
    for viewer in set(viewers):
        unknown = Access(AnonymousUser(), is_local=viewer.is_local)
        if unknown.reads_unknown:
            found[viewer] = EVERYTHING
        else:
            found[viewer] = None
            unsure.append(viewer)
    users = _users(unsure)
    for viewer, user in users.items():
        found[viewer] = _hidden(Access(user, is_local=viewer.is_local))
    return found


def sees(hidden: Hidden) -> Callable[[str], bool]:
    """Return what says whether a reader sees a kind."""
    return lambda kind: kind not in hidden


def _hidden(access: Access) -> Hidden:
    return frozenset(access.hidden(kind.kind for kind in KINDS))


def _users(viewers: Collection[Viewer]) -> dict[Viewer, AbstractUser]:
    """Return the users of those viewers whose session is still theirs."""
    known = [viewer for viewer in viewers if viewer.user_id is not None]
    if not known:
        return {}
    ids = {viewer.user_id for viewer in known if viewer.user_id is not None}
    users: dict[int, AbstractUser] = {
        user.pk: user for user in get_user_model().objects.filter(pk__in=ids, is_active=True)
    }
    keys = {viewer.session_key for viewer in known}
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())  # noqa: TID251 - sessions end by the clock
    hashes = {
        session.session_key: str(session.get_decoded().get(HASH_SESSION_KEY)) for session in live
    }
    return {
        viewer: users[viewer.user_id]
        for viewer in known
        if viewer.user_id in users
        and constant_time_compare(
            hashes.get(viewer.session_key, ""), users[viewer.user_id].get_session_auth_hash()
        )
    }
