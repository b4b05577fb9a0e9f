"""One request and its answer, as plain values: what the application reads and writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl

import orjson

from cluster.machinery.errors import ApiError, BadRequest
from cluster.machinery.manifest import JSON, Manifest
from cluster.runtime.permissions import Access

LONGEST_BODY = 3 << 20  # the apiserver's own bound (`DefaultMaxRequestBodyBytes`)
JSON_TYPE = "application/json"
MOST_WARNING_BYTES = 4096  # the apiserver's own bound on all warnings of one answer
FALSE = frozenset({"0", "false"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one cluster. `path` is below the cluster, as it was sent."""

    cluster: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    client: str | None = None

    def flag(self, name: str) -> bool:
        """Return a yes or no of the query string; `?watch` alone is a yes.

        Source: apimachinery `runtime/conversion.go`, `Convert_Slice_string_To_bool`.
        """
        value = self.query.get(name)
        return value is not None and value.lower() not in FALSE

    def number(self, name: str) -> int | None:
        """Return a whole number of the query string, None where absent; raises BadRequest."""
        value = self.query.get(name)
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            raise BadRequest(f'{name}: Invalid value: "{value}": must be a number') from None

    @property
    def is_watch(self) -> bool:
        """Whether a list is to go on as a watch."""
        return self.method == "GET" and self.flag("watch")


def parse_query(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query string; of repeated ones the first, as Go reads them."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(raw.decode("ascii", "replace"), keep_blank_values=True):
        found.setdefault(name, value)
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    body: bytes
    status: int = 200
    type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: `open` begins it, on the event loop; each chunk is sent at once."""

    open: Callable[[], AsyncIterator[bytes]]
    type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = field(default=())


Reply: TypeAlias = "Answer | Stream"


def of_json(
    value: JSON, status: int = 200, *, type_: str = JSON_TYPE, warnings: Iterable[str] = ()
) -> Answer:
    """Return an answer that holds a JSON value."""
    return Answer(orjson.dumps(value), status, type_, tuple(_warning_headers(warnings)))


def of_text(text: str, status: int = 200) -> Answer:
    """Return an answer in plain text."""
    return Answer(text.encode(), status, "text/plain; charset=utf-8")


def of_error(error: ApiError) -> Answer:
    """Return the `Status` of a refusal."""
    status: Manifest = error.status()
    headers: list[tuple[str, str]] = []
    seconds = error.details.get("retryAfterSeconds")
    if seconds:
        headers.append(("Retry-After", str(seconds)))
    return Answer(orjson.dumps(status), error.code, JSON_TYPE, tuple(headers))


def _warning_headers(warnings: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield the headers that kubectl prints as `Warning: text`, each text once."""
    spent = 0
    for text in dict.fromkeys(warnings):
        clean = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
        spent += len(clean)
        if spent > MOST_WARNING_BYTES:
            return
        yield "Warning", f'299 - "{clean}"'


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is. `problem` says what is wrong with the credentials that were sent.

    `impersonated` is the name that an administrator goes by for this request.
    """

    access: Access
    problem: str = ""
    impersonated: str = ""

    @property
    def name(self) -> str:
        """The user's name, as reviews and refusals give it."""
        return self.impersonated or self.access.user.get_username() or "system:anonymous"
