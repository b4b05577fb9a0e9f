"""Addresses of the REST APIs."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("cluster.api.questions.urls")),
]
