"""What every object's metadata must meet, and the warnings it may earn.

The generic half of a kind's validation: names, namespace, labels, annotations, owners and
finalizers. The order of errors is the apiserver's. `managedFields` are never stored and never
looked at. Source: apimachinery `api/validation/objectmeta.go`; semantics.md A-11 to A-23, A-28,
A-34, A-37, A-40.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from cluster.machinery.errors import FieldError
from cluster.machinery.fields import METADATA
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import dns_label, prefix_of, qualified_name
from cluster.machinery.selectors import check_labels

ANNOTATIONS_MAXIMUM = 256 * 1024  # bytes of all keys and values together
IMMUTABLE = "field is immutable"
_FIXED = (
    "name", "namespace", "uid", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip
_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_STANDARD_FINALIZERS = frozenset({"kubernetes", _ORPHAN, _FOREGROUND})

# Kinds whose name becomes part of Pod names and hostnames, and how the warning says so.
_NAMED_AFTER = {
    "Pod": "the Pod's hostname",
    "Deployment": "Pod names and hostnames",
    "ReplicaSet": "Pod names and hostnames",
    "ReplicationController": "Pod names and hostnames",
    "Job": "Pod names and hostnames",
    "CronJob": "Pod names and hostnames",
}


def check_meta(manifest: Manifest, kind: Kind, *, old: Manifest | None = None) -> list[FieldError]:
    """Return what is wrong with the metadata of a new object, or of a new version of `old`.

    The name of an existing object is not looked at again: it only has to stay (A-12, A-28).
    """
    meta = mapping_at(manifest, "metadata")
    if old is None:
        errors = [*_check_name(meta, kind), *_check_namespace(meta, kind)]
    else:
        before = mapping_at(old, "metadata")
        errors = [*_check_no_new_finalizers(meta, before), *_check_fixed(meta, before)]
    errors += check_labels(text_map_at(meta, "labels"), METADATA / "labels")
    errors += _check_annotations(text_map_at(meta, "annotations"))
    errors += _check_owners(mappings_at(meta, "ownerReferences"))
    errors += _check_finalizers(texts_at(meta, "finalizers"))
    return errors


def _check_name(meta: Manifest, kind: Kind) -> list[FieldError]:
    name, prefix = text_at(meta, "name"), text_at(meta, "generateName")
    errors: list[FieldError] = []
    if prefix:
        check_prefix = kind.check_name_prefix or prefix_of(kind.check_name)
        path = METADATA / "generateName"
        errors += [path.invalid(prefix, text) for text in check_prefix(prefix)]
    path = METADATA / "name"
    if not name:
        return [*errors, path.required("name or generateName is required")]
    return errors + [path.invalid(name, text) for text in kind.check_name(name)]


def _check_namespace(meta: Manifest, kind: Kind) -> list[FieldError]:
    namespace, path = text_at(meta, "namespace"), METADATA / "namespace"
    if not kind.namespaced:
        return [path.forbidden("not allowed on this type")] if namespace else []
    if not namespace:
        return [path.required()]
    return [path.invalid(namespace, text) for text in dns_label(namespace)]


def _check_fixed(meta: Manifest, before: Manifest) -> list[FieldError]:
    return [
        (METADATA / field).invalid(meta.get(field), IMMUTABLE)
        for field in _FIXED
        if (meta.get(field) or None) != (before.get(field) or None)
    ]


def _check_annotations(annotations: dict[str, str]) -> list[FieldError]:
    path = METADATA / "annotations"
    errors = [
        path.invalid(key, text)
        for key in annotations
        if not _is_annotation(key)
        for text in qualified_name(key.lower())
    ]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > ANNOTATIONS_MAXIMUM:
        errors.append(path.too_long(ANNOTATIONS_MAXIMUM))
    return errors


@lru_cache(maxsize=4096)
def _is_annotation(key: str) -> bool:
    return not qualified_name(key.lower())


def _check_owners(owners: Iterable[Manifest]) -> list[FieldError]:
    """Check owner references; upstream's paths carry no list index (A-37)."""
    path = METADATA / "ownerReferences"
    errors: list[FieldError] = []
    controller = ""
    listed = list(owners)
    for owner in listed:
        api_version, kind = text_at(owner, "apiVersion") or "", text_at(owner, "kind") or ""
        name = text_at(owner, "name") or ""
        if not _version_of(api_version):
            errors.append((path / "apiVersion").invalid(api_version, "version must not be empty"))
        errors += [
            (path / field).invalid("", "must not be empty")
            for field in ("kind", "name", "uid")
            if not text_at(owner, field)
        ]
        if (api_version, kind) == ("v1", "Event"):
            text = "/v1, Kind=Event is disallowed from being an owner"
            errors.append(path.invalid(owner, text))
        if not flag_at(owner, "controller"):
            continue
        if controller:
            text = (
                "Only one reference can have Controller set to true. "
                f'Found "true" in references for {controller} and {kind}/{name}'
            )
            errors.append(path.invalid([*listed], text))
        else:
            controller = f"{kind}/{name}"
    return errors


def _version_of(api_version: str) -> str:
    """Return `v1` of `apps/v1` and of `v1`, empty where there is no version."""
    group, slash, version = api_version.partition("/")
    if "/" in version:
        return ""
    return version if slash else group


def _check_finalizers(finalizers: list[str]) -> list[FieldError]:
    path = METADATA / "finalizers"
    errors = [path.invalid(name, text) for name in finalizers for text in qualified_name(name)]
    if _ORPHAN in finalizers and _FOREGROUND in finalizers:
        text = f"finalizer {_ORPHAN} and {_FOREGROUND} cannot be both set"
        errors.append(path.invalid([*finalizers], text))
    text = "name is neither a standard finalizer name nor is it fully qualified"
    errors += [
        path[index].invalid(name, text)
        for index, name in enumerate(finalizers)
        if "/" not in name and name not in _STANDARD_FINALIZERS
    ]
    return errors


def _check_no_new_finalizers(meta: Manifest, before: Manifest) -> list[FieldError]:
    """A terminating object may lose finalizers but not gain any (A-34)."""
    if not text_at(before, "deletionTimestamp"):
        return []
    added = sorted(set(texts_at(meta, "finalizers")) - set(texts_at(before, "finalizers")))
    if not added:
        return []
    listed = ", ".join(json.dumps(name) for name in added)
    text = (
        "no new finalizers can be added if the object is being deleted, "
        f"found new finalizers []string{{{listed}}}"
    )
    return [(METADATA / "finalizers").forbidden(text)]


def merge_owner_references(manifest: Manifest) -> list[str]:
    """Drop exact repeats among the owner references of `manifest`; returns the warning (A-37)."""
    meta = mapping_at(manifest, "metadata")
    kept: list[Manifest] = []
    repeated: list[str] = []
    for owner in mappings_at(meta, "ownerReferences"):
        if owner in kept:
            repeated.append(text_at(owner, "uid") or "")
        else:
            kept.append(owner)
    if not repeated:
        return []
    meta["ownerReferences"] = [*kept]
    text = (
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner "
        "references in 1.20+, and may reject such requests as early as 1.24; please fix your "
        f"requests; duplicate UID(s) observed: {', '.join(dict.fromkeys(repeated))}"
    )
    return [text]


def warnings(manifest: Manifest, kind: Kind) -> list[str]:
    """Return what the apiserver says beside storing a valid object: kubectl prints it (A-40)."""
    return [*_warn_of_name(manifest, kind), *kind.warn(manifest)]


def _warn_of_name(manifest: Manifest, kind: Kind) -> list[str]:
    use = _NAMED_AFTER.get(kind.kind)
    problems = dns_label(text_at(manifest, "metadata", "name") or "") if use else []
    if not problems:
        return []
    text = (
        f"metadata.name: this is used in {use}, which can result in surprising behavior; "
        f"a DNS label is recommended: [{' '.join(problems)}]"
    )
    return [text]
