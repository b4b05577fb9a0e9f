"""Making the change in a copy of the cluster: a new set of objects instead of the present one.

What users wrote and the new set lacks is deleted; what both have is replaced, keeping what the
cluster itself assigned; what the API refuses to change is made anew. Objects that controllers
made follow by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from cluster.engine.admission import Mode
from cluster.machinery.errors import ApiError, Invalid
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    mapping_at,
    mappings_at,
    merge,
    text_at,
)
from cluster.machinery.meta import Key
from cluster.questions.asked import Asked
from cluster.questions.bootstrap import SYSTEM_NAMESPACES
from cluster.questions.importing import adapt
from cluster.questions.seeded import Refused, Seeded
from cluster.questions.seeding import describe, resume

MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_BY_CONTROLLERS = frozenset({
    "endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io",
})  # fmt: skip


def copy_of(asked: Asked) -> Seeded:
    """Return a cluster in memory with the objects and settings of another one, settled."""
    settings = replace(asked.settings, bootstrap=False, nodes=0)
    found = resume(asked.objects(), settings, asked.snapshot.copied(settings))
    found.built_in = frozenset(asked.built_in)
    return found


def written(manifests: dict[Key, Manifest], built_in: Iterable[Key] = ()) -> set[Key]:
    """Return the objects that users wrote: no controller made them, nor netviz itself."""
    uids = {text_at(manifest, "metadata", "uid") for manifest in manifests.values()}
    left = set(built_in)
    return {
        key
        for key, manifest in manifests.items()
        if key not in left and not _is_derived(manifest, uids)
    }


def _is_derived(manifest: Manifest, uids: set[str | None]) -> bool:
    meta = mapping_at(manifest, "metadata")
    if text_at(meta, "labels", MANAGED_BY) in _BY_CONTROLLERS:
        return True
    return any(
        owner.get("controller") and text_at(owner, "uid") in uids
        for owner in mappings_at(meta, "ownerReferences")
    )


@dataclass(slots=True)
class NewSet:
    """Brings a copy to a new set of objects; `remade` are those that had to be made anew."""

    seeded: Seeded
    mode: Mode = "seed"
    remade: list[Key] = field(default_factory=list)
    _put_before: set[Key] = field(default_factory=set)

    def apply(self, documents: Iterable[JSON]) -> None:
        """Make the change and settle; documents that are refused go to the copy's `refused`."""
        listed = list(documents)
        wanted = {key for item in listed if (key := self._key(item)) is not None}
        namespaces = self._namespaces(listed)
        present = written(self.seeded.simulator.manifests, self.seeded.built_in)
        for key in sorted(present - wanted, key=lambda key: key.kind == "Namespace"):
            if key.kind != "Namespace" or key.name not in namespaces:
                self._delete(key)
        for name in sorted(namespaces):
            key = Key("", "Namespace", "", name)
            if key not in wanted and name not in SYSTEM_NAMESPACES:
                self._put(
                    -1, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
                )
        for is_namespace in (True, False):
            for index, item in enumerate(listed):
                key = self._key(item)
                if (key is not None and key.kind == "Namespace") == is_namespace:
                    self._put(index, item)
        self.seeded.settle()

    def _key(self, item: JSON) -> Key | None:
        """Return who a document is, None where it does not say."""
        if not isinstance(item, dict):
            return None
        simulator = self.seeded.simulator
        try:
            found = simulator.read(item)
        except ApiError:
            return None
        meta = mapping_at(found.manifest, "metadata")
        return found.kind.key(text_at(meta, "namespace") or "default", text_at(meta, "name") or "")

    def _namespaces(self, documents: list[JSON]) -> set[str]:
        """Return the Namespaces that the new set names, or needs, if only by mention."""
        found = set(SYSTEM_NAMESPACES)
        for item in documents:
            key = self._key(item)
            if key is not None:
                found.add(key.name if key.kind == "Namespace" else key.namespace)
            elif isinstance(item, dict) and isinstance(item.get("metadata"), dict):
                found.add(text_at(item, "metadata", "namespace") or "")
        return found - {""}

    def _delete(self, key: Key) -> None:
        if key in self.seeded.simulator.manifests:
            self.seeded.simulator.delete(key)

    def _put(self, index: int, item: JSON) -> None:
        simulator = self.seeded.simulator
        key = self._key(item)
        if self.mode == "import" and isinstance(item, dict):
            item = adapt(item, simulator.settings, self._taken(key)).manifest
        try:
            stored = None if key is None else simulator.manifests.get(key)
            if key is None or stored is None or not isinstance(item, dict):
                simulator.create(item, mode=self.mode)
            else:
                self._replace(key, item, stored)
                self._put_before.add(key)
        except ApiError as error:
            self.seeded.refused.append(Refused(index, describe(item), error))

    def _replace(self, key: Key, item: Manifest, stored: Manifest) -> None:
        """Replace an object; one that the API refuses to change is deleted and made anew."""
        simulator = self.seeded.simulator
        try:
            simulator.replace(with_assigned(key.kind, item, stored))
        except Invalid:
            if key in self._put_before:  # of the same set: a second document changes it no more
                raise
            simulator.delete(key)
            self.seeded.settle()
            simulator.create(item, mode=self.mode)
            self.remade.append(key)

    def _taken(self, key: Key | None) -> Callable[[str], bool]:
        def is_taken(ip: str) -> bool:
            holder = self.seeded.simulator.pools.holder(Claim("ip", ip))
            return holder is not None and holder != key

        return is_taken


def with_assigned(kind: str, item: Manifest, stored: Manifest) -> Manifest:
    """Return a document with what the cluster assigned to the stored object and never changes."""
    made = merge(item, {"metadata": {"uid": text_at(stored, "metadata", "uid")}})
    spec = mapping_at(stored, "spec")
    if kind == "Pod":
        kept: Manifest = {
            name: value for name, value in spec.items() if name not in mapping_at(item, "spec")
        }
        return merge(made, {"spec": kept})
    if kind == "Job" and not mapping_at(item, "spec").get("selector"):
        labels = mapping_at(spec, "template", "metadata", "labels")
        own = mapping_at(item, "spec", "template", "metadata", "labels")
        generated = {name: value for name, value in labels.items() if name not in own}
        patch: Manifest = {
            "selector": spec.get("selector"),
            "template": {"metadata": {"labels": generated}},
        }
        return merge(made, {"spec": patch})
    if kind == "Node":
        kept = {name: spec[name] for name in ("podCIDR", "podCIDRs") if name in spec}
        return merge(made, {"spec": kept})
    return made
