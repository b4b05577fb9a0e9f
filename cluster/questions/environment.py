"""The question `environment`: the Service variables of a Pod's containers (E-64).

What containers set themselves (`env`) wins and is told; `envFrom` is not known, since ConfigMaps
and Secrets are kept without their data.
"""

from __future__ import annotations

from cluster.domains.dns.environment import Environment, service_environment
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.asked import Asked
from cluster.questions.named import named
from cluster.questions.question import Field, Given, Question


def environment(asked: Asked, given: Given) -> Manifest:
    """Answer the variables that the containers of `pod` have from Services."""
    pod = named(asked, given, "pod", Pod)
    manifest = asked.manifest(Key("", "Pod", pod.meta.namespace, pod.meta.name)) or {}
    found = pod_environment(pod, manifest, asked.snapshot)
    variables: list[JSON] = [
        {"name": variable.name, "value": variable.value, "service": str(variable.service)}
        for variable in found.variables
    ]
    late: list[JSON] = [str(key) for key in found.late]
    containers: list[JSON] = [*_containers(found, manifest)]
    return {
        "enable_service_links": pod.enable_service_links,
        "started": started(manifest),
        "variables": variables,
        "containers": containers,
        "not_yet": late,
    }


def pod_environment(pod: Pod, manifest: Manifest, snapshot: Snapshot) -> Environment:
    """Return the Service variables of a Pod whose manifest is `manifest`."""
    return service_environment(pod, snapshot, started(manifest))


def started(manifest: Manifest) -> str | None:
    """Return when a Pod started, None where it has not."""
    return text_at(manifest, "status", "startTime")


def _containers(found: Environment, manifest: Manifest) -> list[Manifest]:
    """Return the containers with those of the variables that they set themselves."""
    given = {variable.name for variable in found.variables}
    spec = mapping_at(manifest, "spec")
    listed: list[Manifest] = []
    for item in (*mappings_at(spec, "initContainers"), *mappings_at(spec, "containers")):
        own = {text_at(entry, "name") or "" for entry in mappings_at(item, "env")}
        overridden: list[JSON] = [*sorted(given & own)]
        listed.append({"name": text_at(item, "name"), "overridden": overridden})
    return listed


_TEXTS: Manifest = {"type": "array", "items": {"type": "string"}}
_TEXT: Manifest = {"type": "string"}
ENVIRONMENT = Question(
    "environment",
    "The variables that a Pod's containers have from Services.",
    environment,
    (Field("pod", "The Pod, as `namespace/name`.", is_required=True),),
    {
        "type": "object",
        "properties": {
            "enable_service_links": {"type": "boolean"},
            "started": {"type": "string", "nullable": True},
            "variables": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": _TEXT, "value": _TEXT, "service": _TEXT},
                },
            },
            "containers": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": _TEXT, "overridden": _TEXTS}},
            },
            "not_yet": _TEXTS | {"description": "Services made after the Pod started."},
        },
    },
    reads=frozenset({"Pod", "Service"}),
)
