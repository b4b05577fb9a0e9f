"""Words that stand in data and addresses, and lists of things, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster.machinery.texts import Text
from cluster.runtime.wording import said

WORDS: Mapping[str, Any] = {
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
    "gained": gettext_lazy("gained"),
    "lost": gettext_lazy("lost"),
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("gone"),
    "modified": gettext_lazy("modified"),
    "updated": gettext_lazy("updated"),
    "deleted": gettext_lazy("deleted"),
    "unchanged": gettext_lazy("unchanged"),
    "skipped": gettext_lazy("skipped"),
    "reading": gettext_lazy("reading"),
    "applying": gettext_lazy("applying"),
    "error": gettext_lazy("error"),
    "warning": gettext_lazy("warning"),
    "info": gettext_lazy("info"),
    "copy": gettext_lazy("copy"),
    "reset": gettext_lazy("reset"),
    "delete": gettext_lazy("delete"),
}
"""What happened to an object, how grave a finding is, what is done with a cluster."""


COLUMNS: Mapping[str, Any] = {
    "Active": gettext_lazy("Active"),
    "Address": gettext_lazy("Address"),
    "AddressType": gettext_lazy("Address type"),
    "Available": gettext_lazy("Available"),
    "Class": gettext_lazy("Class"),
    "Cluster-IP": gettext_lazy("Cluster IP"),
    "Completions": gettext_lazy("Completions"),
    "Container-Runtime": gettext_lazy("Container runtime"),
    "Containers": gettext_lazy("Containers"),
    "Controller": gettext_lazy("Controller"),
    "Current": gettext_lazy("Current"),
    "Data": gettext_lazy("Data"),
    "Desired": gettext_lazy("Desired"),
    "Duration": gettext_lazy("Duration"),
    "Endpoints": gettext_lazy("Endpoints"),
    "External-IP": gettext_lazy("External IP"),
    "Hosts": gettext_lazy("Hosts"),
    "Images": gettext_lazy("Images"),
    "Internal-IP": gettext_lazy("Internal IP"),
    "Kernel-Version": gettext_lazy("Kernel version"),
    "Last Schedule": gettext_lazy("Last schedule"),
    "Node": gettext_lazy("Node"),
    "Node Selector": gettext_lazy("Node selector"),
    "Nominated Node": gettext_lazy("Nominated node"),
    "OS-Image": gettext_lazy("OS image"),
    "Parameters": gettext_lazy("Parameters"),
    "Pod-Selector": gettext_lazy("Pod selector"),
    "Port(s)": gettext_lazy("Ports"),
    "Ports": gettext_lazy("Ports"),
    "Readiness Gates": gettext_lazy("Readiness gates"),
    "Ready": gettext_lazy("Ready"),
    "Restarts": gettext_lazy("Restarts"),
    "Revision": gettext_lazy("Revision"),
    "Roles": gettext_lazy("Roles"),
    "Schedule": gettext_lazy("Schedule"),
    "Secrets": gettext_lazy("Secrets"),
    "Selector": gettext_lazy("Selector"),
    "Status": gettext_lazy("Status"),
    "Suspend": gettext_lazy("Suspend"),
    "Timezone": gettext_lazy("Time zone"),
    "Type": gettext_lazy("Type"),
    "Up-to-date": gettext_lazy("Up to date"),
    "Version": gettext_lazy("Version"),
}
"""The columns of `kubectl get -o wide`, as the pages of objects name them."""


def column_word(name: str) -> str:
    """Return what a column is called on pages, one that is not known as kubectl calls it."""
    return str(COLUMNS.get(name, name))


def told(text: str) -> str:
    """Return a sentence in the reader's language; the API server's own are marked as English."""
    if isinstance(text, Text):
        return said(text)
    return format_html('<span lang="en">{}</span>', text) if text else ""


def word(stored: str) -> str:
    """Return a stored word as the reader says it, one that is not known as it is."""
    return str(WORDS.get(stored, stored))


def series(parts: Iterable[str]) -> str:
    """Return things one after the other."""
    # Translators: stands between the things of a list
    return _(", ").join(parts)
