"""The filters beside the lists: cluster, namespace, and what each kind is looked for by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cluster.admin.expressions import ConditionHolds, ManifestText
from cluster.machinery.kind import Kind
from cluster.models import Cluster, Resource

if TYPE_CHECKING:
    DropdownFilter = SimpleListFilter  # the theme has no types
else:
    from unfold.contrib.filters.admin import DropdownFilter

Choices: TypeAlias = "list[tuple[str, str]]"
Filter: TypeAlias = "type[DropdownFilter]"
MOST_CHOICES = 500
"""Longer lists of names are cut; a name that is not offered can still stand in the address."""


class ClusterFilter(DropdownFilter):
    """Objects of one cluster, by its name."""

    title = _("cluster")
    parameter_name = "cluster"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """Return the names of the clusters."""
        names = Cluster.objects.order_by("name").values_list("name", flat=True)
        return [(name, name) for name in names[:MOST_CHOICES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the objects of the chosen cluster."""
        return queryset.filter(cluster__name=self.value()) if self.value() else queryset


class OfKind(DropdownFilter):
    """Choices that are the names of objects of one kind, of the chosen cluster."""

    names_of = ""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """Return the names."""
        found = Resource.objects.filter(group="", kind=self.names_of)
        if request.GET.get("cluster"):
            found = found.filter(cluster__name=request.GET["cluster"])
        names = found.order_by("name").values_list("name", flat=True).distinct()
        return [(name, name) for name in names[:MOST_CHOICES]]


class NamespaceFilter(OfKind):
    """Objects of one namespace."""

    title = _("namespace")
    parameter_name = "namespace"
    names_of = "Namespace"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the objects in the chosen namespace."""
        return queryset.filter(namespace=self.value()) if self.value() else queryset


class NodeFilter(OfKind):
    """Pods on one Node."""

    title = _("node")
    parameter_name = "node"
    names_of = "Node"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Resource]) -> QuerySet[Resource]:
        """Return the Pods on the chosen Node."""
        chosen = self.value()
        if not chosen:
            return queryset
        return queryset.alias(node=ManifestText("spec", "nodeName")).filter(node=chosen)


class ReadyFilter(DropdownFilter):
    """Pods and Nodes by their condition Ready."""

    title = _("ready")
    parameter_name = "ready"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        """Return yes and no."""
        return [("true", gettext("ready")), ("false", gettext("not ready"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Resource]) -> QuerySet[Resource]:
        """Return the objects that are ready, or those that are not."""
        if self.value() not in {"true", "false"}:
            return queryset
        return queryset.alias(is_ready=ConditionHolds("Ready")).filter(
            is_ready=self.value() == "true"
        )


class ReplicasReadyFilter(ReadyFilter):
    """Workloads by whether as many Pods are ready as they want."""

    wanted = ("spec", "replicas")
    ready = ("status", "readyReplicas")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Resource]) -> QuerySet[Resource]:
        """Return the workloads that have what they want, or those that have not."""
        if self.value() not in {"true", "false"}:
            return queryset
        counted = queryset.alias(wanted=number_at(self.wanted), has=number_at(self.ready))
        if self.value() == "true":
            return counted.filter(has__gte=F("wanted"))
        return counted.filter(has__lt=F("wanted"))


class DaemonsReadyFilter(ReplicasReadyFilter):
    """DaemonSets by whether every Node that should has a ready Pod."""

    wanted = ("status", "desiredNumberScheduled")
    ready = ("status", "numberReady")


def number_at(path: tuple[str, ...]) -> Coalesce:
    """Return the number at a path of the manifest, 0 where there is none."""
    return Coalesce(Cast(ManifestText(*path), IntegerField()), Value(0))


def one_of(title: Any, parameter: str, path: tuple[str, ...], words: Iterable[str]) -> Filter:
    """Return the filter by one of Kubernetes' words at a path of the manifest."""
    choices = [(word, word) for word in words]

    def lookups(
        _self: DropdownFilter, _request: HttpRequest, _model_admin: ModelAdmin[Any]
    ) -> Choices:
        return choices

    def queryset(
        self: DropdownFilter, _request: HttpRequest, queryset: QuerySet[Resource]
    ) -> QuerySet[Resource]:
        chosen = self.value()
        if not chosen:
            return queryset
        return queryset.alias(word=ManifestText(*path)).filter(word=chosen)

    members = {
        "title": title, "parameter_name": parameter, "lookups": lookups, "queryset": queryset,
    }  # fmt: skip
    return type(f"{parameter.title()}Filter", (DropdownFilter,), members)


_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
_FAMILIES = ("IPv4", "IPv6", "FQDN")

FILTERS: Mapping[str, tuple[Filter, ...]] = {
    "Service": (one_of(_("type"), "type", ("spec", "type"), _TYPES),),
    "EndpointSlice": (one_of(_("address type"), "address_type", ("addressType",), _FAMILIES),),
    "Pod": (one_of(_("phase"), "phase", ("status", "phase"), _PHASES), ReadyFilter, NodeFilter),
    "Node": (ReadyFilter,),
    "Namespace": (one_of(_("phase"), "phase", ("status", "phase"), ("Active", "Terminating")),),
    "DaemonSet": (DaemonsReadyFilter,),
    **dict.fromkeys(
        ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"),
        (ReplicasReadyFilter,),
    ),
}
"""The filters of each kind beyond cluster and namespace."""


def filters_of(kind: Kind) -> list[Filter]:
    """Return the filters of a kind's list."""
    placed: list[Filter] = [ClusterFilter]
    if kind.namespaced:
        placed.append(NamespaceFilter)
    return [*placed, *FILTERS.get(kind.kind, ())]
