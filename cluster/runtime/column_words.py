"""The columns of `kubectl get`, as pages call them in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

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
