"""Small makers of the objects that Service tests need, and a cluster to put them into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cluster.domains.service.endpointslice import Endpoint, EndpointSlice
from cluster.domains.service.findings import RULES as FINDING_RULES
from cluster.domains.service.kinds import KINDS as SERVICE_KINDS
from cluster.domains.service.rules import RULES
from cluster.domains.workload.namespace import Namespace, parse_namespace
from cluster.domains.workload.node import Node, parse_node
from cluster.domains.workload.pod import Pod, parse_pod
from cluster.engine.engine import Step
from cluster.engine.simulator import Simulator
from cluster.machinery.errors import ApiError
from cluster.machinery.kind import Kind, Kinds, Object
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings


def _nodes_of(item: Object) -> Iterable[str]:
    return [item.node_name] if isinstance(item, Pod) and item.node_name else []


def _addresses_of(item: Object) -> Iterable[str]:
    return item.ips if isinstance(item, Pod) else []


KINDS = Kinds(
    (
        Kind(
            group="", version="v1", kind="Namespace", plural="namespaces", type=Namespace,
            parse=parse_namespace, namespaced=False,
        ),
        Kind(
            group="", version="v1", kind="Node", plural="nodes", type=Node, parse=parse_node,
            namespaced=False, has_status=True, has_label_index=True,
        ),
        Kind(
            group="", version="v1", kind="Pod", plural="pods", type=Pod, parse=parse_pod,
            has_label_index=True, has_status=True,
            indexes={"node": _nodes_of, "ip": _addresses_of},
            graceful_seconds=lambda _manifest: 30,
        ),
        *SERVICE_KINDS,
    )
)  # fmt: skip
SLICE = "discovery.k8s.io"
DUAL: Manifest = {"service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"]}


def manifest(kind: str, name: str, namespace: str = "shop", /, **meta: JSON) -> Manifest:
    metadata: Manifest = {"name": name, **meta}
    if KINDS[kind].namespaced:
        metadata["namespace"] = namespace
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata}


def service(name: str = "web", /, *ports: int | Manifest, **spec: JSON) -> Manifest:
    """A Service with numbered ports (port 80 unless said); keywords are its spec, and `meta`."""
    listed: list[JSON] = [
        {"port": port, "name": f"p{port}"} if isinstance(port, int) and len(ports) > 1
        else {"port": port} if isinstance(port, int) else port
        for port in ports or (80,)
    ]  # fmt: skip
    meta = spec.pop("meta", None)
    body: Manifest = {"ports": listed, **spec}
    if body["ports"] is None:
        del body["ports"]
    extra = meta if isinstance(meta, dict) else {}
    return {**manifest("Service", name, **extra), "spec": body}


def node(name: str, zone: str = "", *, cpu: str = "4", ready: bool = True) -> Manifest:
    labels: Manifest = {"topology.kubernetes.io/zone": zone} if zone else {}
    return {
        **manifest("Node", name, labels=labels),
        "status": {
            "allocatable": {"cpu": cpu},
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
        },
    }


def pod(
    name: str,
    *ips: str,
    ready: bool = True,
    on: str = "node-1",
    phase: str = "Running",
    ports: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
    meta: Manifest | None = None,
    **spec: JSON,
) -> Manifest:
    """A Pod labelled `app: web` with addresses, on a Node."""
    listed: list[JSON] = [
        {"name": key, "containerPort": number} for key, number in (ports or {}).items()
    ]
    body: Manifest = {"containers": [{"name": "c", "image": "i", "ports": listed}], **spec}
    if on:
        body["nodeName"] = on
    status: Manifest = {
        "phase": phase,
        "conditions": [
            {
                "type": "Ready",
                "status": "True" if ready else "False",
                "lastTransitionTime": "2025-12-31T00:00:00Z",
            }
        ],
    }
    if ips:
        status["podIP"] = ips[0]
        status["podIPs"] = [{"ip": ip} for ip in ips]
    marks: Manifest = dict[str, JSON](labels if labels is not None else {"app": "web"})
    return {
        **manifest("Pod", name, labels=marks, uid=f"uid-{name}", **(meta or {})),
        "spec": body,
        "status": status,
    }


def pods(count: int, first: int = 0, **more: JSON) -> list[Manifest]:
    """`count` ready Pods with addresses of their own, named so that they sort by number."""
    return [
        pod(f"web-{i:04d}", f"10.244.{i // 250}.{i % 250 + 1}", **more)  # type: ignore[arg-type]
        for i in range(first, first + count)
    ]


@dataclass(slots=True)
class Cluster:
    """A simulated cluster with three zoned Nodes, and shorthands for asking it."""

    simulator: Simulator
    last: Step = field(default_factory=Step)

    def add(self, *manifests: Manifest) -> None:
        """Put objects as they are (seeded), replacing what stands, and settle."""
        for item in manifests:
            kind = KINDS[str(item["kind"])]
            meta = mapping_at(item, "metadata")
            key = kind.key(str(meta.get("namespace") or ""), str(meta["name"]))
            if key in self.simulator.manifests:
                self.simulator._save(key, self._as_stored(key, item))
            else:
                self.simulator.create(item, mode="seed")
        self.settle()

    def _as_stored(self, key: Key, item: Manifest) -> Manifest:
        stored = mapping_at(self.simulator.manifests[key], "metadata")
        kept: Manifest = {n: stored[n] for n in ("uid", "creationTimestamp") if n in stored}
        return {**item, "metadata": {**mapping_at(item, "metadata"), **kept}}

    def settle(self) -> Step:
        self.last = self.simulator.settle()
        return self.last

    def create(self, item: Manifest) -> Manifest:
        """Create an object as a client does; returns what is stored. Raises ApiError."""
        written = self.simulator.create(item)
        self.settle()
        return self.simulator.manifests[written.key]

    def replace(self, item: Manifest) -> Manifest:
        """Replace an object as a client's PUT does; returns what is stored. Raises ApiError."""
        written = self.simulator.replace(item)
        self.settle()
        return self.simulator.manifests[written.key]

    def delete(self, kind: str, name: str, namespace: str = "shop") -> None:
        self.simulator.delete(KINDS[kind].key(namespace, name))
        self.settle()

    def get(self, kind: str, name: str, namespace: str = "shop") -> Manifest:
        return self.simulator.manifests[KINDS[kind].key(namespace, name)]

    def slices(self, name: str = "web", family: str = "") -> list[EndpointSlice]:
        found = self.simulator.snapshot.lookup(EndpointSlice, "service", ("shop", name))
        return sorted(
            (s for s in found if family in {"", s.address_type}), key=lambda s: s.meta.name
        )

    def endpoints(self, name: str = "web", family: str = "") -> list[Endpoint]:
        return [e for s in self.slices(name, family) for e in s.endpoints]

    def sizes(self, name: str = "web") -> list[int]:
        return sorted(len(s.endpoints) for s in self.slices(name))

    def writes(self) -> dict[str, int]:
        """How many slices the last settling wrote, by created or updated, and removed."""
        found = {"written": 0, "removed": 0}
        for key, written in self.last.writes.items():
            if key.kind == "EndpointSlice":
                found["removed" if written is None else "written"] += 1
        return found

    def findings(self, rule: str = "") -> list[str]:
        """The findings there are, as `NV101 Service shop/web spec.selector`."""
        found = [
            f"{fact.rule} {fact.key} {fact.path}"  # type: ignore[attr-defined]
            for facts in self.simulator.engine.facts.values()
            for fact in facts
        ]
        return sorted(text for text in found if text.startswith(rule))

    def errors(self) -> list[str]:
        return sorted(self.simulator.engine.errors.values())

    def is_at_rest(self) -> bool:
        """Whether asking every owner again writes nothing (incremental = full)."""
        self.simulator.engine.ask_all()
        before = dict(self.simulator.engine.facts)
        step = self.simulator.settle()
        return not step.writes and before == self.simulator.engine.facts


def cluster(*manifests: Manifest, **settings: JSON) -> Cluster:
    """A cluster with the Namespace `shop`, Nodes node-1 to node-3 in zones a, b and c."""
    made = Cluster(Simulator(KINDS, (*RULES, *FINDING_RULES), parse_settings(settings)))
    nodes = [node(f"node-{i}", zone) for i, zone in ((1, "a"), (2, "b"), (3, "c"))]
    made.add(manifest("Namespace", "shop"), *nodes, *manifests)
    return made


def refusal(error: ApiError) -> list[str]:
    """The errors of a refusal as `path: Reason: detail`, without printed values."""
    return [
        ": ".join(part for part in (e.field, e.type.word, e.detail) if part) for e in error.errors
    ]
