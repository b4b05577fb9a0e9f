"""The four kinds of patches a request may carry, behind one door.

JSON merge patches are `manifest.merge`, strategic ones `strategic.strategic_merge`; what kubectl's
client-side apply computes is in `three_way`. Here is RFC 6902, and the words of refusals.
Source: semantics.md J-12; apiserver `endpoints/handlers/patch.go`.
"""

from __future__ import annotations

import jsonpatch
import jsonpointer

from cluster.machinery.errors import ApiError, BadRequest, Invalid
from cluster.machinery.manifest import JSON, Manifest, copy
from cluster.machinery.strategic import UNPROCESSABLE

# The apiserver's own bound on the operations of one patch (`maxJSONPatchOperations`).
MOST_OPERATIONS = 10_000
_OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})


class TooLarge(ApiError):
    """413: the patch has more operations than the apiserver takes."""

    code = 413
    reason = "RequestEntityTooLarge"


def json_patch(manifest: Manifest, operations: JSON) -> Manifest:
    """Return `manifest` after a JSON patch; the manifest itself is not changed.

    Raises `BadRequest` when `operations` is no list of objects, `TooLarge` for too many, and
    `Invalid` when one of them cannot be carried out: a failed test, a path that is not there.
    """
    if not isinstance(operations, list) or not all(isinstance(op, dict) for op in operations):
        word = "array" if isinstance(operations, list) else type(operations).__name__
        raise BadRequest(f"error decoding patch: a JSON patch is a list of objects, not {word}")
    if len(operations) > MOST_OPERATIONS:
        raise TooLarge(
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, "
            f"got {len(operations)}"
        )
    complete = [item for item in operations if isinstance(item, dict) and _is_complete(item)]
    if len(complete) < len(operations):
        raise Invalid(UNPROCESSABLE)
    try:
        patched = jsonpatch.apply_patch(copy(manifest), complete, in_place=True)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError):
        raise Invalid(UNPROCESSABLE) from None
    if not isinstance(patched, dict):
        raise Invalid(UNPROCESSABLE)
    return patched


def _is_complete(operation: JSON) -> bool:
    """True when an operation has the members RFC 6902 asks of it."""
    if not isinstance(operation, dict):
        return False
    word, path, source = operation.get("op"), operation.get("path"), operation.get("from")
    return (
        isinstance(word, str)
        and word in _OPERATIONS
        and isinstance(path, str)
        and (word not in {"move", "copy"} or isinstance(source, str))
        and (word not in {"add", "replace", "test"} or "value" in operation)
    )


def undecodable_patch(words: str) -> Invalid:
    """Return the 422 for a patch whose result cannot be decoded, blaming `patch` (A-36)."""
    cause: Manifest = {"reason": "FieldValueInvalid", "message": words, "field": "patch"}
    return Invalid(words, details={"causes": [cause]})
