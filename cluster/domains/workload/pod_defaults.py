"""What the apiserver fills into Pods and Pod templates.

`default_pod_spec` is common to both, `default_pod` adds what only Pods get, `admit_pod` is the
part of mutating admission that concerns netviz. Source: core/v1 `defaults.go`,
plugin/pkg/admission/{serviceaccount,defaulttolerationseconds}; semantics.md I-6, I-38.
"""

from __future__ import annotations

from cluster.domains.workload.constraints import Taint, parse_toleration
from cluster.domains.workload.daemonset import NOT_READY, UNREACHABLE
from cluster.machinery.kind import Admission
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    flag_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)

TOLERATION_SECONDS = 300  # DefaultTolerationSeconds: five minutes
FILE_MODE = 420  # 0644: secrets, config maps and projections as volumes
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
MODED_VOLUMES = ("secret", "configMap", "downwardAPI", "projected")


def default_pod_spec(spec: Manifest) -> None:
    """Fill in the defaults that Pods and templates share."""
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    for field in ("initContainers", "containers"):
        for container in mappings_at(spec, field):
            _default_container(container)
    for volume in mappings_at(spec, "volumes"):
        _default_volume(volume)


def default_pod(manifest: Manifest) -> None:
    """Fill in the defaults of a Pod (I-6)."""
    spec = child_mapping(manifest, "spec")
    default_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    for container in _all_containers(spec):
        _requests_from_limits(container)
    if flag_at(spec, "hostNetwork"):
        for container in _all_containers(spec):
            for port in mappings_at(container, "ports"):
                if not port.get("hostPort") and port.get("containerPort"):
                    port["hostPort"] = port["containerPort"]


def admit_pod(new: Manifest, old: Manifest | None, cluster: Admission) -> None:
    """Name the service account and limit how long the Pod stays on a lost Node."""
    complete_pod(new, is_new=old is None)


def complete_pod(manifest: Manifest, *, is_new: bool = True) -> None:
    """Do what admission does to a Pod, whoever makes it (I-6, I-38)."""
    spec = child_mapping(manifest, "spec")
    if is_new:
        account = text_at(spec, "serviceAccountName") or text_at(spec, "serviceAccount")
        spec["serviceAccountName"] = account or "default"
        spec["serviceAccount"] = spec["serviceAccountName"]
    _tolerate_lost_nodes(spec)


def prepare_pod(new: Manifest, old: Manifest | None) -> None:
    """Begin a Pod's life: phase Pending and its quality of service."""
    if old is None:
        status = child_mapping(new, "status")
        status.setdefault("phase", "Pending")
        status.setdefault("qosClass", _quality(mapping_at(new, "spec")))


def grace_of(manifest: Manifest) -> int:
    """Return the seconds that a Pod gets to end (I-31).

    None of it for a Pod that nobody runs: without a Node, or finished.
    """
    spec = mapping_at(manifest, "spec")
    if not text_at(spec, "nodeName"):
        return 0
    if text_at(manifest, "status", "phase") in {"Succeeded", "Failed"}:
        return 0
    seconds = spec.get("terminationGracePeriodSeconds")
    if not isinstance(seconds, int):
        return 30
    return max(seconds, 1) if seconds else 0


def _all_containers(spec: Manifest) -> list[Manifest]:
    return [*mappings_at(spec, "initContainers"), *mappings_at(spec, "containers")]


def _default_container(container: Manifest) -> None:
    image = text_at(container, "image") or ""
    _, _, tag = image.rpartition("/")[2].partition(":")
    newest = "@" not in image and tag in {"", "latest"}
    container.setdefault("imagePullPolicy", "Always" if newest else "IfNotPresent")
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in mappings_at(container, "ports"):
        if not port.get("protocol"):
            port["protocol"] = "TCP"
    for name in PROBES:
        if container.get(name) is not None:
            _default_probe(mapping_at(container, name))
    for variable in mappings_at(container, "env"):
        reference = mapping_at(variable, "valueFrom", "fieldRef")
        if reference:
            reference.setdefault("apiVersion", "v1")


def _default_probe(probe: Manifest) -> None:
    for field, value in (
        ("timeoutSeconds", 1), ("periodSeconds", 10),
        ("successThreshold", 1), ("failureThreshold", 3),
    ):  # fmt: skip
        if not probe.get(field):
            probe[field] = value
    http = mapping_at(probe, "httpGet")
    if http:
        http.setdefault("path", "/")
        http.setdefault("scheme", "HTTP")
    if probe.get("grpc") is not None:
        mapping_at(probe, "grpc").setdefault("service", "")


def _default_volume(volume: Manifest) -> None:
    if not any(value is not None for key, value in volume.items() if key != "name"):
        volume["emptyDir"] = {}
    for source in MODED_VOLUMES:
        if volume.get(source) is not None:
            mapping_at(volume, source).setdefault("defaultMode", FILE_MODE)
    if volume.get("hostPath") is not None:
        mapping_at(volume, "hostPath").setdefault("type", "")


def _requests_from_limits(container: Manifest) -> None:
    limits = mapping_at(container, "resources", "limits")
    if limits:
        requests = child_mapping(container, "resources", "requests")
        for resource, amount in limits.items():
            requests.setdefault(resource, amount)


def _tolerate_lost_nodes(spec: Manifest) -> None:
    tolerations = [parse_toleration(item) for item in mappings_at(spec, "tolerations")]
    added: list[JSON] = [
        {
            "key": key,
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": TOLERATION_SECONDS,
        }
        for key in (NOT_READY, UNREACHABLE)
        if not any(known.tolerates(Taint(key, "", "NoExecute")) for known in tolerations)
    ]
    if added:
        spec["tolerations"] = [*list_at(spec, "tolerations"), *added]


def _quality(spec: Manifest) -> str:
    """Return the quality-of-service class: what limits and requests promise."""
    named = ("cpu", "memory")
    guaranteed = True
    requested = False
    for container in _all_containers(spec):
        limits = mapping_at(container, "resources", "limits")
        requests = mapping_at(container, "resources", "requests")
        requested = requested or any(name in limits or name in requests for name in named)
        guaranteed = guaranteed and all(
            name in limits and requests.get(name, limits[name]) == limits[name] for name in named
        )
    if not requested:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"
