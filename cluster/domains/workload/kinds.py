"""The kinds of this domain, and what is indexed of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from types import MappingProxyType

from cluster.domains.workload import columns, conversions
from cluster.domains.workload.batch_checks import (
    check_cron_job,
    check_job,
    check_job_update,
    cron_job_name,
)
from cluster.domains.workload.daemonset import DaemonSet, parse_daemon_set
from cluster.domains.workload.deployment import Deployment, parse_deployment
from cluster.domains.workload.job import CronJob, Job, parse_cron_job, parse_job
from cluster.domains.workload.namespace import Namespace, parse_namespace
from cluster.domains.workload.node import Node, parse_node
from cluster.domains.workload.node_checks import check_node, check_node_update
from cluster.domains.workload.pod import Pod, parse_pod
from cluster.domains.workload.pod_checks import check_pod, check_pod_create
from cluster.domains.workload.pod_defaults import admit_pod, default_pod, grace_of, prepare_pod
from cluster.domains.workload.pod_update import check_pod_update
from cluster.domains.workload.records import (
    ConfigMap,
    Secret,
    ServiceAccount,
    check_secret_data,
    parse_config_map,
    parse_secret,
    parse_service_account,
)
from cluster.domains.workload.replicaset import (
    ReplicaSet,
    ReplicationController,
    parse_replica_set,
    parse_replication_controller,
)
from cluster.domains.workload.revision import ControllerRevision, parse_controller_revision
from cluster.domains.workload.statefulset import StatefulSet, parse_stateful_set
from cluster.domains.workload.workload_checks import (
    check_daemon_set,
    check_deployment,
    check_immutable_selector,
    check_replica_set,
    check_replication_controller,
    check_stateful_set,
    check_stateful_set_update,
)
from cluster.domains.workload.workload_defaults import (
    default_cron_job,
    default_daemon_set,
    default_deployment,
    default_job,
    default_namespace,
    default_node,
    default_replica_set,
    default_replication_controller,
    default_stateful_set,
    prepare_daemon_set,
    prepare_job,
    prepare_namespace,
)
from cluster.machinery.kind import Kind, Object
from cluster.machinery.names import dns_label
from cluster.machinery.selectors import Selector

ALL = ("all",)
REPLICAS = ("spec", "replicas")


def _node_of(item: Object) -> Iterable[Hashable]:
    """Yield the Node a Pod is bound to: the index `node`; "" files those without one."""
    if isinstance(item, Pod):
        yield item.node_name


def _addresses_of(item: Object) -> Iterable[Hashable]:
    """Yield a Pod's addresses: the index `ip`. Several Pods share a Node's (C-28)."""
    if isinstance(item, Pod):
        yield from item.ips


def _terminating(item: Object) -> Iterable[Hashable]:
    """Yield `True` for Pods that are being deleted: the index `terminating`."""
    if item.meta.terminating:
        yield True


def _repels(item: Object) -> Iterable[Hashable]:
    """Yield `True` for Pods that keep others away: the index `repels`."""
    if isinstance(item, Pod) and item.constraints.anti_affinity:
        yield True


def _subdomain_of(item: Object) -> Iterable[Hashable]:
    """Yield (namespace, subdomain) of a Pod that has one: the index `subdomain`."""
    if isinstance(item, Pod) and item.subdomain:
        yield item.meta.namespace, item.subdomain


def _missing_of(item: Object) -> Iterable[Hashable]:
    """Yield what a Node was not told and gets from netviz: the index `missing`."""
    if isinstance(item, Node) and item.is_incomplete:
        yield True


def _node_addresses(item: Object) -> Iterable[Hashable]:
    """Yield a Node's addresses: the index `ip`."""
    if isinstance(item, Node):
        yield from item.internal_ips
        yield from item.external_ips


def _selects(item: Object) -> Selector | None:
    """Return the selector of a controller; an empty one, refused by admission, selects nothing."""
    if not isinstance(
        item,
        Deployment | ReplicaSet | ReplicationController | StatefulSet | DaemonSet | Job,
    ):
        return None
    selector = item.selector
    return None if selector is None or selector.is_everything else selector


NAMESPACE = Kind(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    type=Namespace,
    parse=parse_namespace,
    short_names=("ns",),
    namespaced=False,
    check_name=dns_label,
    default=default_namespace,
    prepare=prepare_namespace,
    has_status=True,
    columns=columns.NAMESPACE_COLUMNS,
    upload_order=10,
    icon="namespace",
    has_label_index=True,
)

NODE = Kind(
    group="",
    version="v1",
    kind="Node",
    plural="nodes",
    type=Node,
    parse=parse_node,
    short_names=("no",),
    namespaced=False,
    default=default_node,
    check=check_node,
    check_update=check_node_update,
    has_status=True,
    columns=columns.NODE_COLUMNS,
    upload_order=20,
    icon="node",
    indexes=MappingProxyType({"missing": _missing_of, "ip": _node_addresses}),
    has_label_index=True,
)

CONFIG_MAP = Kind(
    group="",
    version="v1",
    kind="ConfigMap",
    plural="configmaps",
    type=ConfigMap,
    parse=parse_config_map,
    short_names=("cm",),
    dropped_fields=("data", "binaryData"),
    columns=columns.CONFIG_MAP_COLUMNS,
    upload_order=15,
)

SECRET = Kind(
    group="",
    version="v1",
    kind="Secret",
    plural="secrets",
    type=Secret,
    parse=parse_secret,
    dropped_fields=("data", "stringData"),
    check_dropped=check_secret_data,
    columns=columns.SECRET_COLUMNS,
    upload_order=15,
)

SERVICE_ACCOUNT = Kind(
    group="",
    version="v1",
    kind="ServiceAccount",
    plural="serviceaccounts",
    type=ServiceAccount,
    parse=parse_service_account,
    short_names=("sa",),
    columns=columns.SERVICE_ACCOUNT_COLUMNS,
    upload_order=15,
)

DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    kind="Deployment",
    plural="deployments",
    type=Deployment,
    parse=parse_deployment,
    short_names=("deploy",),
    default=default_deployment,
    check=check_deployment,
    check_update=check_immutable_selector,
    generation="deployment",
    has_status=True,
    scale_path=REPLICAS,
    conversions=conversions.DEPLOYMENT,
    columns=columns.DEPLOYMENT_COLUMNS,
    upload_order=40,
    icon="deployment",
    selects=_selects,
    categories=ALL,
)

REPLICA_SET = Kind(
    group="apps",
    version="v1",
    kind="ReplicaSet",
    plural="replicasets",
    type=ReplicaSet,
    parse=parse_replica_set,
    short_names=("rs",),
    default=default_replica_set,
    check=check_replica_set,
    check_update=check_immutable_selector,
    generation="spec",
    has_status=True,
    scale_path=REPLICAS,
    conversions=conversions.REPLICA_SET,
    columns=columns.REPLICA_SET_COLUMNS,
    upload_order=41,
    icon="deployment",
    selects=_selects,
    has_label_index=True,
    categories=ALL,
)

REPLICATION_CONTROLLER = Kind(
    group="",
    version="v1",
    kind="ReplicationController",
    plural="replicationcontrollers",
    type=ReplicationController,
    parse=parse_replication_controller,
    short_names=("rc",),
    default=default_replication_controller,
    check=check_replication_controller,
    generation="spec",
    has_status=True,
    scale_path=REPLICAS,
    columns=columns.REPLICATION_CONTROLLER_COLUMNS,
    upload_order=41,
    icon="deployment",
    selects=_selects,
    categories=ALL,
)

STATEFUL_SET = Kind(
    group="apps",
    version="v1",
    kind="StatefulSet",
    plural="statefulsets",
    type=StatefulSet,
    parse=parse_stateful_set,
    short_names=("sts",),
    check_name=dns_label,
    default=default_stateful_set,
    check=check_stateful_set,
    check_update=check_stateful_set_update,
    generation="spec",
    has_status=True,
    scale_path=REPLICAS,
    conversions=conversions.STATEFUL_SET,
    columns=columns.STATEFUL_SET_COLUMNS,
    upload_order=40,
    icon="statefulset",
    selects=_selects,
    categories=ALL,
)

DAEMON_SET = Kind(
    group="apps",
    version="v1",
    kind="DaemonSet",
    plural="daemonsets",
    type=DaemonSet,
    parse=parse_daemon_set,
    short_names=("ds",),
    default=default_daemon_set,
    prepare=prepare_daemon_set,
    check=check_daemon_set,
    check_update=check_immutable_selector,
    generation="spec",
    has_status=True,
    conversions=conversions.DAEMON_SET,
    columns=columns.DAEMON_SET_COLUMNS,
    upload_order=40,
    icon="daemonset",
    selects=_selects,
    categories=ALL,
)

JOB = Kind(
    group="batch",
    version="v1",
    kind="Job",
    plural="jobs",
    type=Job,
    parse=parse_job,
    default=default_job,
    prepare=prepare_job,
    check=check_job,
    check_update=check_job_update,
    generation="spec",
    has_status=True,
    columns=columns.JOB_COLUMNS,
    upload_order=41,
    icon="job",
    selects=_selects,
    categories=ALL,
)

CRON_JOB = Kind(
    group="batch",
    version="v1",
    kind="CronJob",
    plural="cronjobs",
    type=CronJob,
    parse=parse_cron_job,
    short_names=("cj",),
    check_name=cron_job_name,
    default=default_cron_job,
    check=check_cron_job,
    generation="spec",
    has_status=True,
    conversions=conversions.CRON_JOB,
    columns=columns.CRON_JOB_COLUMNS,
    upload_order=40,
    icon="job",
    categories=ALL,
)

CONTROLLER_REVISION = Kind(
    group="apps",
    version="v1",
    kind="ControllerRevision",
    plural="controllerrevisions",
    type=ControllerRevision,
    parse=parse_controller_revision,
    columns=columns.CONTROLLER_REVISION_COLUMNS,
    upload_order=42,
)

POD = Kind(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    type=Pod,
    parse=parse_pod,
    short_names=("po",),
    default=default_pod,
    admit=admit_pod,
    prepare=prepare_pod,
    check=check_pod,
    check_create=check_pod_create,
    check_update=check_pod_update,
    generation="spec",
    has_status=True,
    graceful_seconds=grace_of,
    columns=columns.POD_COLUMNS,
    upload_order=50,
    icon="pod",
    indexes=MappingProxyType(
        {
            "node": _node_of,
            "ip": _addresses_of,
            "terminating": _terminating,
            "repels": _repels,
            "subdomain": _subdomain_of,
        }
    ),
    has_label_index=True,
    categories=ALL,
)

KINDS: tuple[Kind, ...] = (
    NAMESPACE, NODE, CONFIG_MAP, SECRET, SERVICE_ACCOUNT, DEPLOYMENT, REPLICA_SET,
    REPLICATION_CONTROLLER, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, CONTROLLER_REVISION, POD,
)  # fmt: skip
