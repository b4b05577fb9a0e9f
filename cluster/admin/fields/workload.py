"""The inputs of Pods, of what makes Pods, and of where Pods run."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.admin.fields.metadata import pairs
from cluster.admin.fields.rows import ListOf
from cluster.admin.fields.shape import Column, Field, Group, Path, Rows
from cluster.admin.fields.types import Choice, Flag, Number, Ports, Text, Type, Words

SPEC, TEMPLATE = ("spec",), ("spec", "template")
ZONE = ("metadata", "labels", "topology.kubernetes.io/zone")
REGION = ("metadata", "labels", "topology.kubernetes.io/region")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def containers(spec: Path) -> Rows:
    """Return the table of the containers of a Pod spec."""
    columns = (
        Column("name", "Name", Text()),
        Column("image", "Image", Text(), width=3),
        Column("ports", "Ports", Ports(), width=3),
    )
    text = "Ports in one line: 8080, http:8080, 53/UDP."
    return Rows("containers", "Containers", ListOf((*spec, "containers")), columns, text)


def spec(name: str, label: str, type: Type, help: str = "") -> Field:  # noqa: A002 - as in Field
    """Return the field of the same name below `spec`."""
    return Field(_snake(name), label, ("spec", name), type, help)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


REPLICAS = spec("replicas", "Replicas", Number(), "How many Pods there should be.")
TEMPLATE_FIELDS = Group(
    "Pod template",
    (
        pairs("pod_labels", "Pod labels", (*TEMPLATE, "metadata", "labels"),
              "The labels of every Pod; the selector has to match them."),
        containers((*TEMPLATE, "spec")),
    ),
)  # fmt: skip
SELECTOR = pairs(
    "selector", "Selector", ("spec", "selector", "matchLabels"),
    "Labels of the Pods it owns; cannot change later.",
)  # fmt: skip
DNS_POLICY = Choice(("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))

FIELDS: Mapping[str, tuple[Group, ...]] = {
    "Deployment": (
        Group("", (
            REPLICAS,
            Field("strategy", "Strategy", ("spec", "strategy", "type"),
                  Choice(("RollingUpdate", "Recreate"))),
            spec("paused", "Paused", Flag()),
            SELECTOR,
        )),
        TEMPLATE_FIELDS,
    ),
    "ReplicaSet": (Group("", (REPLICAS, SELECTOR)), TEMPLATE_FIELDS),
    "ReplicationController": (
        Group("", (REPLICAS, pairs("selector", "Selector", ("spec", "selector")))),
        TEMPLATE_FIELDS,
    ),
    "StatefulSet": (
        Group("", (
            REPLICAS,
            spec("serviceName", "Service name", Text(), "The headless Service that names them."),
            spec("podManagementPolicy", "Pod management", Choice(("OrderedReady", "Parallel"))),
            SELECTOR,
        )),
        TEMPLATE_FIELDS,
    ),
    "DaemonSet": (
        Group("", (
            Field("strategy", "Update strategy", ("spec", "updateStrategy", "type"),
                  Choice(("RollingUpdate", "OnDelete"))),
            SELECTOR,
            pairs("node_selector", "Node selector", (*TEMPLATE, "spec", "nodeSelector"),
                  "Only Nodes with these labels run its Pods."),
        )),
        TEMPLATE_FIELDS,
    ),
    "Job": (
        Group("", (
            spec("completions", "Completions", Number()),
            spec("parallelism", "Parallelism", Number()),
            spec("backoffLimit", "Backoff limit", Number()),
            spec("suspend", "Suspended", Flag()),
        )),
        TEMPLATE_FIELDS,
    ),
    "CronJob": (
        Group("", (
            spec("schedule", "Schedule", Text(), "Minute, hour, day, month, weekday: 0 3 * * *."),
            spec("timeZone", "Time zone", Text()),
            spec("concurrencyPolicy", "Concurrency", Choice(("Allow", "Forbid", "Replace"))),
            spec("suspend", "Suspended", Flag()),
        )),
        Group("Pod template", (containers((*SPEC, "jobTemplate", "spec", "template", "spec")),)),
    ),
    "Pod": (
        Group("", (
            containers(SPEC),
            spec("nodeName", "Node", Text(), "Left empty, a Node is chosen."),
            spec("restartPolicy", "Restart policy", Choice(("Always", "OnFailure", "Never"))),
        )),
        Group("Names and network", (
            spec("hostname", "Hostname", Text()),
            spec("subdomain", "Subdomain", Text(),
                 "With a headless Service of this name, the Pod has a DNS name of its own."),
            spec("dnsPolicy", "DNS policy", DNS_POLICY),
            spec("hostNetwork", "Host network", Flag()),
        )),
    ),
    "Node": (
        Group("", (
            spec("unschedulable", "Unschedulable", Flag(), "Cordoned: no new Pods come here."),
            Field("zone", "Zone", ZONE, Text()),
            Field("region", "Region", REGION, Text()),
            spec("podCIDRs", "Pod CIDRs", Words()),
            Rows("taints", "Taints", ListOf(("spec", "taints")), (
                Column("key", "Key", Text(), width=3),
                Column("value", "Value", Text()),
                Column("effect", "Effect", Choice(EFFECTS)),
            )),
        )),
    ),
}  # fmt: skip
"""The groups of fields of the kinds of the workload domain."""
