"""What the apiserver fills into controllers, Nodes and Namespaces.

Source: pkg/apis/{apps,batch,core}/v1/defaults.go and the strategies' PrepareForCreate;
semantics.md I-2, I-11, I-13, I-23, I-24, A-19.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster.domains.workload.pod_defaults import default_pod_spec
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    copy,
    flag_at,
    mapping_at,
    text_at,
    text_map_at,
)

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
NAME_LABEL = "kubernetes.io/metadata.name"
CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
UID_LABELS = (CONTROLLER_UID, "controller-uid")  # the second is from before 1.27
JOB_NAME = "batch.kubernetes.io/job-name"


def _default_template(spec: Manifest) -> Manifest:
    template = child_mapping(spec, "template")
    default_pod_spec(child_mapping(template, "spec"))
    return template


def default_deployment(manifest: Manifest) -> None:
    """Fill in the defaults of a Deployment (I-2, I-11, I-13)."""
    spec = child_mapping(manifest, "spec")
    _default_template(spec)
    spec.setdefault("replicas", 1)
    strategy = child_mapping(spec, "strategy")
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = child_mapping(strategy, "rollingUpdate")
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def default_replica_set(manifest: Manifest) -> None:
    """Fill in the defaults of a ReplicaSet; its labels default to the template's."""
    spec = child_mapping(manifest, "spec")
    template = _default_template(spec)
    _labels_from_template(manifest, template)
    spec.setdefault("replicas", 1)


def default_replication_controller(manifest: Manifest) -> None:
    """Fill in the defaults of a ReplicationController; selector and labels are the template's."""
    spec = child_mapping(manifest, "spec")
    template = _default_template(spec)
    labels = text_map_at(template, "metadata", "labels")
    if labels and not mapping_at(spec, "selector"):
        spec["selector"] = {**labels}
    _labels_from_template(manifest, template)
    spec.setdefault("replicas", 1)


def default_stateful_set(manifest: Manifest) -> None:
    """Fill in the defaults of a StatefulSet."""
    spec = child_mapping(manifest, "spec")
    _default_template(spec)
    if not spec.get("podManagementPolicy"):
        spec["podManagementPolicy"] = "OrderedReady"
    strategy = child_mapping(spec, "updateStrategy")
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is None:
        strategy["rollingUpdate"] = {"partition": 0}
    elif strategy.get("rollingUpdate") is not None:
        mapping_at(strategy, "rollingUpdate").setdefault("partition", 0)
    retention = child_mapping(spec, "persistentVolumeClaimRetentionPolicy")
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)


def default_daemon_set(manifest: Manifest) -> None:
    """Fill in the defaults of a DaemonSet (I-23)."""
    spec = child_mapping(manifest, "spec")
    _default_template(spec)
    strategy = child_mapping(spec, "updateStrategy")
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = child_mapping(strategy, "rollingUpdate")
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)


def prepare_daemon_set(new: Manifest, old: Manifest | None) -> None:
    """Count the templates in the annotation that becomes a Pod label (I-21)."""
    generation = 1
    if old is not None:
        text = text_at(old, "metadata", "annotations", TEMPLATE_GENERATION) or "1"
        generation = int(text) if text.isascii() and text.isdigit() else 1
        if mapping_at(new, "spec", "template") != mapping_at(old, "spec", "template"):
            generation += 1
    child_mapping(new, "metadata", "annotations")[TEMPLATE_GENERATION] = str(generation)


def default_job_spec(spec: Manifest) -> Manifest:
    """Fill in the defaults of a Job's spec (I-24); returns its template."""
    template = _default_template(spec)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
        spec["parallelism"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    if spec.get("podReplacementPolicy") is None:
        failing = spec.get("podFailurePolicy") is not None
        spec["podReplacementPolicy"] = "Failed" if failing else "TerminatingOrFailed"
    return template


def default_job(manifest: Manifest) -> None:
    """Fill in the defaults of a Job; its labels default to the template's."""
    template = default_job_spec(child_mapping(manifest, "spec"))
    _labels_from_template(manifest, template)


def prepare_job(new: Manifest, old: Manifest | None) -> None:
    """Generate selector and Pod labels from the Job's uid, unless the user does it (I-24)."""
    if old is not None:
        return
    spec = child_mapping(new, "spec")
    if flag_at(spec, "manualSelector"):
        return
    uid, name = text_at(new, "metadata", "uid") or "", text_at(new, "metadata", "name") or ""
    labels = child_mapping(spec, "template", "metadata", "labels")
    generated = (
        *((label, uid) for label in UID_LABELS), ("job-name", name), (JOB_NAME, name),
    )  # fmt: skip
    chosen = mapping_at(spec, "selector", "matchLabels")
    if {chosen.get(label) for label in UID_LABELS} - {None, uid}:
        del spec["selector"]  # a dump of another life of this Job: its uid means nothing here
        for label in UID_LABELS:
            labels.pop(label, None)
    for label, value in generated:
        labels.setdefault(label, value)
    if spec.get("selector") is None:
        spec["selector"] = {"matchLabels": {CONTROLLER_UID: uid}}


def default_cron_job(manifest: Manifest) -> None:
    """Fill in the defaults of a CronJob."""
    spec = child_mapping(manifest, "spec")
    _default_template(child_mapping(spec, "jobTemplate", "spec"))
    if not spec.get("concurrencyPolicy"):
        spec["concurrencyPolicy"] = "Allow"
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)


def default_namespace(manifest: Manifest) -> None:
    """Write the label with the Namespace's own name (A-19)."""
    name = text_at(manifest, "metadata", "name")
    if name:
        child_mapping(manifest, "metadata", "labels")[NAME_LABEL] = name


def prepare_namespace(new: Manifest, old: Manifest | None) -> None:
    """Set phase and finalizers, which only the finalize call and the controller change."""
    if old is not None:
        kept: JSON = copy(old).get("spec")
        if kept is not None:
            new["spec"] = kept
        return
    child_mapping(new, "status")["phase"] = "Active"
    spec = child_mapping(new, "spec")
    if not spec.get("finalizers"):
        spec["finalizers"] = ["kubernetes"]


NODE_INFO: Mapping[str, JSON] = dict.fromkeys(
    ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion",
     "kubeletVersion", "machineID", "operatingSystem", "osImage", "systemUUID"), "",
)  # fmt: skip
"""What Go writes of `status.nodeInfo` even where it is not known; clients rely on every one."""


def default_node(manifest: Manifest) -> None:
    """Keep `podCIDR` and `podCIDRs` in step: the first of the list is the single one (C-27).

    What the status says of the Node's system is made whole.
    """
    info = mapping_at(manifest, "status", "nodeInfo")
    for name, value in NODE_INFO.items() if info else ():
        info.setdefault(name, value)
    spec = child_mapping(manifest, "spec")
    several = mapping_at(manifest, "spec").get("podCIDRs")
    single = text_at(spec, "podCIDR")
    if isinstance(several, list) and several and not single:
        spec["podCIDR"] = several[0]
    elif single and not several:
        spec["podCIDRs"] = [single]


def _labels_from_template(manifest: Manifest, template: Manifest) -> None:
    labels = text_map_at(template, "metadata", "labels")
    meta = child_mapping(manifest, "metadata")
    if labels and not mapping_at(meta, "labels"):
        meta["labels"] = {**labels}
