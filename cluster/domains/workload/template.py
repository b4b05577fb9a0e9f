"""The Pod template of a workload: who it is, and the Pods made from it.

A template is told from another by its digest; the stable hash in names and labels comes from the
digest, in the alphabet of generated names. Source: semantics.md I-3, I-8, I-9;
`controller_utils.go` `GetPodFromTemplate`, `ComputeHash`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from cluster.machinery.manifest import (
    JSON,
    Manifest,
    copy,
    mapping_at,
    text_map_at,
)
from cluster.machinery.meta import NOTHING

POD_TEMPLATE_HASH = "pod-template-hash"
CONTROLLER_REVISION_HASH = "controller-revision-hash"
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # no vowels, no digits that look like them


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What rules read of a template: `digest` is equal exactly where templates are."""

    digest: str
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def parse_template(manifest: Manifest) -> PodTemplate:
    """Return the template of a checked, defaulted manifest's `spec.template`.

    The hash label is left out of the digest: a Deployment and its ReplicaSets differ only in it.
    """
    return PodTemplate(template_digest(manifest), text_map_at(manifest, "metadata", "labels"))


def template_digest(template: Manifest) -> str:
    """Return 32 hexadecimal digits that tell one template from another (I-10)."""
    content = template
    if POD_TEMPLATE_HASH in mapping_at(template, "metadata", "labels"):
        content = copy(template)
        del mapping_at(content, "metadata", "labels")[POD_TEMPLATE_HASH]
    text = orjson.dumps(_meaning(content), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


_PLAIN = frozenset({
    "annotations", "labels", "limits", "matchLabels", "metadata", "nodeSelector", "overhead",
    "requests", "resources",
})  # fmt: skip
"""Maps and structs that are the same empty as absent; of other members presence has a meaning
(`emptyDir: {}`, `labelSelector: {}`)."""
_MAPS = frozenset({"annotations", "labels", "matchLabels", "nodeSelector"})
"""Maps from what users call things: their keys are no members."""
_FLAGS = frozenset({"hostIPC", "hostNetwork", "hostPID", "readOnly", "stdin", "stdinOnce", "tty"})
"""Flags that are the same false as absent."""


def _meaning(value: JSON, field: str = "") -> JSON:
    """Return what equality goes by (`Semantic.DeepEqual`): nil, empty and false are the same."""
    if isinstance(value, list):
        return [_meaning(item) for item in value]
    if not isinstance(value, dict):
        return value
    if field in _MAPS:
        return value
    found: Manifest = {}
    for name, member in value.items():
        kept = _meaning(member, name)
        if kept is None or kept == [] or (kept == {} and name in _PLAIN):
            continue
        if kept is False and name in _FLAGS:
            continue
        found[name] = kept
    return found


def template_hash(digest: str, collisions: int = 0) -> str:
    """Return the hash of names and labels (I-8); `collisions` tries another one each time."""
    seed = f"{digest}/{collisions}" if collisions else digest
    number = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest())
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(number))


def pod_from(
    template: Manifest, *, name: str, namespace: str, owner: Manifest, generate_name: str = ""
) -> Manifest:
    """Return a new Pod made from a template, defaulted as the apiserver would (I-3).

    `owner` is the controller reference. The template's own name and namespace are ignored.
    """
    given = copy(mapping_at(template, "metadata"))
    meta: Manifest = {"name": name, "namespace": namespace, "ownerReferences": [copy(owner)]}
    if generate_name:
        meta["generateName"] = generate_name
    for name_of in ("labels", "annotations", "finalizers"):
        value: JSON = given.get(name_of)
        if value:
            meta[name_of] = value
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": copy(mapping_at(template, "spec")),
        "status": {"phase": "Pending"},
    }
