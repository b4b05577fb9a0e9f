from dataclasses import dataclass
from cluster.machinery.kind import Kind
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.manifest import child_mapping, text_at, integer_at
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.node import Node, parse_node
from cluster.domains.workload.pod import Pod, parse_pod


def simple(group, version, name, plural, namespaced=True, **kw):
    cls = dataclass(frozen=True, slots=True)(
        type(name, (), {"__annotations__": {"meta": ObjectMeta}})
    )
    return Kind(
        group=group,
        version=version,
        kind=name,
        plural=plural,
        namespaced=namespaced,
        type=cls,
        parse=lambda m: cls(parse_meta(m)),
        **kw,
    )


def ns_default(m):
    child_mapping(m, "metadata", "labels")["kubernetes.io/metadata.name"] = m["metadata"]["name"]


def grace(m):
    return (
        (integer_at(m, "spec", "terminationGracePeriodSeconds") or 30)
        if text_at(m, "spec", "nodeName")
        else 0
    )


KINDS = (
    Kind(
        group="",
        version="v1",
        kind="Namespace",
        plural="namespaces",
        type=Namespace,
        parse=lambda m: Namespace(parse_meta(m)),
        namespaced=False,
        default=ns_default,
        upload_order=0,
    ),
    Kind(
        group="",
        version="v1",
        kind="Node",
        plural="nodes",
        type=Node,
        parse=parse_node,
        namespaced=False,
        has_status=True,
        upload_order=10,
    ),
    Kind(
        group="",
        version="v1",
        kind="Pod",
        plural="pods",
        type=Pod,
        parse=parse_pod,
        has_status=True,
        generation="spec",
        graceful_seconds=grace,
        has_label_index=True,
    ),
    simple(
        "apps",
        "v1",
        "Deployment",
        "deployments",
        generation="deployment",
        has_status=True,
        scale_path=("spec", "replicas"),
    ),
    simple("apps", "v1", "ReplicaSet", "replicasets", generation="spec", has_status=True),
    simple("", "v1", "ReplicationController", "replicationcontrollers"),
    simple("apps", "v1", "StatefulSet", "statefulsets"),
    simple("apps", "v1", "DaemonSet", "daemonsets"),
    simple("batch", "v1", "Job", "jobs"),
    simple("batch", "v1", "CronJob", "cronjobs"),
    simple("", "v1", "ConfigMap", "configmaps", dropped_fields=("data", "binaryData")),
    simple("", "v1", "Secret", "secrets", dropped_fields=("data", "stringData")),
    simple("", "v1", "ServiceAccount", "serviceaccounts"),
)
