"""Writes and who owns what afterwards: server-side apply, and the tracking of other writes.

An apply merges the applier's fields into the object, takes away what it set before and no longer
sets (unless another still owns it), and conflicts where it would change what another owns. Any
other write takes what it changes, from whoever owned it.
Source: structured-merge-diff `merge/update.go`; apimachinery `util/managedfields/internal/`
(`managedfieldsupdater.go`, `skipnonapplied.go`, `lastappliedmanager.go`, `stripmeta.go`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cluster.machinery.errors import ApiError, BadRequest, Conflict
from cluster.machinery.field_sets import NOTHING, FieldSet, member, print_path, with_parents
from cluster.machinery.managers import (
    BadManagers,
    Manager,
    Owned,
    Owners,
    everything,
    read_owners,
    write_owners,
)
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.schema import StructShape
from cluster.machinery.structured import (
    Unfit,
    compare,
    fields_of,
    merge_structured,
    remove,
)
from cluster.machinery.three_way import LAST_APPLIED, last_applied

KUBECTL = "kubectl"
BEFORE_FIRST = "before-first-apply"
NOT_TRACKED = frozenset({
    "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
    "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds",
})  # fmt: skip


_METADATA = (member("metadata"),)


class Untypable(ApiError):
    """500: a configuration that does not fit its schema cannot be applied (J-16)."""

    code = 500
    reason = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """One write to track: who, of what shape, when. `subresource` is the address's."""

    manager: str
    api_version: str
    shape: StructShape
    now: str
    subresource: str = ""
    has_status: bool = True

    def as_manager(self, operation: str) -> Manager:
        """Return the manager of the entry that this write makes."""
        is_apply = operation == "Apply"
        return Manager(
            self.manager, "Apply" if is_apply else "Update", self.api_version, self.subresource
        )

    def tracked(self, manifest: Manifest) -> Manifest:
        """Return what of an object is owned by anyone, as far as this write can change it.

        What names the object and what servers set are nobody's; the status is written through
        its subresource alone, and nothing else is through that.
        """
        if self.subresource == "status":
            return {name: manifest[name] for name in ("status",) if name in manifest}
        outside = {"apiVersion", "kind", "status"} if self.has_status else {"apiVersion", "kind"}
        kept = {name: value for name, value in manifest.items() if name not in outside}
        meta = mapping_at(manifest, "metadata")
        kept["metadata"] = {name: value for name, value in meta.items() if name not in NOT_TRACKED}
        return kept


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply comes to: the merged object, and `managedFields` for it."""

    manifest: Manifest
    managed: list[JSON]


def tracked_update(
    live: Manifest | None, new: Manifest, sent: JSON, writing: Writing
) -> list[JSON]:
    """Return the `managedFields` of an object after any write but an apply.

    `live` is the object before, None for a new one; `sent` is what the client sent as
    `managedFields`: it counts where it can be read and is not empty (J-16 aside, clients may
    write it). An object without owners is not tracked until someone applies to it.
    """
    if sent == [{}]:  # the client's way to forget all owners
        return []
    owners = _sent_owners(sent) or _live_owners(live)
    if live is not None and not owners:
        return []
    return write_owners(_updated(live or {}, new, owners, writing))


def _sent_owners(sent: JSON) -> Owners:
    try:
        return read_owners(sent)
    except BadManagers:
        return {}


def _live_owners(live: Manifest | None) -> Owners:
    return _sent_owners(mapping_at(live, "metadata").get("managedFields")) if live else {}


def _updated(live: Manifest, new: Manifest, owners: Owners, writing: Writing) -> Owners:
    found = compare(writing.tracked(live), writing.tracked(new), writing.shape)
    taken = found.added | found.modified
    kept = _without(owners, taken | found.removed)
    if not taken:
        return kept
    manager = writing.as_manager("Update")
    before = kept.get(manager.identity, Owned(manager, NOTHING)).fields
    kept[manager.identity] = Owned(manager, before | taken, writing.now)
    return kept


def _without(owners: Owners, gone: FieldSet) -> Owners:
    """Return the owners without the fields in `gone`; who owns nothing then is none."""
    left = {who: replace(owned, fields=owned.fields - gone) for who, owned in owners.items()}
    return {who: owned for who, owned in left.items() if owned.fields}


def apply_structured(
    live: Manifest | None,
    config: Manifest,
    writing: Writing,
    *,
    force: bool = False,
    also: Owners | None = None,
) -> Applied:
    """Return `live` (None: there is none yet) with `config` applied by `writing.manager`.

    `also` are owners beside those that `live` carries.
    Raises Conflict where another manager owns what would change, unless `force`; Untypable where
    `config` does not fit its kind; BadRequest where it holds `managedFields`.
    """
    if mapping_at(config, "metadata").get("managedFields"):
        raise BadRequest("metadata.managedFields must be nil")
    owners = _live_owners(live)
    if live is not None and not owners:
        # Never tracked: what is there belongs to whoever was before.
        first = replace(writing, manager=BEFORE_FIRST, subresource="")
        owners = _updated({}, live, {}, first)
    owners |= also or {}
    base = live if live is not None else _identity(config)
    try:
        manifest, after = _apply(base, config, owners, writing, force=force)
    except _Conflicts as found:
        allowed = _left_by_kubectl(base, writing)
        left = {who: fields - allowed for who, fields in found.owned.items()}
        left = {who: fields for who, fields in left.items() if fields}
        if left:
            raise conflict_of(left) from None
        manifest, after = _apply(base, config, owners, writing, force=True)
    return Applied(manifest, write_owners(after))


def _identity(config: Manifest) -> Manifest:
    return {name: config[name] for name in ("apiVersion", "kind") if name in config}


def _apply(
    live: Manifest, config: Manifest, owners: Owners, writing: Writing, *, force: bool
) -> tuple[Manifest, Owners]:
    """Return the object and its owners after an apply; raises _Conflicts."""
    shape, manager = writing.shape, writing.as_manager("Apply")
    mine = typed_fields(config, writing)
    before = owners.get(manager.identity, Owned(manager, NOTHING))
    merged = merge_structured(live, _applicable(config, writing), shape)
    all_owners = owners | {manager.identity: Owned(manager, mine, writing.now)}
    # What this manager set before, nobody sets any more.
    gone = with_parents(before.fields) - with_parents(everything(all_owners.values()))
    merged = remove(merged, gone - {_METADATA}, shape)  # every applier names the object
    found = compare(writing.tracked(live), writing.tracked(merged), shape)
    taken = found.added | found.modified
    others = {who: owned for who, owned in all_owners.items() if who != manager.identity}
    conflicts = {who: owned.fields & taken for who, owned in others.items()}
    conflicts = {who: fields for who, fields in conflicts.items() if fields}
    if conflicts and not force:
        raise _Conflicts({others[who].manager: fields for who, fields in conflicts.items()})
    kept = _without(others, taken | found.removed)
    if mine:
        kept[manager.identity] = Owned(manager, mine, writing.now)
    return merged, kept


def typed_fields(config: Manifest, writing: Writing) -> FieldSet:
    """Return the fields that a configuration sets; raises Untypable (J-16)."""
    try:
        fields_of(config, writing.shape)
        return fields_of(writing.tracked(config), writing.shape) - {_METADATA}
    except Unfit as error:
        namespace = text_at(config, "metadata", "namespace") or ""
        name = text_at(config, "metadata", "name") or ""
        group, _, version = writing.api_version.rpartition("/")
        raise Untypable(
            f"failed to create typed patch object ({namespace}/{name}; {group}/{version}, "
            f"Kind={config.get('kind')}): {error}"
        ) from error


def _applicable(config: Manifest, writing: Writing) -> Manifest:
    """Return what of a configuration is merged: through the status, the status alone."""
    if writing.subresource == "status":
        return writing.tracked(config)
    return {name: value for name, value in config.items()
            if name != "status" or not writing.has_status}  # fmt: skip


# conflicts


class _Conflicts(Exception):
    def __init__(self, owned: dict[Manager, FieldSet]) -> None:
        super().__init__()
        self.owned = owned


def conflict_of(owned: dict[Manager, FieldSet]) -> Conflict:
    """Return the 409 that names every field and who owns it (J-8)."""
    listed = [
        (str(manager), print_path(path))
        for manager in sorted(owned, key=str)
        for path in sorted(owned[manager])
    ]
    causes: list[JSON] = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path}
        for who, path in listed
    ]
    if len(listed) == 1:
        who, path = listed[0]
        message = f"Apply failed with 1 conflict: conflict with {who}: {path}"
    else:
        lines: list[str] = []
        for who in dict.fromkeys(who for who, _path in listed):
            lines.append(f"conflicts with {who}:")
            lines += [f"- {path}" for owner, path in listed if owner == who]
        message = f"Apply failed with {len(listed)} conflicts: " + "\n".join(lines)
    return Conflict(message, details={"causes": causes})


# objects that kubectl applied on the client's side


def _left_by_kubectl(live: Manifest, writing: Writing) -> FieldSet:
    """Return the fields that kubectl may take over without force.

    Those that its last client-side apply set and nobody has changed since; they are kubectl's own.
    Source: `lastappliedmanager.go`.
    """
    if writing.manager != KUBECTL:
        return NOTHING
    try:
        before = last_applied(live)
        if before is None:
            return NOTHING
        fields = fields_of(writing.tracked(before), writing.shape)
    except (ApiError, Unfit, TypeError):
        return NOTHING
    found = compare(writing.tracked(before), writing.tracked(live), writing.shape)
    return fields - found.added - found.modified - found.removed


def follows_last_applied(live: Manifest | None, writing: Writing) -> bool:
    """Whether the annotation of client-side apply is kept up to date with this apply.

    Source: `lastappliedupdater.go`.
    """
    return (
        writing.manager == KUBECTL
        and live is not None
        and bool(text_at(live, "metadata", "annotations", LAST_APPLIED))
    )
