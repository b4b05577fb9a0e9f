"""From a decoded document to a manifest of a known kind: versions, field types, unknown fields.

This is the 400 stage of a request (A-36, A-39): nothing after it meets a value of a wrong type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson

from cluster.machinery.errors import ApiError, BadRequest, invalid
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at, text_at
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated
from cluster.machinery.review import review
from cluster.machinery.schema import shape_of
from cluster.machinery.texts import joined, say
from cluster.machinery.three_way import LAST_APPLIED, last_applied

FieldValidation: TypeAlias = Literal["Strict", "Warn", "Ignore"]


class UnknownKind(ApiError):
    """404: the cluster serves no such kind (a CRD's, or one netviz does not know)."""

    code = 404
    reason = "NotFound"


@dataclass(frozen=True, slots=True)
class Read:
    """A manifest in its kind's own version, pruned; `notices` are for whoever sent it.

    It may share values with the document it was read from: copy it before changing it.
    """

    kind: Kind
    manifest: Manifest
    notices: tuple[str, ...] = ()


def read(
    kinds: Kinds,
    document: JSON,
    validation: FieldValidation = "Warn",
    repeated: Repeated = NOTHING_REPEATED,
) -> Read:
    """Return the manifest in `document` as its kind's current version.

    `repeated` is what its text sets twice. Raises BadRequest when it is no
    object or a field has a wrong type (or, with Strict, an unknown or repeated name), UnknownKind
    when its apiVersion and kind are not served, Invalid for what is wrong in the fields that are
    not kept.
    """
    if not isinstance(document, dict):
        raise BadRequest("the document is no Kubernetes object: it must be a mapping")
    api_version, name = document.get("apiVersion"), document.get("kind")
    if not isinstance(name, str) or not name:
        raise BadRequest("Object 'Kind' is missing: set `kind` (and `apiVersion`)")
    if not isinstance(api_version, str) or not api_version:
        raise BadRequest(f"Object 'apiVersion' is missing in a {name}: set `apiVersion`")
    kind = kinds.of(api_version, name)
    if kind is None:
        raise UnknownKind(f'no matches for kind "{name}" in version "{api_version}"')
    changes_below = api_version != kind.api_version or kind.dropped_fields
    manifest = copy(document) if changes_below else dict(document)
    notices: list[str] = []
    if api_version != kind.api_version:
        manifest = kind.conversions[api_version](manifest)
        manifest["apiVersion"] = kind.api_version
        notices.append(
            say(
                "{given} {kind} is served as {served}",
                given=api_version,
                kind=name,
                served=kind.api_version,
            )
        )
    errors = kind.check_dropped(manifest) if kind.dropped_fields else []
    if errors:
        raise invalid(kind.kind, kind.group, _name_in(manifest), errors)
    notices += _drop(kind, manifest)
    reviewed = review(manifest, shape_of(kind.api_version, kind.kind))
    prefix = f'{name} in version "{kind.version}" cannot be handled as a {name}: '
    if reviewed.errors:
        raise BadRequest(prefix + reviewed.errors[0])
    refusal = reviewed.strict_words(repeated)
    if refusal and validation == "Strict":
        raise BadRequest(prefix + refusal)
    if validation == "Warn":
        notices += reviewed.notices(repeated)
    _drop_from_annotation(kind, reviewed.pruned)
    return Read(kind, reviewed.pruned, tuple(notices))


def _name_in(document: Manifest) -> str:
    meta = document.get("metadata")
    name = meta.get("name") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""


def _drop(kind: Kind, manifest: Manifest) -> list[str]:
    """Drop what netviz never stores (the data of Secrets and ConfigMaps), and say so."""
    dropped = [field for field in kind.dropped_fields if manifest.get(field)]
    for field in kind.dropped_fields:
        manifest.pop(field, None)
    if not dropped:
        return []
    fields = joined(", ", dropped)
    return [
        say("{fields} dropped: netviz stores no data of a {kind}", fields=fields, kind=kind.kind)
    ]


def _drop_from_annotation(kind: Kind, manifest: Manifest) -> None:
    """Drop the same fields from the document that kubectl keeps in an annotation (J-2).

    An annotation that cannot be read goes as a whole.
    """
    if not kind.dropped_fields or not text_at(manifest, "metadata", "annotations", LAST_APPLIED):
        return
    annotations = mapping_at(manifest, "metadata", "annotations")
    try:
        kept = last_applied(manifest)
    except BadRequest:
        kept = None
    if kept is None:
        del annotations[LAST_APPLIED]
        return
    for field in kind.dropped_fields:
        kept.pop(field, None)
    annotations[LAST_APPLIED] = orjson.dumps(kept).decode() + "\n"
