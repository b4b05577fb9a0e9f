"""What the apiserver would store for a request: the one order of steps for every kind and door.

Create: read, namespace, defaults, mutating admission, name, begin hook, status wiped, checks
(A-10). Update: read, name and uid, resourceVersion, defaults, hook, checks (A-39). The caller
(store or simulator) looks up the stored object, decides 404/409 about its existence, and saves.
Pure: the time, uids and random suffixes come with the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

from cluster.machinery.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    conflict,
    forbidden,
    invalid,
    qualified,
)
from cluster.machinery.kind import Admission, Kind
from cluster.machinery.managers import without_times
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    copy,
    integer_at,
    list_at,
    mapping_at,
    text_at,
)
from cluster.machinery.metacheck import check_meta, merge_owner_references, warnings
from cluster.machinery.times import later

Managed: TypeAlias = Callable[[Manifest | None, Manifest, JSON], list[JSON]]
Mode: TypeAlias = Literal["api", "import", "seed"]
PROTECTED_NAMESPACES = frozenset({"default", "kube-system", "kube-public"})
GENERATE_ATTEMPTS = 8  # apiserver, since 1.30
GENERATE_PREFIX = 58  # 63 less the five characters that follow
KEPT_ON_IMPORT = frozenset({"Pod", "Node", "Service", "Ingress"})
FOREGROUND = "foregroundDeletion"
STALE = (
    "the object has been modified; please apply your changes to the latest version and try again"
)


class ClusterState(Admission, Protocol):
    """What admission asks the cluster that it admits into."""

    def namespace(self, name: str) -> Manifest | None:
        """Return the stored Namespace called `name`, None where there is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """One write. `mode` says how much of the sender's word counts:

    `api`: what any client may say. `import`: an uploaded dump or manifest: status of Pods, Nodes,
    Services and Ingresses is kept, uid and resourceVersion are not. `seed`: the object stands for
    one of a cluster that already exists; uid, status, deletionTimestamp and owners are kept.
    `managed` works out `metadata.managedFields` from the object before (None: a new one), the
    defaulted new one, and what was sent as managedFields; without it the object's own stay.
    """

    kind: Kind
    namespace: str
    now: str
    uid: Callable[[], str]
    suffix: Callable[[], str]
    name: str = ""
    subresource: str = ""
    mode: Mode = "api"
    is_taken: Callable[[str], bool] = lambda _name: False
    managed: Managed | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """What to store. `manifest` has no resourceVersion; `is_gone`: remove it instead."""

    manifest: Manifest
    warnings: tuple[str, ...] = ()
    is_changed: bool = True
    is_gone: bool = False


def create(request: Request, manifest: Manifest, cluster: ClusterState) -> Admitted:
    """Return the object that a POST of `manifest` stores; the caller checks that its name is free.

    Raises BadRequest, NotFound or Forbidden about the namespace, whatever the kind's hook raises,
    and Invalid with every field error.
    """
    kind = request.kind
    new = copy(manifest)
    meta = child_mapping(new, "metadata")
    _place(request, meta, cluster)
    if request.mode == "api" and text_at(meta, "resourceVersion"):
        raise BadRequest("resourceVersion should not be set on objects to be created")
    sent = meta.get("managedFields")
    _own_metadata(request, meta)
    _leave_out_empty(meta)
    notices = merge_owner_references(new)
    kind.default(new)
    managed = None if request.managed is None else request.managed(None, new, sent)
    kind.admit(new, None, cluster)
    _generate_name(request, meta)
    kind.begin(new, None, cluster)
    if kind.has_status and not _keeps_status(request):
        new["status"] = {}  # as Go writes it: clients read below it without asking
    kind.prepare(new, None)
    if kind.generation != "none":
        meta.setdefault("generation", 1)
    errors = [*check_meta(new, kind), *kind.check(new), *kind.check_create(new)]
    if errors:
        raise invalid(kind.kind, kind.group, text_at(meta, "name") or "", errors)
    if managed:
        child_mapping(new, "metadata")["managedFields"] = managed
    return Admitted(new, (*notices, *warnings(new, kind)))


def update(
    request: Request, manifest: Manifest, old: Manifest, cluster: ClusterState, revision: int
) -> Admitted:
    """Return what a PUT (or the result of a PATCH) of `manifest` over `old` stores.

    `revision` is the stored object's resourceVersion. Raises BadRequest for a name that
    contradicts the address, Conflict for a stale resourceVersion or another uid, Invalid.
    """
    kind = request.kind
    new = copy(manifest)
    meta = child_mapping(new, "metadata")
    before = mapping_at(old, "metadata")
    name = text_at(before, "name") or ""
    meta.setdefault("name", name)
    _same_address(meta, before, request)
    _preconditions(meta, before, request, revision)
    for field in ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                  "generation"):  # fmt: skip
        _carry(meta, before, field)
    sent = meta.get("managedFields")
    for field in ("resourceVersion", "selfLink", "managedFields"):
        meta.pop(field, None)
    _leave_out_empty(meta)
    notices = merge_owner_references(new)
    managed: JSON = before.get("managedFields")
    if request.subresource == "status":
        new = _with_status(old, new)
        if request.managed is not None:
            managed = request.managed(old, new, sent)
    else:
        if kind.has_status:
            _carry(new, old, "status")
        kind.default(new)
        if request.managed is not None:
            managed = request.managed(old, new, sent)
        kind.admit(new, old, cluster)
        kind.begin(new, old, cluster)
        kind.prepare(new, old)
    errors = check_meta(new, kind, old=old)
    if request.subresource == "status":
        errors += kind.check_status(new, old)
    else:
        errors += kind.check(new)
        errors += kind.check_update(new, old)
    if errors:
        raise invalid(kind.kind, kind.group, name, errors)
    new["metadata"] = meta = dict(mapping_at(new, "metadata"))
    if _bumps_generation(kind, new, old):
        meta["generation"] = (integer_at(before, "generation") or 0) + 1
    _own_fields(new, old, managed)
    return Admitted(
        new,
        (*notices, *warnings(new, kind)),
        is_changed=new != old,
        is_gone=bool(meta.get("deletionTimestamp")) and _nothing_holds(kind, new),
    )


def _own_fields(new: Manifest, old: Manifest, managed: JSON) -> None:
    """Set who owns what; where nothing else changes, times alone are no change either."""
    meta, before = mapping_at(new, "metadata"), mapping_at(old, "metadata")
    stored = before.get("managedFields")
    meta.pop("managedFields", None)
    rest = {name: value for name, value in before.items() if name != "managedFields"}
    if without_times(managed or []) == without_times(stored or []) and (
        new == old | {"metadata": rest}
    ):
        managed = stored
    if managed:
        meta["managedFields"] = managed


def delete(request: Request, old: Manifest, *, grace: int | None = None, foreground: bool = False,
           ) -> Admitted:  # fmt: skip
    """Return what a DELETE leaves of `old`: a terminating object, or `is_gone`.

    `grace` is the request's gracePeriodSeconds, None for the kind's own (I-31). Raises Forbidden
    for the Namespaces that may not go (A-9).
    """
    kind = request.kind
    meta = mapping_at(old, "metadata")
    name = text_at(meta, "name") or ""
    if kind.kind == "Namespace" and name in PROTECTED_NAMESPACES:
        raise forbidden(kind.plural, kind.group, name, "this namespace may not be deleted")
    new = copy(old)
    after = child_mapping(new, "metadata")
    if foreground and FOREGROUND not in list_at(after, "finalizers"):
        after["finalizers"] = [*list_at(after, "finalizers"), FOREGROUND]
    seconds = 0
    if kind.graceful_seconds is not None:
        seconds = kind.graceful_seconds(old) if grace is None else grace
    if kind.kind == "Namespace":
        child_mapping(new, "status")["phase"] = "Terminating"
    elif seconds <= 0 and not list_at(after, "finalizers"):
        return Admitted(old, is_gone=True)
    until = later(request.now, seconds)
    earlier = text_at(meta, "deletionTimestamp")
    if earlier is None or until < earlier:
        after["deletionTimestamp"] = until
        if kind.graceful_seconds is not None:
            after["deletionGracePeriodSeconds"] = seconds
    if earlier is None and kind.generation != "none":
        after["generation"] = (integer_at(meta, "generation") or 0) + 1
    return Admitted(new, is_changed=new != old)


def _place(request: Request, meta: Manifest, cluster: ClusterState) -> None:
    """Settle the namespace of a new object, and that it takes new objects (A-9, A-18)."""
    kind = request.kind
    if not kind.namespaced:
        meta.pop("namespace", None)
        return
    named = text_at(meta, "namespace")
    if named and request.namespace and named != request.namespace:
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    namespace = named or request.namespace or "default"
    meta["namespace"] = namespace
    found = cluster.namespace(namespace)
    if found is None:
        details: Manifest = {"name": namespace, "kind": "namespaces"}
        raise NotFound(f'namespaces "{namespace}" not found', details=details)
    if text_at(found, "metadata", "deletionTimestamp") and request.mode == "api":
        raise _terminating(request, text_at(meta, "name") or "", namespace)


def _terminating(request: Request, name: str, namespace: str) -> Forbidden:
    cause: Manifest = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {namespace} is being terminated",
        "field": "metadata.namespace",
    }
    why = f"unable to create new content in namespace {namespace} because it is being terminated"
    return forbidden(request.kind.plural, request.kind.group, name, why, [cause])


def _own_metadata(request: Request, meta: Manifest) -> None:
    """Write the fields that only the server decides."""
    dropped = ["resourceVersion", "selfLink", "managedFields"]
    if request.mode != "seed":
        dropped += ["uid", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"]
    if request.mode == "api":
        dropped.append("creationTimestamp")
    for field in dropped:
        meta.pop(field, None)
    if not text_at(meta, "uid"):
        meta["uid"] = request.uid()
    if not text_at(meta, "creationTimestamp"):
        meta["creationTimestamp"] = request.now


def _leave_out_empty(meta: Manifest) -> None:
    """Leave out empty collections, as the apiserver's own writing does (`omitempty`)."""
    for field in ("labels", "annotations", "finalizers", "ownerReferences"):
        if field in meta and not meta[field]:
            del meta[field]


def _keeps_status(request: Request) -> bool:
    if request.mode == "seed":
        return True
    return request.mode == "import" and request.kind.kind in KEPT_ON_IMPORT


def _generate_name(request: Request, meta: Manifest) -> None:
    """Make a name from generateName (A-17); without either the check says so (A-11)."""
    prefix = text_at(meta, "generateName")
    if text_at(meta, "name") or not prefix:
        return
    for _attempt in range(GENERATE_ATTEMPTS):
        meta["name"] = prefix[:GENERATE_PREFIX] + request.suffix()
        if not request.is_taken(str(meta["name"])):
            return


def _same_address(meta: Manifest, before: Manifest, request: Request) -> None:
    sent, stored = text_at(meta, "name"), request.name or text_at(before, "name")
    if sent != stored:
        raise BadRequest(
            f"the name of the object ({sent}) does not match the name on the URL ({stored})"
        )
    if not request.kind.namespaced:
        meta.pop("namespace", None)
        return
    namespace = text_at(before, "namespace") or ""
    if (text_at(meta, "namespace") or namespace) != namespace:
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    meta["namespace"] = namespace


def _preconditions(meta: Manifest, before: Manifest, request: Request, revision: int) -> None:
    kind, name = request.kind, text_at(before, "name") or ""
    sent, stored = text_at(meta, "uid"), text_at(before, "uid") or ""
    if sent and sent != stored:
        prefix = f"/registry/{qualified(kind.plural, kind.group)}/{name}"
        raise conflict(
            kind.plural, kind.group, name,
            f"StorageError: invalid object, Code: 4, Key: {prefix}, ResourceVersion: 0, "
            "AdditionalErrorMsg: Precondition failed: UID in precondition: "
            f"{sent}, UID in object meta: {stored}",
        )  # fmt: skip
    expected = text_at(meta, "resourceVersion")
    if expected and expected != str(revision):
        raise conflict(kind.plural, kind.group, name, STALE)


def _carry(new: Manifest, old: Manifest, field: str) -> None:
    """Let `new` have exactly what `old` has of `field`."""
    value: JSON = old.get(field)
    if value is None:
        new.pop(field, None)
    else:
        new[field] = value


def _with_status(old: Manifest, new: Manifest) -> Manifest:
    """Return `old` with the status of `new`: all that a status write may change (A-35)."""
    merged = dict(old)
    _carry(merged, new, "status")
    return merged


def _bumps_generation(kind: Kind, new: Manifest, old: Manifest) -> bool:
    """Whether a change moves `metadata.generation` on (A-33)."""
    if kind.generation == "none":
        return False
    outside = {"metadata", "status", "apiVersion", "kind"}
    body = {key: value for key, value in new.items() if key not in outside}
    if body != {key: value for key, value in old.items() if key not in outside}:
        return True
    watched = {"deployment": "annotations", "slice": "labels"}.get(kind.generation)
    return watched is not None and (
        mapping_at(new, "metadata", watched) != mapping_at(old, "metadata", watched)
    )


def _nothing_holds(kind: Kind, manifest: Manifest) -> bool:
    """Whether a terminating object may go now: no finalizer and no running grace period."""
    meta = mapping_at(manifest, "metadata")
    if list_at(meta, "finalizers") or kind.kind == "Namespace":
        return False
    return not (integer_at(meta, "deletionGracePeriodSeconds") or 0)


def seeding(request: Request) -> Request:
    """Return the request as one that seeds an existing cluster."""
    return replace(request, mode="seed")
