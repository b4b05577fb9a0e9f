"""A proxy model per kind: what gives each kind its page in the admin and its permissions.

One class per kind of `cluster.catalog`, in its order; a test holds the two equal. Proxies add no
table: a new kind is a class here and a generated migration.
"""

from __future__ import annotations

from typing import ClassVar

from cluster.models.tables import Resource


class Namespace(Resource):
    """Objects of kind Namespace."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Namespace"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Namespace"
        verbose_name_plural = "Namespaces"


class Node(Resource):
    """Objects of kind Node."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Node"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Node"
        verbose_name_plural = "Nodes"


class ConfigMap(Resource):
    """Objects of kind ConfigMap."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "ConfigMap"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "ConfigMap"
        verbose_name_plural = "ConfigMaps"


class Secret(Resource):
    """Objects of kind Secret."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Secret"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Secret"
        verbose_name_plural = "Secrets"


class ServiceAccount(Resource):
    """Objects of kind ServiceAccount."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "ServiceAccount"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "ServiceAccount"
        verbose_name_plural = "ServiceAccounts"


class Deployment(Resource):
    """Objects of kind Deployment."""

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "Deployment"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Deployment"
        verbose_name_plural = "Deployments"


class ReplicaSet(Resource):
    """Objects of kind ReplicaSet."""

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "ReplicaSet"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "ReplicaSet"
        verbose_name_plural = "ReplicaSets"


class ReplicationController(Resource):
    """Objects of kind ReplicationController."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "ReplicationController"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "ReplicationController"
        verbose_name_plural = "ReplicationControllers"


class StatefulSet(Resource):
    """Objects of kind StatefulSet."""

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "StatefulSet"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "StatefulSet"
        verbose_name_plural = "StatefulSets"


class DaemonSet(Resource):
    """Objects of kind DaemonSet."""

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "DaemonSet"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "DaemonSet"
        verbose_name_plural = "DaemonSets"


class Job(Resource):
    """Objects of kind Job."""

    GROUP: ClassVar[str] = "batch"
    KIND: ClassVar[str] = "Job"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Job"
        verbose_name_plural = "Jobs"


class CronJob(Resource):
    """Objects of kind CronJob."""

    GROUP: ClassVar[str] = "batch"
    KIND: ClassVar[str] = "CronJob"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "CronJob"
        verbose_name_plural = "CronJobs"


class ControllerRevision(Resource):
    """Objects of kind ControllerRevision."""

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "ControllerRevision"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "ControllerRevision"
        verbose_name_plural = "ControllerRevisions"


class Pod(Resource):
    """Objects of kind Pod."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Pod"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Pod"
        verbose_name_plural = "Pods"


class Service(Resource):
    """Objects of kind Service."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Service"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Service"
        verbose_name_plural = "Services"


class EndpointSlice(Resource):
    """Objects of kind EndpointSlice."""

    GROUP: ClassVar[str] = "discovery.k8s.io"
    KIND: ClassVar[str] = "EndpointSlice"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "EndpointSlice"
        verbose_name_plural = "EndpointSlices"


class Endpoints(Resource):
    """Objects of kind Endpoints."""

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = "Endpoints"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Endpoints"
        verbose_name_plural = "Endpoints"


class Ingress(Resource):
    """Objects of kind Ingress."""

    GROUP: ClassVar[str] = "networking.k8s.io"
    KIND: ClassVar[str] = "Ingress"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "Ingress"
        verbose_name_plural = "Ingresses"


class IngressClass(Resource):
    """Objects of kind IngressClass."""

    GROUP: ClassVar[str] = "networking.k8s.io"
    KIND: ClassVar[str] = "IngressClass"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "IngressClass"
        verbose_name_plural = "IngressClasses"


class NetworkPolicy(Resource):
    """Objects of kind NetworkPolicy."""

    GROUP: ClassVar[str] = "networking.k8s.io"
    KIND: ClassVar[str] = "NetworkPolicy"

    class Meta:
        """Django's options."""

        proxy = True
        verbose_name = "NetworkPolicy"
        verbose_name_plural = "NetworkPolicies"


PROXIES: tuple[type[Resource], ...] = (
    Namespace,
    Node,
    ConfigMap,
    Secret,
    ServiceAccount,
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    ControllerRevision,
    Pod,
    Service,
    EndpointSlice,
    Endpoints,
    Ingress,
    IngressClass,
    NetworkPolicy,
)
"""Every proxy, in catalog order."""
