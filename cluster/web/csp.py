"""The Content-Security-Policy of every response: what a page may load, and from where.

Django 5.2 sets none. Everything of ours comes from our own origin, and no script or style stands
in a page; the admin's theme needs inline scripts, evaluated expressions and inline styles, so
``/admin/`` gets a policy of its own.
"""

from collections.abc import Mapping

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

HEADER = "Content-Security-Policy"

PAGES = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

ADMIN = {
    **PAGES,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}
NO_SENSORS = "camera=(), geolocation=(), microphone=()"


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Sets the policy on responses that have none of their own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the response with its policy, and with the browser's sensors switched off."""
        policy = ADMIN if request.path.startswith(reverse("admin:index")) else PAGES
        response.headers.setdefault(HEADER, render_policy(policy, socket_host(request)))
        response.headers.setdefault("Permissions-Policy", NO_SENSORS)
        return response


def socket_host(request: HttpRequest) -> str | None:
    """Return the host and port that the page's WebSockets go to, None for a host not allowed."""
    try:
        return request.get_host()
    except DisallowedHost:
        return None


def render_policy(policy: Mapping[str, str], host: str | None) -> str:
    """Return the header's value, with WebSockets to ``host`` allowed when there is one.

    ``'self'`` covers them by CSP level 3, section 6.7.2.8; older Safari needs them named.
    """
    directives = dict(policy)
    if host is not None:
        directives["connect-src"] += f" ws://{host} wss://{host}"
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
