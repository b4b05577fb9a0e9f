"""What one request asks for, once its address, its caller and its rights are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args

from cluster.api.kube.negotiation import form_of
from cluster.api.kube.presenting import View, columns_of
from cluster.api.kube.resources import Resource
from cluster.api.kube.routes import Route
from cluster.api.kube.statuses import not_served
from cluster.api.kube.wire import Caller, Request
from cluster.engine.reading import FieldValidation
from cluster.machinery.errors import BadRequest, FieldError, FieldErrorType, invalid
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key

LONGEST_MANAGER = 128  # apiserver: `FieldManagerMaxLength`


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a resource, or for an object of it."""

    request: Request
    caller: Caller
    route: Route
    resource: Resource

    @property
    def cluster(self) -> str:
        """The cluster's name."""
        return self.request.cluster

    @property
    def kind(self) -> Kind:
        """The catalog's kind; raises NotFound for a resource that has none."""
        if self.resource.stored is None:
            raise not_served()
        return self.resource.stored

    @property
    def key(self) -> Key:
        """The object's key."""
        return self.kind.key(self.route.namespace, self.route.name)

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        return self.request.query.get("dryRun") == "All"

    @property
    def field_validation(self) -> FieldValidation:
        """What happens to unknown fields; the server's own choice is to warn."""
        return cast("FieldValidation", self.request.query.get("fieldValidation") or "Warn")

    @property
    def field_manager(self) -> str:
        """Who writes: the named manager, else the first word of the User-Agent."""
        named = self.request.query.get("fieldManager", "")
        return named or self.request.headers.get("user-agent", "").partition("/")[0] or "unknown"

    def view(self) -> View:
        """Return how the answer shows objects."""
        return View(
            self.resource,
            columns_of(self.resource),
            form_of(self.request),
            datetime.now(UTC),  # noqa: TID251 - ages are counted to the moment of the answer
            self.request.query.get("includeObject", "Metadata"),
        )

    def check_options(self, options: str) -> None:
        """Refuse options of a write that no apiserver knows; `options` names their kind."""
        query = self.request.query
        errors: list[FieldError] = []
        wanted = query.get("dryRun")
        if wanted not in {None, "", "All"}:
            errors.append(_unsupported("dryRun", [wanted], ["All"]))
        checking = query.get("fieldValidation")
        if checking and checking not in get_args(FieldValidation):
            errors.append(
                _unsupported("fieldValidation", checking, ["", "Ignore", "Warn", "Strict"])
            )
        manager = query.get("fieldManager", "")
        if len(manager) > LONGEST_MANAGER:
            errors.append(
                FieldError(FieldErrorType.TOO_LONG, "fieldManager",
                           f"may not be more than {LONGEST_MANAGER} bytes", manager)
            )  # fmt: skip
        elif not manager.isprintable():
            errors.append(
                FieldError(FieldErrorType.INVALID, "fieldManager",
                           "should only contain printable characters", manager)
            )  # fmt: skip
        if errors:
            raise invalid(options, "meta.k8s.io", "", errors)


def _unsupported(field: str, value: JSON, known: list[str]) -> FieldError:
    listed = ", ".join(f'"{name}"' for name in known)
    return FieldError(FieldErrorType.NOT_SUPPORTED, field, f"supported values: {listed}", value)


def revision_of(text: str) -> int | None:
    """Return the revision that a resourceVersion names, None for any; raises BadRequest."""
    if text in {"", "0"}:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004 - 64 bits
        raise BadRequest(f"invalid resource version {text!r}: must be a number")
    return int(text)
