"""Addresses of the whole site: the admin, the APIs and, for everything else, the dashboard."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("cluster.api.urls")),
    path("", include("cluster.web.urls")),
]

handler403 = "cluster.web.refusals.not_allowed"
handler404 = "cluster.web.absences.not_found"
handler500 = "cluster.web.refusals.broken"
