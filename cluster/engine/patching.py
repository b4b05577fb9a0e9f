"""What a patch made of a stored object, read as the update that it is.

Shapes are refused in another way than those of whole objects (A-36), and so is another uid (A-28);
what is left is an update like any other. Source: apiserver `endpoints/handlers/patch.go`.
"""

from __future__ import annotations

from cluster.engine.admission import STALE
from cluster.engine.reading import FieldValidation, Read, UnknownKind, read
from cluster.machinery.errors import (
    ApiError,
    BadRequest,
    FieldError,
    FieldErrorType,
    conflict,
    invalid,
)
from cluster.machinery.fields import METADATA
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.metacheck import IMMUTABLE
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated


def read_patched(
    kinds: Kinds,
    kind: Kind,
    stored: Manifest,
    patched: Manifest,
    *,
    validation: FieldValidation = "Warn",
    repeated: Repeated = NOTHING_REPEATED,
) -> Read:
    """Return the manifest that a patch made of `stored`; raises BadRequest, Invalid.

    `repeated` is what the patch's text sets twice.
    """
    name = text_at(stored, "metadata", "name") or ""
    try:
        found = read(kinds, patched, validation, repeated)
    except BadRequest as error:
        raise _bad_patch(kind, name, error) from error
    except UnknownKind as error:
        raise BadRequest(f"a patch cannot change the apiVersion: {error.message}") from error
    if found.kind is not kind:
        raise BadRequest(f"a patch cannot make a {kind.kind} a {found.kind.kind}")
    return found


def check_identity(kind: Kind, stored: Manifest, patched: Manifest, revision: int) -> None:
    """Raise Conflict where a patch asks for another revision, Invalid for another object's uid.

    The revision comes first: apiserver `registry/generic/registry/store.go` looks at it before
    the strategy looks at the metadata. (A PUT's uid is a precondition, which comes before both.)
    """
    name = text_at(stored, "metadata", "name") or ""
    expected = text_at(patched, "metadata", "resourceVersion")
    if expected and expected != str(revision):
        raise conflict(kind.plural, kind.group, name, STALE)
    uid = text_at(patched, "metadata", "uid")
    if uid and uid != text_at(stored, "metadata", "uid"):
        raise invalid(kind.kind, kind.group, name, [(METADATA / "uid").invalid(uid, IMMUTABLE)])


def _bad_patch(kind: Kind, name: str, error: ApiError) -> ApiError:
    """Return the 422 on field `patch` that a badly shaped result gets (A-36)."""
    _before, mark, detail = error.message.partition("strict decoding error")
    text = mark + detail if mark else error.message
    refused = [FieldError(FieldErrorType.INVALID, "patch", text, "")]
    return invalid(kind.kind, kind.group, name, refused)
