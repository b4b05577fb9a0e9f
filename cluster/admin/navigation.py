"""The side bar of the admin: kinds by domain, then what netviz keeps, then people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

GROUPS: tuple[tuple[Any, tuple[tuple[str, str], ...]], ...] = (
    ("", (("cluster.cluster", "hub"),)),
    (_("Network"), (
        ("cluster.service", "lan"), ("cluster.ingress", "input"),
        ("cluster.ingressclass", "category"), ("cluster.networkpolicy", "shield"),
        ("cluster.endpointslice", "table_rows"), ("cluster.endpoints", "format_list_bulleted"),
    )),
    (_("Workloads"), (
        ("cluster.pod", "deployed_code"), ("cluster.deployment", "rocket_launch"),
        ("cluster.replicaset", "content_copy"), ("cluster.statefulset", "database"),
        ("cluster.daemonset", "dns"), ("cluster.job", "task"), ("cluster.cronjob", "schedule"),
        ("cluster.replicationcontroller", "file_copy"), ("cluster.controllerrevision", "history"),
    )),
    (_("Cluster"), (
        ("cluster.namespace", "folder"), ("cluster.node", "host"),
        ("cluster.serviceaccount", "badge"), ("cluster.configmap", "tune"),
        ("cluster.secret", "key"),
    )),
    (_("Records"), (
        ("cluster.change", "receipt_long"), ("cluster.event", "notifications"),
        ("cluster.dnsrecord", "alternate_email"), ("cluster.policyverdict", "rule"),
        ("cluster.importjob", "upload_file"), ("cluster.enginestate", "settings"),
        ("cluster.lease", "lock"),
    )),
    (_("People"), (("auth.user", "person"), ("auth.group", "group"))),
)  # fmt: skip
"""Models as `app.model`, each with the name of its symbol in the theme's font."""


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of pages that the user may open."""
    models = {model._meta.label_lower: model for model in admin.site._registry}  # noqa: SLF001 - no public way to list them
    groups: list[dict[str, Any]] = []
    for title, entries in GROUPS:
        found = [(models[label], icon) for label, icon in entries if label in models]
        items = [_item(model, icon) for model, icon in found if _may_open(request, model)]
        if items:
            groups.append({"title": title, "items": items, "separator": bool(title)})
    return groups


def _may_open(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site.get_model_admin(model).has_view_permission(request)


def _item(model: type[Model], icon: str) -> dict[str, Any]:
    options = model._meta  # noqa: SLF001 - Django's documented model API
    name = f"admin:{options.app_label}_{options.model_name}_changelist"
    title = str(options.verbose_name_plural)
    return {"title": title[:1].upper() + title[1:], "icon": icon, "link": reverse(name)}
