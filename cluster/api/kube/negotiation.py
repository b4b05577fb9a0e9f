"""In which form the client wants an answer, by its Accept header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.api.kube.statuses import Unacceptable
from cluster.api.kube.wire import Request

Form: TypeAlias = Literal["object", "table", "partial"]
_JSON = frozenset({"application/json", "application/*", "*/*", ""})
_META = "meta.k8s.io"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry of an Accept header: type and parameters, as sent."""

    type: str
    parameters: dict[str, str]


def accepted(request: Request) -> Iterator[Accepted]:
    """Yield the entries of the Accept header, in its order; `*/*` where there is none."""
    for entry in request.headers.get("accept", "*/*").split(","):
        type_, *rest = entry.split(";")
        pairs = (part.strip().partition("=") for part in rest)
        yield Accepted(type_.strip().lower(), {name: value for name, _is, value in pairs})


def form_of(request: Request) -> Form:
    """Return the first form of the Accept header that there is; raises Unacceptable."""
    for entry in accepted(request):
        if entry.type not in _JSON:
            continue
        as_ = entry.parameters.get("as", "")
        if not as_:
            return "object"
        if entry.parameters.get("g", _META) != _META:
            continue
        if as_ == "Table":
            return "table"
        if as_ in {"PartialObjectMetadata", "PartialObjectMetadataList"}:
            return "partial"
    raise Unacceptable(
        "only the following media types are accepted: application/json, "
        "application/json;as=Table;v=v1;g=meta.k8s.io, "
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    )
