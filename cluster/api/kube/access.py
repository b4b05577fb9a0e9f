"""Whose request it is and what they may do: a token's user, or nobody.

Sessions of the dashboard do not count here, so no page of another site can have its reader write;
requests that a browser marks as coming from elsewhere are refused besides. Reading needs no login
on this machine unless NETVIZ_PUBLIC is set; every write needs a user with the permission, and gets
a 403 without: a 401 makes kubectl ask for a password.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http.request import split_domain_port, validate_host

from cluster.api.kube.wire import Caller, Request
from cluster.machinery.errors import BadRequest, Forbidden
from cluster.machinery.manifest import Manifest
from cluster.runtime.permissions import Access, Verb, is_loopback
from cluster.runtime.tokens import user_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PERMISSIONS: dict[str, Verb] = {
    "get": "view", "list": "view", "watch": "view",
    "create": "add", "update": "change", "patch": "change",
    "delete": "delete", "deletecollection": "delete",
}  # fmt: skip
"""Django's permission for each of Kubernetes' verbs."""

_LOG_IN = "take a kubeconfig with a token: `netviz kubeconfig`, or the page /kubeconfig"


def caller_of(request: Request) -> Caller:
    """Return whose request it is; raises Forbidden where they may not go by another name."""
    return _as_asked(request, _token_holder(request))


def _token_holder(request: Request) -> Caller:
    """Return whose token was sent. A token that is none leaves nobody, and says so."""
    is_local = is_loopback(request.client)
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return Caller(Access(AnonymousUser(), is_local=is_local), "no credentials were sent")
    user = user_of(token.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        return Caller(Access(AnonymousUser(), is_local=is_local), "the token is not valid")
    return Caller(Access(user, is_local=is_local))


def _as_asked(request: Request, caller: Caller) -> Caller:
    """Return as whom a request is to be taken: kubectl's `--as`; raises Forbidden.

    Only administrators may. A name that no user has may what nobody may.
    Source: apiserver `endpoints/filters/impersonation.go`.
    """
    name = request.headers.get("impersonate-user", "")
    if not any(header.startswith("impersonate-") for header in request.headers):
        return caller
    if not name:
        raise BadRequest("requested impersonation of a group or uid without impersonating a user")
    if not getattr(caller.access.user, "is_superuser", False):
        raise Forbidden(
            f'users "{name}" is forbidden: User "{caller.name}" cannot impersonate resource '
            f'"users" in API group "" at the cluster scope',
            details={"name": name, "kind": "users"},
        )
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    access = Access(user or AnonymousUser(), is_local=caller.access.is_local)
    return Caller(access, impersonated=name)


def check_origin(request: Request) -> None:
    """Refuse a host that is not ours, and writes that a page of another site sends."""
    host = request.headers.get("host", "")
    domain, _port = split_domain_port(host)
    allowed = settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
    if not domain or not validate_host(domain, allowed):
        raise BadRequest(f"Invalid host {host!r}: add it to ALLOWED_HOSTS")
    if request.method in SAFE:
        return
    origin = request.headers.get("origin")
    is_foreign = origin is not None and urlsplit(origin).netloc.lower() != host.lower()
    if is_foreign or request.headers.get("sec-fetch-site", "none") == "cross-site":
        raise Forbidden(f"a page of another site ({origin or 'unknown'}) may not write here")


def is_allowed(caller: Caller, verb: str, kind: str) -> bool:
    """Return whether the caller may do `verb` to objects of `kind`."""
    permission = PERMISSIONS.get(verb)
    if permission is None:
        return False
    if permission == "view":
        return caller.access.sees(kind)
    return caller.access.may(permission, kind)


def demand(
    caller: Caller, verb: str, *, kind: str, group: str, plural: str,
    namespace: str = "", name: str = "", subresource: str = "",
) -> None:  # fmt: skip
    """Raise Forbidden, in the apiserver's words, unless the caller may."""
    if is_allowed(caller, verb, kind):
        return
    qualified = f"{plural}.{group}" if group else plural
    resource = f"{plural}/{subresource}" if subresource else plural
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    subject = f'{qualified} "{name}"' if name else qualified
    details: Manifest = {"kind": plural}
    if name:
        details["name"] = name
    if group:
        details["group"] = group
    why = f"; {caller.problem}: {_LOG_IN}" if caller.problem else ""
    raise Forbidden(
        f'{subject} is forbidden: User "{caller.name}" cannot {verb} resource "{resource}" '
        f'in API group "{group}" {where}{why}',
        details=details,
    )
