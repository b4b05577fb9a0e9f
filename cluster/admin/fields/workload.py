"""The inputs of Pods, of what makes Pods, and of where Pods run."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.admin.fields.metadata import pairs
from cluster.admin.fields.rows import ListOf
from cluster.admin.fields.shape import Column, Field, Group, Path, Rows
from cluster.admin.fields.types import Choice, Flag, Number, Ports, Text, Type, Words
from cluster.machinery.texts import say

SPEC, TEMPLATE = ("spec",), ("spec", "template")
ZONE = ("metadata", "labels", "topology.kubernetes.io/zone")
REGION = ("metadata", "labels", "topology.kubernetes.io/region")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def containers(spec: Path) -> Rows:
    """Return the table of the containers of a Pod spec."""
    columns = (
        Column("name", say("Name"), Text()),
        Column("image", say("Image"), Text(), width=3),
        Column("ports", say("Ports"), Ports(), width=3),
    )
    text = say("Ports in one line: 8080, http:8080, 53/UDP.")
    return Rows("containers", say("Containers"), ListOf((*spec, "containers")), columns, text)


def spec(name: str, label: str, type: Type, help: str = "") -> Field:  # noqa: A002 - as in Field
    """Return the field of the same name below `spec`."""
    return Field(_snake(name), label, ("spec", name), type, help)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


REPLICAS = spec("replicas", say("Replicas"), Number(), say("How many Pods there should be."))
TEMPLATE_FIELDS = Group(
    say("Pod template"),
    (
        pairs("pod_labels", say("Pod labels"), (*TEMPLATE, "metadata", "labels"),
              say("The labels of every Pod; the selector has to match them.")),
        containers((*TEMPLATE, "spec")),
    ),
)  # fmt: skip
SELECTOR = pairs(
    "selector", say("Selector"), ("spec", "selector", "matchLabels"),
    say("Labels of the Pods it owns; cannot change later."),
)  # fmt: skip
DNS_POLICY = Choice(("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))

FIELDS: Mapping[str, tuple[Group, ...]] = {
    "Deployment": (
        Group("", (
            REPLICAS,
            Field("strategy", say("Strategy"), ("spec", "strategy", "type"),
                  Choice(("RollingUpdate", "Recreate"))),
            spec("paused", say("Paused"), Flag()),
            SELECTOR,
        )),
        TEMPLATE_FIELDS,
    ),
    "ReplicaSet": (Group("", (REPLICAS, SELECTOR)), TEMPLATE_FIELDS),
    "ReplicationController": (
        Group("", (REPLICAS, pairs("selector", say("Selector"), ("spec", "selector")))),
        TEMPLATE_FIELDS,
    ),
    "StatefulSet": (
        Group("", (
            REPLICAS,
            spec("serviceName", say("Service name"), Text(),
                 say("The headless Service that names them.")),
            spec("podManagementPolicy",
                 say("Pod management"), Choice(("OrderedReady", "Parallel"))),
            SELECTOR,
        )),
        TEMPLATE_FIELDS,
    ),
    "DaemonSet": (
        Group("", (
            Field("strategy", say("Update strategy"), ("spec", "updateStrategy", "type"),
                  Choice(("RollingUpdate", "OnDelete"))),
            SELECTOR,
            pairs("node_selector", say("Node selector"), (*TEMPLATE, "spec", "nodeSelector"),
                  say("Only Nodes with these labels run its Pods.")),
        )),
        TEMPLATE_FIELDS,
    ),
    "Job": (
        Group("", (
            spec("completions", say("Completions"), Number()),
            spec("parallelism", say("Parallelism"), Number()),
            spec("backoffLimit", say("Backoff limit"), Number()),
            spec("suspend", say("Suspended"), Flag()),
        )),
        TEMPLATE_FIELDS,
    ),
    "CronJob": (
        Group("", (
            spec("schedule", say("Schedule"), Text(),
                 say("Minute, hour, day, month, weekday: 0 3 * * *.")),
            spec("timeZone", say("Time zone"), Text()),
            spec("concurrencyPolicy", say("Concurrency"), Choice(("Allow", "Forbid", "Replace"))),
            spec("suspend", say("Suspended"), Flag()),
        )),
        Group(say("Pod template"),
              (containers((*SPEC, "jobTemplate", "spec", "template", "spec")),)),
    ),
    "Pod": (
        Group("", (
            containers(SPEC),
            spec("nodeName", say("Node"), Text(), say("Left empty, a Node is chosen.")),
            spec("restartPolicy", say("Restart policy"), Choice(("Always", "OnFailure", "Never"))),
        )),
        Group(say("Names and network"), (
            spec("hostname", say("Hostname"), Text()),
            spec("subdomain", say("Subdomain"), Text(),
                 say("With a headless Service of this name, the Pod has a DNS name of its own.")),
            spec("dnsPolicy", say("DNS policy"), DNS_POLICY),
            spec("hostNetwork", say("Host network"), Flag()),
        )),
    ),
    "Node": (
        Group("", (
            spec("unschedulable", say("Unschedulable"), Flag(),
                 say("Cordoned: no new Pods come here.")),
            Field("zone", say("Zone"), ZONE, Text()),
            Field("region", say("Region"), REGION, Text()),
            spec("podCIDRs", say("Pod CIDRs"), Words()),
            Rows("taints", say("Taints"), ListOf(("spec", "taints")), (
                Column("key", say("Key"), Text(), width=3),
                Column("value", say("Value"), Text()),
                Column("effect", say("Effect"), Choice(EFFECTS)),
            )),
        )),
    ),
}  # fmt: skip
"""The groups of fields of the kinds of the workload domain."""
