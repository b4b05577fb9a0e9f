"""What a cluster's own controllers own of an object, as `metadata.managedFields` shows it.

netviz's engine does their work and writes down nothing of this kind, for 150,000 Pods would carry
more of it than of themselves. It is worked out when an object is shown, or written to by someone
who names a manager: what stands in a status is its controller's, but for what another has set
through the subresource; an object that a controller made and nobody else has written to is its
whole, but for what the apiserver itself fills in.
Source: what an apiserver of 1.33 shows; `pkg/registry/*/strategy.go` (`GetResetFields`) for who
sets what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from cluster.machinery.field_sets import (
    ITSELF,
    NOTHING,
    FieldSet,
    from_fields_v1,
    keyed,
    member,
    to_fields_v1,
)
from cluster.machinery.managers import (
    BadManagers,
    Manager,
    Owned,
    Owners,
    everything,
    read_owners,
    without_times,
    write_owners,
)
from cluster.machinery.manifest import JSON, Manifest, flag_at, mapping_at, mappings_at, text_at
from cluster.machinery.ownership import NOT_TRACKED
from cluster.machinery.schema import StructShape
from cluster.machinery.structured import compare
from cluster.machinery.structured.slots import Slot, slot_of

CONTROLLERS = "kube-controller-manager"
KUBELET = "kubelet"
SCHEDULER = "kube-scheduler"
STATUS_OF: Mapping[str, str] = {
    "Deployment": CONTROLLERS, "ReplicaSet": CONTROLLERS, "ReplicationController": CONTROLLERS,
    "StatefulSet": CONTROLLERS, "DaemonSet": CONTROLLERS, "Job": CONTROLLERS,
    "CronJob": CONTROLLERS, "Namespace": CONTROLLERS, "Pod": KUBELET, "Node": KUBELET,
    "Service": "cloud-controller-manager", "Ingress": "ingress-controller",
}  # fmt: skip
"""Who writes the status of a kind."""

MADE = frozenset({"ReplicaSet", "Pod", "ControllerRevision", "Job"})
"""What controllers make besides slices; they are its controlling owners."""

SLICES_OF = frozenset({
    "endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io",
})  # fmt: skip
_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_REVISION = "deployment.kubernetes.io/revision"
_FILLED_IN = frozenset({"nodeName", "serviceAccount", "priority", "preemptionPolicy"})
"""Of a Pod's spec: by the binding, or by admission, as these tolerations."""

_CONDITIONS = member("conditions")
_SCHEDULED = keyed({"type": "PodScheduled"})
_TOLERATED = frozenset({"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"})


def shown(manifest: Manifest, shape: StructShape) -> Manifest:
    """Return an object with what its controllers own added to its managedFields."""
    added = entries(manifest, shape)
    if not added:
        return manifest
    return _with_entries(manifest, [*_stored(manifest), *added])


def with_maker(manifest: Manifest, shape: StructShape) -> Manifest:
    """Return an object that carries no entries with those of the controller that made it."""
    made = [] if _stored(manifest) else _made(manifest, shape)
    return _with_entries(manifest, made) if made else manifest


def entries(manifest: Manifest, shape: StructShape) -> list[Manifest]:
    """Return the entries of the controllers of an object, beside those it carries."""
    stored = _stored(manifest)
    found = [] if stored else _made(manifest, shape)
    found += _status_entries(manifest, shape)
    if manifest.get("kind") == "Node":
        found += _of_addresses(manifest, shape)
    return list(_without_owned(found, [*stored])) if stored and found else found


def kept(managed: list[JSON], manifest: Manifest, shape: StructShape) -> list[JSON]:
    """Return what of its managedFields an object has to carry: not what is worked out anyway."""
    carried = [entry for entry in managed if not _is_of_status(entry, manifest)]
    made: list[JSON] = [*_made(manifest, shape)]
    return [] if without_times(carried) == without_times(made) else carried


def after_controllers(old: Manifest, new: Manifest, shape: StructShape) -> Manifest:
    """Return what controllers made of `old`: what they change is nobody else's any more.

    They know nothing of managedFields: those of `old` count.
    """
    stored = _stored(old)
    if not stored and not _stored(new):
        return new
    try:
        owners = read_owners([*stored])
    except BadManagers:
        owners = {}
    changed = compare(_values(old), _values(new), shape)
    taken = changed.added | changed.modified
    lost = everything(owners.values()) & (taken | changed.removed)
    left: list[JSON] = [*stored]
    if lost:
        left = write_owners(_taken_over(owners, lost, taken, new))
    meta = {**mapping_at(new, "metadata"), "managedFields": left}
    if not left:
        del meta["managedFields"]
    return new | {"metadata": meta}


def _taken_over(owners: Owners, lost: FieldSet, taken: FieldSet, new: Manifest) -> Owners:
    """Return owners without what they lost; of what is set now, a controller owns the spec's."""
    left = {who: replace(owned, fields=owned.fields - lost) for who, owned in owners.items()}
    theirs = frozenset(path for path in lost & taken if path[0] != member("status"))
    if theirs:
        manager = Manager(CONTROLLERS, "Update", text_at(new, "apiVersion") or "")
        before = left.get(manager.identity, Owned(manager, NOTHING, _created(new)))
        left[manager.identity] = replace(before, fields=before.fields | theirs)
    return left


def _values(manifest: Manifest) -> Manifest:
    """Return what of an object is anyone's: not what names it, nor what servers set."""
    values = {
        name: value for name, value in manifest.items() if name not in {"apiVersion", "kind"}
    }
    meta = mapping_at(manifest, "metadata")
    return values | {"metadata": {k: v for k, v in meta.items() if k not in NOT_TRACKED}}


def _stored(manifest: Manifest) -> list[Manifest]:
    return mappings_at(manifest, "metadata", "managedFields")


def _with_entries(manifest: Manifest, found: list[Manifest]) -> Manifest:
    ordered: list[JSON] = [*sorted(found, key=_place)]
    return manifest | {"metadata": mapping_at(manifest, "metadata") | {"managedFields": ordered}}


def _place(entry: Manifest) -> tuple[str, str]:
    return str(entry.get("operation")), str(entry.get("time") or "")


def _is_of_status(entry: JSON, manifest: Manifest) -> bool:
    kind = str(manifest.get("kind"))
    managers = {STATUS_OF.get(kind), SCHEDULER if kind == "Pod" else None}
    return (
        isinstance(entry, dict)
        and entry.get("subresource") == "status"
        and entry.get("operation") == "Update"
        and entry.get("manager") in managers
    )


def _without_owned(found: list[Manifest], stored: list[JSON]) -> Iterator[Manifest]:
    """Yield entries without the fields that those an object carries own."""
    try:
        owned = everything(read_owners(stored).values())
    except BadManagers:
        owned = NOTHING
    for entry in found:
        fields = from_fields_v1(entry["fieldsV1"])
        left = fields - owned
        if left == fields:
            yield entry
        elif left:
            yield entry | {"fieldsV1": to_fields_v1(left)}


def _entry(
    manager: str, manifest: Manifest, fields: Manifest, time: str, subresource: str = ""
) -> Manifest:
    entry: Manifest = {
        "manager": manager, "operation": "Update",
        "apiVersion": text_at(manifest, "apiVersion") or "", "time": time,
        "fieldsType": "FieldsV1", "fieldsV1": fields,
    }  # fmt: skip
    if subresource:
        entry["subresource"] = subresource
    if not time:
        del entry["time"]
    return entry


# what a controller made


def _made(manifest: Manifest, shape: StructShape) -> list[Manifest]:
    """Return the entry of the controller that made an object, none where none did."""
    if not _is_made(manifest):
        return []
    values = _values(manifest)
    values.pop("status", None)
    if manifest.get("kind") == "Pod":
        spec = mapping_at(manifest, "spec")
        values["spec"] = {k: v for k, v in spec.items() if not _is_filled_in(k, v)}
    fields = _node(values, slot_of(shape))
    return [_entry(CONTROLLERS, manifest, fields, _created(manifest))]


def _is_made(manifest: Manifest) -> bool:
    meta = mapping_at(manifest, "metadata")
    if text_at(meta, "labels", _MANAGED_BY) in SLICES_OF:
        return manifest.get("kind") == "EndpointSlice"
    return manifest.get("kind") in MADE and any(
        flag_at(owner, "controller") for owner in mappings_at(meta, "ownerReferences")
    )


def _is_filled_in(name: str, value: JSON) -> bool:
    if name == "tolerations":
        found = value if isinstance(value, list) else []
        keys = {toleration.get("key") for toleration in found if isinstance(toleration, dict)}
        return keys <= _TOLERATED
    return name in _FILLED_IN or (name == "serviceAccountName" and value == "default")


# what controllers report


def _status_entries(manifest: Manifest, shape: StructShape) -> list[Manifest]:
    kind = str(manifest.get("kind"))
    status = manifest.get("status")
    manager = STATUS_OF.get(kind)
    slot = slot_of(shape).below("status")
    if manager is None or slot is None or not isinstance(status, dict):
        return []
    begun = {k: v for k, v in status.items() if not _begins_with(kind, k, v)}
    reported = dict(_node(begun, slot))
    told: dict[str, Manifest] = {}
    if kind == "Pod":
        told[SCHEDULER] = _taken_condition(reported, status)
    told[manager] = reported
    found = []
    for name, fields in told.items():
        entry: Manifest = {member("status"): fields} if fields else {}
        if kind == "Deployment" and text_at(manifest, "metadata", "annotations", _REVISION):
            entry = {
                member("metadata"): {member("annotations"): {ITSELF: {}, member(_REVISION): {}}},
                **entry,
            }
        if entry:
            found.append(_entry(name, manifest, entry, _reported(manifest, status), "status"))
    return found


def _begins_with(kind: str, name: str, value: JSON) -> bool:
    """Whether the apiserver itself sets a field of the status with the object."""
    if kind in {"Service", "Ingress"}:
        return name == "loadBalancer" and not value
    if kind == "Pod":
        return name == "qosClass" or (name == "phase" and value == "Pending")
    return kind == "Namespace" and name == "phase"


def _taken_condition(reported: Manifest, status: Manifest) -> Manifest:
    """Take the condition PodScheduled out of a Pod's; return what the scheduler owns.

    It reports what cannot be scheduled; that a Pod is, the binding writes, which is not tracked.
    """
    conditions = reported.get(_CONDITIONS)
    if not isinstance(conditions, dict):
        return {}
    scheduled = conditions.get(_SCHEDULED)
    left: Manifest = {step: fields for step, fields in conditions.items() if step != _SCHEDULED}
    if set(left) <= {ITSELF}:
        del reported[_CONDITIONS]
    else:
        reported[_CONDITIONS] = left
    is_true = any(
        condition.get("type") == "PodScheduled" and condition.get("status") == "True"
        for condition in mappings_at(status, "conditions")
    )
    if scheduled is None or is_true:
        return {}
    return {_CONDITIONS: {ITSELF: {}, _SCHEDULED: scheduled}}


def _of_addresses(manifest: Manifest, shape: StructShape) -> list[Manifest]:
    """Return the entry of a Node's own addresses of Pods, which a controller gives out."""
    spec = mapping_at(manifest, "spec")
    given: Manifest = {k: spec[k] for k in ("podCIDR", "podCIDRs") if k in spec}
    if not given:
        return []
    fields = _node({"spec": given}, slot_of(shape))
    return [_entry(CONTROLLERS, manifest, fields, _created(manifest))]


def _created(manifest: Manifest) -> str:
    return text_at(manifest, "metadata", "creationTimestamp") or ""


def _reported(manifest: Manifest, status: Manifest) -> str:
    """Return when the status last changed, as far as it says."""
    times = [
        str(condition.get(name) or "")
        for condition in mappings_at(status, "conditions")
        for name in ("lastTransitionTime", "lastUpdateTime")
    ]
    return max([*times, _created(manifest)])


# fields


def _node(value: JSON, slot: Slot) -> Manifest:
    """Return the FieldsV1 of everything in a value; a leaf is `{}`.

    Equal parts of many objects are one and the same value: the result is not to be changed.
    """
    relation = slot.relation
    if relation == "leaf":
        return _LEAF
    if isinstance(value, dict) and relation in {"struct", "map"}:
        plain, deep = _members(slot, tuple(value))
        if not deep:
            return plain
        node = plain | {step: _node(value[name], below) for name, step, below in deep}
        return {step: node[step] for step in sorted(node)}
    if isinstance(value, list) and relation in {"keyed", "set"}:
        below = slot.items
        listed: Manifest = {ITSELF: _LEAF}
        for step, element in sorted(((slot.step(e), e) for e in value), key=_first):
            inside = _node(element, below) if relation == "keyed" else _LEAF
            listed[step] = _marked(inside) if inside else _LEAF
        return listed
    return _LEAF


_LEAF: Manifest = {}


def _first(pair: tuple[str, JSON]) -> str:
    return pair[0]


def _marked(inside: Manifest) -> Manifest:
    return {ITSELF: _LEAF, **inside}


@lru_cache(maxsize=4096)
def _members(
    slot: Slot, names: tuple[str, ...]
) -> tuple[Manifest, tuple[tuple[str, str, Slot], ...]]:
    """Return the FieldsV1 of the members that are leaves, and the steps to the others."""
    plain: Manifest = {ITSELF: _LEAF} if names and slot.relation == "map" else {}
    deep: list[tuple[str, str, Slot]] = []
    for name in sorted(names):
        below = slot.below(name)
        if below is None:
            continue
        if below.relation == "leaf":
            plain[member(name)] = _LEAF
        else:
            deep.append((name, member(name), below))
    return plain, tuple(deep)
