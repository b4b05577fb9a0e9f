"""Refusals, in the apiserver's words.

Two layers: a `FieldError` is one thing wrong with one field of an object; an `ApiError` is the
refusal of a whole request, with the code, reason and message that kubectl prints. Doors translate
`ApiError` once: to a `Status`, to form errors, to admin messages.
Source of wording and codes: semantics.md A.1; apimachinery `field/errors.go`, `api/errors`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from cluster.machinery.manifest import JSON, Manifest


class FieldErrorType(enum.Enum):
    """Why a field is refused: the word that is printed and the cause reason of the Status."""

    REQUIRED = ("Required value", "FieldValueRequired")
    INVALID = ("Invalid value", "FieldValueInvalid")
    NOT_SUPPORTED = ("Unsupported value", "FieldValueNotSupported")
    DUPLICATE = ("Duplicate value", "FieldValueDuplicate")
    FORBIDDEN = ("Forbidden", "FieldValueForbidden")
    TOO_LONG = ("Too long", "FieldValueTooLong")
    TOO_MANY = ("Too many", "FieldValueTooMany")
    NOT_FOUND = ("Not found", "FieldValueNotFound")
    INTERNAL = ("Internal error", "InternalError")

    def __init__(self, word: str, cause: str) -> None:
        """Keep the printed word and the cause reason beside each other."""
        self.word = word
        self.cause = cause


_SILENT = frozenset({
    FieldErrorType.REQUIRED, FieldErrorType.FORBIDDEN,
    FieldErrorType.TOO_LONG, FieldErrorType.INTERNAL,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field: type, path (`spec.ports[0].port`), detail and value."""

    type: FieldErrorType
    field: str
    detail: str = ""
    value: JSON = None

    @property
    def body(self) -> str:
        """The text without the path: `Invalid value: 70000: must be between ...` (A-3)."""
        parts = [self.type.word]
        if self.type not in _SILENT:
            parts.append(print_value(self.value))
        if self.detail:
            parts.append(self.detail)
        return ": ".join(parts)

    def __str__(self) -> str:
        """The whole text, as it stands in the message of a 422."""
        return f"{self.field}: {self.body}"

    def cause(self) -> Manifest:
        """One entry of `details.causes` (A-38)."""
        return {"reason": self.type.cause, "message": self.body, "field": self.field}


def print_value(value: JSON) -> str:
    """Return a value as recent apiservers print it: JSON, strings quoted."""
    return orjson.dumps(value).decode()


class ApiError(Exception):
    """A refused request. Never raised itself, only its subclasses.

    `details` follows Kubernetes' StatusDetails; `errors` lists the field errors of a 422.
    """

    code = 500
    reason = "InternalError"

    def __init__(
        self, message: str, *, details: Manifest | None = None, errors: Iterable[FieldError] = ()
    ) -> None:
        """Keep the message that is printed, the details of the Status and the field errors."""
        super().__init__(message)
        self.message = message
        self.details: Manifest = details or {}
        self.errors = tuple(errors)

    def status(self) -> Manifest:
        """Return the `Status` object that an API client gets."""
        status: Manifest = {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        }  # fmt: skip
        if self.details:
            status["details"] = self.details
        return status


class BadRequest(ApiError):
    """400: the request cannot be read (decode errors, names that contradict the address)."""

    code = 400
    reason = "BadRequest"


class Forbidden(ApiError):
    """403: understood and refused (terminating namespace, missing permission)."""

    code = 403
    reason = "Forbidden"


class NotFound(ApiError):
    """404: the object, or the namespace it should go to, does not exist."""

    code = 404
    reason = "NotFound"


class AlreadyExists(ApiError):
    """409: create of a name that is taken."""

    code = 409
    reason = "AlreadyExists"


class Conflict(ApiError):
    """409: the write was made against another version of the object."""

    code = 409
    reason = "Conflict"


class Gone(ApiError):
    """410: the log no longer reaches back to the revision asked for; list again."""

    code = 410
    reason = "Expired"


class Invalid(ApiError):
    """422: the object breaks rules of its kind; `errors` says which."""

    code = 422
    reason = "Invalid"


class InternalError(ApiError):
    """500: the request was fine, the cluster could not serve it (an address pool is empty)."""

    code = 500
    reason = "InternalError"


def qualified(name: str, group: str) -> str:
    """Return `ingresses.networking.k8s.io` for a named group, the bare word for the core group."""
    return f"{name}.{group}" if group else name


def invalid(kind: str, group: str, name: str, errors: Iterable[FieldError]) -> Invalid:
    """Return the 422 for `errors` in detection order (A-1, A-2, A-38)."""
    found = tuple(errors)
    texts = list(dict.fromkeys(str(error) for error in found))
    body = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details: Manifest = {"name": name, "kind": kind}
    if group:
        details["group"] = group
    details["causes"] = [error.cause() for error in found]
    message = f'{qualified(kind, group)} "{name}" is invalid: {body}'
    return Invalid(message, details=details, errors=found)


def _details(plural: str, group: str, name: str) -> Manifest:
    details: Manifest = {"name": name, "kind": plural}
    if group:
        details["group"] = group
    return details


def not_found(plural: str, group: str, name: str) -> NotFound:
    """Return the 404 for a missing object (A-8)."""
    details = _details(plural, group, name)
    return NotFound(f'{qualified(plural, group)} "{name}" not found', details=details)


def already_exists(
    plural: str, group: str, name: str, *, terminating: bool = False
) -> AlreadyExists:
    """Return the 409 for a taken name (A-7)."""
    details = _details(plural, group, name)
    prefix = "object is being deleted: " if terminating else ""
    text = f'{prefix}{qualified(plural, group)} "{name}" already exists'
    return AlreadyExists(text, details=details)


def conflict(plural: str, group: str, name: str, why: str) -> Conflict:
    """Return the 409 for a failed precondition (A-29, A-31); `why` follows the fixed beginning."""
    details = _details(plural, group, name)
    text = f'Operation cannot be fulfilled on {qualified(plural, group)} "{name}": {why}'
    return Conflict(text, details=details)


def forbidden(
    plural: str, group: str, name: str, why: str, causes: Iterable[Manifest] = ()
) -> Forbidden:
    """Return the 403 `services "x" is forbidden: why`."""
    details = _details(plural, group, name)
    listed: list[JSON] = list(causes)
    if listed:
        details["causes"] = listed
    return Forbidden(f'{qualified(plural, group)} "{name}" is forbidden: {why}', details=details)
