"""The ASGI application: HTTP through Django, WebSockets through Channels, Kubernetes' API beside.

A socket is opened only from a page of an allowed host, and carries the session's user. What lies
below `/clusters/` is the Kubernetes API and meets none of Django's middleware.
"""

import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netviz.settings")
pages = get_asgi_application()  # loads the apps, which the imports below need

from cluster.api.kube.application import application as kube  # noqa: E402 - needs the apps loaded
from cluster.api.kube.application import serves  # noqa: E402 - as above
from cluster.live.routing import websocket_urlpatterns  # noqa: E402 - as above
from cluster.runtime.ahead import load_ahead  # noqa: E402 - as above
from cluster.runtime.replica import replicas  # noqa: E402 - as above
from cluster.web.bodiless import bodiless  # noqa: E402 - as above


async def http_application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer a request by the Kubernetes API or by Django."""
    if scope["method"] == "HEAD":
        send = bodiless(send)
    await (kube if serves(scope) else pages)(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        ),
    }
)

if settings.NETVIZ_LOAD_AHEAD:
    load_ahead(replicas, settings.NETVIZ_LOAD_AHEAD)
