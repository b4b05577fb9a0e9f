"""Refusals that only this API makes, and the `Status` of a success; the rest is in `errors`.

Source: apimachinery `pkg/api/errors/errors.go`; kube-api.md section 9.
"""

from __future__ import annotations

from cluster.machinery.errors import ApiError, NotFound
from cluster.machinery.manifest import Manifest

NOT_SERVED = "the server could not find the requested resource"


class Unacceptable(ApiError):
    """406: the client takes none of the forms an answer can have."""

    code = 406
    reason = "NotAcceptable"


class MethodNotAllowed(ApiError):
    """405: the resource does not know the verb."""

    code = 405
    reason = "MethodNotAllowed"


class TooLarge(ApiError):
    """413: the body is longer than the apiserver takes."""

    code = 413
    reason = "RequestEntityTooLarge"


class UnsupportedMediaType(ApiError):
    """415: the body's content type is none that is read here."""

    code = 415
    reason = "UnsupportedMediaType"


class TooManyRequests(ApiError):
    """429: not now; `details.retryAfterSeconds` says when."""

    code = 429
    reason = "TooManyRequests"


class Simulated(ApiError):
    """501: it would need a running container or a packet, and there is none."""

    code = 501
    reason = "NotImplemented"


class TooNew(ApiError):
    """504: the client has seen a revision that this cluster has not reached."""

    code = 504
    reason = "Timeout"


def not_served() -> NotFound:
    """Return the 404 for an address that names no resource."""
    return NotFound(NOT_SERVED)


def not_kept(plural: str, group: str, version: str) -> NotFound:
    """Return the 404 for making an object of a kind that is not served at all."""
    name = f"{plural}.{group}/{version}" if group else f"{plural}/{version}"
    return NotFound(
        f"netviz serves no {name}: it keeps what says how traffic flows, "
        "`kubectl api-resources` lists it"
    )


def method_not_allowed() -> MethodNotAllowed:
    """Return the 405 of a resource."""
    return MethodNotAllowed("the server does not allow this method on the requested resource")


def too_new(wanted: int, current: int) -> TooNew:
    """Return the 504 for a list at a revision that is yet to come; clients ask again."""
    message = f"Too large resource version: {wanted}, current: {current}"
    cause: Manifest = {
        "reason": "ResourceVersionTooLarge", "message": "Too large resource version",
    }  # fmt: skip
    return TooNew(message, details={"causes": [cause], "retryAfterSeconds": 1})


def success(details: Manifest) -> Manifest:
    """Return the `Status` that says it is done."""
    return {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details,
    }  # fmt: skip
