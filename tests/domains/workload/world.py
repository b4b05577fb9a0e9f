"""A cluster of this domain's kinds and rules alone, and small functions that build its objects."""

from __future__ import annotations

from cluster.domains.workload.kinds import KINDS
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules import RULES
from cluster.domains.workload.telling import TELLERS
from cluster.engine.admission import Mode
from cluster.engine.engine import Step
from cluster.engine.simulator import Simulator
from cluster.machinery.kind import Kinds
from cluster.machinery.manifest import JSON, Manifest, mapping_at, merge
from cluster.machinery.meta import Key
from cluster.machinery.settings import parse_settings
from cluster.machinery.times import later

ALL_KINDS = Kinds(KINDS)


class World(Simulator):
    """A simulator with a namespace `shop` and some Nodes; says what tests ask again and again."""

    def __init__(self, *, nodes: int = 3, settings: Manifest | None = None) -> None:
        self.last = Step()
        super().__init__(ALL_KINDS, RULES, parse_settings(settings or {}), tellers=TELLERS)
        self.add(namespace("shop"))
        for number in range(1, nodes + 1):
            self.add(node(f"node-{number}", zone=f"zone-{(number - 1) % 3}"))

    def add(self, *manifests: Manifest, mode: Mode = "api") -> World:
        """Create objects and settle."""
        for manifest in manifests:
            self.create(manifest, mode=mode)
        self.run()
        return self

    def run(self) -> World:
        """Settle; a rule that fails fails the test."""
        self.last = self.settle()
        assert not self.last.errors, self.last.errors
        return self

    def wait(self, seconds: float) -> World:
        """Let time pass, stopping wherever a rule wants to be asked."""
        end = later(self.now, seconds)
        while True:
            step = self.settle()
            assert not step.errors, step.errors
            if step.wake is None or step.wake > end:
                break
            self.now = step.wake
        self.now = end
        return self.run()

    def edit(self, kind: str, name: str, patch: Manifest, *, namespace: str = "shop") -> World:
        """Merge a patch into an object as a user does, and settle."""
        key = self.kinds[kind].key(namespace, name)
        self.change(key, lambda manifest: merge(manifest, patch))
        return self.run()

    def report(self, kind: str, name: str, status: Manifest) -> World:
        """Merge a patch into the status of an object, and settle."""
        key = self.kinds[kind].key("shop", name)
        self.replace(merge(self.get(key), {"status": status}), subresource="status")
        return self.run()

    def drop(self, kind: str, name: str, *, graceful: bool = False) -> World:
        """Delete an object; without `graceful` its grace period is over at once."""
        key = self.kinds[kind].key("shop", name)
        if graceful:
            self.engine.now = self.now
            stamp: Manifest = {
                "metadata": {"deletionTimestamp": later(self.now, 30),
                             "deletionGracePeriodSeconds": 30},
            }  # fmt: skip
            self._save(key, merge(self.manifests[key], stamp))
        else:
            self.delete(key)
        return self.run()

    def pods(self, **labels: str) -> list[Pod]:
        """Return the Pods that carry `labels`, by name."""
        return [
            pod
            for pod in self.snapshot.sorted(Pod)
            if all(pod.meta.labels.get(key) == value for key, value in labels.items())
        ]

    def active(self, **labels: str) -> list[Pod]:
        """Return those of `pods` that are not being deleted."""
        return [pod for pod in self.pods(**labels) if not pod.is_terminating]

    def pod(self, name: str) -> Pod:
        """Return one Pod."""
        found = self.snapshot.get(Pod, "shop", name)
        assert found is not None, f"no Pod {name}"
        return found

    def one(self, kind: str, name: str, namespace: str = "shop") -> Manifest:
        """Return one manifest."""
        return self.manifests[self.kinds[kind].key(namespace, name)]

    def names(self, kind: str) -> list[str]:
        """Return the names of the objects of a kind, sorted."""
        return sorted(key.name for key in self.manifests if key.kind == kind)

    def status(self, kind: str, name: str) -> Manifest:
        """Return the status of an object."""
        return mapping_at(self.one(kind, name), "status")

    def left_to_do(self) -> dict[Key, Manifest | None]:
        """Return what asking every owner of every rule again would write; nothing, that is."""
        self.engine.ask_all()
        step = self.engine.feed([], self.now)
        assert not step.errors, step.errors
        return step.writes

    def key(self, kind: str, name: str) -> Key:
        """Return a key in the namespace `shop`."""
        return self.kinds[kind].key("shop", name)


def namespace(name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def node(
    name: str, *, zone: str = "", labels: Manifest | None = None, spec: Manifest | None = None,
    status: Manifest | None = None,
) -> Manifest:  # fmt: skip
    given: Manifest = {**(labels or {})}
    if zone:
        given["topology.kubernetes.io/zone"] = zone
    found: Manifest = {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": given},
    }  # fmt: skip
    if spec:
        found["spec"] = spec
    if status:
        found["status"] = status
    return found


def meta(name: str, labels: JSON = None) -> Manifest:
    found: Manifest = {"name": name, "namespace": "shop"}
    if labels:
        found["labels"] = labels
    return found


def pod_spec(**fields: JSON) -> Manifest:
    return {"containers": [{"name": "app", "image": "app:1"}], **fields}


def pod(name: str, *, labels: JSON = None, status: JSON = None, **fields: JSON) -> Manifest:
    found: Manifest = {
        "apiVersion": "v1", "kind": "Pod", "metadata": meta(name, labels),
        "spec": pod_spec(**fields),
    }  # fmt: skip
    if status is not None:
        found["status"] = status
    return found


def template(app: str, **fields: JSON) -> Manifest:
    return {"metadata": {"labels": {"app": app}}, "spec": pod_spec(**fields)}


def workload(
    kind: str, name: str, replicas: JSON = None, *, pod: JSON = None, **spec: JSON
) -> Manifest:
    """Return a workload whose Pods carry `app: <name>`; `pod` are fields of the Pod spec."""
    fields = pod if isinstance(pod, dict) else {}
    body: Manifest = {
        "selector": {"matchLabels": {"app": name}}, "template": template(name, **fields),
    }  # fmt: skip
    if replicas is not None:
        body["replicas"] = replicas
    group = {"ReplicationController": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}
    return {
        "apiVersion": group.get(kind, "apps/v1"),
        "kind": kind,
        "metadata": meta(name),
        "spec": {**body, **spec},
    }


def job(name: str, **spec: JSON) -> Manifest:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": meta(name),
        "spec": {"template": template(name, restartPolicy="Never"), **spec},
    }
