"""Addresses of the WebSockets."""

from django.urls import URLPattern, path

from cluster.live.consumers import ChangesSocket, EventsSocket, GraphSocket, ImportSocket

websocket_urlpatterns: list[URLPattern] = [
    path("ws/c/<str:cluster>/graph", GraphSocket.as_asgi()),
    path("ws/c/<str:cluster>/events", EventsSocket.as_asgi()),
    path("ws/c/<str:cluster>/changes", ChangesSocket.as_asgi()),
    path("ws/c/<str:cluster>/import/<int:import>", ImportSocket.as_asgi()),
]
